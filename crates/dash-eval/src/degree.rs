//! Out-degrees of an extracted network.

use ndarray::{ArrayRef2, NdFloat};
use serde::Serialize;

use crate::error::Error;

/// Out-degrees of an extracted network.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OutDegree {
    /// Number of targets of every gene (length k).
    pub per_regulator: Vec<usize>,
    /// Mean over all genes, whether they regulate or not: the number of edges divided by k.
    pub mean: f64,
}

/// The out-degrees of D̃ (k × k, \[target, regulator\]): nonzero entries per column.
///
/// # Errors
/// [`Error::NotSquare`]; [`Error::Empty`] without a gene.
///
/// # Reference
/// The DASH paper, average out-degree of the bone marrow networks.
pub fn out_degree<F: NdFloat>(normalised_effects: &ArrayRef2<F>) -> Result<OutDegree, Error> {
    let (rows, columns) = normalised_effects.dim();
    if rows != columns {
        return Err(Error::NotSquare { rows, columns });
    }
    if rows == 0 {
        return Err(Error::Empty {
            name: "the list of genes",
        });
    }
    let mut per_regulator = vec![0; columns];
    for row in normalised_effects.outer_iter() {
        for (degree, effect) in per_regulator.iter_mut().zip(row) {
            *degree += usize::from(!effect.is_zero());
        }
    }
    let edges: usize = per_regulator.iter().sum();
    Ok(OutDegree {
        mean: edges as f64 / columns as f64,
        per_regulator,
    })
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::*;

    #[test]
    fn columns_are_regulators() {
        let degrees = out_degree(&array![[0.5, -0.5], [-0.0, 1.0]]).unwrap();
        assert_eq!(
            degrees,
            OutDegree {
                per_regulator: vec![1, 2],
                mean: 1.5
            }
        );
        assert!(out_degree(&Array2::<f64>::zeros((0, 0))).is_err());
        assert!(out_degree(&Array2::<f64>::zeros((1, 2))).is_err());
    }
}
