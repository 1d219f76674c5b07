//! Products of sparse prior matrices with dense arrays.

use ndarray::{Array2, ArrayView2, Axis};

use crate::error::{Error, Result};
use crate::prior_matrix::PriorMatrix;

impl PriorMatrix {
    /// The product `self · x`: (k × k) · (k × n) → k × n.
    ///
    /// # Errors
    /// [`Error::Shape`] where `x` has not k rows.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a view is passed by value, as in ndarray"
    )]
    pub fn mul_dense(&self, x: ArrayView2<'_, f64>) -> Result<Array2<f64>> {
        let (rows, columns) = x.dim();
        if rows != self.dim() {
            return Err(Error::Shape {
                what: "the right factor of (k x k)·(k x n)",
                found_rows: rows,
                found_columns: columns,
                expected: format!("{} rows", self.dim()),
            });
        }
        let x = x.as_standard_layout();
        let mut product = Array2::zeros((rows, columns));
        for (target, mut sum) in product.axis_iter_mut(Axis(0)).enumerate() {
            let (regulators, values) = self.row(target);
            for (&regulator, &value) in regulators.iter().zip(values) {
                sum.scaled_add(value, &x.row(regulator));
            }
        }
        Ok(product)
    }

    /// The product `x · self`: (n × k) · (k × k) → n × k.
    ///
    /// # Errors
    /// [`Error::Shape`] where `x` has not k columns.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a view is passed by value, as in ndarray"
    )]
    pub fn dense_mul(&self, x: ArrayView2<'_, f64>) -> Result<Array2<f64>> {
        let (rows, columns) = x.dim();
        if columns != self.dim() {
            return Err(Error::Shape {
                what: "the left factor of (n x k)·(k x k)",
                found_rows: rows,
                found_columns: columns,
                expected: format!("{} columns", self.dim()),
            });
        }
        // Gene-major on both sides: each entry is then one sweep over contiguous rows, and P is passed over once.
        let by_gene = x.t().as_standard_layout().into_owned();
        let mut product = Array2::zeros((columns, rows));
        for (target, regulator, value) in self.iter() {
            product
                .row_mut(regulator)
                .scaled_add(value, &by_gene.row(target));
        }
        Ok(product.t().as_standard_layout().into_owned())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn dense() -> impl Strategy<Value = Array2<f64>> {
        (1usize..9).prop_flat_map(|k| {
            let entry = prop_oneof![3 => Just(0.0), 2 => -3.0..3.0f64];
            prop::collection::vec(entry, k * k)
                .prop_map(move |flat| Array2::from_shape_vec((k, k), flat).unwrap())
        })
    }

    fn close(left: &Array2<f64>, right: &Array2<f64>) -> bool {
        left.dim() == right.dim() && left.iter().zip(right).all(|(a, b)| (a - b).abs() <= 1e-12)
    }

    proptest! {
        #[test]
        fn products_equal_dense_products(m in dense(), n in 0usize..5) {
            let k = m.nrows();
            let x = Array2::from_shape_fn((k, n), |(i, j)| (i * 7 + j * 3) as f64 - 5.5);
            let sparse = PriorMatrix::from_dense(m.view()).unwrap();
            prop_assert!(close(&sparse.mul_dense(x.view()).unwrap(), &m.dot(&x)));
            // The transposed view is not in standard layout: strides must not matter.
            prop_assert!(close(&sparse.dense_mul(x.t()).unwrap(), &x.t().dot(&m)));
        }
    }

    #[test]
    fn a_matrix_of_no_genes_multiplies() {
        let empty = PriorMatrix::from_triplets(0, []).unwrap();
        assert_eq!(
            empty.mul_dense(Array2::zeros((0, 4)).view()).unwrap().dim(),
            (0, 4)
        );
        assert_eq!(
            empty.dense_mul(Array2::zeros((4, 0)).view()).unwrap().dim(),
            (4, 0)
        );
    }

    #[test]
    fn factors_of_the_wrong_shape_are_refused() {
        let prior = PriorMatrix::from_triplets(3, [(0, 1, 1.0)]).unwrap();
        let x = Array2::zeros((2, 4));
        assert!(matches!(
            prior.mul_dense(x.view()),
            Err(Error::Shape { found_rows: 2, .. })
        ));
        assert!(matches!(
            prior.dense_mul(x.view()),
            Err(Error::Shape {
                found_columns: 4,
                ..
            })
        ));
    }
}
