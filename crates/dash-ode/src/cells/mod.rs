//! Single cells in pseudotime, and the trajectories that they make.

mod points;

use ndarray::Array2;

use crate::TimeSeries;
use crate::io::DataError;

/// Expression of single cells, with a pseudotime along each of one or more lineages.
#[derive(Debug, Clone)]
pub struct Cells {
    /// Gene names, in the order of the columns of `values`.
    pub genes: Vec<String>,
    /// Expression, cells × genes; NaN = missing.
    pub values: Array2<f64>,
    /// The lineages.
    pub lineages: Vec<Lineage>,
}

/// An order of cells: where each of them stands between the start and the end of a process.
#[derive(Debug, Clone)]
pub struct Lineage {
    /// Its name, that of the trajectory it becomes.
    pub name: String,
    /// Pseudotime of every cell; NaN for a cell that is not part of it.
    pub pseudotime: Vec<f64>,
}

/// What became of the cells of one lineage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineageCounts {
    /// The lineage.
    pub name: String,
    /// Cells that are part of it.
    pub cells: usize,
    /// Cells that share their pseudotime with an earlier one.
    pub ties: usize,
    /// Points of its trajectory.
    pub points: usize,
}

impl Cells {
    /// One trajectory per lineage: its cells by pseudotime, averaged into points.
    ///
    /// With `points`, cells are cut into that many groups of equal numbers of consecutive cells (cells of equal
    /// pseudotime are never parted), and the mean of a group stands at its mean pseudotime; single cells are too noisy to
    /// be followed one by one. Without, every pseudotime is a point of its own. Means are taken gene by gene, over the
    /// values that are not missing. Nothing else is smoothed.
    ///
    /// # Errors
    /// A shape that does not fit; fewer than two points asked for; a lineage whose cells have fewer than two different
    /// pseudotimes; what [`TimeSeries::new`] refuses.
    pub fn trajectories(
        &self,
        points: Option<usize>,
    ) -> Result<(TimeSeries, Vec<LineageCounts>), DataError> {
        points::trajectories(self, points)
    }
}
