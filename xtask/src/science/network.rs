//! What a network is worth, against the truth and against the prior it was given.

use std::collections::BTreeMap;

use dash_eval::{Comparison, Edge, EdgeSet, Estimate, Exists, Universe, out_degree};
use dash_prior::{Network, PriorMatrix};
use ndarray::{Array2, ArrayView2};

/// Metrics of an estimate, k × k, [target, regulator].
pub(super) fn judge(
    estimate: ArrayView2<'_, f64>,
    truth: &Network,
    prior: &Network,
) -> anyhow::Result<BTreeMap<String, f64>> {
    let (reference, given) = (edge_set(truth)?, edge_set(prior)?);
    let scores = Estimate::dense(&estimate)?;
    let exists = Exists::nonzero();
    let all = Comparison::new(
        &scores,
        &reference,
        &Universe::AllPairs { self_pairs: true },
    )?;
    let regulators = Universe::ReferenceRegulators { self_pairs: true };
    let regulators = Comparison::new(&scores, &reference, &regulators)?;
    let (ranking, beyond) = (all.ranking(), all.beyond_prior(&given, exists)?);
    let metrics = [
        (
            "balanced_accuracy",
            all.confusion(exists).balanced_accuracy(),
        ),
        (
            "balanced_accuracy_regulators",
            regulators.confusion(exists).balanced_accuracy(),
        ),
        ("auprc", ranking.average_precision()),
        ("auprc_chance", ranking.prevalence()),
        ("auroc", ranking.auroc()),
        ("missing_found", beyond.share_of_missing_found),
        ("precision_outside_prior", beyond.precision_outside),
        ("false_dropped", beyond.share_of_false_dropped),
    ];
    let mut defined: BTreeMap<String, f64> = metrics
        .into_iter()
        .filter_map(|(name, value)| value.ok().map(|value| (name.to_owned(), value)))
        .collect();
    defined.insert("out_degree".into(), out_degree(&estimate)?.mean);
    Ok(defined)
}

/// The prior as an estimate.
pub(super) fn of_prior(prior: &Network) -> Array2<f64> {
    PriorMatrix::from_network(prior).to_dense()
}

/// Every true regulator acts on every truly regulated gene: the rule that needs no learning.
pub(super) fn block(truth: &Network) -> Array2<f64> {
    let k = truth.genes().len();
    let mut estimate = Array2::zeros((k, k));
    for regulator in truth.regulators() {
        for target in truth.targets() {
            estimate[[target, regulator]] = 1.0;
        }
    }
    estimate
}

fn edge_set(network: &Network) -> anyhow::Result<EdgeSet> {
    let edges = network.edges().iter().map(|e| Edge::unsigned(e.to, e.from));
    Ok(EdgeSet::new(network.genes().len(), edges)?)
}
