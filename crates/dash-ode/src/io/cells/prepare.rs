//! From cells to a trajectory, as the published bone-marrow files were made.

use ndarray::{Array2, Axis};

use super::super::error::DataError;
use super::super::ties::{Ties, merge};
use super::read::Cells;
use crate::series::Trajectory;

/// Rows that the published files leave out at the start and at the end of a table, as it stands.
const LEFT_OUT: (usize, usize) = (10, 20);

impl Cells {
    /// The cells as a trajectory of this name, as the published files have them: without the first 10 and the last 20
    /// rows of the table *as it stands* (not of pseudotime), sorted by pseudotime, pseudotime scaled to 0..1, expression
    /// scaled to 0..1 by one minimum and maximum of the whole batch (not of every gene).
    ///
    /// Scales therefore differ between batches: one large gene sets each.
    ///
    /// # Errors
    /// [`DataError::TooFewCells`] if no two cells are left; [`DataError::SameTime`] if cells share a pseudotime and
    /// `ties` does not ask for their mean.
    pub fn trajectory(&self, name: &str, ties: Ties) -> Result<Trajectory, DataError> {
        let found = self.times.len();
        let needed = LEFT_OUT.0 + LEFT_OUT.1 + 2;
        if found < needed {
            return Err(DataError::TooFewCells { found, needed });
        }
        let mut kept: Vec<usize> = (LEFT_OUT.0..found - LEFT_OUT.1).collect();
        kept.sort_by(|&a, &b| self.times[a].total_cmp(&self.times[b]));
        let times: Vec<f64> = kept.iter().map(|&cell| self.times[cell]).collect();
        let mut values: Array2<f64> = self.values.select(Axis(0), &kept);
        let range = range(values.iter());
        values.mapv_inplace(|value| to_unit(value, range));
        let span = self::range(times.iter());
        let trajectory = Trajectory {
            name: name.to_owned(),
            times: times.iter().map(|&time| to_unit(time, span)).collect(),
            values,
        };
        let trajectory = match ties {
            Ties::Error => trajectory,
            Ties::Mean => merge(&trajectory),
        };
        crate::series::check_trajectory(&trajectory, &self.genes)?;
        Ok(trajectory)
    }
}

fn range<'a>(values: impl Iterator<Item = &'a f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &value| {
        (low.min(value), high.max(value))
    })
}

/// Maps the least value to 0 and the largest to 1; equal values all become 0.
fn to_unit(value: f64, (low, high): (f64, f64)) -> f64 {
    if high > low {
        (value - low) / (high - low)
    } else {
        0.0
    }
}
