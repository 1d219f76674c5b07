//! A table of cells for tests.

use ndarray::Array2;

use crate::cells::Cells;

/// Awkward numbers and names; some are 0.
pub(super) fn cells() -> Cells {
    let values = [0.1 + 0.2, 0.0, 1e-300, 1.5e17, 5e-324, 0.0, 7.0, 1.0 / 3.0];
    let names = |list: &[&str]| list.iter().map(ToString::to_string).collect();
    Cells::new(
        names(&["G1", "HLA-A, long"]),
        names(&["c1", "c 2", "c\"3", "c4"]),
        Array2::from_shape_vec((2, 4), values.to_vec()).unwrap(),
    )
    .unwrap()
}
