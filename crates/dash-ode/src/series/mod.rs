//! Expression over time: genes, trajectories, and the intervals that training uses.

mod check;
mod subset;

use std::ops::Range;

use ndarray::Array2;

use crate::io::DataError;

pub(crate) use check::{check_names, check_trajectory};
pub use subset::GeneSubset;

/// Expression of k genes over time, in one or more trajectories.
///
/// Gene names and trajectory names are unique, times increase strictly and are finite, values are finite or missing (NaN).
///
/// ```
/// use dash_ode::{TimeSeries, Trajectory};
/// use ndarray::array;
///
/// let trajectory = Trajectory {
///     name: "replicate 1".into(),
///     times: vec![0.0, 5.0, 10.0, 15.0],
///     values: array![[0.1, 0.9], [0.2, 0.8], [f64::NAN, 0.7], [0.3, 0.6]],
/// };
/// let series = TimeSeries::new(vec!["CLN2".into(), "SWI4".into()], vec![trajectory])?;
/// // The missing value takes its point, and so two of the three intervals, out of training.
/// assert_eq!(series.intervals().len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct TimeSeries {
    genes: Vec<String>,
    trajectories: Vec<Trajectory>,
}

/// Expression of all genes at the times of one experiment, patient order or cell lineage.
#[derive(Debug, Clone)]
pub struct Trajectory {
    /// What tells it apart from the others.
    pub name: String,
    /// Times or pseudotimes, strictly increasing. Steps can be very small (1e-7 in pseudotime).
    pub times: Vec<f64>,
    /// Expression, times × genes; NaN = missing.
    pub values: Array2<f64>,
}

/// Two consecutive points of a trajectory, both without missing values: integrate from the first, compare at the second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Index of the trajectory.
    pub trajectory: usize,
    /// Index of the first point; the second is the next one.
    pub step: usize,
    /// Time of the first point.
    pub t0: f64,
    /// Time of the second point.
    pub t1: f64,
}

impl TimeSeries {
    /// A series, checked.
    ///
    /// # Errors
    /// No genes, trajectories or points; a name that is empty, padded with blanks or used twice (genes, trajectories);
    /// values that are not times × genes; times that are not finite or do not increase strictly; infinite values.
    pub fn new(genes: Vec<String>, trajectories: Vec<Trajectory>) -> Result<Self, DataError> {
        check_names("gene", genes.iter().map(String::as_str))?;
        check_names("trajectory", trajectories.iter().map(|t| t.name.as_str()))?;
        for trajectory in &trajectories {
            check_trajectory(trajectory, &genes)?;
        }
        Ok(Self {
            genes,
            trajectories,
        })
    }

    /// Gene names, in the order of the columns of every trajectory.
    pub fn genes(&self) -> &[String] {
        &self.genes
    }

    /// The trajectories.
    pub fn trajectories(&self) -> &[Trajectory] {
        &self.trajectories
    }

    /// Pairs of consecutive points without missing values, in order. A point with a missing value is skipped with the
    /// intervals on both its sides; no interval bridges it.
    ///
    /// # Reference
    /// DASH, training one interval ahead from the observed state.
    pub fn intervals(&self) -> Vec<Interval> {
        let mut intervals = Vec::new();
        for (index, trajectory) in self.trajectories.iter().enumerate() {
            let complete: Vec<bool> = trajectory
                .values
                .outer_iter()
                .map(|point| !point.iter().any(|v| v.is_nan()))
                .collect();
            let pairs = trajectory
                .times
                .windows(2)
                .zip(complete.windows(2))
                .enumerate();
            intervals.extend(
                pairs
                    .filter(|(_, (_, complete))| complete[0] && complete[1])
                    .map(|(step, (times, _))| Interval {
                        trajectory: index,
                        step,
                        t0: times[0],
                        t1: times[1],
                    }),
            );
        }
        intervals
    }

    /// The trajectories with the given indices, in the given order.
    ///
    /// # Errors
    /// An index beyond the last trajectory, the same index twice, or no index.
    pub fn select(&self, indices: &[usize]) -> Result<Self, DataError> {
        subset::select(self, indices)
    }

    /// Parts the trajectories: (those that remain, those with the given indices), for instance training and validation.
    ///
    /// # Errors
    /// As [`TimeSeries::select`], and if no trajectory would remain.
    pub fn split(&self, held_out: &[usize]) -> Result<(Self, Self), DataError> {
        subset::split(self, held_out)
    }

    /// Parts one trajectory: (the series without the points of the block, the block alone), for a single long trajectory of
    /// which consecutive points are held out.
    ///
    /// What remains stays one trajectory: the points at the block's two edges become neighbours, as in the published
    /// breast cancer data, whose 178 training patients close the gap that the 8 test patients leave.
    ///
    /// # Errors
    /// No such trajectory; an empty block, one that ends beyond the last point, or one that takes every point.
    pub fn split_block(
        &self,
        trajectory: usize,
        block: Range<usize>,
    ) -> Result<(Self, Self), DataError> {
        subset::split_block(self, trajectory, block)
    }

    /// The series of the given genes, in the given order, with a report of those that it lacks.
    ///
    /// # Errors
    /// A gene that is asked for twice, or none of them in the series.
    pub fn subset_genes(&self, genes: &[String]) -> Result<GeneSubset, DataError> {
        subset::subset_genes(self, genes)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    fn series(times: &[f64], values: Array2<f64>) -> Result<TimeSeries, DataError> {
        let genes = (0..values.ncols()).map(|i| format!("g{i}")).collect();
        TimeSeries::new(
            genes,
            vec![Trajectory {
                name: "a".into(),
                times: times.to_vec(),
                values,
            }],
        )
    }

    #[test]
    fn intervals_leave_out_points_with_missing_values() {
        let nan = f64::NAN;
        let values = array![
            [0.0, 0.0],
            [1.0, 1.0],
            [nan, 2.0],
            [3.0, 3.0],
            [4.0, 4.0],
            [5.0, nan]
        ];
        let intervals = series(&[0.0, 1.0, 2.0, 4.0, 8.0, 16.0], values)
            .unwrap()
            .intervals();
        let interval = |step, t0, t1| Interval {
            trajectory: 0,
            step,
            t0,
            t1,
        };
        assert_eq!(intervals, [interval(0, 0.0, 1.0), interval(3, 4.0, 8.0)]);
    }

    #[test]
    fn intervals_never_join_trajectories() {
        let point = |name: &str, times: Vec<f64>| Trajectory {
            name: name.into(),
            values: Array2::zeros((times.len(), 1)),
            times,
        };
        let series = TimeSeries::new(
            vec!["g".into()],
            vec![
                point("a", vec![1.0]),
                point("b", vec![0.0, 2.0]),
                point("c", vec![5.0, 5.5, 6.0]),
            ],
        )
        .unwrap();
        let found: Vec<_> = series
            .intervals()
            .iter()
            .map(|i| (i.trajectory, i.step))
            .collect();
        assert_eq!(found, [(1, 0), (2, 0), (2, 1)]);
    }
}
