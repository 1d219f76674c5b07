//! Rows of two genes and a weight: what edge lists and pair lists share.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::columns::{Columns, Plan, TableFormat};
use super::table::{Row, Table};
use crate::error::{Error, Place, Result};
use crate::gene_index::{GeneIndex, is_writable};
use crate::report::{ReadReport, by_name};

/// What to do with rows that name a gene which the gene list does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnknownGenes {
    /// Stop with an error that names the gene and the row.
    Error,
    /// Drop the row and report it.
    Drop,
}

/// Two known genes and their weight, which is finite and not 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct PairRow {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) weight: f64,
    /// The line of the file.
    pub(super) row: usize,
}

/// A list of pairs, read row by row.
pub(super) struct PairReader {
    file: PathBuf,
    table: Table,
    plan: Plan,
    /// Names of the columns; by number for a file without header.
    header: Vec<String>,
}

/// The names and the weight of one row.
pub(super) struct NamedPair<'a> {
    pub(super) from: &'a str,
    pub(super) to: &'a str,
    weight: f64,
    row: usize,
}

impl PairReader {
    pub(super) fn open(path: &Path, format: &TableFormat) -> Result<Self> {
        let mut table = Table::open(path, format.delimiter)?;
        let Some(first) = table.next()? else {
            let expected = "rows of two genes and perhaps a weight";
            return Err(Error::EmptyFile {
                file: path.to_path_buf(),
                expected,
            });
        };
        let (row, mut header) = (first.number, first.to_strings());
        let plan = Plan::of_header(&format.columns, &header).map_err(|problem| Error::Columns {
            at: table.at(row),
            found: header.clone(),
            problem,
        })?;
        if format.columns == Columns::Positional {
            header = (1..=header.len())
                .map(|column| column.to_string())
                .collect();
            table.step_back();
        }
        Ok(Self {
            file: path.to_path_buf(),
            table,
            plan,
            header,
        })
    }

    pub(super) fn next(&mut self) -> Result<Option<NamedPair<'_>>> {
        let Some(row) = self.table.next()? else {
            return Ok(None);
        };
        let fields = Fields {
            row,
            plan: self.plan,
            header: &self.header,
            file: &self.file,
        };
        let (from, to) = (fields.gene(self.plan.from)?, fields.gene(self.plan.to)?);
        Ok(Some(NamedPair {
            from,
            to,
            weight: fields.weight()?,
            row: row.number,
        }))
    }

    fn ignored_columns(&self) -> Vec<String> {
        self.plan
            .unused(self.header.len())
            .into_iter()
            .map(|column| self.header[column].clone())
            .collect()
    }
}

/// The fields of one row, and what an error about them must name.
struct Fields<'a, 'b> {
    row: Row<'a>,
    plan: Plan,
    header: &'b [String],
    file: &'b Path,
}

impl<'a> Fields<'a, '_> {
    fn at(&self) -> Place {
        Place {
            file: self.file.to_path_buf(),
            row: self.row.number,
        }
    }

    fn gene(&self, column: usize) -> Result<&'a str> {
        let name = self.row.field(column);
        if is_writable(name) {
            Ok(name)
        } else {
            Err(Error::NoGene {
                at: self.at(),
                column: column + 1,
            })
        }
    }

    fn weight(&self) -> Result<f64> {
        let weight = match self.plan.weight {
            None => 1.0,
            Some(column) if self.plan.weight_is_sign => self.sign(column)?,
            Some(column) => self.number(column)?,
        };
        match self.plan.activation {
            None => Ok(weight),
            Some(column) => self.signed(weight, column),
        }
    }

    fn number(&self, column: usize) -> Result<f64> {
        let parsed = self
            .row
            .field(column)
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite());
        parsed.ok_or_else(|| self.wrong(column, "a finite number"))
    }

    fn sign(&self, column: usize) -> Result<f64> {
        let sign = match self.row.field(column) {
            "+" => Some(1.0),
            "-" => Some(-1.0),
            text => text.parse().ok().filter(|s| [1.0, -1.0, 0.0].contains(s)),
        };
        sign.ok_or_else(|| {
            self.wrong(
                column,
                "1, -1, 0, + or -; call the column `weight` if it holds strengths",
            )
        })
    }

    fn signed(&self, weight: f64, column: usize) -> Result<f64> {
        if weight < 0.0 {
            return Err(self.wrong(
                self.plan.weight.unwrap_or(column),
                "positive, as it must be beside a column `activation`, which gives the sign",
            ));
        }
        let text = self.row.field(column);
        if text.eq_ignore_ascii_case("true") {
            Ok(weight)
        } else if text.eq_ignore_ascii_case("false") {
            Ok(-weight)
        } else {
            Err(self.wrong(column, "TRUE or FALSE"))
        }
    }

    fn wrong(&self, column: usize, expected: &'static str) -> Error {
        let column_name = format!("{} ({})", column + 1, self.header[column]);
        Error::Value {
            at: self.at(),
            column: column_name,
            text: self.row.field(column).to_string(),
            expected,
        }
    }
}

/// All rows of known genes, zeros left out, and the counts so far.
pub(super) fn read_known(
    path: &Path,
    genes: &GeneIndex,
    unknown: UnknownGenes,
    format: &TableFormat,
) -> Result<(Vec<PairRow>, ReadReport)> {
    let mut reader = PairReader::open(path, format)?;
    let mut report = ReadReport {
        ignored_columns: reader.ignored_columns(),
        ..ReadReport::default()
    };
    let mut dropped = Dropped::default();
    let mut pairs = Vec::new();
    while let Some(pair) = reader.next()? {
        report.rows += 1;
        if let (Some(from), Some(to)) = (genes.position(pair.from), genes.position(pair.to)) {
            if pair.weight == 0.0 {
                report.zeros += 1;
            } else {
                pairs.push(PairRow {
                    from,
                    to,
                    weight: pair.weight,
                    row: pair.row,
                });
            }
            continue;
        }
        if unknown == UnknownGenes::Error {
            let (row, from_is_known) = (pair.row, genes.position(pair.from).is_some());
            let gene = if from_is_known { pair.to } else { pair.from }.to_string();
            let column = if from_is_known {
                reader.plan.to
            } else {
                reader.plan.from
            } + 1;
            return Err(Error::UnknownGene {
                at: reader.table.at(row),
                column,
                gene,
                genes: genes.len(),
            });
        }
        dropped.add(&pair, genes);
    }
    let file = || path.to_path_buf();
    if report.rows == 0 {
        return Err(Error::NoRows { file: file() });
    }
    if dropped.rows == report.rows {
        return Err(Error::AllGenesUnknown {
            file: file(),
            rows: report.rows,
            genes: genes.len(),
            gene: dropped.first.unwrap_or_default(),
        });
    }
    report.unknown_rows = dropped.rows;
    report.unknown_genes = by_name(dropped.counts);
    Ok((pairs, report))
}

/// Rows that were left out for their genes.
#[derive(Default)]
struct Dropped {
    rows: usize,
    first: Option<String>,
    counts: BTreeMap<String, usize>,
}

impl Dropped {
    fn add(&mut self, pair: &NamedPair<'_>, genes: &GeneIndex) {
        self.rows += 1;
        let second = Some(pair.to).filter(|to| *to != pair.from);
        for name in [Some(pair.from), second].into_iter().flatten() {
            if genes.position(name).is_some() {
                continue;
            }
            self.first.get_or_insert_with(|| name.to_string());
            match self.counts.get_mut(name) {
                Some(count) => *count += 1,
                None => {
                    self.counts.insert(name.to_string(), 1);
                }
            }
        }
    }
}

/// Sorts by `(from, to)`, drops rows that repeat an earlier one, and completes the report.
pub(super) fn drop_duplicates(
    path: &Path,
    genes: &GeneIndex,
    pairs: &mut Vec<PairRow>,
    report: &mut ReadReport,
) -> Result<()> {
    pairs.sort_unstable_by_key(|pair| (pair.from, pair.to, pair.row));
    let same = |a: &PairRow, b: &PairRow| (a.from, a.to) == (b.from, b.to);
    #[expect(
        clippy::float_cmp,
        reason = "a repeated row repeats the number exactly"
    )]
    let conflict = pairs
        .windows(2)
        .find(|two| same(&two[0], &two[1]) && two[0].weight != two[1].weight);
    if let Some([first, second]) = conflict {
        return Err(Error::ConflictingWeights {
            at: Place {
                file: path.to_path_buf(),
                row: second.row,
            },
            from: genes.name(second.from).to_string(),
            to: genes.name(second.to).to_string(),
            weight: second.weight,
            first_row: first.row,
            first_weight: first.weight,
        });
    }
    let read = pairs.len();
    pairs.dedup_by(|later, earlier| same(later, earlier));
    report.duplicates = read - pairs.len();
    report.edges = pairs.len();
    report.self_loops = pairs.iter().filter(|pair| pair.from == pair.to).count();
    Ok(())
}
