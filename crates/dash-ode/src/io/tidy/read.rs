//! Reading a tidy table.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::path::Path;

use csv::StringRecord;
use ndarray::Array2;

use super::super::error::DataError;
use super::super::text::{Text, number, shortened};
use super::COLUMNS;
use crate::series::{TimeSeries, Trajectory, check_names};

const EXPECTED: &str =
    "the columns trajectory, time, gene and value, each once, in any order, and no others";

/// Reads a tidy table. Trajectories, and genes unless a list is given, come in the order of their first row.
///
/// # Errors
/// A file that cannot be read; other columns than the four; rows of another width; a missing name or time; fields that are
/// not finite numbers; a value given twice; with a list of genes, a gene that is not in it, or that has no row.
pub fn read_tidy(path: &Path, genes: Option<&[String]>) -> Result<TimeSeries, DataError> {
    let text = Text::open(path, EXPECTED)?;
    let mut rows = text.rows();
    let columns = find_columns(&text, rows.next()?.map(|(_, record)| record))?;
    let mut table = Table::new(genes)?;
    while let Some((byte, record)) = rows.next()? {
        table.take_row(&text, columns, byte, record)?;
    }
    if table.entries.is_empty() {
        return Err(DataError::HeaderOnly {
            path: path.to_owned(),
            expected: "one value a row",
        });
    }
    table.series(&text)
}

/// Where each of [`COLUMNS`] stands.
fn find_columns(text: &Text, header: Option<&StringRecord>) -> Result<[usize; 4], DataError> {
    let found: Vec<String> = header
        .into_iter()
        .flatten()
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    let positions = COLUMNS.map(|name| found.iter().position(|f| f == name));
    match positions {
        [Some(trajectory), Some(time), Some(gene), Some(value)] if found.len() == COLUMNS.len() => {
            Ok([trajectory, time, gene, value])
        }
        _ => Err(DataError::Header {
            path: text.path().to_owned(),
            expected: EXPECTED,
            found: shortened(&found.join(",")),
        }),
    }
}

/// Names and the numbers they go by, in order of appearance.
#[derive(Default)]
struct Index {
    names: Vec<String>,
    numbers: HashMap<String, usize>,
}

impl Index {
    fn get_or_insert(&mut self, name: &str) -> usize {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let number = self.names.len();
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }
}

/// One row of the table.
struct Entry {
    time: f64,
    gene: usize,
    value: f64,
    byte: u64,
}

/// The rows read so far.
struct Table {
    genes: Index,
    genes_are_given: bool,
    trajectories: Index,
    /// Rows of every trajectory, in the order of the file.
    entries: Vec<Vec<Entry>>,
}

impl Table {
    fn new(genes: Option<&[String]>) -> Result<Self, DataError> {
        let mut index = Index::default();
        if let Some(names) = genes {
            check_names("gene", names.iter().map(String::as_str))?;
            for name in names {
                index.get_or_insert(name);
            }
        }
        Ok(Self {
            genes: index,
            genes_are_given: genes.is_some(),
            trajectories: Index::default(),
            entries: Vec::new(),
        })
    }

    fn take_row(
        &mut self,
        text: &Text,
        columns: [usize; 4],
        byte: u64,
        record: &StringRecord,
    ) -> Result<(), DataError> {
        if record.len() != columns.len() {
            let (path, row) = (text.path().to_owned(), text.line(byte));
            return Err(DataError::Ragged {
                path,
                row,
                found: record.len(),
                expected: columns.len(),
            });
        }
        let [trajectory, time, gene, value] = columns.map(|column| record[column].trim());
        for (name, what, column) in [
            (trajectory, "trajectory", columns[0]),
            (gene, "gene", columns[2]),
        ] {
            if name.is_empty() {
                return Err(DataError::NameMissing {
                    place: text.place(byte, column, None),
                    what,
                });
            }
        }
        let place = |column: usize| text.place(byte, column, Some(gene));
        let time = number(time, || place(columns[1]))?.ok_or_else(|| DataError::TimeMissing {
            place: place(columns[1]),
        })?;
        let value = if value == "NA" { "" } else { value };
        let value = number(value, || place(columns[3]))?.unwrap_or(f64::NAN);
        if self.genes_are_given && !self.genes.numbers.contains_key(gene) {
            return Err(DataError::UnknownGene {
                place: place(columns[2]),
            });
        }
        let gene = self.genes.get_or_insert(gene);
        let trajectory = self.trajectories.get_or_insert(trajectory);
        self.entries
            .resize_with(self.trajectories.names.len(), Vec::new);
        self.entries[trajectory].push(Entry {
            time,
            gene,
            value,
            byte,
        });
        Ok(())
    }

    fn series(self, text: &Text) -> Result<TimeSeries, DataError> {
        let mut has_row = vec![false; self.genes.names.len()];
        for entry in self.entries.iter().flatten() {
            has_row[entry.gene] = true;
        }
        if let Some(absent) = has_row.iter().position(|has_row| !has_row) {
            return Err(DataError::AbsentGene {
                path: text.path().to_owned(),
                gene: self.genes.names[absent].clone(),
            });
        }
        let genes = self.genes.names;
        let named = self.trajectories.names.into_iter().zip(&self.entries);
        let trajectories = named
            .map(|(name, entries)| trajectory(text, &genes, name, entries))
            .collect::<Result<_, _>>()?;
        TimeSeries::new(genes, trajectories)
    }
}

/// The trajectory that some rows make.
fn trajectory(
    text: &Text,
    genes: &[String],
    name: String,
    entries: &[Entry],
) -> Result<Trajectory, DataError> {
    let mut times: Vec<f64> = entries.iter().map(|entry| entry.time).collect();
    times.sort_by(|a, b| in_time(*a, *b));
    times.dedup_by(|later, earlier| in_time(*later, *earlier).is_eq());
    let mut values = Array2::from_elem((times.len(), genes.len()), f64::NAN);
    let mut given_at: Array2<Option<u64>> = Array2::from_elem(values.dim(), None);
    for &Entry {
        time,
        gene,
        value,
        byte,
    } in entries
    {
        let point = times
            .binary_search_by(|other| in_time(*other, time))
            .expect("every time was collected above");
        if let Some(first) = given_at[[point, gene]].replace(byte) {
            let (path, first, second) = (text.path().to_owned(), text.line(first), text.line(byte));
            let gene = genes[gene].as_str().into();
            return Err(DataError::DuplicateValue {
                path,
                first,
                second,
                trajectory: name,
                time,
                gene,
            });
        }
        values[[point, gene]] = value;
    }
    Ok(Trajectory {
        name,
        times,
        values,
    })
}

/// Order of finite times.
fn in_time(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or(Ordering::Equal)
}
