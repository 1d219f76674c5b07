//! Puts networks over the genes of the expression data, and keeps account of what was lost.

use std::path::Path;

use anyhow::Context as _;
use dash_ode::TimeSeries;
use dash_ode::io::{Genes, Ties, read_gene_names, read_published};
use dash_prior::{
    Edge, GeneIndex, Network, Orientation, PriorMatrix, ReadReport, TableFormat, UnknownGenes,
    read_dense, read_edge_list, read_pair_list,
};

use super::adjacency;
use crate::job::inputs::Inputs;

/// The genes of a data set, its files, and what has been said so far.
pub(super) struct Alignment<'a> {
    pub(super) genes: GeneIndex,
    inputs: &'a Inputs,
    pub(super) notes: Vec<String>,
}

impl<'a> Alignment<'a> {
    /// The genes of the expression data: all else is aligned to them.
    pub(super) fn new(inputs: &'a Inputs) -> anyhow::Result<Self> {
        let names = read_gene_names(inputs.path("genes")?)?;
        Ok(Self {
            genes: GeneIndex::new(names.names)?,
            inputs,
            notes: Vec::new(),
        })
    }

    pub(super) fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    /// A published trajectory file. Tied points are an error there: their mean cannot always be told.
    pub(super) fn series(&self, role: &str) -> anyhow::Result<TimeSeries> {
        let names = Genes::Named(self.genes.names());
        Ok(read_published(self.inputs.path(role)?, names, Ties::Error)?)
    }

    /// P, by its strength alone: every edge has the weight 1.
    pub(super) fn prior(&mut self) -> anyhow::Result<Network> {
        let path = self.inputs.path("prior")?;
        let (network, report) = self.network(path)?;
        let signs = network.sign_counts();
        let unsigned = if signs.activating > 0 && signs.repressing > 0 {
            "; its signs are random and not used"
        } else {
            ""
        };
        self.account("P", path, &network, &report, unsigned);
        absolute(&network)
    }

    /// A network in any of the layouts that priors come in.
    fn network(&self, path: &Path) -> anyhow::Result<(Network, ReadReport)> {
        let name = path.to_string_lossy();
        let genes = &self.genes;
        if name.ends_with(".adj.txt") {
            return adjacency::read(path, genes);
        }
        if name.ends_with(".dense.csv") {
            return Ok(read_dense(path, genes, Orientation::RegulatorRows, None)?);
        }
        let format = TableFormat::default();
        Ok(read_edge_list(path, genes, UnknownGenes::Drop, &format)?)
    }

    /// The edges of a reference network among the genes.
    pub(super) fn reference(&mut self, what: &str) -> anyhow::Result<Network> {
        let path = self.inputs.path("reference")?;
        let (network, report) = self.network(path)?;
        self.account(what, path, &network, &report, "");
        Ok(network)
    }

    /// C without pairs of a gene with itself, above a threshold where it has one, and all genes that the file names.
    pub(super) fn interactions(
        &mut self,
        threshold: Option<f64>,
    ) -> anyhow::Result<(PriorMatrix, Vec<usize>)> {
        let path = self.inputs.path("interactions")?;
        let format = TableFormat::default();
        let (all, report) = read_pair_list(path, &self.genes, UnknownGenes::Drop, &format)?;
        let named: Vec<usize> = (0..all.dim())
            .filter(|&gene| !all.row(gene).0.is_empty())
            .collect();
        let above = threshold.unwrap_or(f64::NEG_INFINITY);
        let kept = all.filtered(|i, j, weight| i != j && weight > above);
        let rule = threshold.map_or_else(
            || "no threshold".to_owned(),
            |threshold| format!("evidence above {threshold}"),
        );
        let lost = lost(&report);
        self.note(format!(
            "C ({}): {} of {} pairs ({rule}; {} self pairs left out) among {} genes{lost}",
            file_name(path),
            kept.nnz() / 2,
            report.edges,
            report.self_loops,
            named.len(),
        ));
        Ok((kept, named))
    }

    /// The pathways of the organism, where they are at hand.
    pub(super) fn gene_sets(&self) -> anyhow::Result<Option<String>> {
        if !self.inputs.has("pathways") {
            return Ok(None);
        }
        let path = self.inputs.path("pathways")?;
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("{}: cannot be read", path.display()))?;
        Ok(Some(text))
    }

    fn account(
        &mut self,
        what: &str,
        path: &Path,
        network: &Network,
        report: &ReadReport,
        more: &str,
    ) {
        self.note(format!(
            "{what} ({}): {} edges from {} regulators, {} of them self edges{}{more}",
            file_name(path),
            network.edges().len(),
            network.regulators().len(),
            network.self_loops(),
            lost(report),
        ));
    }
}

/// `; lost: 29976 of 81230 rows, which name 40 genes without expression`, where something was.
fn lost(report: &ReadReport) -> String {
    let mut parts = Vec::new();
    if report.unknown_rows > 0 {
        parts.push(format!(
            "{} of {} rows, which name {} genes without expression",
            report.unknown_rows,
            report.rows,
            report.unknown_genes.len()
        ));
    }
    if report.duplicates > 0 {
        parts.push(format!("{} rows that repeat another", report.duplicates));
    }
    if parts.is_empty() {
        String::new()
    } else {
        format!("; lost: {}", parts.join(", "))
    }
}

pub(super) fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

fn absolute(network: &Network) -> anyhow::Result<Network> {
    let edges = network.edges().iter().map(|edge| Edge {
        weight: edge.weight.abs(),
        ..*edge
    });
    Network::new(network.genes().clone(), edges.collect()).context("P without signs")
}
