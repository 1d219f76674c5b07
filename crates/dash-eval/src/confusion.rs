//! Confusion counts of a predicted pattern, and the metrics that follow from them.

use serde::Serialize;

use crate::comparison::Comparison;
use crate::edge_set::EdgeSet;
use crate::error::Error;
use crate::exists::Exists;
use crate::metric::{Metric, Undefined, ratio};
use crate::pairs::Pairs;
use crate::ranking::Ranking;

/// Confusion counts of a predicted pattern over a universe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Confusion {
    /// Pairs that are predicted and in the reference, TP.
    pub true_positives: u64,
    /// Pairs that are predicted and not in the reference, FP.
    pub false_positives: u64,
    /// Pairs that are not predicted but in the reference, FN.
    pub false_negatives: u64,
    /// Pairs that are neither, TN.
    pub true_negatives: u64,
}

impl Confusion {
    /// The counts of a list of predictions; no item is no error, but leaves every metric undefined.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`].
    pub fn from_labels(labels: &[bool], predicted: &[bool]) -> Result<Self, Error> {
        if labels.len() != predicted.len() {
            return Err(Error::LengthMismatch {
                left: "the list of labels",
                left_len: labels.len(),
                right: "the list of predictions",
                right_len: predicted.len(),
            });
        }
        let count = |label, prediction| {
            let both = labels
                .iter()
                .zip(predicted)
                .filter(|both| *both == (&label, &prediction));
            both.count() as u64
        };
        Ok(Self {
            true_positives: count(true, true),
            false_positives: count(false, true),
            false_negatives: count(true, false),
            true_negatives: count(false, false),
        })
    }

    /// The counts of predicting exactly the pairs `predicted`.
    pub(crate) fn of_pairs(predicted: &Pairs, reference: &EdgeSet, universe: &Pairs) -> Self {
        let in_universe = reference
            .edges()
            .iter()
            .filter(|edge| universe.contains(edge.pair));
        let true_positives = in_universe
            .filter(|edge| predicted.contains(edge.pair))
            .count() as u64;
        let false_positives = predicted.count_common(universe) - true_positives;
        Self::from_predicted(
            true_positives,
            false_positives,
            universe.count_edges(reference),
            universe.len(),
        )
    }

    /// The counts, from those of the predicted pairs, the number of positives and the size of the universe.
    pub(crate) fn from_predicted(
        true_positives: u64,
        false_positives: u64,
        positives: u64,
        pairs: u64,
    ) -> Self {
        Self {
            true_positives,
            false_positives,
            false_negatives: positives - true_positives,
            true_negatives: pairs - positives - false_positives,
        }
    }

    /// Number of positives, P = TP + FN.
    pub fn positives(&self) -> u64 {
        self.true_positives + self.false_negatives
    }

    /// Number of negatives, N = TN + FP.
    pub fn negatives(&self) -> u64 {
        self.true_negatives + self.false_positives
    }

    /// Number of predicted pairs, TP + FP.
    pub fn predicted(&self) -> u64 {
        self.true_positives + self.false_positives
    }

    /// Number of pairs.
    pub fn pairs(&self) -> u64 {
        self.positives() + self.negatives()
    }

    /// TPR = TP/(TP + FN), also called recall.
    ///
    /// # Errors
    /// [`Undefined`] without a positive.
    pub fn true_positive_rate(&self) -> Metric {
        self.not_empty()?;
        ratio(
            self.true_positives,
            self.positives(),
            Undefined::NoPositives,
        )
    }

    /// TNR = TN/(TN + FP).
    ///
    /// # Errors
    /// [`Undefined`] without a negative.
    pub fn true_negative_rate(&self) -> Metric {
        self.not_empty()?;
        ratio(
            self.true_negatives,
            self.negatives(),
            Undefined::NoNegatives,
        )
    }

    /// Precision = TP/(TP + FP).
    ///
    /// # Errors
    /// [`Undefined`] where nothing is predicted.
    pub fn precision(&self) -> Metric {
        self.not_empty()?;
        ratio(
            self.true_positives,
            self.predicted(),
            Undefined::NothingPredicted,
        )
    }

    /// Balanced accuracy = (TPR + TNR)/2. Predictions by chance have ½ at any density.
    ///
    /// # Errors
    /// [`Undefined`] without a positive or without a negative.
    ///
    /// # Reference
    /// The DASH paper, evaluation of the inferred networks.
    pub fn balanced_accuracy(&self) -> Metric {
        Ok(f64::midpoint(
            self.true_positive_rate()?,
            self.true_negative_rate()?,
        ))
    }

    /// F1 = 2TP/(2TP + FP + FN).
    ///
    /// # Errors
    /// [`Undefined`] where nothing is true and nothing is predicted.
    pub fn f1(&self) -> Metric {
        self.not_empty()?;
        let wrong = self.false_positives + self.false_negatives;
        ratio(
            2 * self.true_positives,
            2 * self.true_positives + wrong,
            Undefined::NothingTrueOrPredicted,
        )
    }

    /// Jaccard index = TP/(TP + FP + FN).
    ///
    /// # Errors
    /// [`Undefined`] where nothing is true and nothing is predicted.
    pub fn jaccard(&self) -> Metric {
        self.not_empty()?;
        let union = self.true_positives + self.false_positives + self.false_negatives;
        ratio(
            self.true_positives,
            union,
            Undefined::NothingTrueOrPredicted,
        )
    }

    /// Accuracy = (TP + TN)/all. Close to 1 for any sparse pattern against a sparse reference.
    ///
    /// # Errors
    /// [`Undefined`] without a pair.
    pub fn accuracy(&self) -> Metric {
        ratio(
            self.true_positives + self.true_negatives,
            self.pairs(),
            Undefined::EmptyUniverse,
        )
    }

    /// Matthews correlation, (TP·TN − FP·FN)/√((TP+FP)(TP+FN)(TN+FP)(TN+FN)).
    ///
    /// # Errors
    /// [`Undefined`] where a factor under the root is 0.
    pub fn mcc(&self) -> Metric {
        self.not_empty()?;
        let not_predicted = self.true_negatives + self.false_negatives;
        let factors = [
            (self.positives(), Undefined::NoPositives),
            (self.negatives(), Undefined::NoNegatives),
            (self.predicted(), Undefined::NothingPredicted),
            (not_predicted, Undefined::EverythingPredicted),
        ];
        if let Some((_, why)) = factors.iter().find(|(factor, _)| *factor == 0) {
            return Err(*why);
        }
        let product = |a: u64, b: u64| i128::from(a) * i128::from(b);
        let numerator = product(self.true_positives, self.true_negatives)
            - product(self.false_positives, self.false_negatives);
        let classes = product(self.positives(), self.negatives()) as f64;
        let predictions = product(self.predicted(), not_predicted) as f64;
        Ok(numerator as f64 / classes.sqrt() / predictions.sqrt())
    }

    /// The pattern as a ranking of two ties: the predicted pairs, then the others.
    pub fn ranking(&self) -> Ranking {
        Ranking::from_groups([
            (1.0, self.true_positives, self.false_positives),
            (0.0, self.false_negatives, self.true_negatives),
        ])
    }

    fn not_empty(&self) -> Result<(), Undefined> {
        if self.pairs() == 0 {
            Err(Undefined::EmptyUniverse)
        } else {
            Ok(())
        }
    }
}

impl<F: Copy + Into<f64>> Comparison<'_, '_, F> {
    /// The confusion counts of the estimate over the universe.
    pub fn confusion(&self, exists: Exists) -> Confusion {
        if exists.holds(0.0) {
            return Confusion::of_pairs(&self.pairs, self.reference, &self.pairs);
        }
        let (mut true_positives, mut false_positives) = (0, 0);
        self.for_each_nonzero(|_, score, edge| {
            if exists.holds(score) {
                true_positives += u64::from(edge.is_some());
                false_positives += u64::from(edge.is_none());
            }
        });
        Confusion::from_predicted(
            true_positives,
            false_positives,
            self.positives(),
            self.pairs.len(),
        )
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;

    #[test]
    fn mcc_does_not_overflow_at_genome_size() {
        let pairs = 11_165_u64 * 11_165;
        let half = Confusion::from_predicted(pairs / 4, pairs / 4, pairs / 2, pairs);
        assert!(half.mcc().unwrap().abs() < 1e-6);
        let perfect = Confusion::from_predicted(226_514, 0, 226_514, pairs);
        assert_relative_eq!(perfect.mcc().unwrap(), 1.0, max_relative = 1e-15);
    }

    #[test]
    fn undefined_metrics_say_why() {
        let empty = Confusion::from_labels(&[], &[]).unwrap();
        assert_eq!(empty.accuracy(), Err(Undefined::EmptyUniverse));
        assert_eq!(empty.balanced_accuracy(), Err(Undefined::EmptyUniverse));
        let nothing = Confusion::from_labels(&[true, false], &[false, false]).unwrap();
        assert_eq!(nothing.precision(), Err(Undefined::NothingPredicted));
        assert_eq!(nothing.mcc(), Err(Undefined::NothingPredicted));
        assert_eq!(nothing.balanced_accuracy(), Ok(0.5));
        let neither = Confusion::from_labels(&[false], &[false]).unwrap();
        assert_eq!(neither.f1(), Err(Undefined::NothingTrueOrPredicted));
        assert!(Confusion::from_labels(&[true], &[]).is_err());
    }
}
