//! The files of an evaluation.

use std::collections::HashSet;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context, bail};
use dash_eval::{EdgeList, EdgeSet, Estimate, GeneNames, Unplaced, parse_edges, parse_genes};
use flate2::read::MultiGzDecoder;
use serde::Serialize;

use crate::cli::Networks;

/// How a gzip file begins.
const GZIP: [u8; 2] = [0x1f, 0x8b];

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
    pub(super) fn read(arguments: &Networks) -> anyhow::Result<Self> {
        let networks: anyhow::Result<Vec<NamedList>> = arguments
            .predictions
            .iter()
            .map(|path| NamedList::read(path))
            .collect();
        let optional = |path: &Option<_>| path.as_deref().map(read_genes).transpose();
        Ok(Self {
            reference: NamedList::read(&arguments.truth)?,
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
            self.check_shared_genes(named)?;
            Ok((estimate, source))
        };
        self.networks.iter().map(network).collect()
    }

    /// A network of other identifiers than the reference's would look like one without a true edge.
    fn check_shared_genes(&self, network: &NamedList) -> anyhow::Result<()> {
        let known: HashSet<&str> = self.reference.genes().collect();
        if network.genes().any(|gene| known.contains(gene)) {
            return Ok(());
        }
        let first = |list: &NamedList| list.list.edges[0].regulator.clone();
        bail!(
            "{} and {} share no gene: one names genes like `{}`, the other like `{}`; map both to one kind of identifier",
            network.file,
            self.reference.file,
            first(network),
            first(&self.reference)
        )
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

/// The text of a file, plain or gzip.
pub(super) fn text_of(path: &Path) -> anyhow::Result<String> {
    let cannot = || format!("cannot read {}", path.display());
    let bytes = fs::read(path).with_context(cannot)?;
    if !bytes.starts_with(&GZIP) {
        return String::from_utf8(bytes).with_context(cannot);
    }
    let mut text = String::new();
    MultiGzDecoder::new(&bytes[..])
        .read_to_string(&mut text)
        .with_context(cannot)?;
    Ok(text)
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
        let list = parse_edges(&text_of(path)?).with_context(|| file.clone())?;
        if list.edges.is_empty() {
            bail!("{file}: no edge is listed");
        }
        Ok(Self { file, list })
    }

    fn genes(&self) -> impl Iterator<Item = &str> {
        let edges = self.list.edges.iter();
        edges.flat_map(|edge| [edge.regulator.as_str(), edge.target.as_str()])
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

fn read_genes(path: &Path) -> anyhow::Result<Vec<String>> {
    parse_genes(&text_of(path)?).with_context(|| path.display().to_string())
}
