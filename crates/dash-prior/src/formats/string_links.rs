//! STRING's `protein.links` files: pairs of proteins with a combined score.

use std::collections::{BTreeMap, HashMap};
use std::io::BufRead;
use std::path::Path;

use super::source;
use crate::error::{Error, Place, Result};
use crate::gene_index::GeneIndex;
use crate::prior_matrix::PriorMatrix;
use crate::report::{ReadReport, by_name};

/// How to read a STRING file.
#[derive(Clone, Debug, Default)]
pub struct StringLinks {
    /// Pairs below this combined score (0..=1000) are left out; 400 is STRING's "medium confidence".
    pub min_score: u32,
    /// Gene names by STRING identifier (of a `protein.info` file, say); an identifier that is not here stands for
    /// itself, with or without its taxon (`4932.YAL001C` is `YAL001C`).
    pub names: HashMap<String, String>,
}

/// Reads `protein1 protein2 combined_score`, separated by blanks or tabs, plain or gzipped, as a symmetric k × k matrix
/// of scores over 1000. Further columns are passed over; a pair that is listed twice counts once, with its larger score.
///
/// The report's `zeros` are the rows below the cut-off, its `unknown_rows` those of genes that are not in `genes`.
///
/// # Errors
/// Each names the file and the row: a file that is missing or empty; a header without `combined_score`; a score that is
/// no number in 0..=1000; no pair of known genes at all.
///
/// # Reference
/// Szklarczyk et al., STRING v12, download files.
pub fn read_string_links(
    path: impl AsRef<Path>,
    genes: &GeneIndex,
    options: &StringLinks,
) -> Result<(PriorMatrix, ReadReport)> {
    let file = path.as_ref();
    let failed = |source| Error::Read {
        file: file.to_path_buf(),
        source,
    };
    let mut lines = source::open(file).map_err(failed)?.lines().zip(1..);
    let at = |row: usize| Place {
        file: file.to_path_buf(),
        row,
    };
    let header = lines
        .next()
        .map(|(line, _)| line)
        .transpose()
        .map_err(failed)?;
    let header = header.ok_or_else(|| Error::EmptyFile {
        file: file.to_path_buf(),
        expected: "the columns protein1, protein2 and combined_score",
    })?;
    let columns: Vec<&str> = header.split_whitespace().collect();
    let find = |name: &str| {
        columns
            .iter()
            .position(|c| *c == name)
            .ok_or_else(|| Error::Columns {
                at: at(1),
                found: columns.iter().map(ToString::to_string).collect(),
                problem: format!("none is called {name:?}; take a protein.links file of STRING"),
            })
    };
    let (first, second, score) = (
        find("protein1")?,
        find("protein2")?,
        find("combined_score")?,
    );
    let mut report = ReadReport::default();
    let mut unknown: BTreeMap<String, usize> = BTreeMap::new();
    let mut pairs: BTreeMap<(usize, usize), u32> = BTreeMap::new();
    for (line, row) in lines {
        let line = line.map_err(failed)?;
        let fields: Vec<&str> = line.split_whitespace().collect();
        if fields.is_empty() {
            continue;
        }
        if fields.len() != columns.len() {
            return Err(Error::Ragged {
                at: at(row),
                found: fields.len(),
                expected: columns.len(),
            });
        }
        report.rows += 1;
        let value: Option<u32> = fields[score].parse().ok().filter(|s| *s <= 1000);
        let value = value.ok_or_else(|| Error::Value {
            at: at(row),
            column: format!("{} (combined_score)", score + 1),
            text: fields[score].to_string(),
            expected: "a whole number from 0 to 1000",
        })?;
        if value < options.min_score || value == 0 {
            report.zeros += 1;
            continue;
        }
        let ends = [fields[first], fields[second]].map(|id| (id, options.position(id, genes)));
        match ends {
            [(_, Some(a)), (_, Some(b))] => {
                let kept = pairs.entry((a.max(b), a.min(b)));
                report.duplicates += usize::from(matches!(
                    kept,
                    std::collections::btree_map::Entry::Occupied(_)
                ));
                let kept = kept.or_default();
                *kept = value.max(*kept);
            }
            _ => {
                report.unknown_rows += 1;
                for (id, _) in ends.into_iter().filter(|(_, gene)| gene.is_none()) {
                    *unknown.entry(options.name(id).to_string()).or_default() += 1;
                }
            }
        }
    }
    report.unknown_genes = by_name(unknown);
    report.edges = pairs.len();
    report.self_loops = pairs.keys().filter(|(a, b)| a == b).count();
    if let (true, Some(stranger)) = (pairs.is_empty(), report.unknown_genes.first()) {
        return Err(Error::AllGenesUnknown {
            file: file.to_path_buf(),
            rows: report.rows,
            genes: genes.len(),
            gene: stranger.gene.clone(),
        });
    }
    let entries = pairs.into_iter().flat_map(|((a, b), score)| {
        let value = f64::from(score) / 1000.0;
        let mirrored = (a != b).then_some((b, a, value));
        std::iter::once((a, b, value)).chain(mirrored)
    });
    Ok((PriorMatrix::from_triplets(genes.len(), entries)?, report))
}

impl StringLinks {
    fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.names.get(id).map_or(id, String::as_str)
    }

    fn position(&self, id: &str, genes: &GeneIndex) -> Option<usize> {
        let without_taxon = || {
            let (taxon, rest) = id.split_once('.')?;
            taxon.chars().all(|c| c.is_ascii_digit()).then_some(rest)
        };
        let by_name = genes.position(self.name(id));
        by_name.or_else(|| genes.position(without_taxon()?))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use ndarray::array;

    use super::*;

    fn read(text: &str, options: &StringLinks) -> Result<(PriorMatrix, ReadReport)> {
        let genes = GeneIndex::new(["YAL001C", "CLN2"].map(String::from).to_vec()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("links.txt");
        fs::write(&path, text).unwrap();
        read_string_links(&path, &genes, options)
    }

    #[test]
    fn scores_names_and_the_cut_off() {
        let text = "protein1 protein2 combined_score\n4932.YAL001C 4932.YPL256C 900\n4932.YPL256C 4932.YAL001C 900\n\
                    4932.YAL001C 4932.YAL001C 399\n4932.YAL001C 4932.Q0010 500\n";
        let options = StringLinks {
            min_score: 400,
            names: HashMap::from([("4932.YPL256C".into(), "CLN2".into())]),
        };
        let (c, report) = read(text, &options).unwrap();
        assert_eq!(c.to_dense(), array![[0.0, 0.9], [0.9, 0.0]]);
        assert_eq!((report.rows, report.edges, report.duplicates), (4, 1, 1));
        assert_eq!((report.zeros, report.unknown_rows), (1, 1));
        assert_eq!(report.unknown_genes[0].gene, "4932.Q0010");
    }

    #[test]
    fn what_is_wrong_is_placed() {
        for (text, part) in [
            ("", "empty"),
            ("a b c\n", "protein1"),
            ("protein1 protein2 combined_score\nx y\n", "row 2"),
            ("protein1 protein2 combined_score\nx y 1001\n", "0 to 1000"),
            ("protein1 protein2 combined_score\nx y 900\n", "\"x\""),
        ] {
            let message = read(text, &StringLinks::default()).unwrap_err().to_string();
            assert!(message.contains(part), "{part:?} is not in {message:?}");
        }
    }
}
