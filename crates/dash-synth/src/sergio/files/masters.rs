//! The file of master regulators and their basal rates.

use std::fmt::Write as _;
use std::path::Path;

use super::fields::rows;
use crate::error::Result;
use crate::output::write_text;
use crate::sergio::system::System;
use crate::text::read_text;

/// One master regulator.
pub(super) struct Master {
    pub(super) row: usize,
    pub(super) gene: usize,
    pub(super) rates: Vec<f64>,
}

pub(super) fn read_masters(path: &Path) -> Result<Vec<Master>> {
    let text = read_text(path)?;
    let mut masters: Vec<Master> = Vec::new();
    for row in rows(path, &text, ',') {
        let types = masters.first().map_or(row.len() - 1, |m| m.rates.len());
        if types == 0 || row.len() != types + 1 {
            let problem = format!("{} rates, but there are {types} cell types", row.len() - 1);
            return Err(row.error(row.len().min(types + 1) + 1, problem));
        }
        let rate = |column| match row.number(column)? {
            rate if rate < 0.0 => {
                Err(row.error(column, format!("the rate {rate} must be at least 0")))
            }
            rate => Ok(rate),
        };
        masters.push(Master {
            row: row.row,
            gene: row.count(1)?,
            rates: (2..types + 2).map(rate).collect::<Result<_>>()?,
        });
    }
    if masters.is_empty() {
        return Err(super::empty(path));
    }
    Ok(masters)
}

/// Writes the master regulators file of a system, genes by their numbers.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io).
pub fn write_masters(path: &Path, system: &System) -> Result<()> {
    let mut text = String::new();
    for gene in 0..system.genes().len() {
        if let Some(rates) = system.basal(gene) {
            let rates: Vec<_> = rates.iter().map(f64::to_string).collect();
            let _ = writeln!(text, "{gene},{}", rates.join(","));
        }
    }
    write_text(path, &text)
}
