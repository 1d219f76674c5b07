//! A ranking of positives and negatives, reduced to what every ranking metric needs.

use crate::comparison::Comparison;
use crate::edge::Edge;
use crate::error::Error;
use crate::order::{key, value};

/// Positives and negatives at or above a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hits {
    /// True positives, tp.
    pub tp: u64,
    /// False positives, fp.
    pub fp: u64,
}

impl Hits {
    /// tp + fp.
    pub fn total(self) -> u64 {
        self.tp + self.fp
    }
}

/// All items of one score, where at least one of them is positive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TieGroup {
    /// The score.
    pub threshold: f64,
    /// Items of a higher score.
    pub before: Hits,
    /// Items of this score or a higher one.
    pub through: Hits,
}

/// A ranking of positives and negatives by descending score, reduced to what every ranking metric needs.
///
/// Items of equal score are one step, so no result depends on their order. Scores that only negatives have are not
/// kept: the number of negatives above each positive says all. This keeps memory at O(P) for P positives; the complete
/// list of thresholds is a [`Curve`](crate::Curve).
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    groups: Vec<TieGroup>,
    positives: u64,
    negatives: u64,
}

impl Ranking {
    /// The ranking of items with the given labels (true = positive) by the given scores, higher first.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`], [`Error::EmptyRanking`], [`Error::NanScore`].
    pub fn from_labels<F: Copy + Into<f64>>(labels: &[bool], scores: &[F]) -> Result<Self, Error> {
        check_items(labels, scores)?;
        let (mut positives, mut zeros) = (Vec::new(), [0, 0]);
        for (index, (&label, &score)) in labels.iter().zip(scores).enumerate() {
            let score = score.into();
            if score.is_nan() {
                return Err(Error::NanScore { index });
            } else if score == 0.0 {
                zeros[usize::from(label)] += 1;
            } else if label {
                positives.push(score);
            }
        }
        let [zero_negatives, zero_positives] = zeros;
        let mut builder = Builder::new(&positives, zero_positives);
        builder.add_zero_negatives(zero_negatives);
        for (&label, &score) in labels.iter().zip(scores) {
            let score = score.into();
            if !label && score != 0.0 {
                builder.add_negative(score);
            }
        }
        Ok(builder.finish())
    }

    /// As [`from_labels`](Self::from_labels), but items whose score is NaN are left out; also their number.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::EmptyRanking`] if no item is left.
    pub fn without_nan<F: Copy + Into<f64>>(
        labels: &[bool],
        scores: &[F],
    ) -> Result<(Self, usize), Error> {
        check_items(labels, scores)?;
        let items = labels.iter().zip(scores);
        let (kept_labels, kept_scores): (Vec<bool>, Vec<f64>) = items
            .map(|(&label, &score)| (label, score.into()))
            .filter(|(_, score)| !score.is_nan())
            .unzip();
        let ranking = Self::from_labels(&kept_labels, &kept_scores)?;
        Ok((ranking, labels.len() - kept_labels.len()))
    }

    /// The ranking of groups `(score, positives, negatives)` in descending order of their scores.
    pub(crate) fn from_groups(groups: impl IntoIterator<Item = (f64, u64, u64)>) -> Self {
        let mut ranking = Self {
            groups: Vec::new(),
            positives: 0,
            negatives: 0,
        };
        for (threshold, positives, negatives) in groups {
            let before = Hits {
                tp: ranking.positives,
                fp: ranking.negatives,
            };
            ranking.positives += positives;
            ranking.negatives += negatives;
            let through = Hits {
                tp: ranking.positives,
                fp: ranking.negatives,
            };
            if positives > 0 {
                ranking.groups.push(TieGroup {
                    threshold,
                    before,
                    through,
                });
            }
        }
        ranking
    }

    /// The groups of equal score that hold a positive, in descending order of their scores.
    pub fn groups(&self) -> &[TieGroup] {
        &self.groups
    }

    /// Number of positives, P.
    pub fn positives(&self) -> u64 {
        self.positives
    }

    /// Number of negatives, N.
    pub fn negatives(&self) -> u64 {
        self.negatives
    }

    /// Number of items, P + N.
    pub fn items(&self) -> u64 {
        self.positives + self.negatives
    }
}

pub(crate) fn check_items<F>(labels: &[bool], scores: &[F]) -> Result<(), Error> {
    if labels.len() != scores.len() {
        return Err(Error::LengthMismatch {
            left: "the list of labels",
            left_len: labels.len(),
            right: "the list of scores",
            right_len: scores.len(),
        });
    }
    if labels.is_empty() {
        Err(Error::EmptyRanking)
    } else {
        Ok(())
    }
}

/// What a pair that is in the reference counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Positive,
    Negative,
    LeftOut,
}

impl<F: Copy + Into<f64>> Comparison<'_, '_, F> {
    /// The pairs of the universe ranked by |s|; the pairs of the reference are the positives.
    ///
    /// Pairs whose score is 0 are counted, not listed: cost and memory grow with the other ones.
    pub fn ranking(&self) -> Ranking {
        self.rank_by(f64::abs, |_| Role::Positive)
    }

    /// The pairs of the universe ranked by `confidence(s)`, which is 0 for 0; `role` says what an edge of the
    /// reference counts as, and other pairs are negatives.
    pub(crate) fn rank_by(
        &self,
        confidence: impl Fn(f64) -> f64,
        role: impl Fn(&Edge) -> Role,
    ) -> Ranking {
        let (mut positives, mut zero_positives, mut left_out) = (Vec::new(), 0, 0);
        for edge in self.edges() {
            let score = confidence(self.estimate.score(edge.pair));
            match role(edge) {
                Role::LeftOut => left_out += 1,
                Role::Positive if score == 0.0 => zero_positives += 1,
                Role::Positive => positives.push(score),
                Role::Negative => {}
            }
        }
        let negatives = self.pairs.len() - left_out - zero_positives - positives.len() as u64;
        let mut builder = Builder::new(&positives, zero_positives);
        let mut placed = 0;
        self.for_each_nonzero(|_, score, edge| {
            if edge.map_or(Role::Negative, &role) == Role::Negative {
                builder.add_negative(confidence(score));
                placed += 1;
            }
        });
        builder.add_zero_negatives(negatives - placed);
        builder.finish()
    }
}

/// Counts negatives between the scores of the positives.
///
/// Negatives are sorted a batch at a time and merged with the positives, so that they are never held all at once.
struct Builder {
    /// Distinct keys of the positives' scores, ascending.
    keys: Vec<u64>,
    /// Positives of every key.
    positives: Vec<u64>,
    /// Negatives of every key.
    tied: Vec<u64>,
    /// Negatives below every key and above the one before; last, those above all.
    between: Vec<u64>,
    batch: Vec<u64>,
}

/// Keys that are sorted together: 8 MB, beyond which sorting slows down.
const BATCH: usize = 1 << 20;

impl Builder {
    /// From the scores of the positives: those that are not 0, and the number of zeros.
    fn new(scores: &[f64], zeros: u64) -> Self {
        let mut sorted: Vec<u64> = scores.iter().map(|&score| key(score)).collect();
        sorted.sort_unstable();
        let mut groups: Vec<(u64, u64)> = sorted
            .chunk_by(|a, b| a == b)
            .map(|same| (same[0], same.len() as u64))
            .collect();
        if zeros > 0 {
            let zero = key(0.0);
            groups.insert(
                groups.partition_point(|(key, _)| *key < zero),
                (zero, zeros),
            );
        }
        let (keys, positives): (Vec<u64>, Vec<u64>) = groups.into_iter().unzip();
        Self {
            tied: vec![0; keys.len()],
            between: vec![0; keys.len() + 1],
            keys,
            positives,
            batch: Vec::new(),
        }
    }

    fn add_negative(&mut self, score: f64) {
        self.batch.push(key(score));
        // A merge also passes over all keys: batches at least as long keep its cost in proportion.
        if self.batch.len() >= BATCH.max(self.keys.len()) {
            self.merge_batch();
        }
    }

    fn add_zero_negatives(&mut self, count: u64) {
        match self.keys.binary_search(&key(0.0)) {
            Ok(index) => self.tied[index] += count,
            Err(index) => self.between[index] += count,
        }
    }

    fn merge_batch(&mut self) {
        self.batch.sort_unstable();
        let mut rest = self.batch.as_slice();
        for (index, &key) in self.keys.iter().enumerate() {
            self.between[index] += take_while(&mut rest, |negative| negative < key);
            self.tied[index] += take_while(&mut rest, |negative| negative == key);
        }
        self.between[self.keys.len()] += rest.len() as u64;
        self.batch.clear();
    }

    fn finish(mut self) -> Ranking {
        self.merge_batch();
        let Self {
            keys,
            positives,
            tied,
            between,
            ..
        } = self;
        let groups = (0..keys.len()).rev().flat_map(|i| {
            let threshold = value(keys[i]);
            [
                (f64::NAN, 0, between[i + 1]),
                (threshold, positives[i], tied[i]),
            ]
        });
        Ranking::from_groups(groups.chain([(f64::NAN, 0, between[0])]))
    }
}

/// Removes the leading keys for which `holds` and counts them.
fn take_while(keys: &mut &[u64], holds: impl Fn(u64) -> bool) -> u64 {
    let count = keys
        .iter()
        .position(|&key| !holds(key))
        .unwrap_or(keys.len());
    *keys = &keys[count..];
    count as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_hold_the_ties_and_what_is_above() {
        let labels = [true, false, true, false, false, true];
        let scores = [1.0, 1.0, 1.0, 2.0, 0.0, -0.0];
        let ranking = Ranking::from_labels(&labels, &scores).unwrap();
        let hits = |tp, fp| Hits { tp, fp };
        assert_eq!(
            ranking.groups(),
            [
                TieGroup {
                    threshold: 1.0,
                    before: hits(0, 1),
                    through: hits(2, 2)
                },
                TieGroup {
                    threshold: 0.0,
                    before: hits(2, 2),
                    through: hits(3, 3)
                },
            ]
        );
        assert_eq!(
            (ranking.positives(), ranking.negatives(), ranking.items()),
            (3, 3, 6)
        );
    }

    #[test]
    fn values_that_differ_in_f64_only_are_not_tied() {
        let labels = [true, true];
        let scores = [1.0_f64, 1.0 + f64::EPSILON];
        assert_eq!(
            Ranking::from_labels(&labels, &scores)
                .unwrap()
                .groups()
                .len(),
            2
        );
        let rounded = scores.map(|score| score as f32);
        assert_eq!(
            Ranking::from_labels(&labels, &rounded)
                .unwrap()
                .groups()
                .len(),
            1
        );
    }

    #[test]
    fn bad_lists_are_errors() {
        assert_eq!(
            Ranking::from_labels::<f64>(&[], &[]).unwrap_err(),
            Error::EmptyRanking
        );
        assert!(matches!(
            Ranking::from_labels(&[true], &[1.0, 2.0]).unwrap_err(),
            Error::LengthMismatch { .. }
        ));
        let nan = Ranking::from_labels(&[true, false], &[1.0, f32::NAN]).unwrap_err();
        assert_eq!(nan, Error::NanScore { index: 1 });
    }
}
