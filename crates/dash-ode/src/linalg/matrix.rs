//! A weight matrix, held dense or sparse by what it contains.

use super::sparse::Sparse;
use super::{Panels, add_transposed_product};
use crate::Real;

/// A matrix is held sparse below this share of nonzero entries: where both take the same time
/// (`cargo bench -p dash-benches -- direct`).
const SPARSE_BELOW: f64 = 0.1;

/// A weight matrix (`outputs × inputs`) ready for products forward and back.
///
/// While it is held sparse, entries that are exactly zero count as pruned: they get no gradient.
#[derive(Clone, Debug, Default)]
pub(crate) struct Matrix<T> {
    inputs: usize,
    outputs: usize,
    is_sparse: bool,
    sparse: Sparse<T>,
    forward: Panels<T>,
    back: Panels<T>,
    scratch: Vec<[T; 8]>,
}

impl<T: Real> Matrix<T> {
    /// Takes a row-major matrix.
    pub(crate) fn pack(&mut self, outputs: usize, inputs: usize, weights: &[T]) {
        (self.inputs, self.outputs) = (inputs, outputs);
        let nonzero = weights.iter().filter(|w| **w != T::zero()).count();
        self.is_sparse = (nonzero as f64) < SPARSE_BELOW * weights.len() as f64;
        if self.is_sparse {
            self.sparse.pack(inputs, weights);
        } else {
            self.forward.pack(inputs, outputs, weights, (1, inputs));
            self.back.pack(outputs, inputs, weights, (inputs, 1));
        }
    }

    /// `out += x · Wᵀ` for every row of `x` at stride `x_stride`, rows of `out` at stride `out_stride`.
    pub(crate) fn add_product(
        &self,
        rows: usize,
        x: &[T],
        x_stride: usize,
        out: &mut [T],
        out_stride: usize,
    ) {
        if self.is_sparse {
            self.sparse.add_product(rows, x, x_stride, out, out_stride);
        } else {
            self.forward.add_product(rows, x, x_stride, out, out_stride);
        }
    }

    /// `out += d · W`: back from outputs to inputs.
    pub(crate) fn add_back_product(
        &self,
        rows: usize,
        d: &[T],
        d_stride: usize,
        out: &mut [T],
        out_stride: usize,
    ) {
        if self.is_sparse {
            self.sparse
                .add_back_product(rows, d, d_stride, out, out_stride);
        } else {
            self.back.add_product(rows, d, d_stride, out, out_stride);
        }
    }

    /// `gradient += dᵀ · x`; rows of `d` and `x` at their strides, `gradient` dense and row-major.
    pub(crate) fn add_gradient(
        &mut self,
        rows: usize,
        d: (&[T], usize),
        x: (&[T], usize),
        gradient: &mut [T],
    ) {
        if self.is_sparse {
            self.sparse.add_gradient(rows, d, x, gradient);
        } else {
            let (d, x) = ((d.0, d.1, self.outputs), (x.0, x.1, self.inputs));
            add_transposed_product(rows, d, x, gradient, &mut self.scratch);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// One of every `gap` entries is not zero.
    fn weights(n: usize, gap: usize) -> Vec<f64> {
        (0..n)
            .map(|i| {
                if i % gap == 0 {
                    ((i * 37) % 61) as f64 / 61.0 - 0.4
                } else {
                    0.0
                }
            })
            .collect()
    }

    proptest! {
        #[test]
        fn products_equal_the_definition_held_either_way(
            rows in 0_usize..6, inputs in 1_usize..30, outputs in 1_usize..30, gap in 1_usize..40,
        ) {
            let w = weights(inputs * outputs, gap);
            let mut matrix = Matrix::default();
            matrix.pack(outputs, inputs, &w);
            prop_assert!(gap < 20 || inputs * outputs < 200 || matrix.is_sparse);
            let (x, d) = (weights(rows * inputs, 1), weights(rows * outputs, 1));
            let (mut forward, mut back) = (vec![1.0; rows * outputs], vec![1.0; rows * inputs]);
            let mut gradient = vec![1.0; w.len()];
            matrix.add_product(rows, &x, inputs, &mut forward, outputs);
            matrix.add_back_product(rows, &d, outputs, &mut back, inputs);
            matrix.add_gradient(rows, (&d, outputs), (&x, inputs), &mut gradient);
            for r in 0..rows {
                for o in 0..outputs {
                    let want: f64 = 1.0 + (0..inputs).map(|i| w[o * inputs + i] * x[r * inputs + i]).sum::<f64>();
                    prop_assert!((forward[r * outputs + o] - want).abs() < 1e-12);
                }
                for i in 0..inputs {
                    let want: f64 = 1.0 + (0..outputs).map(|o| w[o * inputs + i] * d[r * outputs + o]).sum::<f64>();
                    prop_assert!((back[r * inputs + i] - want).abs() < 1e-12);
                }
            }
            for o in 0..outputs {
                for i in 0..inputs {
                    let full: f64 = 1.0 + (0..rows).map(|r| d[r * outputs + o] * x[r * inputs + i]).sum::<f64>();
                    let counts = !matrix.is_sparse || w[o * inputs + i] != 0.0;
                    let want = if counts { full } else { 1.0 };
                    prop_assert!((gradient[o * inputs + i] - want).abs() < 1e-12);
                }
            }
        }
    }
}
