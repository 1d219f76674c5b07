//! How well the signs of an estimate agree with those of a reference.

use serde::Serialize;

use crate::comparison::Comparison;
use crate::confusion::Confusion;
use crate::edge::{Edge, Sign};
use crate::exists::Exists;
use crate::metric::{Metric, Undefined, null_when_undefined, ratio};
use crate::ranking::{Ranking, Role};

/// How well the signs of an estimate agree with those of a reference.
///
/// Edges whose sign the reference does not know are left out of everything here: they are neither positive nor
/// negative.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SignAgreement {
    /// Edges of the universe that are left out because the reference does not know their sign.
    pub unsigned_edges: u64,
    /// True positives of the right sign.
    pub right: u64,
    /// True positives of the wrong sign.
    pub wrong: u64,
    /// right/(right + wrong).
    #[serde(serialize_with = "null_when_undefined")]
    pub agreement: Metric,
    /// Counts in which a true positive needs the right sign. A wrong sign is one false positive and one false
    /// negative, so the counts exceed the number of pairs by `wrong`.
    pub confusion: Confusion,
    /// Ranking by s; positives are the activating edges.
    pub activation: SignedRanking,
    /// Ranking by −s; positives are the repressing edges.
    pub repression: SignedRanking,
}

/// How well the edges of one sign are ranked; edges of the other sign are negatives.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SignedRanking {
    /// Number of edges of this sign in the universe.
    pub positives: u64,
    /// Average precision.
    #[serde(serialize_with = "null_when_undefined")]
    pub average_precision: Metric,
    /// AUROC.
    #[serde(serialize_with = "null_when_undefined")]
    pub auroc: Metric,
}

impl<F: Copy + Into<f64>> Comparison<'_, '_, F> {
    /// How well the signs agree, with `exists` deciding which edges are predicted. A score of 0 has no sign and is
    /// never predicted here.
    pub fn sign_agreement(&self, exists: Exists) -> SignAgreement {
        let unsigned_edges = self.edges().filter(|edge| edge.sign.is_none()).count() as u64;
        let signed_edges = self.positives() - unsigned_edges;
        let (mut right, mut wrong, mut no_edge) = (0, 0, 0);
        self.for_each_nonzero(|_, score, edge| {
            if !exists.holds(score) {
                return;
            }
            match edge.map(|edge| edge.sign) {
                None => no_edge += 1,
                Some(None) => {}
                Some(sign) if sign == Sign::of(score) => right += 1,
                Some(_) => wrong += 1,
            }
        });
        SignAgreement {
            unsigned_edges,
            right,
            wrong,
            agreement: ratio(right, right + wrong, Undefined::NoSignedTruePositives),
            confusion: Confusion {
                true_positives: right,
                false_positives: no_edge + wrong,
                false_negatives: signed_edges - right,
                true_negatives: self.pairs.len() - self.positives() - no_edge,
            },
            activation: SignedRanking::of(&self.rank_by(|score| score, role_for(Sign::Activation))),
            repression: SignedRanking::of(
                &self.rank_by(|score| -score, role_for(Sign::Repression)),
            ),
        }
    }
}

impl SignedRanking {
    fn of(ranking: &Ranking) -> Self {
        Self {
            positives: ranking.positives(),
            average_precision: ranking.average_precision(),
            auroc: ranking.auroc(),
        }
    }
}

fn role_for(positive: Sign) -> impl Fn(&Edge) -> Role {
    move |edge| match edge.sign {
        None => Role::LeftOut,
        Some(sign) if sign == positive => Role::Positive,
        Some(_) => Role::Negative,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EdgeSet, Estimate, Universe};

    fn agreement() -> SignAgreement {
        let reference = EdgeSet::new(
            4,
            [
                Edge::signed(0, 1, Sign::Activation),
                Edge::signed(1, 0, Sign::Repression),
                Edge::signed(2, 0, Sign::Repression),
                Edge::signed(3, 2, Sign::Activation),
                Edge::unsigned(3, 1),
            ],
        )
        .unwrap();
        let scores = [
            (0, 1, 0.9),
            (1, 0, -0.8),
            (2, 0, 0.7),
            (3, 1, 5.0),
            (2, 3, -2.0),
        ];
        let estimate = Estimate::sparse(4, scores).unwrap();
        let universe = Universe::AllPairs { self_pairs: false };
        Comparison::new(&estimate, &reference, &universe)
            .unwrap()
            .sign_agreement(Exists::nonzero())
    }

    #[test]
    fn a_wrong_sign_is_a_false_positive_and_a_false_negative() {
        let agreement = agreement();
        assert_eq!(
            (agreement.unsigned_edges, agreement.right, agreement.wrong),
            (1, 2, 1)
        );
        assert_eq!(agreement.agreement, Ok(2.0 / 3.0));
        let counts = agreement.confusion;
        assert_eq!((counts.true_positives, counts.false_positives), (2, 2));
        assert_eq!((counts.false_negatives, counts.true_negatives), (2, 6));
        assert_eq!(counts.pairs(), 11 + agreement.wrong);
    }

    #[test]
    fn each_sign_is_ranked_by_its_own_end_of_the_scores() {
        let agreement = agreement();
        // By s: 0.9 (+), 0.7, seven zeros of which one is (+), −0.8, −2.
        assert_eq!(agreement.activation.positives, 2);
        assert_eq!(
            agreement.activation.average_precision,
            Ok(0.5 + 0.5 * 2.0 / 9.0)
        );
        assert_eq!(agreement.activation.auroc, Ok((9.0 + 2.0 + 3.0) / 18.0));
        // By −s: 2, 0.8 (−), seven zeros, −0.7 (−), −0.9.
        assert_eq!(agreement.repression.positives, 2);
        assert_eq!(
            agreement.repression.average_precision,
            Ok(0.5 * 0.5 + 0.5 * 0.2)
        );
    }
}
