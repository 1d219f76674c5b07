//! Groups of cells that are neighbours in pseudotime.

use std::ops::Range;

use ndarray::Array2;

use super::{Cells, Lineage, LineageCounts};
use crate::io::DataError;
use crate::{TimeSeries, Trajectory};

pub(super) fn trajectories(
    cells: &Cells,
    points: Option<usize>,
) -> Result<(TimeSeries, Vec<LineageCounts>), DataError> {
    if let Some(points) = points
        && points < 2
    {
        return Err(DataError::TooFewPoints { points });
    }
    let made = cells.lineages.iter().map(|l| trajectory(cells, l, points));
    let made = made.collect::<Result<Vec<_>, _>>()?;
    let (trajectories, counts) = made.into_iter().unzip();
    Ok((TimeSeries::new(cells.genes.clone(), trajectories)?, counts))
}

fn trajectory(
    cells: &Cells,
    lineage: &Lineage,
    points: Option<usize>,
) -> Result<(Trajectory, LineageCounts), DataError> {
    let (rows, times) = (cells.values.nrows(), lineage.pseudotime.len());
    if rows != times || cells.values.ncols() != cells.genes.len() {
        return Err(DataError::Shape {
            name: lineage.name.clone(),
            rows,
            columns: cells.values.ncols(),
            times,
            genes: cells.genes.len(),
        });
    }
    let mut order: Vec<(f64, usize)> = lineage.pseudotime.iter().copied().zip(0..).collect();
    order.retain(|(time, _)| !time.is_nan());
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let distinct = ends_of_ties(&order);
    if distinct.len() < 2 {
        return Err(DataError::OnePseudotime {
            name: lineage.name.clone(),
            cells: order.len(),
        });
    }
    let groups = groups(&distinct, points.unwrap_or(distinct.len()));
    let mut values = Array2::zeros((groups.len(), cells.genes.len()));
    for (group, mut point) in groups.iter().zip(values.outer_iter_mut()) {
        for (gene, value) in point.iter_mut().enumerate() {
            *value = mean(
                order[group.clone()]
                    .iter()
                    .map(|&(_, cell)| cells.values[[cell, gene]]),
            );
        }
    }
    let time = |group: &Range<usize>| mean(order[group.clone()].iter().map(|&(time, _)| time));
    let trajectory = Trajectory {
        name: lineage.name.clone(),
        times: groups.iter().map(time).collect(),
        values,
    };
    let counts = LineageCounts {
        name: lineage.name.clone(),
        cells: order.len(),
        ties: order.len() - distinct.len(),
        points: groups.len(),
    };
    Ok((trajectory, counts))
}

/// For every pseudotime, the number of cells up to and including it.
fn ends_of_ties(order: &[(f64, usize)]) -> Vec<usize> {
    let mut end = 0;
    let ties = order.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq());
    ties.map(|tie| {
        end += tie.len();
        end
    })
    .collect()
}

/// At most `points` groups of about equal numbers of cells, each of whole ties.
fn groups(ends: &[usize], points: usize) -> Vec<Range<usize>> {
    let cells = ends.last().copied().unwrap_or_default();
    let mut groups: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for (position, &end) in ends.iter().enumerate() {
        let (left, due) = (ends.len() - position - 1, cells * (groups.len() + 1));
        let wanted = points.saturating_sub(groups.len() + 1);
        // As soon as its share is reached, or if every pseudotime that is left must be a point of its own.
        if end * points >= due || left <= wanted {
            groups.push(start..end);
            start = end;
        }
    }
    groups
}

/// Mean of the values that are not missing; missing if all are.
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let present = values.filter(|value| !value.is_nan());
    let (sum, count) = present.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    sum / count
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    fn cells(pseudotime: &[f64]) -> Cells {
        let n = pseudotime.len();
        Cells {
            genes: vec!["A".into(), "B".into()],
            values: Array2::from_shape_fn((n, 2), |(cell, gene)| (10 * gene + cell) as f64),
            lineages: vec![Lineage {
                name: "lineage".into(),
                pseudotime: pseudotime.to_vec(),
            }],
        }
    }

    #[test]
    fn cells_are_sorted_and_ties_averaged() {
        let (series, counts) = cells(&[0.5, 0.1, f64::NAN, 0.5])
            .trajectories(None)
            .unwrap();
        let trajectory = &series.trajectories()[0];
        assert_eq!(trajectory.times, [0.1, 0.5]);
        assert_eq!(trajectory.values, array![[1.0, 11.0], [1.5, 11.5]]);
        let expected = LineageCounts {
            name: "lineage".into(),
            cells: 3,
            ties: 1,
            points: 2,
        };
        assert_eq!(counts, [expected]);
    }

    #[test]
    fn points_hold_equal_numbers_of_cells_and_their_mean_time() {
        let times: Vec<f64> = (0..12).map(f64::from).collect();
        let (series, _) = cells(&times).trajectories(Some(4)).unwrap();
        let trajectory = &series.trajectories()[0];
        assert_eq!(trajectory.times, [1.0, 4.0, 7.0, 10.0]);
        assert_eq!(trajectory.values.column(0).to_vec(), [1.0, 4.0, 7.0, 10.0]);
    }

    #[test]
    fn ties_stay_together_and_no_point_is_lost_to_them() {
        let sizes = |times: &[f64], points| -> Vec<usize> {
            let mut order: Vec<(f64, usize)> = times.iter().copied().zip(0..).collect();
            order.sort_by(|a, b| a.0.total_cmp(&b.0));
            let groups = groups(&ends_of_ties(&order), points);
            groups.iter().map(Range::len).collect()
        };
        assert_eq!(sizes(&[0.0, 1.0, 1.0, 1.0, 1.0, 2.0], 3), [1, 4, 1]);
        assert_eq!(sizes(&[0.0, 1.0, 2.0], 9), [1, 1, 1]);
        assert_eq!(sizes(&[0.0, 0.0, 0.0, 0.0, 0.0, 1.0], 2), [5, 1]);
        for points in 2..40 {
            let times: Vec<f64> = (0..40).map(|n| f64::from(n / 3)).collect();
            let sizes = sizes(&times, points);
            assert_eq!(sizes.len(), points.min(14), "{sizes:?}");
            assert_eq!(sizes.iter().sum::<usize>(), 40);
        }
    }

    #[test]
    fn what_makes_no_trajectory_is_refused() {
        let error = cells(&[1.0, 1.0, f64::NAN]).trajectories(None).unwrap_err();
        assert!(error.to_string().contains("lineage"), "{error}");
        let error = cells(&[1.0, 2.0]).trajectories(Some(1)).unwrap_err();
        assert!(matches!(error, DataError::TooFewPoints { points: 1 }));
        let mut short = cells(&[1.0, 2.0, 3.0]);
        short.lineages[0].pseudotime.pop();
        assert!(matches!(
            short.trajectories(None),
            Err(DataError::Shape { .. })
        ));
    }
}
