//! All that is said of one estimate over one universe.

use serde::Serialize;

use crate::baselines::{Baseline, PriorKnowledge};
use crate::comparison::Comparison;
use crate::confusion::Confusion;
use crate::error::Error;
use crate::exists::Exists;
use crate::metric::{Metric, null_when_undefined};
use crate::youden::Youden;

/// All that is said of one estimate over one universe, with the baselines that it must be read beside.
///
/// Serialised, an undefined metric is null.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Name of the universe.
    pub universe: String,
    /// Number of pairs in it.
    pub pairs: u64,
    /// Number of them that are in the reference.
    pub positives: u64,
    /// Their share.
    #[serde(serialize_with = "null_when_undefined")]
    pub prevalence: Metric,
    /// Listed pairs of the estimate that repeated another.
    pub duplicates_in_estimate: usize,
    /// Listed edges of the reference that repeated another.
    pub duplicates_in_reference: usize,
    /// Edges of the reference from a gene to itself, whether the universe holds them or not.
    pub self_edges_in_reference: usize,
    /// Confusion counts of the predicted edges.
    pub confusion: Confusion,
    /// TPR.
    #[serde(serialize_with = "null_when_undefined")]
    pub true_positive_rate: Metric,
    /// TNR.
    #[serde(serialize_with = "null_when_undefined")]
    pub true_negative_rate: Metric,
    /// (TPR + TNR)/2.
    #[serde(serialize_with = "null_when_undefined")]
    pub balanced_accuracy: Metric,
    /// Precision of the predicted edges.
    #[serde(serialize_with = "null_when_undefined")]
    pub precision: Metric,
    /// F1.
    #[serde(serialize_with = "null_when_undefined")]
    pub f1: Metric,
    /// Matthews correlation.
    #[serde(serialize_with = "null_when_undefined")]
    pub mcc: Metric,
    /// Average precision of |s|.
    #[serde(serialize_with = "null_when_undefined")]
    pub average_precision: Metric,
    /// Average precision corrected for chance.
    #[serde(serialize_with = "null_when_undefined")]
    pub chance_corrected_ap: Metric,
    /// AUROC of |s|.
    #[serde(serialize_with = "null_when_undefined")]
    pub auroc: Metric,
    /// The best cut, chosen with the reference in hand; none without a positive or without a negative.
    pub oracle_threshold: Option<Youden>,
    /// What is reached without data.
    pub baselines: Vec<Baseline>,
}

impl<F: Copy + Into<f64>> Comparison<'_, '_, F> {
    /// Scores the estimate, with `exists` deciding which edges are predicted, and everything to read beside it.
    ///
    /// # Errors
    /// Those of [`baselines`](Self::baselines).
    pub fn report(&self, exists: Exists, knowledge: PriorKnowledge<'_>) -> Result<Report, Error> {
        let (confusion, ranking) = (self.confusion(exists), self.ranking());
        Ok(Report {
            universe: self.universe().to_owned(),
            pairs: self.pairs.len(),
            positives: ranking.positives(),
            prevalence: ranking.prevalence(),
            duplicates_in_estimate: self.estimate.duplicates(),
            duplicates_in_reference: self.reference.duplicates(),
            self_edges_in_reference: self.reference.self_edges(),
            confusion,
            true_positive_rate: confusion.true_positive_rate(),
            true_negative_rate: confusion.true_negative_rate(),
            balanced_accuracy: confusion.balanced_accuracy(),
            precision: confusion.precision(),
            f1: confusion.f1(),
            mcc: confusion.mcc(),
            average_precision: ranking.average_precision(),
            chance_corrected_ap: ranking.chance_corrected_ap(),
            auroc: ranking.auroc(),
            oracle_threshold: ranking.youden().ok(),
            baselines: self.baselines(knowledge)?,
        })
    }
}
