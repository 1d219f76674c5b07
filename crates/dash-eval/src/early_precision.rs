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
    /// All but self pairs; outside of the universe they are false (BEELINE without regulators).
    All,
}

/// Early precision: precision among the first K predictions, K being the number of true edges.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct EarlyPrecision {
    /// True edges of the universe, K.
    pub true_edges: u64,
    /// Pairs of the universe.
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
    /// Scores of 0 are no predictions. Without any, the precision is that of [`EarlyTies`]: 0, or the prevalence.
    ///
    /// # Reference
    /// Pratapa et al., Nat. Methods 17 (2020).
    pub fn early_precision(
        &self,
        ties: EarlyTies,
        predictions: EarlyPredictions,
    ) -> EarlyPrecision {
        let mut items = Vec::new();
        self.for_each_prediction(predictions, |_, score, edge| {
            items.push((score.abs(), edge.is_some()));
        });
        early(items, self.positives(), self.pairs.len(), ties)
    }

    /// Early precision of the edges of one sign: predictions that the reference has with the other sign are removed,
    /// the others compete by |s| wherever they are, as in BEELINE 2026; chance is over all pairs of distinct genes that
    /// the reference names, whatever the universe.
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
                _ => items.push((score.abs(), edge.is_some_and(is_wanted))),
            }
        });
        Ok(early(items, positives as u64, named.len(), ties))
    }

    /// Visits the nonzero scores that compete, with their edge of the reference in the universe.
    fn for_each_prediction(
        &self,
        predictions: EarlyPredictions,
        mut visit: impl FnMut(Pair, f64, Option<&Edge>),
    ) {
        if predictions == EarlyPredictions::WithinUniverse {
            return self.for_each_nonzero(visit);
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

/// From magnitudes above 0 and whether the pair is true.
fn early(
    mut items: Vec<(f64, bool)>,
    positives: u64,
    pairs: u64,
    ties: EarlyTies,
) -> EarlyPrecision {
    items.sort_unstable_by(|(a, _), (b, _)| b.total_cmp(a));
    let places = usize::try_from(positives)
        .unwrap_or(usize::MAX)
        .min(items.len());
    let cut = places
        .checked_sub(1)
        .map_or(f64::INFINITY, |last| items[last].0);
    let above = items.partition_point(|(score, _)| *score > cut);
    let selected = items.partition_point(|(score, _)| *score >= cut);
    let hits = |items: &[(f64, bool)]| items.iter().filter(|(_, is_true)| *is_true).count() as u64;
    let (true_above, true_tied) = (hits(&items[..above]), hits(&items[above..selected]));
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
            let rest = share(
                positives.saturating_sub(found),
                pairs.saturating_sub(selected as u64),
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

    #[test]
    fn ties_at_the_last_place_share_what_is_left() {
        let items = vec![
            (3.0, true),
            (2.0, true),
            (2.0, false),
            (2.0, false),
            (1.0, true),
        ];
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
        let none = early(vec![(1.0, false)], 0, 10, EarlyTies::AllIn);
        assert_eq!(none.ratio, Err(Undefined::NoPositives));
    }

    #[test]
    fn places_without_a_prediction_count_by_the_prevalence_left() {
        // One of four places is filled, and true; three of the other nine pairs are.
        let short = early(vec![(1.0, true)], 4, 10, EarlyTies::Expected);
        assert_eq!(short.precision, Ok((1.0 + 3.0 * 3.0 / 9.0) / 4.0));
    }
}
