//! Cells that share a pseudotime.

use ndarray::{Array2, Axis};

use crate::series::Trajectory;

/// What a reader does with points that share a time.
///
/// In a published file whose tied time was written once, the values of the tied points are sorted gene by gene, so which
/// value belongs to which cell is lost. Their mean is not: it does not depend on the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ties {
    /// Report them as an error.
    #[default]
    Error,
    /// Put the mean of the points in their place, gene by gene over the values that are not missing.
    Mean,
}

/// Indices j at which no gene falls from point j to point j+1. Points tied and sorted gene by gene are among them.
pub(super) fn rising_pairs(values: &Array2<f64>) -> Vec<usize> {
    let points: Vec<_> = values.outer_iter().collect();
    let may_rise = |(a, b): (&f64, &f64)| a <= b || a.is_nan() || b.is_nan();
    let pairs = points.windows(2).enumerate();
    pairs
        .filter(|(_, pair)| pair[0].iter().zip(&pair[1]).all(may_rise))
        .map(|(j, _)| j)
        .collect()
}

/// The time of every point, given the distinct times and the pairs of points that share one.
pub(super) fn repeat_times(distinct: &[f64], tied_pairs: &[usize]) -> Vec<f64> {
    let mut times = Vec::with_capacity(distinct.len() + tied_pairs.len());
    for &time in distinct {
        times.push(time);
        while tied_pairs.contains(&(times.len() - 1)) {
            times.push(time);
        }
    }
    times
}

/// The trajectory with one point, the mean, in the place of consecutive points of equal time.
pub(super) fn merge(trajectory: &Trajectory) -> Trajectory {
    let Trajectory {
        name,
        times,
        values,
    } = trajectory;
    let groups: Vec<&[f64]> = times
        .chunk_by(|a, b| a.partial_cmp(b).is_some_and(std::cmp::Ordering::is_eq))
        .collect();
    let mut merged = Array2::zeros((groups.len(), values.ncols()));
    let mut start = 0;
    for (group, mut point) in groups.iter().zip(merged.outer_iter_mut()) {
        let tied = values.slice_axis(Axis(0), (start..start + group.len()).into());
        point
            .iter_mut()
            .zip(tied.columns())
            .for_each(|(mean, gene)| *mean = mean_of_present(gene.iter().copied()));
        start += group.len();
    }
    Trajectory {
        name: name.clone(),
        times: groups.iter().map(|group| group[0]).collect(),
        values: merged,
    }
}

/// Mean of the values that are not missing; missing if all are.
fn mean_of_present(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values
        .filter(|v| !v.is_nan())
        .fold((0.0, 0_u32), |(sum, count), v| (sum + v, count + 1));
    sum / f64::from(count)
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn pairs_rise_where_no_gene_falls() {
        let nan = f64::NAN;
        let values = array![[1.0, 5.0], [2.0, 4.0], [2.0, 6.0], [nan, 7.0], [9.0, 1.0]];
        assert_eq!(rising_pairs(&values), [1, 2]);
    }

    #[test]
    fn times_repeat_at_tied_points() {
        assert_eq!(
            repeat_times(&[0.0, 1.0, 2.0], &[0, 2, 3]),
            [0.0, 0.0, 1.0, 1.0, 1.0, 2.0]
        );
        assert_eq!(repeat_times(&[0.0, 1.0], &[1]), [0.0, 1.0, 1.0]);
    }

    #[test]
    fn merging_takes_means_of_what_is_there() {
        let nan = f64::NAN;
        let values = array![[1.0, 1.0, nan], [3.0, nan, nan], [5.0, 6.0, 7.0]];
        let merged = merge(&Trajectory {
            name: "t".into(),
            times: vec![0.5, 0.5, 1.0],
            values,
        });
        assert_eq!(merged.times, [0.5, 1.0]);
        assert_eq!(merged.values.row(0).to_vec()[..2], [2.0, 1.0]);
        assert!(merged.values[[0, 2]].is_nan());
        assert_eq!(merged.values.row(1).to_vec(), [5.0, 6.0, 7.0]);
    }
}
