#![expect(
    clippy::needless_pass_by_value,
    reason = "array views are two words and pass by value everywhere"
)]

use ndarray::ArrayView2;

use crate::{Error, Result, check};

/// Which weights of a matrix survive; a pruned weight never returns.
///
/// # Examples
/// ```
/// use dash_prune::Mask;
/// use ndarray::array;
///
/// let mut mask = Mask::full(2, 3);
/// let pruned = mask.prune_lowest(array![[0.1, 0.9, 0.5], [0.2, 0.3, 0.8]].view(), 0.5)?;
/// assert_eq!((pruned, mask.kept()), (3, 3));
///
/// let mut weights = [1.0_f32, -2.0, 3.0, -4.0, 5.0, -6.0];
/// mask.apply(&mut weights)?;
/// assert_eq!(weights, [0.0, -2.0, 3.0, 0.0, 0.0, -6.0]);
/// # Ok::<(), dash_prune::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    rows: usize,
    columns: usize,
    keep: Vec<bool>,
    kept: usize,
}

impl Mask {
    /// The mask that keeps all of a `rows × columns` matrix.
    pub fn full(rows: usize, columns: usize) -> Self {
        Self {
            rows,
            columns,
            keep: vec![true; rows * columns],
            kept: rows * columns,
        }
    }

    /// The mask that keeps the entries which are `true`.
    pub fn from_kept(keep: ArrayView2<'_, bool>) -> Self {
        let (rows, columns) = keep.dim();
        let keep: Vec<bool> = keep.iter().copied().collect();
        let kept = keep.iter().filter(|&&k| k).count();
        Self {
            rows,
            columns,
            keep,
            kept,
        }
    }

    /// Rows and columns of the matrix.
    pub fn dim(&self) -> (usize, usize) {
        (self.rows, self.columns)
    }

    /// Number of entries of the matrix.
    pub fn len(&self) -> usize {
        self.keep.len()
    }

    /// Whether the matrix has no entries at all.
    pub fn is_empty(&self) -> bool {
        self.keep.is_empty()
    }

    /// Number of surviving entries.
    pub fn kept(&self) -> usize {
        self.kept
    }

    /// Number of pruned entries.
    pub fn pruned(&self) -> usize {
        self.keep.len() - self.kept
    }

    /// Share of pruned entries, 0 for a matrix without entries.
    pub fn sparsity(&self) -> f64 {
        if self.is_empty() {
            0.0
        } else {
            self.pruned() as f64 / self.len() as f64
        }
    }

    /// One flag per entry, row-major, `true` = kept.
    pub fn as_slice(&self) -> &[bool] {
        &self.keep
    }

    /// Sets the pruned entries of a row-major matrix to zero.
    ///
    /// # Errors
    /// If `values` has another length than the mask.
    pub fn apply<T: Copy + Default>(&self, values: &mut [T]) -> Result<()> {
        check::length("the masked matrix", values.len(), self.len())?;
        for (value, &keep) in values.iter_mut().zip(&self.keep) {
            if !keep {
                *value = T::default();
            }
        }
        Ok(())
    }

    /// Prunes the lowest-scoring share of the entries that are STILL KEPT, and returns how many went.
    ///
    /// That is `fraction × kept()` entries, a half rounded to even. Of equal scores the one that comes first
    /// in row-major order goes first. Scores of entries pruned before are not looked at.
    ///
    /// # Errors
    /// If `fraction` lies outside [0, 1], the shapes differ, the score of a kept entry is NaN, or nothing
    /// would be left. The mask is then unchanged.
    ///
    /// # Reference
    /// Hossain et al. 2024, Algorithm 1, last step; half to even is what the published code does.
    pub fn prune_lowest(&mut self, scores: ArrayView2<'_, f64>, fraction: f64) -> Result<usize> {
        check::unit_interval("the pruning fraction", fraction)?;
        check::shape("the score matrix", scores.dim(), self.dim())?;
        let count = self.whole(fraction);
        if count >= self.kept {
            return Err(Error::PrunesEverything {
                fraction,
                kept: self.kept,
                rows: self.rows,
                columns: self.columns,
            });
        }
        let mut candidates = self.candidates(scores)?;
        if count == 0 {
            return Ok(0);
        }
        candidates.select_nth_unstable_by(count - 1, |a, b| {
            a.score
                .total_cmp(&b.score)
                .then(a.position.cmp(&b.position))
        });
        for candidate in &candidates[..count] {
            self.keep[candidate.position] = false;
        }
        self.kept -= count;
        Ok(count)
    }

    /// Entries that a share of the kept ones comes to.
    pub(crate) fn whole(&self, fraction: f64) -> usize {
        (fraction * self.kept as f64).round_ties_even() as usize
    }

    /// The share of the kept entries that leaves one of them.
    pub(crate) fn all_but_one(&self) -> f64 {
        self.kept.saturating_sub(1) as f64 / self.kept.max(1) as f64
    }

    fn candidates(&self, scores: ArrayView2<'_, f64>) -> Result<Vec<Candidate>> {
        let mut candidates = Vec::with_capacity(self.kept);
        for (position, (&score, &keep)) in scores.iter().zip(&self.keep).enumerate() {
            if !keep {
                continue;
            }
            if score.is_nan() {
                return Err(Error::NanScore {
                    row: position / self.columns,
                    column: position % self.columns,
                });
            }
            candidates.push(Candidate {
                // Adding 0 turns -0 into 0: both are the same score, and the total order would part them.
                score: score + 0.0,
                position,
            });
        }
        Ok(candidates)
    }
}

struct Candidate {
    score: f64,
    position: usize,
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rounds_half_to_even_of_what_remains() {
        let scores = Array2::from_shape_fn((5, 12), |(i, j)| (i * 12 + j) as f64);
        let mut mask = Mask::full(5, 12);
        let steps: Vec<usize> = [0.7, 0.1, 0.1]
            .into_iter()
            .map(|f| mask.prune_lowest(scores.view(), f).unwrap())
            .collect();
        assert_eq!(steps, [42, 2, 2]);
        assert_eq!(mask.pruned(), 46);
        let half = |kept: usize| {
            let scores = Array2::zeros((1, kept));
            Mask::full(1, kept)
                .prune_lowest(scores.view(), 0.5)
                .unwrap()
        };
        assert_eq!((half(5), half(7)), (2, 4));
    }

    #[test]
    fn follows_the_published_sparsity_at_real_size() {
        let scores =
            Array2::from_shape_fn((40, 350), |(i, j)| ((i * 350 + j) * 7919 % 14000) as f64);
        let mut mask = Mask::full(40, 350);
        mask.prune_lowest(scores.view(), 0.7).unwrap();
        for expected in [0.73, 0.757, 0.7813, 0.80314] {
            mask.prune_lowest(scores.view(), 0.1).unwrap();
            assert!(
                (mask.sparsity() - expected).abs() < 5e-5,
                "{}",
                mask.sparsity()
            );
        }
    }

    #[test]
    fn breaks_ties_by_position() {
        let mut mask = Mask::full(2, 3);
        let scores = array![[1.0, 0.0, 0.0], [-0.0, 0.0, 0.0]];
        mask.prune_lowest(scores.view(), 0.5).unwrap();
        assert_eq!(mask.as_slice(), [true, false, false, false, true, true]);
    }

    #[test]
    fn ranks_infinite_scores() {
        let mut mask = Mask::full(1, 3);
        let scores = array![[f64::INFINITY, 1.0, f64::NEG_INFINITY]];
        mask.prune_lowest(scores.view(), 0.3).unwrap();
        assert_eq!(mask.as_slice(), [true, true, false]);
    }

    #[test]
    fn refuses_what_it_cannot_do_and_stays_unchanged() {
        let mut mask = Mask::full(2, 2);
        let scores = array![[1.0, 2.0], [f64::NAN, 4.0]];
        let error = mask.prune_lowest(scores.view(), 0.25).unwrap_err();
        assert!(matches!(error, Error::NanScore { row: 1, column: 0 }));
        let scores = array![[1.0, 2.0], [3.0, 4.0]];
        for fraction in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            let error = mask.prune_lowest(scores.view(), fraction).unwrap_err();
            assert!(matches!(error, Error::OutOfRange { .. }));
        }
        let error = mask.prune_lowest(scores.view(), 0.9).unwrap_err();
        assert!(matches!(error, Error::PrunesEverything { kept: 4, .. }));
        let error = mask.prune_lowest(scores.slice(ndarray::s![..1, ..]), 0.5);
        assert!(matches!(error.unwrap_err(), Error::Shape { .. }));
        assert!(matches!(
            mask.apply(&mut [0.0; 3]),
            Err(Error::Length { .. })
        ));
        assert_eq!(mask, Mask::full(2, 2));
    }

    #[test]
    fn does_not_look_at_pruned_scores() {
        let mut mask = Mask::from_kept(array![[false, true, true]].view());
        let scores = array![[f64::NAN, 2.0, 1.0]];
        mask.prune_lowest(scores.view(), 0.5).unwrap();
        assert_eq!(mask.as_slice(), [false, true, false]);
    }

    proptest! {
        #[test]
        fn is_the_lowest_of_a_full_sort_and_monotone(
            values in prop::collection::vec(-3i8..3, 24),
            fractions in prop::collection::vec(0.0..0.9f64, 1..5),
        ) {
            let scores = Array2::from_shape_fn((4, 6), |(i, j)| f64::from(values[i * 6 + j]));
            let mut mask = Mask::full(4, 6);
            for fraction in fractions {
                let before = mask.clone();
                let count = (fraction * before.kept() as f64).round_ties_even() as usize;
                if count == before.kept() {
                    prop_assert!(mask.prune_lowest(scores.view(), fraction).is_err());
                    prop_assert_eq!(&mask, &before);
                    continue;
                }
                prop_assert_eq!(mask.prune_lowest(scores.view(), fraction).unwrap(), count);
                let mut order: Vec<usize> = (0..24).filter(|&p| before.keep[p]).collect();
                order.sort_by_key(|&p| (values[p], p));
                let mut expected = before.keep.clone();
                for &p in &order[..count] {
                    expected[p] = false;
                }
                prop_assert_eq!(&mask.keep, &expected);
                prop_assert_eq!(mask.kept(), before.kept() - count);
            }
        }
    }
}
