//! Precision among as many predictions as there are true edges (BEELINE).

use serde::Serialize;

use crate::comparison::Comparison;
use crate::edge::{Edge, Pair, Sign};
use crate::metric::{Metric, Undefined, null_when_undefined, ratio};
use crate::universe::Universe;

/// What is done with predictions that tie at the last place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EarlyTies {
    /// They count by the share of places that is left for them, and places that no prediction fills by the prevalence
    /// among the pairs that are left: ties cannot be gamed.
    #[default]
    Expected,
    /// All are taken in (BEELINE 2026).
    AllIn,
}

/// Which predictions compete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EarlyPredictions {
    /// Those in the universe.
    #[default]
    WithinUniverse,
    /// All; outside of the universe they are false (BEELINE without regulators).
    All,
}

/// Early precision: precision among the first K predictions, K being the number of true edges.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct EarlyPrecision {
    /// True edges of the universe, K, without self edges.
    pub true_edges: u64,
    /// Pairs of the universe, without self pairs.
    pub pairs: u64,
    /// Predictions that were taken in, ties at the last place included.
    pub selected: u64,
    /// Early precision, EP.
    #[serde(serialize_with = "null_when_undefined")]
    pub precision: Metric,
    /// EPR = EP/(K/pairs): how much better than chance.
    #[serde(serialize_with = "null_when_undefined")]
    pub ratio: Metric,
    /// What was done with ties.
    pub ties: EarlyTies,
}

impl<F: Copy + Into<f64>> Comparison<'_, '_, F> {
    /// Early precision of |s| over the universe. BEELINE has it over `reference_regulators_genes` within the universe,
    /// and over `reference_genes` with all predictions, both with [`EarlyTies::AllIn`].
    ///
    /// Self pairs take no part, whether or not the universe has them. Scores of 0 are no predictions. Without any, the precision is that of [`EarlyTies`]: 0, or the prevalence.
    /// A prediction outside of the universe takes a place, but none of the pairs that open places fall on.
    ///
    /// # Reference
    /// Pratapa et al., Nat. Methods 17 (2020).
    pub fn early_precision(
        &self,
        ties: EarlyTies,
        predictions: EarlyPredictions,
    ) -> EarlyPrecision {
        let mut items = Vec::new();
        self.for_each_prediction(predictions, |pair, score, edge| {
            items.push(Prediction {
                magnitude: score.abs(),
                is_true: edge.is_some(),
                is_inside: self.pairs.contains(pair),
            });
        });
        let is_inside = |gene: &usize| self.pairs.contains(Pair::new(*gene, *gene));
        let self_pairs = (0..self.reference.genes()).filter(is_inside).count() as u64;
        let true_edges = self.edges().filter(|edge| !edge.pair.is_self()).count() as u64;
        early(items, true_edges, self.pairs.len() - self_pairs, ties)
    }

    /// Early precision of the edges of one sign: predictions that the reference has with the other sign are removed,
    /// the others compete by |s| wherever they are, as in BEELINE 2026; chance is over all pairs of distinct genes that
    /// the reference names, whatever the universe.
    ///
    /// Without a prediction to compete, BEELINE's precision ([`EarlyTies::AllIn`]) is [`Undefined::NoCandidate`].
    ///
    /// # Errors
    /// [`Undefined::EmptyUniverse`] if the reference names fewer than two genes.
    pub fn signed_early_precision(
        &self,
        sign: Sign,
        ties: EarlyTies,
    ) -> Result<EarlyPrecision, Undefined> {
        let named = Universe::ReferenceGenes
            .pairs(self.reference)
            .map_err(|_| Undefined::EmptyUniverse)?;
        let is_wanted = |edge: &Edge| edge.sign == Some(sign) && !edge.pair.is_self();
        let positives = self
            .reference
            .edges()
            .iter()
            .filter(|edge| is_wanted(edge))
            .count();
        let mut items = Vec::new();
        self.for_each_prediction(EarlyPredictions::All, |pair, score, _| {
            let edge = self.reference.get(pair);
            match edge.map(|edge| edge.sign) {
                Some(Some(other)) if other != sign => {}
                _ => items.push(Prediction {
                    magnitude: score.abs(),
                    is_true: edge.is_some_and(is_wanted),
                    is_inside: named.contains(pair),
                }),
            }
        });
        let has_candidate = !items.is_empty();
        let mut found = early(items, positives as u64, named.len(), ties);
        if ties == EarlyTies::AllIn && !has_candidate && positives > 0 {
            (found.precision, found.ratio) =
                (Err(Undefined::NoCandidate), Err(Undefined::NoCandidate));
        }
        Ok(found)
    }

    /// Visits the nonzero scores that compete, with their edge of the reference in the universe.
    fn for_each_prediction(
        &self,
        predictions: EarlyPredictions,
        mut visit: impl FnMut(Pair, f64, Option<&Edge>),
    ) {
        if predictions == EarlyPredictions::WithinUniverse {
            return self.for_each_nonzero(|pair, score, edge| {
                if !pair.is_self() {
                    visit(pair, score, edge);
                }
            });
        }
        for target in 0..self.estimate.genes() {
            self.estimate.for_each_nonzero(target, |regulator, score| {
                let pair = Pair::new(target, regulator);
                if !pair.is_self() {
                    let edge = self.reference.get(pair);
                    visit(pair, score, edge.filter(|_| self.pairs.contains(pair)));
                }
            });
        }
    }
}

/// A pair that competes.
#[derive(Debug, Clone, Copy)]
struct Prediction {
    /// |s|, above 0.
    magnitude: f64,
    is_true: bool,
    /// Whether the pair is in the universe.
    is_inside: bool,
}

/// From predictions, in any order, for a universe of `pairs` with `positives` true ones.
fn early(
    mut items: Vec<Prediction>,
    positives: u64,
    pairs: u64,
    ties: EarlyTies,
) -> EarlyPrecision {
    items.sort_unstable_by(|a, b| b.magnitude.total_cmp(&a.magnitude));
    let places = usize::try_from(positives)
        .unwrap_or(usize::MAX)
        .min(items.len());
    let cut = places
        .checked_sub(1)
        .map_or(f64::INFINITY, |last| items[last].magnitude);
    let above = items.partition_point(|item| item.magnitude > cut);
    let selected = items.partition_point(|item| item.magnitude >= cut);
    let hits = |items: &[Prediction]| items.iter().filter(|item| item.is_true).count() as u64;
    let (true_above, true_tied) = (hits(&items[..above]), hits(&items[above..selected]));
    let inside = items[..selected]
        .iter()
        .filter(|item| item.is_inside)
        .count();
    let precision = match ties {
        _ if positives == 0 => Err(Undefined::NoPositives),
        EarlyTies::AllIn if selected == 0 => Ok(0.0),
        EarlyTies::AllIn => Ok((true_above + true_tied) as f64 / selected as f64),
        EarlyTies::Expected => {
            let share = |part: u64, all: u64| {
                if all == 0 {
                    0.0
                } else {
                    part as f64 / all as f64
                }
            };
            let tied = share(true_tied, (selected - above) as u64) * (places - above) as f64;
            let found = true_above + true_tied;
            // Places that stay open are filled from the pairs of the universe that are not taken.
            let rest = share(
                positives.saturating_sub(found),
                pairs.saturating_sub(inside as u64),
            );
            let unfilled = (positives - places as u64) as f64;
            Ok((true_above as f64 + tied + unfilled * rest) / positives as f64)
        }
    };
    let prevalence = ratio(positives, pairs, Undefined::EmptyUniverse);
    EarlyPrecision {
        true_edges: positives,
        pairs,
        selected: selected as u64,
        precision,
        ratio: precision.and_then(|precision| Ok(precision / prevalence?)),
        ties,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Estimate;
    use crate::edge_set::EdgeSet;

    /// Predictions inside of the universe.
    fn inside(items: &[(f64, bool)]) -> Vec<Prediction> {
        let item = |&(magnitude, is_true): &(f64, bool)| Prediction {
            magnitude,
            is_true,
            is_inside: true,
        };
        items.iter().map(item).collect()
    }

    #[test]
    fn ties_at_the_last_place_share_what_is_left() {
        let items = inside(&[
            (3.0, true),
            (2.0, true),
            (2.0, false),
            (2.0, false),
            (1.0, true),
        ]);
        let expected = early(items.clone(), 2, 10, EarlyTies::Expected);
        assert_eq!(expected.precision, Ok(f64::midpoint(1.0, 1.0 / 3.0)));
        let all_in = early(items, 2, 10, EarlyTies::AllIn);
        assert_eq!((all_in.precision, all_in.selected), (Ok(0.5), 4));
        assert_eq!(all_in.ratio, Ok(2.5));
    }

    #[test]
    fn an_empty_network_is_chance_or_nothing() {
        let expected = early(Vec::new(), 2, 10, EarlyTies::Expected);
        assert_eq!((expected.precision, expected.ratio), (Ok(0.2), Ok(1.0)));
        assert_eq!(early(Vec::new(), 2, 10, EarlyTies::AllIn).ratio, Ok(0.0));
        let none = early(inside(&[(1.0, false)]), 0, 10, EarlyTies::AllIn);
        assert_eq!(none.ratio, Err(Undefined::NoPositives));
    }

    #[test]
    fn places_without_a_prediction_count_by_the_prevalence_left() {
        // One of four places is filled, and true; three of the other nine pairs are.
        let short = early(inside(&[(1.0, true)]), 4, 10, EarlyTies::Expected);
        assert_eq!(short.precision, Ok((1.0 + 3.0 * 3.0 / 9.0) / 4.0));
    }

    /// Genes 0 and 1 activate each other; gene 2 is not in the reference.
    fn mutual(scores: &[(usize, usize, f64)], check: impl Fn(&Comparison<'_, '_, f64>)) {
        let edges = [(1, 0), (0, 1)].map(|(t, r)| Edge::signed(t, r, Sign::Activation));
        let reference = EdgeSet::new(3, edges).unwrap();
        let estimate = Estimate::sparse(3, scores.iter().copied()).unwrap();
        check(&Comparison::new(&estimate, &reference, &Universe::ReferenceGenes).unwrap());
    }

    #[test]
    fn a_prediction_outside_of_the_universe_fills_a_place_alone() {
        // It is wrong; the other place falls on one of two pairs, both true.
        mutual(&[(2, 0, 1.0)], |comparison| {
            let all = comparison.early_precision(EarlyTies::Expected, EarlyPredictions::All);
            assert_eq!((all.precision, all.selected), (Ok(0.5), 1));
            let signed = comparison.signed_early_precision(Sign::Activation, EarlyTies::Expected);
            assert_eq!(signed.unwrap().precision, Ok(0.5));
            let within =
                comparison.early_precision(EarlyTies::Expected, EarlyPredictions::WithinUniverse);
            assert_eq!(within.precision, Ok(1.0));
        });
        // One inside, true, and one outside.
        mutual(&[(1, 0, 2.0), (2, 0, 1.0)], |comparison| {
            let all = comparison.early_precision(EarlyTies::Expected, EarlyPredictions::All);
            assert_eq!(all.precision, Ok(0.5));
        });
    }

    #[test]
    fn self_pairs_take_no_part() {
        let edges = [Edge::unsigned(1, 0), Edge::unsigned(0, 0)];
        let reference = EdgeSet::new(3, edges).unwrap();
        let scores = [(0, 0, 2.0), (2, 0, 1.5), (1, 0, 1.0)];
        let estimate = Estimate::sparse(3, scores).unwrap();
        for self_pairs in [true, false] {
            let universe = Universe::AllPairs { self_pairs };
            let comparison = Comparison::new(&estimate, &reference, &universe).unwrap();
            for predictions in [EarlyPredictions::All, EarlyPredictions::WithinUniverse] {
                let found = comparison.early_precision(EarlyTies::AllIn, predictions);
                assert_eq!((found.true_edges, found.pairs, found.selected), (1, 6, 1));
                assert_eq!(found.precision, Ok(0.0));
            }
        }
    }

    #[test]
    fn a_sign_without_candidates_has_no_precision() {
        mutual(&[], |comparison| {
            let early = |sign, ties| comparison.signed_early_precision(sign, ties).unwrap();
            let all_in = early(Sign::Activation, EarlyTies::AllIn);
            let none = Err(Undefined::NoCandidate);
            assert_eq!((all_in.precision, all_in.ratio), (none, none));
            assert_eq!(early(Sign::Activation, EarlyTies::Expected).ratio, Ok(1.0));
            let repression = early(Sign::Repression, EarlyTies::AllIn);
            assert_eq!(repression.precision, Err(Undefined::NoPositives));
        });
        // The only prediction is of an edge with the other sign.
        let edges = [
            Edge::signed(1, 0, Sign::Repression),
            Edge::signed(0, 1, Sign::Activation),
        ];
        let reference = EdgeSet::new(2, edges).unwrap();
        let estimate = Estimate::sparse(2, [(1, 0, 1.0)]).unwrap();
        let comparison = Comparison::new(&estimate, &reference, &Universe::ReferenceGenes).unwrap();
        let found = comparison.signed_early_precision(Sign::Activation, EarlyTies::AllIn);
        assert_eq!(found.unwrap().precision, Err(Undefined::NoCandidate));
    }
}
