//! Writing the published format.

use std::io::{self, Write};
use std::path::Path;

use super::super::error::DataError;
use super::super::output::{write_atomically, write_number};
use super::digits::write_fifteen;
use crate::series::TimeSeries;

/// With how many digits numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Digits {
    /// The fewest that read back to the same bits.
    #[default]
    Shortest,
    /// At most 15 significant ones, as R writes them and as the published files have them.
    Fifteen,
}

/// Writes a published trajectory file. The names of genes and trajectories are not part of the format: write the genes with
/// [`write_gene_names`](crate::io::write_gene_names).
///
/// # Errors
/// If the file cannot be written.
pub fn write_published(path: &Path, series: &TimeSeries) -> Result<(), DataError> {
    write_published_with(path, series, Digits::Shortest)
}

/// Writes a published trajectory file with so many digits.
///
/// # Errors
/// If the file cannot be written.
pub fn write_published_with(
    path: &Path,
    series: &TimeSeries,
    digits: Digits,
) -> Result<(), DataError> {
    let longest = series
        .trajectories()
        .iter()
        .map(|t| t.times.len())
        .max()
        .unwrap_or(0);
    // The first row needs two fields.
    let width = longest.max(2);
    let genes = series.genes().len() as f64;
    let counts = [genes, series.trajectories().len() as f64];
    write_atomically(path, |out| {
        write_row(out, width, counts, digits)?;
        for trajectory in series.trajectories() {
            for gene in trajectory.values.columns() {
                write_row(out, width, gene.iter().copied(), digits)?;
            }
            write_row(out, width, trajectory.times.iter().copied(), digits)?;
        }
        Ok(())
    })
}

/// The values, then empty fields up to the width.
fn write_row(
    out: &mut dyn Write,
    width: usize,
    values: impl IntoIterator<Item = f64>,
    digits: Digits,
) -> io::Result<()> {
    let filled = values
        .into_iter()
        .chain(std::iter::repeat(f64::NAN))
        .take(width);
    for (column, value) in filled.enumerate() {
        if column > 0 {
            out.write_all(b",")?;
        }
        match digits {
            Digits::Shortest => write_number(out, value)?,
            Digits::Fifteen => write_fifteen(out, value)?,
        }
    }
    out.write_all(b"\n")
}
