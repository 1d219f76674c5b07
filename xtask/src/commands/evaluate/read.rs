//! The files of an evaluation.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use dash_eval::{EdgeList, EdgeSet, Estimate, GeneNames, Unplaced, parse_edges};
use serde::Serialize;

use crate::cli::Evaluate;

/// What became of the edges of a file.
#[derive(Debug, Serialize)]
pub(super) struct Source {
    pub(super) file: String,
    /// Edges that are used.
    pub(super) edges: usize,
    /// Lines that repeated another.
    pub(super) duplicates: usize,
    /// Edges that name a gene outside of the gene list.
    pub(super) unplaced: Unplaced,
}

/// An edge list and the file it is from.
struct NamedList {
    file: String,
    list: EdgeList,
}

/// The files of an evaluation.
pub(super) struct Inputs {
    reference: NamedList,
    networks: Vec<NamedList>,
    prior: Option<NamedList>,
    genes: Option<Vec<String>>,
    regulators: Option<Vec<String>>,
}

impl Inputs {
    pub(super) fn read(arguments: &Evaluate) -> anyhow::Result<Self> {
        let networks: anyhow::Result<Vec<NamedList>> = arguments
            .networks
            .iter()
            .map(|path| NamedList::read(path))
            .collect();
        let optional = |path: &Option<_>| path.as_deref().map(read_genes).transpose();
        Ok(Self {
            reference: NamedList::read(&arguments.reference)?,
            networks: networks?,
            prior: arguments
                .prior
                .as_deref()
                .map(NamedList::read)
                .transpose()?,
            genes: optional(&arguments.genes)?,
            regulators: optional(&arguments.regulators)?,
        })
    }

    /// The genes of the list, or all that a file names.
    pub(super) fn genes(&self) -> GeneNames {
        let named = [&self.reference]
            .into_iter()
            .chain(&self.networks)
            .chain(&self.prior);
        match &self.genes {
            Some(genes) => GeneNames::new(genes.iter().cloned()),
            None => GeneNames::of(named.map(|named| &named.list)),
        }
    }

    pub(super) fn reference(&self, genes: &GeneNames) -> anyhow::Result<(EdgeSet, Source)> {
        edge_set(&self.reference, genes)
    }

    pub(super) fn prior(&self, genes: &GeneNames) -> anyhow::Result<Option<(EdgeSet, Source)>> {
        self.prior
            .as_ref()
            .map(|prior| edge_set(prior, genes))
            .transpose()
    }

    pub(super) fn networks(
        &self,
        genes: &GeneNames,
    ) -> anyhow::Result<Vec<(Estimate<'static, f64>, Source)>> {
        let network = |named: &NamedList| {
            let (estimate, unplaced) = genes.estimate(&named.list)?;
            let source = named.source(unplaced, estimate.duplicates());
            if source.edges == 0 {
                bail!("{}: no edge names two genes of the evaluation", named.file);
            }
            Ok((estimate, source))
        };
        self.networks.iter().map(network).collect()
    }

    /// Known regulators that are among the genes.
    pub(super) fn regulators(&self, genes: &GeneNames) -> Option<Vec<usize>> {
        let mut places: Vec<usize> = self
            .regulators
            .as_ref()?
            .iter()
            .filter_map(|name| genes.place(name))
            .collect();
        places.sort_unstable();
        places.dedup();
        Some(places)
    }
}

fn edge_set(named: &NamedList, genes: &GeneNames) -> anyhow::Result<(EdgeSet, Source)> {
    let (set, unplaced) = genes.reference(&named.list)?;
    let source = Source {
        edges: set.edges().len(),
        ..named.source(unplaced, set.duplicates())
    };
    if source.edges == 0 {
        bail!("{}: no edge names two genes of the evaluation", named.file);
    }
    Ok((set, source))
}

impl NamedList {
    fn read(path: &Path) -> anyhow::Result<Self> {
        let file = path.display().to_string();
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {file}"))?;
        let list = parse_edges(&text).with_context(|| file.clone())?;
        Ok(Self { file, list })
    }

    fn source(&self, unplaced: Unplaced, repeated_pairs: usize) -> Source {
        Source {
            file: self.file.clone(),
            edges: self.list.edges.len() - unplaced.edges - repeated_pairs,
            duplicates: self.list.duplicates + repeated_pairs,
            unplaced,
        }
    }
}

/// Genes, one a line, of which the first field counts; a heading `x` or `gene` and the suffix `_input` of the published
/// lists are left out.
fn read_genes(path: &Path) -> anyhow::Result<Vec<String>> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let names = text
        .trim_start_matches('\u{feff}')
        .lines()
        .filter_map(|line| {
            let field = line.split([',', '\t']).next()?.trim().trim_matches('"');
            let name = field.strip_suffix("_input").unwrap_or(field);
            (!name.is_empty()).then(|| name.to_owned())
        });
    let mut names: Vec<String> = names.collect();
    if matches!(names.first().map(String::as_str), Some("x" | "gene")) {
        names.remove(0);
    }
    if names.is_empty() {
        bail!("{}: no gene is listed", path.display());
    }
    Ok(names)
}
