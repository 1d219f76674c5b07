//! An inferred network: a score for every ordered pair of genes.

use ndarray::ArrayRef2;

use crate::edge::Pair;
use crate::error::Error;
use crate::rows::Rows;

/// An inferred network: a score s for every ordered pair of k genes, given as a matrix or as a list.
///
/// A score of 0 (or −0) means no edge; the sign of a score is the sign of the effect. Scores may be `f32` or `f64`
/// and are compared without loss: two values tie only if they are equal in the type they are given in.
#[derive(Debug, Clone)]
pub struct Estimate<'d, F> {
    scores: Scores<'d, F>,
    duplicates: usize,
}

#[derive(Debug, Clone)]
enum Scores<'d, F> {
    Dense(&'d ArrayRef2<F>),
    Sparse(Rows<(Pair, f64)>),
}

impl<'d, F: Copy + Into<f64>> Estimate<'d, F> {
    /// The estimate of a k × k matrix of effects, \[target, regulator\].
    ///
    /// # Errors
    /// [`Error::NotSquare`]; [`Error::NanEffect`] if an entry is NaN.
    pub fn dense(effects: &'d ArrayRef2<F>) -> Result<Self, Error> {
        let (rows, columns) = effects.dim();
        if rows != columns {
            return Err(Error::NotSquare { rows, columns });
        }
        for (target, row) in effects.outer_iter().enumerate() {
            if let Some(regulator) = row.iter().position(|&score| score.into().is_nan()) {
                return Err(Error::NanEffect { target, regulator });
            }
        }
        Ok(Self {
            scores: Scores::Dense(effects),
            duplicates: 0,
        })
    }
}

impl Estimate<'_, f64> {
    /// The estimate of a list of `(target, regulator, score)`; pairs that are not listed have the score 0.
    ///
    /// Of a repeated pair the score of largest magnitude is kept (of s and −s the positive one) and the others are
    /// counted.
    ///
    /// # Errors
    /// [`Error::GeneOutOfRange`] if a pair names a gene that does not exist; [`Error::NanEffect`].
    pub fn sparse<S: Into<f64>>(
        genes: usize,
        scores: impl IntoIterator<Item = (usize, usize, S)>,
    ) -> Result<Self, Error> {
        let mut entries = Vec::new();
        for (target, regulator, score) in scores {
            let (pair, score) = (Pair::new(target, regulator), score.into());
            pair.check(genes)?;
            if score.is_nan() {
                return Err(Error::NanEffect { target, regulator });
            }
            entries.push((pair, score));
        }
        let listed = entries.len();
        entries.sort_unstable_by(|(a, s), (b, t)| {
            a.cmp(b)
                .then_with(|| t.abs().total_cmp(&s.abs()))
                .then_with(|| t.total_cmp(s))
        });
        entries.dedup_by_key(|(pair, _)| *pair);
        let duplicates = listed - entries.len();
        Ok(Self {
            scores: Scores::Sparse(Rows::new(genes, entries, |(pair, _)| *pair)),
            duplicates,
        })
    }
}

impl<F: Copy + Into<f64>> Estimate<'_, F> {
    /// Number of genes, k.
    pub fn genes(&self) -> usize {
        match &self.scores {
            Scores::Dense(effects) => effects.nrows(),
            Scores::Sparse(rows) => rows.rows(),
        }
    }

    /// Number of listed scores that repeated a pair.
    pub fn duplicates(&self) -> usize {
        self.duplicates
    }

    /// The score of a pair.
    ///
    /// # Panics
    /// If a gene of the pair is not below [`genes`](Self::genes).
    pub fn score(&self, pair: Pair) -> f64 {
        match &self.scores {
            Scores::Dense(effects) => effects[(pair.target, pair.regulator)].into(),
            Scores::Sparse(rows) => {
                let row = rows.row(pair.target);
                row.binary_search_by_key(&pair, |(pair, _)| *pair)
                    .map_or(0.0, |found| row[found].1)
            }
        }
    }

    /// Calls `visit(regulator, score)` for the scores of a target that are not 0, in the order of the regulators.
    pub(crate) fn for_each_nonzero(&self, target: usize, mut visit: impl FnMut(usize, f64)) {
        let mut visit_nonzero = |regulator, score| {
            if score != 0.0 {
                visit(regulator, score);
            }
        };
        match &self.scores {
            Scores::Dense(effects) => {
                for (regulator, &score) in effects.row(target).iter().enumerate() {
                    visit_nonzero(regulator, score.into());
                }
            }
            Scores::Sparse(rows) => {
                for &(pair, score) in rows.row(target) {
                    visit_nonzero(pair.regulator, score);
                }
            }
        }
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "scores are kept, not computed")]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn a_repeated_pair_keeps_the_largest_magnitude() {
        let estimate = Estimate::sparse(
            3,
            [
                (0, 1, 0.5),
                (0, 1, -2.0),
                (2, 1, -1.0),
                (2, 1, 1.0),
                (1, 1, 0.0),
            ],
        )
        .unwrap();
        assert_eq!(estimate.duplicates(), 2);
        assert_eq!(estimate.score(Pair::new(0, 1)), -2.0);
        assert_eq!(estimate.score(Pair::new(2, 1)), 1.0);
        assert_eq!(estimate.score(Pair::new(1, 2)), 0.0);
    }

    #[test]
    fn a_list_and_a_matrix_visit_the_same_scores() {
        let effects = array![[0.0_f32, -1.0], [-0.0, 2.0]];
        let dense = Estimate::dense(&effects).unwrap();
        let sparse = Estimate::sparse(2, [(1, 1, 2.0_f32), (0, 1, -1.0), (1, 0, 0.0)]).unwrap();
        for target in 0..2 {
            let (mut a, mut b) = (Vec::new(), Vec::new());
            dense.for_each_nonzero(target, |regulator, score| a.push((regulator, score)));
            sparse.for_each_nonzero(target, |regulator, score| b.push((regulator, score)));
            assert_eq!(a, b);
            assert_eq!(a.len(), 1);
        }
    }

    #[test]
    fn what_cannot_be_ranked_is_an_error() {
        let nan = array![[0.0, 1.0], [f64::NAN, 0.0]];
        assert_eq!(
            Estimate::dense(&nan).unwrap_err(),
            Error::NanEffect {
                target: 1,
                regulator: 0
            }
        );
        let oblong = array![[0.0, 1.0]];
        assert_eq!(
            Estimate::dense(&oblong).unwrap_err(),
            Error::NotSquare {
                rows: 1,
                columns: 2
            }
        );
        assert!(Estimate::sparse(2, [(0, 0, f64::NAN)]).is_err());
        assert!(Estimate::sparse(2, [(2, 0, 1.0)]).is_err());
        assert!(Estimate::sparse(2, [(0, 1, f64::INFINITY)]).is_ok());
    }
}
