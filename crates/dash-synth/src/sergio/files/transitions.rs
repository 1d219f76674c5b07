//! The matrix of transitions between cell types.

use std::path::Path;

use ndarray::Array2;

use super::fields::rows;
use crate::error::Result;
use crate::output::write_text;
use crate::text::read_text;

/// Reads a matrix of transitions between cell types, tab-separated without a header; row i, column j is the share of cells that
/// type j starts with, coming from type i.
///
/// # Errors
/// [`Error::Field`](crate::Error::Field) with the place, where it is not a square of numbers that are not negative.
pub fn read_transitions(path: &Path) -> Result<Array2<f64>> {
    let text = read_text(path)?;
    let rows: Vec<_> = rows(path, &text, '\t').collect();
    let types = rows.len();
    if types == 0 {
        return Err(super::empty(path));
    }
    let mut values = Vec::with_capacity(types * types);
    for row in &rows {
        if row.len() != types {
            let problem = format!(
                "{} columns in a matrix of {types} rows, which must be square",
                row.len()
            );
            return Err(row.error(row.len().min(types) + 1, problem));
        }
        for column in 1..=types {
            let rate = row.number(column)?;
            if rate < 0.0 {
                return Err(row.error(column, format!("the rate {rate} must be at least 0")));
            }
            values.push(rate);
        }
    }
    Ok(Array2::from_shape_fn((types, types), |(i, j)| {
        values[i * types + j]
    }))
}

/// Writes a matrix of transitions, tab-separated.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io).
pub fn write_transitions(path: &Path, transitions: &Array2<f64>) -> Result<()> {
    let line = |row: ndarray::ArrayView1<'_, f64>| {
        let fields: Vec<_> = row.iter().map(f64::to_string).collect();
        fields.join("\t") + "\n"
    };
    let text: String = transitions.outer_iter().map(line).collect();
    write_text(path, &text)
}
