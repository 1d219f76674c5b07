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
    let header = lines.next().map(|(line, _)| line).transpose();
    let layout = Layout::of(file, header.map_err(failed)?)?;
    let mut links = Links::default();
    for (line, row) in lines {
        let line = line.map_err(failed)?;
        if let Some(link) = layout.link(&line, row)? {
            links.take(link, genes, options);
        }
    }
    links.finish(file, genes)
}

/// Where the columns are.
struct Layout<'a> {
    file: &'a Path,
    width: usize,
    first: usize,
    second: usize,
    score: usize,
}

/// One row.
struct Link<'a> {
    ends: [&'a str; 2],
    score: u32,
}

impl<'a> Layout<'a> {
    fn of(file: &'a Path, header: Option<String>) -> Result<Self> {
        let header = header.ok_or_else(|| Error::EmptyFile {
            file: file.to_path_buf(),
            expected: "the columns protein1, protein2 and combined_score",
        })?;
        let columns: Vec<&str> = header.split_whitespace().collect();
        let find = |name: &str| {
            let found = columns.iter().position(|column| *column == name);
            found.ok_or_else(|| Error::Columns {
                at: at(file, 1),
                found: columns.iter().map(ToString::to_string).collect(),
                problem: format!("none is called {name:?}; take a protein.links file of STRING"),
            })
        };
        Ok(Self {
            file,
            width: columns.len(),
            first: find("protein1")?,
            second: find("protein2")?,
            score: find("combined_score")?,
        })
    }

    /// The link of a line; `None` for a blank one.
    fn link<'b>(&self, line: &'b str, row: usize) -> Result<Option<Link<'b>>> {
        let fields: Vec<&str> = line.split_whitespace().collect();
        if fields.is_empty() {
            return Ok(None);
        }
        if fields.len() != self.width {
            return Err(Error::Ragged {
                at: at(self.file, row),
                found: fields.len(),
                expected: self.width,
            });
        }
        let text = fields[self.score];
        let score = text.parse().ok().filter(|score: &u32| *score <= 1000);
        let score = score.ok_or_else(|| Error::Value {
            at: at(self.file, row),
            column: format!("{} (combined_score)", self.score + 1),
            text: text.to_string(),
            expected: "a whole number from 0 to 1000",
        })?;
        Ok(Some(Link {
            ends: [fields[self.first], fields[self.second]],
            score,
        }))
    }
}

fn at(file: &Path, row: usize) -> Place {
    Place {
        file: file.to_path_buf(),
        row,
    }
}

/// The links read so far.
#[derive(Default)]
struct Links {
    report: ReadReport,
    unknown: BTreeMap<String, usize>,
    /// Scores by pair, the larger gene number first.
    pairs: BTreeMap<(usize, usize), u32>,
}

impl Links {
    fn take(&mut self, link: Link<'_>, genes: &GeneIndex, options: &StringLinks) {
        self.report.rows += 1;
        if link.score < options.min_score || link.score == 0 {
            self.report.zeros += 1;
            return;
        }
        let found = link.ends.map(|id| options.position(id, genes));
        let [Some(a), Some(b)] = found else {
            self.report.unknown_rows += 1;
            let ends = link.ends.into_iter().zip(found);
            for (id, _) in ends.filter(|(_, gene)| gene.is_none()) {
                *self
                    .unknown
                    .entry(options.name(id).to_string())
                    .or_default() += 1;
            }
            return;
        };
        let pair = (a.max(b), a.min(b));
        let known = self.pairs.get(&pair).copied();
        self.report.duplicates += usize::from(known.is_some());
        self.pairs.insert(pair, link.score.max(known.unwrap_or(0)));
    }

    fn finish(self, file: &Path, genes: &GeneIndex) -> Result<(PriorMatrix, ReadReport)> {
        let Self {
            mut report,
            unknown,
            pairs,
        } = self;
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
        let matrix = PriorMatrix::from_triplets(genes.len(), entries)?;
        Ok((matrix, report))
    }
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
