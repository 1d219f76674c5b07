//! What a network is worth, against the truth and against the prior it was given.

use std::collections::BTreeMap;

use anyhow::Context as _;
use dash_eval::{
    Comparison, Edge, EdgeSet, Estimate, Exists, Universe, effect_error, normalised_rows,
    out_degree,
};
use dash_prior::{GeneIndex, Network, PriorMatrix};
use ndarray::{Array2, ArrayView2};

use super::data::{Assay, Data};

/// Metrics of an estimate, k × k, [target, regulator].
pub(super) fn judge(
    estimate: ArrayView2<'_, f64>,
    data: &Data,
) -> anyhow::Result<BTreeMap<String, f64>> {
    let (reference, given) = (edge_set(&data.reference)?, edge_set(&data.prior)?);
    let scores = Estimate::dense(&estimate)?;
    let exists = Exists::nonzero();
    let all = Comparison::new(
        &scores,
        &reference,
        &Universe::AllPairs { self_pairs: true },
    )?;
    let regulators = Universe::ReferenceRegulators { self_pairs: true };
    let regulators = Comparison::new(&scores, &reference, &regulators)?;
    // A regulator that was not assayed has no negatives: what is beyond the prior is told where it was.
    let judged = if data.is_truth { &all } else { &regulators };
    let (ranking, beyond) = (all.ranking(), judged.beyond_prior(&given, exists)?);
    let within = regulators.ranking();
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
        ("auprc_regulators", within.average_precision()),
        ("auprc_regulators_chance", within.prevalence()),
        ("auroc_regulators", within.auroc()),
        ("missing_found", beyond.share_of_missing_found),
        ("precision_outside_prior", beyond.precision_outside),
        ("prevalence_outside_prior", beyond.prevalence_outside),
        ("false_dropped", beyond.share_of_false_dropped),
        ("true_dropped", beyond.share_of_true_dropped),
    ];
    let mut defined: BTreeMap<String, f64> = metrics
        .into_iter()
        .filter_map(|(name, value)| value.ok().map(|value| (name.to_owned(), value)))
        .collect();
    if let Some(assay) = &data.perturbation {
        defined.extend(judge_assay(&scores, assay)?);
    }
    defined.insert("out_degree".into(), out_degree(&estimate)?.mean);
    if data.is_truth {
        let effects = effect_error(&normalised_rows(&estimate)?, &weights(&data.reference))?;
        defined.insert("effect_mse".into(), effects.mse);
        defined.insert("effect_mse_of_zeros".into(), effects.zero_mse);
    }
    Ok(defined)
}

/// Metrics against what perturbed regulators did, over the pairs that were tested.
fn judge_assay(scores: &Estimate<'_, f64>, assay: &Assay) -> anyhow::Result<Vec<(String, f64)>> {
    let responses = edge_set(&assay.network)?;
    let tested = Universe::Explicit(assay.tested.clone());
    let compared = Comparison::new(scores, &responses, &tested)?;
    let confusion = compared.confusion(Exists::nonzero());
    let metrics = [
        (
            "balanced_accuracy_perturbation",
            confusion.balanced_accuracy(),
        ),
        ("auprc_perturbation", compared.ranking().average_precision()),
        ("auprc_perturbation_chance", compared.ranking().prevalence()),
    ];
    let defined = metrics.into_iter();
    Ok(defined
        .filter_map(|(name, value)| value.ok().map(|value| (name.to_owned(), value)))
        .collect())
}

/// The weights of a network as an estimate.
pub(super) fn weights(network: &Network) -> Array2<f64> {
    PriorMatrix::from_network(network).to_dense()
}

/// Regulator and target of an edge, and its weight.
type Weighed = ((usize, usize), f64);

/// Most edges of a network that are written: those of a dense model of thousands of genes would fill the disk.
const MOST_EDGES: usize = 500_000;

/// The edges of an estimate as CSV `from,to,weight,rank`: every row (target) normalised as D̃ is, the largest magnitude
/// first, at most [`MOST_EDGES`]; edges of equal magnitude share a rank and stand in the order of the genes.
pub(super) fn csv(estimate: ArrayView2<'_, f64>, genes: &GeneIndex) -> anyhow::Result<String> {
    let effects = normalised_rows(&estimate)?;
    let mut edges: Vec<Weighed> = effects
        .indexed_iter()
        // Weights are written in single precision.
        .filter(|(_, weight)| **weight as f32 != 0.0)
        .map(|((to, from), weight)| ((from, to), *weight))
        .collect();
    let by_magnitude =
        |(a, x): &Weighed, (b, y): &Weighed| y.abs().total_cmp(&x.abs()).then(a.cmp(b));
    if edges.len() > MOST_EDGES {
        edges.select_nth_unstable_by(MOST_EDGES, by_magnitude);
        edges.truncate(MOST_EDGES);
    }
    edges.sort_by(by_magnitude);
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["from", "to", "weight", "rank"])?;
    let (mut rank, mut last) = (0, f64::INFINITY);
    for (position, ((from, to), weight)) in edges.into_iter().enumerate() {
        if weight.abs() < last {
            (rank, last) = (position + 1, weight.abs());
        }
        // Models train in single precision; more digits would say nothing.
        let (weight, rank) = ((weight as f32).to_string(), rank.to_string());
        writer.write_record([genes.name(from), genes.name(to), &weight, &rank])?;
    }
    let bytes = writer.into_inner().context("cannot finish the network")?;
    Ok(String::from_utf8(bytes)?)
}

/// Every known regulator acts on every gene.
pub(super) fn regulators_to_all(genes: usize, regulators: &[usize]) -> Array2<f64> {
    let mut estimate = Array2::zeros((genes, genes));
    for &regulator in regulators {
        estimate.column_mut(regulator).fill(1.0);
    }
    estimate
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

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn a_network_is_written_by_magnitude_with_regulators_first() {
        let genes = GeneIndex::new(vec!["A".into(), "B".into(), "C".into()]).unwrap();
        // A and B act on C, C on A; [target, regulator].
        let estimate = array![[0.0, 0.0, 2.0], [0.0, 0.0, 0.0], [-0.5, 1.5, 0.0]];
        assert_eq!(
            csv(estimate.view(), &genes).unwrap(),
            "from,to,weight,rank\nC,A,1,1\nB,C,0.75,2\nA,C,-0.25,3\n"
        );
        let tied = array![[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 0.0]];
        assert_eq!(
            csv(tied.view(), &genes).unwrap(),
            "from,to,weight,rank\nA,B,-1,1\nB,A,1,1\n"
        );
        let tiny = array![[0.0, 1.0, 1e-60], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]];
        assert_eq!(
            csv(tiny.view(), &genes).unwrap(),
            "from,to,weight,rank\nB,A,1,1\n"
        );
    }
}
