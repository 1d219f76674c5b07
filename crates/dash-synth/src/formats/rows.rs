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
    /// The number in a field, counted from 0.
    pub(super) fn value(&self, field: usize) -> Result<f64> {
        let text = &self.fields[field];
        let number = text.parse::<f64>().ok().filter(|x| x.is_finite());
        number.ok_or_else(|| self.error(field, format!("{text:?} is not a finite number")))
    }

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

/// A matrix whose rows are named in the first field and whose columns are named in the first row, which may begin with an
/// empty field or lack it (as tables of R do); `value` reads a field.
pub(super) fn read_matrix(
    path: &Path,
    value: impl Fn(&Row, usize) -> Result<f64>,
) -> Result<(Vec<String>, Vec<String>, ndarray::Array2<f64>)> {
    let mut rows = read_rows(path)?.into_iter();
    let header = rows.next().expect("there is a first row").fields;
    let mut rows: Vec<Row> = rows.collect();
    let width = rows.first().map_or(header.len(), |row| row.fields.len());
    let columns = match header.len() {
        n if n == width => header[1..].to_vec(),
        n if n + 1 == width => header,
        n => {
            let problem = format!("{width} fields below a first row of {n}");
            return Err(rows[0].error(0, problem));
        }
    };
    let mut values = Vec::with_capacity(rows.len() * columns.len());
    for row in &rows {
        if row.fields.len() != width {
            let problem = format!(
                "{} fields where the rows above have {width}",
                row.fields.len()
            );
            return Err(row.error(row.fields.len().min(width) - 1, problem));
        }
        for field in 1..width {
            values.push(value(row, field)?);
        }
    }
    let names: Vec<String> = rows
        .iter_mut()
        .map(|row| row.fields.swap_remove(0))
        .collect();
    let shape = (names.len(), columns.len());
    let values = ndarray::Array2::from_shape_vec(shape, values).expect("rows of one width");
    Ok((names, columns, values))
}
