//! Which points of a stationary run become cells.

use serde::{Deserialize, Serialize};

use crate::random::{Purpose, below, stream};

/// How the points of a run are chosen that become cells. A run has `burn_in` points that are never chosen, and then
/// `spacing` points per cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sampling {
    /// Cell c is a random one of the `spacing` points number c: no point twice, and no cell changes when there are more.
    #[default]
    Windows,
    /// Random points of the whole run, with replacement, for every cell type anew: SERGIO's second version.
    PerType,
    /// Random points of the whole run, with replacement, the same for all cell types: SERGIO's first version.
    Shared,
}

impl Sampling {
    /// The points, `types × cells`.
    pub(super) fn points(
        self,
        types: usize,
        cells: usize,
        burn_in: usize,
        spacing: usize,
        seed: u64,
    ) -> Vec<Vec<usize>> {
        let of_type = |cell_type| {
            let mut rng = stream(seed, Purpose::CellPoints, cell_type);
            let point = |cell: usize| match self {
                Self::Windows => cell * spacing + below(spacing, &mut rng),
                Self::PerType | Self::Shared => below(cells * spacing, &mut rng),
            };
            (0..cells).map(point).map(|p| burn_in + p).collect()
        };
        match self {
            Self::Windows | Self::PerType => (0..types).map(of_type).collect(),
            Self::Shared => vec![of_type(0); types],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_follow_each_other_and_more_cells_change_none() {
        let points = Sampling::Windows.points(2, 50, 7, 10, 1);
        for (cell, &point) in points[0].iter().enumerate() {
            assert!((7 + cell * 10..17 + cell * 10).contains(&point));
        }
        assert_ne!(points[0], points[1]);
        let few = Sampling::Windows.points(2, 20, 7, 10, 1);
        assert_eq!(points[1][..20], few[1]);
    }

    #[test]
    fn random_points_fill_the_run() {
        for sampling in [Sampling::PerType, Sampling::Shared] {
            let points = sampling.points(2, 1000, 50, 3, 1);
            assert_eq!(points[0] == points[1], sampling == Sampling::Shared);
            let mean = points[0].iter().sum::<usize>() as f64 / 1000.0;
            assert!((mean - 1549.5).abs() < 120.0, "{mean}");
            assert!(points[0].iter().all(|p| (50..3050).contains(p)));
        }
    }
}
