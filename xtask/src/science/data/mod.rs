//! The data of a job: expression, prior knowledge, and the networks that results are judged with.

mod adjacency;
mod alignment;
mod brca;
mod hema;
mod sim;
mod split;
mod yeast;

use dash_eval::Pair;
use dash_ode::TimeSeries;
use dash_prior::{Network, PriorMatrix};

use crate::job::config::DataConfig;
use crate::job::dataset::Family;
use crate::job::inputs::Inputs;

/// What a job trains and judges with, all over the same genes in the same order.
pub(super) struct Data {
    /// With noise, as observed.
    pub(super) train: TimeSeries,
    /// With noise, as observed.
    pub(super) validation: TimeSeries,
    /// Without noise where data are simulated.
    pub(super) test: TimeSeries,
    /// The network that results are judged by first: the true one, or what was measured in its place.
    pub(super) reference: Network,
    /// Whether the reference is the true network with the signs of its edges.
    pub(super) is_truth: bool,
    /// Responses to perturbed regulators, where they were measured.
    pub(super) perturbation: Option<Assay>,
    pub(super) prior: Network,
    /// C; absent: co-regulation by the prior.
    pub(super) interactions: Option<PriorMatrix>,
    /// Pathways as the text of a GMT file.
    pub(super) gene_sets: Option<String>,
    /// Genes known to be regulators without looking at the reference.
    pub(super) regulators: Vec<usize>,
    /// What a reader of the results should know: what was lost in aligning genes, what stands in for what.
    pub(super) notes: Vec<String>,
}

/// Pairs that were tested one by one: those that are not listed are unknown, not negative.
pub(super) struct Assay {
    pub(super) network: Network,
    pub(super) tested: Vec<Pair>,
}

/// Reads or simulates the data of a job.
///
/// # Errors
/// What is wrong with a file, where, and how to mend it.
pub(super) fn prepare(config: &DataConfig, inputs: &Inputs) -> anyhow::Result<Data> {
    match config.dataset.family() {
        Family::Simulated => sim::prepare(config, inputs),
        Family::BreastCancer => brca::prepare(config, inputs),
        Family::Yeast => yeast::prepare(config, inputs),
        Family::BoneMarrow => hema::prepare(config, inputs),
    }
}

#[cfg(test)]
mod tests;
