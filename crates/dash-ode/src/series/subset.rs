//! Parts of a time series: some trajectories, some points, some genes.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use ndarray::Axis;

use super::{TimeSeries, Trajectory};
use crate::io::DataError;

/// A series of chosen genes, and what did not match.
#[derive(Debug, Clone)]
pub struct GeneSubset {
    /// The chosen genes that the series has, in the order asked for.
    pub series: TimeSeries,
    /// Genes asked for that the series does not have, in the order asked for.
    pub absent: Vec<String>,
    /// Genes of the series that were not asked for, in its order.
    pub left_out: Vec<String>,
}

pub(super) fn select(series: &TimeSeries, indices: &[usize]) -> Result<TimeSeries, DataError> {
    let count = series.trajectories.len();
    let chosen = indices.iter().map(|&index| {
        series
            .trajectories
            .get(index)
            .cloned()
            .ok_or(DataError::NoSuchTrajectory { index, count })
    });
    TimeSeries::new(series.genes.clone(), chosen.collect::<Result<_, _>>()?)
}

pub(super) fn split(
    series: &TimeSeries,
    held_out: &[usize],
) -> Result<(TimeSeries, TimeSeries), DataError> {
    let block = select(series, held_out)?;
    let held_out: HashSet<_> = held_out.iter().copied().collect();
    let rest: Vec<_> = (0..series.trajectories.len())
        .filter(|index| !held_out.contains(index))
        .collect();
    Ok((select(series, &rest)?, block))
}

pub(super) fn split_block(
    series: &TimeSeries,
    index: usize,
    block: Range<usize>,
) -> Result<(TimeSeries, TimeSeries), DataError> {
    let count = series.trajectories.len();
    let whole = series
        .trajectories
        .get(index)
        .ok_or(DataError::NoSuchTrajectory { index, count })?;
    let points = whole.times.len();
    if block.is_empty() || block.end > points || block.len() == points {
        return Err(DataError::BadBlock {
            name: whole.name.clone(),
            start: block.start,
            end: block.end,
            count: points,
        });
    }
    let rest: Vec<_> = (0..block.start).chain(block.end..points).collect();
    let mut trajectories = series.trajectories.clone();
    trajectories[index] = at_points(whole, &rest);
    let held_out = at_points(whole, &block.collect::<Vec<_>>());
    Ok((
        TimeSeries::new(series.genes.clone(), trajectories)?,
        TimeSeries::new(series.genes.clone(), vec![held_out])?,
    ))
}

pub(super) fn subset_genes(series: &TimeSeries, genes: &[String]) -> Result<GeneSubset, DataError> {
    let columns: HashMap<_, _> = series.genes.iter().zip(0..).collect();
    let (present, absent): (Vec<_>, Vec<_>) = genes
        .iter()
        .cloned()
        .partition(|gene| columns.contains_key(gene));
    let chosen: Vec<usize> = present.iter().map(|gene| columns[gene]).collect();
    let asked: HashSet<_> = genes.iter().collect();
    let left_out = series
        .genes
        .iter()
        .filter(|gene| !asked.contains(gene))
        .cloned()
        .collect();
    let trajectories = series.trajectories.iter().map(|t| Trajectory {
        values: t.values.select(Axis(1), &chosen),
        ..t.clone()
    });
    Ok(GeneSubset {
        series: TimeSeries::new(present, trajectories.collect())?,
        absent,
        left_out,
    })
}

fn at_points(trajectory: &Trajectory, points: &[usize]) -> Trajectory {
    Trajectory {
        name: trajectory.name.clone(),
        times: points.iter().map(|&i| trajectory.times[i]).collect(),
        values: trajectory.values.select(Axis(0), points),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::*;

    /// Three trajectories of three genes; the value at (trajectory, point, gene) is 100·trajectory + 10·point + gene.
    fn series() -> TimeSeries {
        let trajectory = |index: usize, points: usize| Trajectory {
            name: format!("t{index}"),
            times: (0..points).map(|p| p as f64).collect(),
            values: Array2::from_shape_fn((points, 3), |(p, g)| (100 * index + 10 * p + g) as f64),
        };
        TimeSeries::new(
            vec!["a".into(), "b".into(), "c".into()],
            vec![trajectory(0, 2), trajectory(1, 5), trajectory(2, 3)],
        )
        .unwrap()
    }

    fn names(series: &TimeSeries) -> Vec<&str> {
        series
            .trajectories()
            .iter()
            .map(|t| t.name.as_str())
            .collect()
    }

    #[test]
    fn select_keeps_the_order_asked_for() {
        let chosen = series().select(&[2, 0]).unwrap();
        assert_eq!(names(&chosen), ["t2", "t0"]);
        assert_eq!(
            chosen.trajectories()[0].values,
            series().trajectories()[2].values
        );
        assert!(matches!(
            series().select(&[3]),
            Err(DataError::NoSuchTrajectory { index: 3, count: 3 })
        ));
        assert!(matches!(
            series().select(&[1, 1]),
            Err(DataError::SameName {
                what: "trajectory",
                ..
            })
        ));
        assert!(matches!(
            series().select(&[]),
            Err(DataError::None { what: "trajectory" })
        ));
    }

    #[test]
    fn split_parts_the_trajectories() {
        let (train, validation) = series().split(&[1]).unwrap();
        assert_eq!(
            (names(&train), names(&validation)),
            (vec!["t0", "t2"], vec!["t1"])
        );
        assert!(series().split(&[0, 1, 2]).is_err());
        assert!(series().split(&[]).is_err());
    }

    #[test]
    fn split_block_parts_the_points_of_one_trajectory() {
        let (rest, block) = series().split_block(1, 1..3).unwrap();
        assert_eq!(names(&rest), ["t0", "t1", "t2"]);
        assert_eq!(rest.trajectories()[1].times, [0.0, 3.0, 4.0]);
        assert_eq!(
            rest.trajectories()[1].values,
            array![
                [100.0, 101.0, 102.0],
                [130.0, 131.0, 132.0],
                [140.0, 141.0, 142.0]
            ]
        );
        assert_eq!(names(&block), ["t1"]);
        assert_eq!(block.trajectories()[0].times, [1.0, 2.0]);
        assert_eq!(
            block.trajectories()[0].values,
            array![[110.0, 111.0, 112.0], [120.0, 121.0, 122.0]]
        );
    }

    #[test]
    fn split_block_refuses_what_leaves_nothing() {
        for block in [0..0, 2..2, 4..6, 0..5, 7..9] {
            assert!(
                matches!(
                    series().split_block(1, block.clone()),
                    Err(DataError::BadBlock { count: 5, .. })
                ),
                "{block:?}"
            );
        }
        assert!(matches!(
            series().split_block(3, 0..1),
            Err(DataError::NoSuchTrajectory { .. })
        ));
    }

    #[test]
    fn subset_genes_reports_what_does_not_match() {
        let genes = ["c", "x", "a", "y"].map(String::from);
        let subset = series().subset_genes(&genes).unwrap();
        assert_eq!(subset.series.genes(), ["c", "a"]);
        assert_eq!(
            (subset.absent, subset.left_out),
            (vec!["x".to_owned(), "y".to_owned()], vec!["b".to_owned()])
        );
        assert_eq!(
            subset.series.trajectories()[0].values,
            array![[2.0, 0.0], [12.0, 10.0]]
        );
        assert!(matches!(
            series().subset_genes(&["a".into(), "a".into()]),
            Err(DataError::SameName { what: "gene", .. })
        ));
        assert!(matches!(
            series().subset_genes(&["x".into()]),
            Err(DataError::None { what: "gene" })
        ));
    }
}
