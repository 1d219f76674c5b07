//! A table of numbers with names along both sides.

use std::collections::HashMap;
use std::path::Path;

use ndarray::Array2;

use super::error::DataError;
use super::text::{Text, number, shortened};

/// A table with names along both sides.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Names of the rows.
    pub rows: Vec<String>,
    /// Rows × columns; NaN where the field is empty, `NA` or `NaN`.
    pub values: Array2<f64>,
}

/// Reads a table whose first row names the columns and whose first column names the rows. The first row may begin with an
/// empty field, or lack it as tables of R do. `expected` says what the file should hold, `what` what a row stands for.
///
/// # Errors
/// Each names the file, row and column: a file that cannot be read or is empty; rows of another width; fields that are no
/// finite numbers; rows without a name or with one that another has; columns of one name.
pub fn read_table(
    path: &Path,
    expected: &'static str,
    what: &'static str,
) -> Result<Table, DataError> {
    let text = Text::open(path, expected)?;
    let mut rows = text.rows();
    let header = rows
        .next()?
        .map(|(_, record)| record.clone())
        .unwrap_or_default();
    let mut columns: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
    let (mut names, mut values) = (Vec::new(), Vec::new());
    let mut lines: HashMap<String, usize> = HashMap::new();
    while let Some((byte, record)) = rows.next()? {
        let is_unnamed = columns.first().is_some_and(String::is_empty);
        if names.is_empty() && (is_unnamed || record.len() <= columns.len()) {
            columns.remove(0);
        }
        if columns.is_empty() {
            return Err(DataError::Header {
                path: path.to_owned(),
                expected,
                found: shortened(&header.iter().collect::<Vec<_>>().join(",")),
            });
        }
        if record.len() != columns.len() + 1 {
            return Err(DataError::Ragged {
                path: path.to_owned(),
                row: text.line(byte),
                found: record.len(),
                expected: columns.len() + 1,
            });
        }
        let name = record[0].trim().to_owned();
        if name.is_empty() {
            let place = text.place(byte, 0, None);
            return Err(DataError::NameMissing { place, what });
        }
        if let Some(first) = lines.insert(name.clone(), text.line(byte)) {
            return Err(DataError::RowTwice {
                path: path.to_owned(),
                what,
                first,
                second: text.line(byte),
                name,
            });
        }
        for (column, field) in record.iter().enumerate().skip(1) {
            let field = match field.trim() {
                "NA" | "NaN" | "nan" => "",
                field => field,
            };
            let place = || text.place(byte, column, (what == "gene").then_some(name.as_str()));
            values.push(number(field, place)?.unwrap_or(f64::NAN));
        }
        names.push(name);
    }
    if names.is_empty() {
        return Err(DataError::HeaderOnly {
            path: path.to_owned(),
            expected,
        });
    }
    if let Some((first, second)) = twice(&columns) {
        // The first field of the header is that of the rows' names, where it is not left out.
        let before = header.len() - columns.len();
        return Err(DataError::ColumnTwice {
            path: path.to_owned(),
            name: columns[first].clone(),
            first: before + first + 1,
            second: before + second + 1,
        });
    }
    let shape = (names.len(), columns.len());
    let values = Array2::from_shape_vec(shape, values).map_err(|_| DataError::None { what })?;
    Ok(Table {
        columns,
        rows: names,
        values,
    })
}

/// The first two places of the same name.
fn twice(names: &[String]) -> Option<(usize, usize)> {
    let mut places = HashMap::new();
    (0..)
        .zip(names)
        .find_map(|(place, name)| Some((places.insert(name, place)?, place)))
}
