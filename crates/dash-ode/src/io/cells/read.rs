//! Reading a table of cells.

use std::path::Path;

use ndarray::Array2;

use super::super::error::DataError;
use super::super::text::{Text, number, shortened};

const EXPECTED: &str = "a header `dpt_pseudotime` and gene names, then one row a cell";
const TIME: &str = "dpt_pseudotime";

/// The cells of one batch and lineage, in the order of the file, which need not be that of pseudotime.
#[derive(Debug, Clone, PartialEq)]
pub struct Cells {
    /// Gene names, in the order of the columns of `values`.
    pub genes: Vec<String>,
    /// Pseudotime of every cell.
    pub times: Vec<f64>,
    /// Expression, cells × genes.
    pub values: Array2<f64>,
}

/// Reads a table of cells: a header `dpt_pseudotime` and gene names, then one row a cell, by tabs or commas.
///
/// # Errors
/// A file that cannot be read, has another header or no cells; rows of unequal width; fields that are missing or no
/// finite numbers.
///
/// # Reference
/// The files of `PathReg`, Aliee et al., `NeurIPS` 2022.
pub fn read_cells(path: &Path) -> Result<Cells, DataError> {
    let text = Text::open(path, EXPECTED)?;
    let mut rows = text.rows();
    let header: Vec<String> = match rows.next()? {
        Some((_, record)) => record.iter().map(|name| name.trim().to_owned()).collect(),
        None => Vec::new(),
    };
    let genes = match header.split_first() {
        Some((time, genes)) if time == TIME && !genes.is_empty() => genes.to_vec(),
        _ => {
            return Err(DataError::Header {
                path: path.to_owned(),
                expected: EXPECTED,
                found: shortened(&header.join(",")),
            });
        }
    };
    let (mut times, mut values) = (Vec::new(), Vec::new());
    while let Some((byte, record)) = rows.next()? {
        if record.len() != header.len() {
            return Err(DataError::Ragged {
                path: path.to_owned(),
                row: text.line(byte),
                found: record.len(),
                expected: header.len(),
            });
        }
        for (column, field) in record.iter().enumerate() {
            let gene = column.checked_sub(1).map(|gene| genes[gene].as_str());
            let place = || text.place(byte, column, gene);
            let value = number(field, place)?;
            match (value, gene) {
                (Some(time), None) => times.push(time),
                (Some(value), Some(_)) => values.push(value),
                (None, None) => return Err(DataError::TimeMissing { place: place() }),
                (None, Some(_)) => {
                    return Err(DataError::NotANumber {
                        place: place(),
                        text: String::new(),
                    });
                }
            }
        }
    }
    let cells = times.len();
    let values = Array2::from_shape_vec((cells, genes.len()), values);
    match values {
        Ok(values) if cells > 0 => Ok(Cells {
            genes,
            times,
            values,
        }),
        _ => Err(DataError::HeaderOnly {
            path: path.to_owned(),
            expected: EXPECTED,
        }),
    }
}
