//! Which genes are in which set.

use crate::error::Error;

/// Which of N genes are in which set, as one list of members per set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    genes: usize,
    /// Where the members of every set start; last, the end.
    starts: Vec<usize>,
    /// Members of all sets, ascending within a set.
    members: Vec<u32>,
}

impl Membership {
    /// The membership of lists of genes, numbered from 0; a gene counts once in a set.
    ///
    /// # Errors
    /// [`Error::EmptySet`]; [`Error::MemberOutOfRange`].
    pub fn new(genes: usize, sets: impl IntoIterator<Item = Vec<usize>>) -> Result<Self, Error> {
        let mut membership = Self {
            genes,
            starts: vec![0],
            members: Vec::new(),
        };
        for (set, mut list) in sets.into_iter().enumerate() {
            list.sort_unstable();
            list.dedup();
            let Some(&last) = list.last() else {
                return Err(Error::EmptySet { set });
            };
            if last >= genes || u32::try_from(last).is_err() {
                return Err(Error::MemberOutOfRange {
                    set,
                    gene: last,
                    genes,
                });
            }
            membership
                .members
                .extend(list.into_iter().map(|gene| gene as u32));
            membership.starts.push(membership.members.len());
        }
        Ok(membership)
    }

    /// Number of genes, N.
    pub fn genes(&self) -> usize {
        self.genes
    }

    /// Number of sets.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is no set.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The genes of a set, ascending.
    ///
    /// # Panics
    /// If `set` is not below [`len`](Self::len).
    pub fn set(&self, set: usize) -> &[u32] {
        &self.members[self.starts[set]..self.starts[set + 1]]
    }

    /// The genes of every set.
    pub fn sets(&self) -> impl Iterator<Item = &[u32]> {
        self.starts
            .windows(2)
            .map(|ends| &self.members[ends[0]..ends[1]])
    }

    /// The same sets over the genes that are in at least one, and those genes: the universe of the published code.
    pub fn covered(&self) -> (Self, Vec<usize>) {
        let mut is_covered = vec![false; self.genes];
        for &gene in &self.members {
            is_covered[gene as usize] = true;
        }
        let covered: Vec<usize> = (0..self.genes).filter(|&gene| is_covered[gene]).collect();
        (self.renumbered(&covered), covered)
    }

    /// The same sets over the genes `kept`, ascending, which hold all members.
    pub(crate) fn renumbered(&self, kept: &[usize]) -> Self {
        let mut place = vec![0; self.genes];
        for (index, &gene) in (0..).zip(kept) {
            place[gene] = index;
        }
        let members = self.members.iter();
        Self {
            genes: kept.len(),
            starts: self.starts.clone(),
            members: members.map(|&gene| place[gene as usize]).collect(),
        }
    }

    pub(crate) fn check_scores(&self, scores: &[f64]) -> Result<(), Error> {
        if scores.len() != self.genes {
            return Err(Error::LengthMismatch {
                left: "the list of scores",
                left_len: scores.len(),
                right: "the genes of the sets",
                right_len: self.genes,
            });
        }
        check_finite(scores)
    }

    /// Σ of the scores of every set's genes.
    pub(crate) fn sums(&self, scores: &[f64]) -> Vec<f64> {
        let sum = |set: &[u32]| set.iter().map(|&gene| scores[gene as usize]).sum();
        self.sets().map(sum).collect()
    }
}

pub(crate) fn check_finite(scores: &[f64]) -> Result<(), Error> {
    match scores.iter().position(|score| !score.is_finite()) {
        None => Ok(()),
        Some(index) if scores[index].is_nan() => Err(Error::NanScore { index }),
        Some(index) => Err(Error::InfiniteScore { index }),
    }
}

/// How far apart rounding may set two sums of these scores that are equal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tolerance {
    per_score: f64,
}

impl Tolerance {
    pub(crate) fn new(scores: &[f64]) -> Self {
        let largest = scores
            .iter()
            .fold(0.0_f64, |largest, score| largest.max(score.abs()));
        Self {
            per_score: 4.0 * f64::EPSILON * largest,
        }
    }

    /// Of sums of `size` scores.
    pub(crate) fn of(self, size: usize) -> f64 {
        self.per_score * size as f64
    }

    /// How far apart rounding can set them at worst, whatever the order of the scores.
    pub(crate) fn worst_of(self, size: usize) -> f64 {
        self.of(size) * (0.25 * size as f64).max(1.0)
    }
}

/// Of the sums that are whole numbers, the first that is at least `at`, which rounding may have put `slack` too high.
pub(crate) fn first_whole(at: f64, slack: f64) -> f64 {
    // Whole numbers beyond where a float holds fractions are not rounded at all.
    (at - slack.min(0.25)).ceil()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_genes_of_a_set_are_covered() {
        let sets = Membership::new(6, [vec![4, 1, 4], vec![5, 1]]).unwrap();
        assert_eq!(
            (sets.len(), sets.set(0), sets.set(1)),
            (2, &[1, 4][..], &[1, 5][..])
        );
        let (reduced, genes) = sets.covered();
        assert_eq!(genes, [1, 4, 5]);
        assert_eq!(reduced.sets().collect::<Vec<_>>(), [&[0, 1], &[0, 2]]);
        let scores = [9.0, 1.0, 9.0, 9.0, 2.0, 4.0];
        let kept: Vec<f64> = genes.iter().map(|&gene| scores[gene]).collect();
        assert_eq!(sets.sums(&scores), reduced.sums(&kept));
    }

    #[test]
    fn rounding_alone_does_not_reach_the_next_whole_number() {
        assert_eq!(first_whole(273.0 + 1e-12, 1e-10).to_string(), "273");
        assert_eq!(first_whole(273.0 + 1e-9, 1e-10).to_string(), "274");
        assert_eq!(first_whole(-2.6, 9.0).to_string(), "-2");
    }

    #[test]
    fn an_empty_set_and_an_unknown_gene_are_errors() {
        let empty = Membership::new(3, [vec![0], vec![]]).unwrap_err();
        assert_eq!(empty, Error::EmptySet { set: 1 });
        let unknown = Membership::new(3, [vec![3]]).unwrap_err();
        assert_eq!(
            unknown,
            Error::MemberOutOfRange {
                set: 0,
                gene: 3,
                genes: 3
            }
        );
    }
}
