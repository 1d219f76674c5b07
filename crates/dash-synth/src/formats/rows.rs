//! Rows of a delimited text.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::text::read_text;

/// A row of a file, with its number.
pub(super) struct Row {
    path: PathBuf,
    /// Row of the file, from 1.
    pub(super) number: usize,
    pub(super) fields: Vec<String>,
}

impl Row {
    /// An error in a field, counted from 0.
    pub(super) fn error(&self, field: usize, problem: String) -> Error {
        Error::Field {
            path: self.path.clone(),
            row: self.number,
            column: field + 1,
            problem,
        }
    }
}

/// All rows of a plain or packed file; the first line decides between commas and tabs. At least one.
pub(super) fn read_rows(path: &Path) -> Result<Vec<Row>> {
    let text = read_text(path)?;
    let first = text.lines().next().unwrap_or("");
    let delimiter = if first.contains('\t') { b'\t' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| Error::Row {
            path: path.to_owned(),
            row: error.position().map_or(1, csv::Position::line),
            problem: "this is not a table".into(),
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        rows.push(Row {
            path: path.to_owned(),
            number: line as usize,
            fields: record.iter().map(str::to_owned).collect(),
        });
    }
    if rows.is_empty() {
        return Err(Error::Row {
            path: path.to_owned(),
            row: 1,
            problem: "the file is empty".into(),
        });
    }
    Ok(rows)
}
