//! Share of weights that are exact zeros.

use ndarray::{ArrayRef2, NdFloat};
use serde::Serialize;

use crate::error::Error;

/// How many entries of a set of weight matrices are exact zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Sparsity {
    /// Entries that are 0 (or −0).
    pub zeros: u64,
    /// All entries.
    pub entries: u64,
}

impl Sparsity {
    /// The share of zeros, in \[0, 1\].
    pub fn share(&self) -> f64 {
        self.zeros as f64 / self.entries as f64
    }
}

/// The sparsity over all entries of the matrices.
///
/// For a PHOENIX model these are `W_Σ`, `W_Π`, `ReLU(v)⊙U_Σ` and `ReLU(v)⊙U_Π` (see
/// [`relu_scaled`](crate::relu_scaled)); biases and v are not counted.
///
/// # Errors
/// [`Error::Empty`] if there is no entry.
///
/// # Reference
/// The DASH paper, definition of sparsity.
pub fn sparsity<F: NdFloat>(matrices: &[&ArrayRef2<F>]) -> Result<Sparsity, Error> {
    let entries = matrices.iter().map(|matrix| matrix.len() as u64).sum();
    if entries == 0 {
        return Err(Error::Empty {
            name: "the list of weights",
        });
    }
    let zeros = matrices
        .iter()
        .map(|matrix| matrix.iter().filter(|weight| weight.is_zero()).count() as u64);
    Ok(Sparsity {
        zeros: zeros.sum(),
        entries,
    })
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "one division of integers")]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn zeros_of_all_matrices_are_counted_together() {
        let (a, b) = (array![[0.0, 1.0, -0.0]], array![[2.0_f32], [0.0]]);
        let sparsity_of_both = sparsity(&[&a, &b]).unwrap();
        assert_eq!(
            sparsity_of_both,
            Sparsity {
                zeros: 3,
                entries: 5
            }
        );
        assert_eq!(sparsity_of_both.share(), 0.6);
        assert!(sparsity::<f64>(&[]).is_err());
    }
}
