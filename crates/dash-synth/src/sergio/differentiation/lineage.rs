//! Which cell type turns into which.

use ndarray::Array2;

use crate::error::{Error, Result};

/// Cell types that descend from each other: every type has at most one parent.
#[derive(Clone, Debug, PartialEq)]
pub struct Lineage {
    /// Parent and rate of every type.
    parents: Vec<Option<(usize, f64)>>,
}

impl Lineage {
    /// From SERGIO's bifurcation matrix, `types × types`: row i, column j is the migration rate from type i to type j, at
    /// least 0, and 0 where there is no transition.
    ///
    /// # Errors
    /// [`Error::Transitions`] for a matrix that is not square, a rate that is negative or not finite, a type with two parents,
    /// or types that descend from themselves.
    pub fn new(transitions: &Array2<f64>) -> Result<Self> {
        let refuse = |problem| Err(Error::Transitions { problem });
        let (rows, columns) = transitions.dim();
        if rows != columns {
            return refuse(format!(
                "{rows} rows and {columns} columns; the matrix must be square"
            ));
        }
        let mut parents = vec![None; rows];
        for ((from, to), &rate) in transitions.indexed_iter() {
            if !(rate >= 0.0 && rate.is_finite()) {
                return refuse(format!(
                    "the rate {rate} from type {from} to type {to} must be at least 0 and finite"
                ));
            }
            if rate > 0.0
                && let Some((other, _)) = parents[to].replace((from, rate))
            {
                return refuse(format!(
                    "type {to} descends from types {other} and {from}; leave it one parent"
                ));
            }
        }
        let lineage = Self { parents };
        for cell_type in 0..rows {
            // An ancestor further away than there are types comes again.
            if lineage.ancestors(cell_type).nth(rows - 1).is_some() {
                return refuse(format!("type {cell_type} descends from itself"));
            }
        }
        Ok(lineage)
    }

    /// Number of cell types.
    pub fn types(&self) -> usize {
        self.parents.len()
    }

    /// The parent of a type and the migration rate; `None` for roots.
    ///
    /// # Panics
    /// If there is no such type.
    pub fn parent(&self, cell_type: usize) -> Option<(usize, f64)> {
        self.parents[cell_type]
    }

    /// Parent, parent's parent and so on.
    pub(super) fn ancestors(&self, cell_type: usize) -> impl Iterator<Item = usize> {
        let next = |cell_type: &usize| self.parents[*cell_type].map(|(parent, _)| parent);
        std::iter::successors(next(&cell_type), next)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;

    use super::*;

    #[test]
    fn parents_are_found() {
        let lineage =
            Lineage::new(&arr2(&[[0.0, 0.4, 0.2], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])).unwrap();
        assert_eq!(
            [0, 1, 2].map(|b| lineage.parent(b)),
            [None, Some((0, 0.4)), Some((0, 0.2))]
        );
        assert!(lineage.ancestors(2).eq([0]));
    }

    #[test]
    fn what_is_no_lineage_is_refused() {
        let refused = |matrix: Array2<f64>| Lineage::new(&matrix).unwrap_err().to_string();
        let message = refused(Array2::zeros((2, 3)));
        assert!(message.contains("2 rows and 3 columns"), "{message}");
        let message = refused(arr2(&[[0.0, -1.0], [0.0, 0.0]]));
        assert!(
            message.contains("rate -1 from type 0 to type 1"),
            "{message}"
        );
        let message = refused(arr2(&[[0.0, 0.0, 1.0], [0.0, 0.0, 1.0], [0.0; 3]]));
        assert!(
            message.contains("type 2 descends from types 0 and 1"),
            "{message}"
        );
        let circle = arr2(&[[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]);
        let message = refused(circle);
        assert!(message.contains("type 0 descends from itself"), "{message}");
        assert!(refused(arr2(&[[1.0]])).contains("type 0 descends from itself"));
    }
}
