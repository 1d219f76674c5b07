//! Breast cancer: patients in pseudotime.

use super::alignment::{Alignment, file_name};
use super::{Data, split};
use crate::job::config::DataConfig;
use crate::job::inputs::Inputs;

/// Least experimental evidence of an interaction in STRING.
const EVIDENCE: f64 = 0.6;

/// 178 patients to train and validate on, the 8 in the middle of pseudotime to test on.
pub(super) fn prepare(config: &DataConfig, inputs: &Inputs) -> anyhow::Result<Data> {
    let mut alignment = Alignment::new(inputs)?;
    let patients = alignment.series("train")?;
    let (train, validation, start) = split::contiguous(&patients, config)?;
    alignment.note(format!(
        "validated on {} patients in a row, from the {}th of 178 in pseudotime, drawn by the seed; tested on the 8 in the middle that the training file lacks",
        config.validation,
        start + 1
    ));
    let prior_file = file_name(inputs.path("prior")?);
    let prior = alignment.prior()?;
    if prior_file.starts_with("prior_alt") {
        alignment.note(format!(
            "the prior is an ALTERNATIVE ({prior_file}, promoter motifs of another pipeline): the paper's own for {} genes is not at hand",
            config.dataset.genes()
        ));
    }
    let (interactions, regulators) = alignment.interactions(Some(EVIDENCE))?;
    let reference = alignment.reference("reference, ChIP-seq")?;
    Ok(Data {
        train,
        validation,
        test: alignment.series("test")?,
        reference,
        is_truth: false,
        perturbation: None,
        prior,
        interactions: Some(interactions),
        regulators,
        gene_sets: alignment.gene_sets()?,
        notes: alignment.notes,
    })
}
