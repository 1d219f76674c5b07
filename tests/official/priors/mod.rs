//! Networks and priors of the published data sets: they read with the counts that their documentation states.

mod human;
mod simulated;
mod yeast;

use dash_prior::{
    GeneIndex, GeneNames, InputSuffix, Network, ReadReport, TableFormat, UnknownGenes,
    read_edge_list, read_gene_names,
};
use std::path::Path;

pub(super) fn names(path: &Path, suffix: InputSuffix) -> GeneNames {
    read_gene_names(path, suffix, None).unwrap_or_else(|e| panic!("{e}"))
}

pub(super) fn genes(data: &Path, file: &str) -> GeneIndex {
    names(&data.join(file), InputSuffix::Keep).genes
}

pub(super) fn edges(path: &Path, genes: &GeneIndex) -> (Network, ReadReport) {
    let format = TableFormat::default();
    read_edge_list(path, genes, UnknownGenes::Error, &format).unwrap_or_else(|e| panic!("{e}"))
}

/// The edges and regulators of a file all of whose genes are known.
pub(super) fn count(data: &Path, file: &str, genes: &GeneIndex) -> (usize, usize) {
    let (network, report) = edges(&data.join(file), genes);
    assert_eq!(
        (report.rows, report.duplicates),
        (network.edges().len(), 0),
        "{file}"
    );
    (network.edges().len(), network.regulators().len())
}
