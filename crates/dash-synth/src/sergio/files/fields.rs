//! Rows of numbers.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// A row of separated fields that is not blank.
pub(super) struct Fields<'a> {
    path: &'a Path,
    /// Row of the file, from 1.
    pub(super) row: usize,
    values: Vec<&'a str>,
}

/// The rows of a text that are not blank.
pub(super) fn rows<'a>(
    path: &'a Path,
    text: &'a str,
    separator: char,
) -> impl Iterator<Item = Fields<'a>> {
    let numbered = text.lines().enumerate();
    let filled = numbered.filter(|(_, line)| !line.trim().is_empty());
    filled.map(move |(number, line)| Fields {
        path,
        row: number + 1,
        values: line.split(separator).map(str::trim).collect(),
    })
}

impl Fields<'_> {
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// The number in a column, from 1.
    pub(super) fn number(&self, column: usize) -> Result<f64> {
        let Some(field) = self.values.get(column - 1) else {
            let problem = format!("the row ends after {} fields", self.len());
            return Err(self.error(column, problem));
        };
        let number = field.parse::<f64>().ok().filter(|x| x.is_finite());
        number.ok_or_else(|| self.error(column, format!("{field:?} is not a number")))
    }

    /// The count or gene number in a column, which may be written as a float.
    pub(super) fn count(&self, column: usize) -> Result<usize> {
        let number = self.number(column)?;
        if number >= 0.0 && number.fract() == 0.0 && number < 1e9 {
            Ok(number as usize)
        } else {
            let problem = format!("{number} is not a whole number of at least 0");
            Err(self.error(column, problem))
        }
    }

    pub(super) fn error(&self, column: usize, problem: String) -> Error {
        at(self.path, self.row, column, problem)
    }
}

/// An error at a place of a file.
pub(super) fn at(path: &Path, row: usize, column: usize, problem: String) -> Error {
    Error::Field {
        path: PathBuf::from(path),
        row,
        column,
        problem,
    }
}
