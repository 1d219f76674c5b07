//! The yeast cell cycle: one replicate trains, the other tests.

use std::collections::BTreeSet;
use std::path::Path;

use dash_eval::Pair;
use dash_prior::{
    Columns, Edge, GeneIndex, Network, TableFormat, UnknownGenes, genes_in_edge_list,
    read_edge_list,
};

use super::alignment::Alignment;
use super::{Assay, Data, split};
use crate::job::config::DataConfig;
use crate::job::inputs::Inputs;

/// Column of the perturbation file that holds the response, 0 for none.
const RESPONSE: &str = "shrunken_log2fc";

pub(super) fn prepare(config: &DataConfig, inputs: &Inputs) -> anyhow::Result<Data> {
    let mut alignment = Alignment::new(inputs)?;
    let replicate = alignment.series("train")?;
    let (train, validation, start) = split::contiguous(&replicate, config)?;
    alignment.note(format!(
        "validated on {} times in a row of the training replicate, from the {}th of 24, drawn by the seed; tested on the other replicate, which nothing else sees",
        config.validation,
        start + 1
    ));
    let prior = alignment.prior()?;
    let (interactions, named) = alignment.interactions(None)?;
    let reference = alignment
        .reference("reference, ChIP-chip (Harbison 2004, p < 0.001, factors with a motif)")?;
    let perturbation = assay(inputs.path("perturbation")?, &alignment.genes)?;
    alignment.note(format!(
        "perturbation: {} responses among {} pairs that were tested (Hackett 2020, the part of it that is known); all other pairs are unknown",
        perturbation.network.edges().len(),
        perturbation.tested.len()
    ));
    let regulators: BTreeSet<usize> = prior.regulators().into_iter().chain(named).collect();
    Ok(Data {
        train,
        validation,
        test: alignment.series("test")?,
        reference,
        is_truth: false,
        perturbation: (!perturbation.network.edges().is_empty()).then_some(perturbation),
        prior,
        interactions: Some(interactions),
        regulators: regulators.into_iter().collect(),
        gene_sets: alignment.gene_sets()?,
        notes: alignment.notes,
    })
}

/// Every regulator of the file was tested on every target of it; those are kept of which both genes have expression.
fn assay(path: &Path, genes: &GeneIndex) -> anyhow::Result<Assay> {
    let columns = |weight: Option<&str>| TableFormat {
        columns: Columns::Named {
            from: "regulator".into(),
            to: "target".into(),
            weight: weight.map(str::to_owned),
        },
        delimiter: None,
    };
    let everyone = genes_in_edge_list(path, &columns(None))?;
    let known = |weight: Option<&str>| -> anyhow::Result<Vec<Edge>> {
        let format = columns(weight);
        let all = read_edge_list(path, &everyone, UnknownGenes::Error, &format)?.0;
        let place = |gene: usize| genes.position(everyone.name(gene));
        let edges = all.edges().iter().filter_map(|edge| {
            Some(Edge {
                from: place(edge.from)?,
                to: place(edge.to)?,
                ..*edge
            })
        });
        Ok(edges.collect())
    };
    let tested = known(None)?;
    Ok(Assay {
        network: Network::new(genes.clone(), known(Some(RESPONSE))?)?,
        tested: tested.iter().map(|e| Pair::new(e.to, e.from)).collect(),
    })
}
