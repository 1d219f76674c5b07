//! Ranking metrics for every regulator on its own.

use serde::Serialize;

use crate::comparison::Comparison;
use crate::edge::Pair;
use crate::metric::{Metric, Undefined, null_when_undefined};
use crate::ranking::Ranking;

/// Ranking metrics of the targets of one regulator.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RegulatorScore {
    /// The regulator.
    pub regulator: usize,
    /// Its number of targets in the reference, within the universe.
    pub positives: u64,
    /// Average precision of |s| over its pairs.
    pub average_precision: f64,
    /// AUROC of |s| over its pairs.
    pub auroc: f64,
}

/// Ranking metrics for every regulator that has both a positive and a negative pair, with mean and median.
///
/// A pooled metric rewards knowing which regulators have many targets; these do not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PerRegulator {
    /// One entry per regulator, ordered by regulator.
    pub regulators: Vec<RegulatorScore>,
    /// Mean of the average precisions.
    #[serde(serialize_with = "null_when_undefined")]
    pub mean_average_precision: Metric,
    /// Median of the average precisions.
    #[serde(serialize_with = "null_when_undefined")]
    pub median_average_precision: Metric,
    /// Mean of the AUROCs.
    #[serde(serialize_with = "null_when_undefined")]
    pub mean_auroc: Metric,
    /// Median of the AUROCs.
    #[serde(serialize_with = "null_when_undefined")]
    pub median_auroc: Metric,
}

impl<F: Copy + Into<f64>> Comparison<'_, '_, F> {
    /// Average precision and AUROC of |s| for every regulator on its own.
    pub fn per_regulator(&self) -> PerRegulator {
        let mut has_edge = vec![false; self.pairs.genes()];
        for edge in self.edges() {
            has_edge[edge.pair.regulator] = true;
        }
        let candidates = (0..has_edge.len()).filter(|&gene| has_edge[gene]);
        let regulators: Vec<RegulatorScore> = candidates
            .filter_map(|gene| self.score_regulator(gene))
            .collect();
        let precisions: Vec<f64> = regulators
            .iter()
            .map(|score| score.average_precision)
            .collect();
        let aurocs: Vec<f64> = regulators.iter().map(|score| score.auroc).collect();
        PerRegulator {
            mean_average_precision: mean(&precisions),
            median_average_precision: median(precisions),
            mean_auroc: mean(&aurocs),
            median_auroc: median(aurocs),
            regulators,
        }
    }

    fn score_regulator(&self, regulator: usize) -> Option<RegulatorScore> {
        let targets = (0..self.pairs.genes()).map(|target| Pair::new(target, regulator));
        let pairs: Vec<Pair> = targets.filter(|pair| self.pairs.contains(*pair)).collect();
        let labels: Vec<bool> = pairs
            .iter()
            .map(|pair| self.reference.get(*pair).is_some())
            .collect();
        let scores: Vec<f64> = pairs
            .iter()
            .map(|pair| self.estimate.score(*pair).abs())
            .collect();
        let ranking = Ranking::from_labels(&labels, &scores).ok()?;
        Some(RegulatorScore {
            regulator,
            positives: ranking.positives(),
            average_precision: ranking.average_precision().ok()?,
            auroc: ranking.auroc().ok()?,
        })
    }
}

fn mean(values: &[f64]) -> Metric {
    if values.is_empty() {
        return Err(Undefined::NoRegulatorToScore);
    }
    Ok(values.iter().sum::<f64>() / values.len() as f64)
}

fn median(mut values: Vec<f64>) -> Metric {
    values.sort_unstable_by(f64::total_cmp);
    let (lower, upper) = (values.len().saturating_sub(1) / 2, values.len() / 2);
    match (values.get(lower), values.get(upper)) {
        (Some(&a), Some(&b)) => Ok(f64::midpoint(a, b)),
        _ => Err(Undefined::NoRegulatorToScore),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Edge, EdgeSet, Estimate, Universe};

    #[test]
    fn a_constant_score_per_regulator_is_chance() {
        // Regulator 0 has three of four targets, regulator 1 one of four; the scores know just that.
        let edges = [(0, 0), (1, 0), (2, 0), (3, 1)]
            .map(|(target, regulator)| Edge::unsigned(target, regulator));
        let reference = EdgeSet::new(4, edges).unwrap();
        let scores = (0..4).flat_map(|target| [(target, 0, 0.75), (target, 1, 0.25)]);
        let estimate = Estimate::sparse(4, scores).unwrap();
        let universe = Universe::ReferenceRegulators { self_pairs: true };
        let comparison = Comparison::new(&estimate, &reference, &universe).unwrap();
        let scores = comparison.per_regulator();
        assert_eq!(scores.mean_auroc, Ok(0.5));
        assert_eq!(scores.median_auroc, Ok(0.5));
        assert_eq!(scores.mean_average_precision, Ok(0.5));
        assert_eq!(comparison.ranking().auroc(), Ok(0.75));
    }

    #[test]
    fn medians_of_odd_and_even_lists() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Ok(2.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), Ok(2.5));
        assert_eq!(median(vec![]), Err(Undefined::NoRegulatorToScore));
    }
}
