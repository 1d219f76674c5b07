//! Prior networks and interactions, matched with the genes of the expression data.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;

use anyhow::{Context as _, bail};
use dash_prior::{
    Columns, Edge, Error, GeneIndex, Network, PriorMatrix, ReadReport, StringLinks, TableFormat,
    UnknownGenes, genes_in_edge_list, read_edge_list, read_pair_list, read_string_links,
};

use super::config::{InteractionFormat, Interactions, PriorFile, PriorFormat};
use super::findings::{PriorFound, examples};

pub(super) fn read_network(
    settings: &PriorFile,
    folder: &Path,
    genes: &GeneIndex,
) -> anyhow::Result<(Network, PriorFound)> {
    let path = folder.join(&settings.file);
    let format = match settings.format {
        PriorFormat::Edges => TableFormat::default(),
        PriorFormat::Panda => TableFormat {
            columns: Columns::Positional,
            delimiter: None,
        },
    };
    // All of the file first, so that its genes can be matched by more than their exact names.
    let named = genes_in_edge_list(&path, &format)?;
    let (all, report) = read_edge_list(&path, &named, UnknownGenes::Error, &format)?;
    let matching = Matching::new(genes, settings.ignore_case);
    let place: Vec<Option<usize>> = named.names().iter().map(|n| matching.find(n)).collect();
    let mut edges: BTreeMap<(usize, usize), Edge> = BTreeMap::new();
    let mut rows_lost = 0;
    for edge in all.edges() {
        let (Some(from), Some(to)) = (place[edge.from], place[edge.to]) else {
            rows_lost += 1;
            continue;
        };
        let edge = Edge { from, to, ..*edge };
        if edges
            .insert((from, to), edge)
            .is_some_and(|other| other.weight.to_bits() != edge.weight.to_bits())
        {
            bail!(
                "{}: {} -> {} stands there twice with different weights, once case is ignored; delete one",
                path.display(),
                genes.name(from),
                genes.name(to)
            );
        }
    }
    let lost = named
        .names()
        .iter()
        .zip(&place)
        .filter(|(_, place)| place.is_none());
    let lost: Vec<String> = lost.map(|(name, _)| name.clone()).collect();
    let hints = matching.hints(&lost);
    let network = Network::new(genes.clone(), edges.into_values().collect())?;
    if network.edges().is_empty() {
        let hint = hints.first().map_or(
            "are the names of one kind (symbols, Ensembl or systematic names)?",
            String::as_str,
        );
        bail!(
            "{}: none of its {} edges joins two genes of the expression data (it names {}; the data name {}); {hint}",
            path.display(),
            all.edges().len(),
            examples(named.names()),
            examples(genes.names())
        );
    }
    let k = genes.len() as f64;
    let found = PriorFound {
        rows: report.rows,
        zeros: report.zeros,
        edges: network.edges().len(),
        self_edges: 0,
        regulators: network.regulators().len(),
        targets: network.targets().len(),
        density: network.edges().len() as f64 / (k * k),
        matched: named.len() - lost.len(),
        rows_lost,
        unnamed: genes.len() - place.iter().flatten().collect::<BTreeSet<_>>().len(),
        lost,
        hints,
    };
    Ok((network, found))
}

/// A network without the edges of genes to themselves, which a direct model cannot tell from their decay.
pub(super) fn without_self_edges(
    (network, mut found): (Network, PriorFound),
) -> anyhow::Result<(Network, PriorFound)> {
    found.self_edges = network.self_loops();
    let edges = network.edges().iter().filter(|edge| edge.from != edge.to);
    let network = Network::new(network.genes().clone(), edges.copied().collect())?;
    Ok((network, found))
}

/// Matches names of a file with those of the expression data.
struct Matching<'a> {
    genes: &'a GeneIndex,
    ignore_case: bool,
    /// By what is left of a name without case and version.
    loosely: HashMap<String, usize>,
}

impl<'a> Matching<'a> {
    fn new(genes: &'a GeneIndex, ignore_case: bool) -> Self {
        let loosely = genes
            .names()
            .iter()
            .zip(0..)
            .map(|(name, gene)| (loose(name), gene));
        Self {
            genes,
            ignore_case,
            loosely: loosely.collect(),
        }
    }

    fn find(&self, name: &str) -> Option<usize> {
        let exact = self.genes.position(name);
        let without_case = || {
            let gene = *self.loosely.get(&loose(name))?;
            self.genes
                .name(gene)
                .eq_ignore_ascii_case(name)
                .then_some(gene)
        };
        exact.or_else(|| {
            if self.ignore_case {
                without_case()
            } else {
                None
            }
        })
    }

    /// What would match some of the lost names.
    fn hints(&self, lost: &[String]) -> Vec<String> {
        let near: Vec<(&String, &str)> = lost
            .iter()
            .filter_map(|name| Some((name, self.genes.name(*self.loosely.get(&loose(name))?))))
            .collect();
        let (case, version): (Vec<_>, Vec<_>) = near
            .into_iter()
            .partition(|(name, gene)| name.eq_ignore_ascii_case(gene));
        let mut hints = Vec::new();
        if let Some((name, gene)) = case.first() {
            hints.push(format!(
                "{} of the lost genes differ by case only ({name} here, {gene} in the expression data): set ignore_case = true under [prior]",
                case.len()
            ));
        }
        if let Some((name, gene)) = version.first() {
            hints.push(format!(
                "{} of the lost genes differ by a version or prefix only ({name} here, {gene} in the expression data): write both alike",
                version.len()
            ));
        }
        hints
    }
}

/// A name without case, without a version (`ENSG00000181449.5`) and without a taxon (`4932.YAL001C`).
fn loose(name: &str) -> String {
    let is_number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let name = match name.split_once('.') {
        Some((taxon, rest)) if is_number(taxon) => rest,
        _ => name,
    };
    let name = match name.rsplit_once('.') {
        Some((rest, version)) if is_number(version) => rest,
        _ => name,
    };
    name.to_ascii_uppercase()
}

pub(super) fn read_interactions(
    settings: &Interactions,
    folder: &Path,
    genes: &GeneIndex,
) -> anyhow::Result<(PriorMatrix, PriorFound)> {
    let path = folder.join(&settings.file);
    let (matrix, report) = match settings.format {
        InteractionFormat::Pairs => {
            read_pair_list(&path, genes, UnknownGenes::Drop, &TableFormat::default())?
        }
        InteractionFormat::String => {
            let names = match &settings.names {
                Some(file) => read_protein_names(&folder.join(file))?,
                None => HashMap::new(),
            };
            let options = StringLinks {
                min_score: settings.min_score,
                names,
            };
            let read = read_string_links(&path, genes, &options);
            match &read {
                Err(Error::AllGenesUnknown { .. }) if settings.names.is_none() => {
                    read.context(NAMES_HINT)?
                }
                _ => read?,
            }
        }
    };
    let mut found = found(&matrix, &report, genes);
    if found.edges == 0 && settings.format == InteractionFormat::String {
        found.hints.push(format!(
            "no pair has a combined score of at least {}; lower min_score (its scores go from 0 to 1000)",
            settings.min_score
        ));
    }
    Ok((matrix, found))
}

fn found(matrix: &PriorMatrix, report: &ReadReport, genes: &GeneIndex) -> PriorFound {
    let k = genes.len() as f64;
    let lost: Vec<String> = report
        .unknown_genes
        .iter()
        .map(|g| g.gene.clone())
        .collect();
    let present: BTreeSet<usize> = matrix.iter().map(|(target, ..)| target).collect();
    PriorFound {
        rows: report.rows,
        zeros: report.zeros,
        edges: report.edges,
        density: matrix.nnz() as f64 / (k * k),
        matched: present.len(),
        rows_lost: report.unknown_rows,
        unnamed: genes.len() - present.len(),
        lost,
        ..PriorFound::default()
    }
}

/// What may be wrong with links without names.
const NAMES_HINT: &str = "interactions.names: STRING's links name proteins; give its file protein.info too, unless the expression data name proteins as well";

/// `#string_protein_id<TAB>preferred_name…` of STRING's `protein.info` file, plain or gzipped.
fn read_protein_names(path: &Path) -> anyhow::Result<HashMap<String, String>> {
    let place = || format!("cannot read {}", path.display());
    let mut file = BufReader::new(File::open(path).with_context(place)?);
    let packed = file
        .fill_buf()
        .with_context(place)?
        .starts_with(&[0x1f, 0x8b]);
    let mut text = String::new();
    if packed {
        flate2::bufread::MultiGzDecoder::new(file).read_to_string(&mut text)
    } else {
        file.read_to_string(&mut text)
    }
    .with_context(place)?;
    let pairs = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut fields = line.split('\t');
            Some((fields.next()?.to_owned(), fields.next()?.trim().to_owned()))
        });
    let names: HashMap<String, String> = pairs.collect();
    if names.is_empty() {
        bail!(
            "{}: no rows of an identifier and a name, separated by a tab; take a protein.info file of STRING",
            path.display()
        );
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lost_names_are_told_what_would_match_them() {
        let genes = GeneIndex::new(["Sox2", "ENSG01"].map(String::from).to_vec()).unwrap();
        let lost = ["SOX2", "ENSG01.4", "XYZ"].map(String::from);
        let hints = Matching::new(&genes, false).hints(&lost);
        assert!(hints[0].contains("ignore_case") && hints[0].starts_with("1 of"));
        assert!(hints[1].contains("ENSG01.4"));
        let matching = Matching::new(&genes, true);
        assert_eq!(
            ["SOX2", "ENSG01.4", "XYZ"].map(|n| matching.find(n)),
            [Some(0), None, None]
        );
        assert_eq!(Matching::new(&genes, false).find("SOX2"), None);
    }
}
