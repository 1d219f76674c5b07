//! The largest prior, one regulator a line.

use std::path::Path;

use anyhow::Context as _;
use dash_prior::{Edge, GeneIndex, Network, ReadReport};

/// Reads lines `regulator TAB targets`, the targets as numbers of genes from 0, separated by blanks.
///
/// # Errors
/// A line that is no such line, an unknown regulator, a number beyond the last gene, an edge that stands twice.
pub(super) fn read(path: &Path, genes: &GeneIndex) -> anyhow::Result<(Network, ReadReport)> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("{}: cannot be read", path.display()))?;
    let mut edges = Vec::new();
    let mut rows = 0;
    for (line, number) in text.lines().zip(1..) {
        let place = || format!("{}, row {number}", path.display());
        let (name, targets) = line
            .split_once('\t')
            .with_context(|| format!("{}: expected `regulator TAB targets`", place()))?;
        let from = genes
            .position(name.trim())
            .with_context(|| format!("{}: no gene is called `{}`", place(), name.trim()))?;
        for target in targets.split_whitespace() {
            let to: usize = target
                .parse()
                .ok()
                .filter(|&to| to < genes.len())
                .with_context(|| {
                    format!(
                        "{}: `{target}` is no gene; genes are numbered from 0 to {}",
                        place(),
                        genes.len() - 1
                    )
                })?;
            edges.push(Edge {
                from,
                to,
                weight: 1.0,
            });
        }
        rows += 1;
    }
    let network = Network::new(genes.clone(), edges).with_context(|| path.display().to_string())?;
    let report = ReadReport {
        rows,
        edges: network.edges().len(),
        self_loops: network.self_loops(),
        ..ReadReport::default()
    };
    Ok((network, report))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> anyhow::Result<(Network, ReadReport)> {
        let genes = GeneIndex::new(["A", "B", "C"].map(String::from).to_vec())?;
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("prior.adj.txt");
        std::fs::write(&path, text)?;
        read(&path, &genes)
    }

    #[test]
    fn targets_are_numbers_from_zero() {
        let (network, report) = read_text("B\t0 2\nA\t0\n").unwrap();
        let pairs: Vec<_> = network.edges().iter().map(|e| (e.from, e.to)).collect();
        assert_eq!(pairs, [(0, 0), (1, 0), (1, 2)]);
        assert_eq!((report.rows, report.edges, report.self_loops), (2, 3, 1));
    }

    #[test]
    fn mistakes_are_named_with_their_row() {
        for (text, expected) in [
            ("A\t0\nB 1\n", "row 2: expected"),
            ("X\t0\n", "no gene is called `X`"),
            ("A\t3\n", "`3` is no gene"),
            ("A\t0 0\n", "twice"),
        ] {
            let error = format!("{:#}", read_text(text).unwrap_err());
            assert!(error.contains(expected), "{error}");
        }
    }
}
