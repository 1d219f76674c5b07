//! Sparse k × k prior matrices.

use std::fmt;

use ndarray::{Array2, ArrayView2};

use crate::error::{Error, Result};
use crate::network::Network;

/// A sparse k × k matrix, indexed [target, regulator], stored by rows (CSR).
///
/// It holds the prior P (strength of regulator j on target i) as well as the gene–gene prior C, which is symmetric.
/// Entries are finite; zeros are not stored.
///
/// # Reference
/// P and C of DASH (Hossain et al. 2024, Section 3).
#[derive(Clone, PartialEq)]
pub struct PriorMatrix {
    /// Where each row begins in `columns` and `values`; k + 1 entries.
    starts: Vec<usize>,
    columns: Vec<usize>,
    values: Vec<f64>,
}

impl PriorMatrix {
    /// P of a network: entry [to, from] is the weight of the edge from → to.
    pub fn from_network(network: &Network) -> Self {
        let entries = network
            .edges()
            .iter()
            .map(|edge| (edge.to, edge.from, edge.weight));
        Self::by_counting(network.genes().len(), entries)
    }

    /// The non-zero entries of a dense k × k matrix, indexed [target, regulator].
    ///
    /// # Errors
    /// [`Error::Shape`] where it is not square, [`Error::NotFinite`] where an entry is NaN or infinite.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a view is passed by value, as in ndarray"
    )]
    pub fn from_dense(dense: ArrayView2<'_, f64>) -> Result<Self> {
        let (rows, columns) = dense.dim();
        if rows != columns {
            return Err(Error::Shape {
                what: "a prior matrix",
                found_rows: rows,
                found_columns: columns,
                expected: "one row and one column per gene".to_string(),
            });
        }
        let entries = dense
            .indexed_iter()
            .map(|((target, regulator), &value)| (target, regulator, value));
        Self::from_triplets(rows, entries)
    }

    /// The k × k matrix of entries (target, regulator, value), in any order. Zeros are left out.
    ///
    /// # Errors
    /// [`Error::GeneOutOfRange`], [`Error::NotFinite`] and [`Error::DuplicateEntry`].
    pub fn from_triplets(
        k: usize,
        triplets: impl IntoIterator<Item = (usize, usize, f64)>,
    ) -> Result<Self> {
        let mut entries = Vec::new();
        for (target, regulator, value) in triplets {
            if let Some(gene) = [target, regulator].into_iter().find(|&gene| gene >= k) {
                return Err(Error::GeneOutOfRange { gene, genes: k });
            }
            if !value.is_finite() {
                return Err(Error::NotFinite {
                    target,
                    regulator,
                    value,
                });
            }
            if value != 0.0 {
                entries.push((target, regulator, value));
            }
        }
        entries.sort_unstable_by_key(|&(target, regulator, _)| (target, regulator));
        if let Some(pair) = entries
            .windows(2)
            .find(|pair| (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1))
        {
            return Err(Error::DuplicateEntry {
                target: pair[0].0,
                regulator: pair[0].1,
            });
        }
        Ok(Self::by_counting(k, entries.into_iter()))
    }

    /// CSR of valid entries whose regulators ascend within each target.
    pub(crate) fn by_counting(
        k: usize,
        entries: impl Iterator<Item = (usize, usize, f64)> + Clone,
    ) -> Self {
        let mut starts = vec![0; k + 1];
        for (target, _, _) in entries.clone() {
            starts[target + 1] += 1;
        }
        for row in 0..k {
            starts[row + 1] += starts[row];
        }
        let mut next = starts.clone();
        let mut columns = vec![0; starts[k]];
        let mut values = vec![0.0; starts[k]];
        for (target, regulator, value) in entries {
            columns[next[target]] = regulator;
            values[next[target]] = value;
            next[target] += 1;
        }
        Self {
            starts,
            columns,
            values,
        }
    }

    /// The number of genes, k.
    pub fn dim(&self) -> usize {
        self.starts.len() - 1
    }

    /// The number of stored entries.
    pub fn nnz(&self) -> usize {
        self.values.len()
    }

    /// The regulators of target `target`, ascending, and their values.
    ///
    /// # Panics
    /// If `target >= self.dim()`.
    pub fn row(&self, target: usize) -> (&[usize], &[f64]) {
        let range = self.starts[target]..self.starts[target + 1];
        (&self.columns[range.clone()], &self.values[range])
    }

    /// All entries as (target, regulator, value), row by row.
    pub fn iter(&self) -> impl Iterator<Item = (usize, usize, f64)> + Clone + '_ {
        (0..self.dim()).flat_map(|target| {
            let (regulators, values) = self.row(target);
            regulators
                .iter()
                .zip(values)
                .map(move |(&regulator, &value)| (target, regulator, value))
        })
    }

    /// The same as a dense k × k matrix, [target, regulator].
    pub fn to_dense(&self) -> Array2<f64> {
        let mut dense = Array2::zeros((self.dim(), self.dim()));
        for (target, regulator, value) in self.iter() {
            dense[[target, regulator]] = value;
        }
        dense
    }

    /// Every entry by its absolute value.
    #[must_use]
    pub fn abs(&self) -> Self {
        self.map_values(f64::abs)
    }

    /// Every entry times `factor`. The pattern stays, so a `factor` of 0 stores zeros; take a finite one.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        self.map_values(|value| value * factor)
    }

    fn map_values(&self, change: impl Fn(f64) -> f64) -> Self {
        let values = self.values.iter().map(|&value| change(value)).collect();
        Self {
            starts: self.starts.clone(),
            columns: self.columns.clone(),
            values,
        }
    }

    /// Only the entries for which `keep(target, regulator, value)` holds.
    #[must_use]
    pub fn filtered(&self, mut keep: impl FnMut(usize, usize, f64) -> bool) -> Self {
        let kept: Vec<_> = self
            .iter()
            .filter(|&(target, regulator, value)| keep(target, regulator, value))
            .collect();
        Self::by_counting(self.dim(), kept.into_iter())
    }

    /// The sum of all entries, with their signs.
    pub fn sum(&self) -> f64 {
        self.values.iter().sum()
    }

    /// The transpose, [regulator, target].
    #[must_use]
    pub fn transpose(&self) -> Self {
        Self::by_counting(
            self.dim(),
            self.iter()
                .map(|(target, regulator, value)| (regulator, target, value)),
        )
    }
}

impl fmt::Debug for PriorMatrix {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "PriorMatrix({} x {}, {} entries)",
            self.dim(),
            self.dim(),
            self.nnz()
        )
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use proptest::prelude::*;

    use super::*;
    use crate::gene_index::GeneIndex;
    use crate::network::Edge;

    fn dense() -> impl Strategy<Value = Array2<f64>> {
        (1usize..9).prop_flat_map(|k| {
            let entry = prop_oneof![3 => Just(0.0), 2 => -3.0..3.0f64];
            prop::collection::vec(entry, k * k)
                .prop_map(move |flat| Array2::from_shape_vec((k, k), flat).unwrap())
        })
    }

    proptest! {
        #[test]
        fn it_is_the_dense_matrix(m in dense()) {
            let sparse = PriorMatrix::from_dense(m.view()).unwrap();
            prop_assert_eq!(sparse.nnz(), m.iter().filter(|v| **v != 0.0).count());
            prop_assert_eq!(&sparse.to_dense(), &m);
            prop_assert_eq!(sparse.transpose().to_dense(), m.t());
            prop_assert_eq!(sparse.abs().to_dense(), m.mapv(f64::abs));
            prop_assert_eq!(sparse.scaled(0.25).to_dense(), &m * 0.25);
            prop_assert_eq!(sparse.filtered(|_, _, v| v > 0.0).to_dense(), m.mapv(|v| v.max(0.0)));
            prop_assert!((sparse.sum() - m.sum()).abs() <= 1e-12);
        }
    }

    #[test]
    fn a_network_becomes_target_by_regulator() {
        let genes = GeneIndex::new(vec!["A".into(), "B".into(), "C".into()]).unwrap();
        let edges = vec![
            Edge {
                from: 0,
                to: 1,
                weight: 2.0,
            },
            Edge {
                from: 2,
                to: 1,
                weight: -1.0,
            },
            Edge {
                from: 1,
                to: 0,
                weight: 0.5,
            },
        ];
        let prior = PriorMatrix::from_network(&Network::new(genes, edges).unwrap());
        assert_eq!(
            prior.to_dense(),
            array![[0.0, 0.5, 0.0], [2.0, 0.0, -1.0], [0.0, 0.0, 0.0]]
        );
        assert_eq!(prior.row(1), (&[0, 2][..], &[2.0, -1.0][..]));
    }

    #[test]
    fn a_matrix_of_no_genes_works() {
        let empty = PriorMatrix::from_triplets(0, []).unwrap();
        assert_eq!((empty.dim(), empty.nnz()), (0, 0));
        assert_eq!(
            empty.mul_dense(Array2::zeros((0, 4)).view()).unwrap().dim(),
            (0, 4)
        );
    }

    #[test]
    fn bad_entries_are_refused() {
        let error = PriorMatrix::from_dense(Array2::zeros((2, 3)).view()).unwrap_err();
        assert!(
            matches!(
                error,
                Error::Shape {
                    found_rows: 2,
                    found_columns: 3,
                    ..
                }
            ),
            "{error}"
        );
        let error =
            PriorMatrix::from_dense(array![[0.0, f64::NAN], [0.0, 0.0]].view()).unwrap_err();
        assert!(
            matches!(
                error,
                Error::NotFinite {
                    target: 0,
                    regulator: 1,
                    ..
                }
            ),
            "{error}"
        );
        let error = PriorMatrix::from_triplets(2, [(0, 2, 1.0)]).unwrap_err();
        assert!(
            matches!(error, Error::GeneOutOfRange { gene: 2, genes: 2 }),
            "{error}"
        );
        let error =
            PriorMatrix::from_triplets(2, [(0, 1, 1.0), (1, 1, 1.0), (0, 1, 2.0)]).unwrap_err();
        assert!(
            matches!(
                error,
                Error::DuplicateEntry {
                    target: 0,
                    regulator: 1
                }
            ),
            "{error}"
        );
    }
}
