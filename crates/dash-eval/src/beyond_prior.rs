//! What an estimate knows beyond the prior that it was given.

use serde::Serialize;

use crate::comparison::{Comparison, check_genes};
use crate::edge_set::EdgeSet;
use crate::error::Error;
use crate::exists::Exists;
use crate::metric::{Metric, Undefined, null_when_undefined, ratio};

/// What an estimate knows beyond the prior that it was given.
///
/// A prior alone can score higher than any fitted model. What a model adds is here: true edges that the prior lacks
/// and the model finds, and false edges that the prior holds and the model drops. All counts are over the universe.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BeyondPrior {
    /// True edges that the prior lacks.
    pub missing: u64,
    /// Those of them that are predicted.
    pub missing_found: u64,
    /// `missing_found/missing`.
    #[serde(serialize_with = "null_when_undefined")]
    pub share_of_missing_found: Metric,
    /// Predicted edges that the prior lacks.
    pub predicted_outside: u64,
    /// `missing_found/predicted_outside`: precision among the edges outside of the prior.
    #[serde(serialize_with = "null_when_undefined")]
    pub precision_outside: Metric,
    /// Share of true edges among all pairs outside of the prior: the precision there by chance.
    #[serde(serialize_with = "null_when_undefined")]
    pub prevalence_outside: Metric,
    /// Edges of the prior that are false.
    pub false_in_prior: u64,
    /// Those of them that are not predicted.
    pub false_dropped: u64,
    /// `false_dropped/false_in_prior`.
    #[serde(serialize_with = "null_when_undefined")]
    pub share_of_false_dropped: Metric,
    /// Edges of the prior that are true.
    pub true_in_prior: u64,
    /// Those of them that are not predicted: the price of dropping false ones.
    pub true_dropped: u64,
    /// `true_dropped/true_in_prior`. Dropping without judgement makes it equal to the share of false edges dropped.
    #[serde(serialize_with = "null_when_undefined")]
    pub share_of_true_dropped: Metric,
}

impl<F: Copy + Into<f64>> Comparison<'_, '_, F> {
    /// What the estimate knows beyond `prior`, with `exists` deciding which edges are predicted.
    ///
    /// # Errors
    /// [`Error::GeneCount`] if the prior is over other genes than the reference.
    pub fn beyond_prior(&self, prior: &EdgeSet, exists: Exists) -> Result<BeyondPrior, Error> {
        check_genes(
            "the prior",
            prior.genes(),
            "the reference",
            self.reference.genes(),
        )?;
        let predicted = |pair| exists.holds(self.estimate.score(pair));
        let mut counts = Counts::default();
        for edge in self.edges().filter(|edge| prior.get(edge.pair).is_none()) {
            counts.missing += 1;
            counts.missing_found += u64::from(predicted(edge.pair));
        }
        for edge in prior
            .edges()
            .iter()
            .filter(|edge| self.pairs.contains(edge.pair))
        {
            let dropped = u64::from(!predicted(edge.pair));
            if self.reference.get(edge.pair).is_some() {
                counts.true_in_prior += 1;
                counts.true_dropped += dropped;
            } else {
                counts.false_in_prior += 1;
                counts.false_dropped += dropped;
            }
        }
        let outside = self.pairs.len() - self.pairs.count_edges(prior);
        let predicted_in_prior = counts.true_in_prior + counts.false_in_prior
            - counts.true_dropped
            - counts.false_dropped;
        let predicted_outside = self.confusion(exists).predicted() - predicted_in_prior;
        Ok(counts.shares(predicted_outside, outside))
    }
}

#[derive(Default)]
struct Counts {
    missing: u64,
    missing_found: u64,
    true_in_prior: u64,
    true_dropped: u64,
    false_in_prior: u64,
    false_dropped: u64,
}

impl Counts {
    fn shares(self, predicted_outside: u64, outside: u64) -> BeyondPrior {
        let Self {
            missing,
            missing_found,
            true_in_prior,
            true_dropped,
            false_in_prior,
            false_dropped,
        } = self;
        BeyondPrior {
            missing,
            missing_found,
            share_of_missing_found: ratio(missing_found, missing, Undefined::PriorLacksNothing),
            predicted_outside,
            precision_outside: ratio(
                missing_found,
                predicted_outside,
                Undefined::NothingPredicted,
            ),
            prevalence_outside: ratio(missing, outside, Undefined::NothingOutsidePrior),
            false_in_prior,
            false_dropped,
            share_of_false_dropped: ratio(
                false_dropped,
                false_in_prior,
                Undefined::PriorHasNoFalseEdge,
            ),
            true_in_prior,
            true_dropped,
            share_of_true_dropped: ratio(
                true_dropped,
                true_in_prior,
                Undefined::PriorHasNoTrueEdge,
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Edge, Estimate, Universe};

    fn edges(genes: usize, list: &[(usize, usize)]) -> EdgeSet {
        EdgeSet::new(
            genes,
            list.iter()
                .map(|&(target, regulator)| Edge::unsigned(target, regulator)),
        )
        .unwrap()
    }

    #[test]
    fn what_is_added_and_what_is_dropped_is_counted() {
        let truth = edges(4, &[(0, 1), (1, 2), (2, 3), (3, 0), (0, 2)]);
        let prior = edges(4, &[(0, 1), (1, 2), (2, 3), (1, 0), (2, 0)]);
        let estimate = Estimate::sparse(
            4,
            [
                (0, 1, 1.0),
                (1, 2, -1.0),
                (3, 0, 1.0),
                (1, 0, 1.0),
                (3, 1, 1.0),
            ],
        );
        let estimate = estimate.unwrap();
        let comparison =
            Comparison::new(&estimate, &truth, &Universe::AllPairs { self_pairs: false }).unwrap();
        let beyond = comparison.beyond_prior(&prior, Exists::nonzero()).unwrap();
        assert_eq!((beyond.missing, beyond.missing_found), (2, 1));
        assert_eq!(beyond.share_of_missing_found, Ok(0.5));
        assert_eq!(
            (beyond.predicted_outside, beyond.precision_outside),
            (2, Ok(0.5))
        );
        assert_eq!(beyond.prevalence_outside, Ok(2.0 / 7.0));
        assert_eq!(
            (beyond.false_in_prior, beyond.share_of_false_dropped),
            (2, Ok(0.5))
        );
        assert_eq!((beyond.true_in_prior, beyond.true_dropped), (3, 1));
    }

    #[test]
    fn the_prior_itself_adds_nothing() {
        let truth = edges(3, &[(0, 1), (1, 2)]);
        let estimate = Estimate::sparse(3, [(0, 1, 1.0), (1, 2, 1.0)]).unwrap();
        let comparison =
            Comparison::new(&estimate, &truth, &Universe::AllPairs { self_pairs: true }).unwrap();
        let beyond = comparison.beyond_prior(&truth, Exists::nonzero()).unwrap();
        assert_eq!(
            beyond.share_of_missing_found,
            Err(Undefined::PriorLacksNothing)
        );
        assert_eq!(beyond.precision_outside, Err(Undefined::NothingPredicted));
        assert_eq!(
            beyond.share_of_false_dropped,
            Err(Undefined::PriorHasNoFalseEdge)
        );
        assert!(
            comparison
                .beyond_prior(&edges(4, &[]), Exists::nonzero())
                .is_err()
        );
    }
}
