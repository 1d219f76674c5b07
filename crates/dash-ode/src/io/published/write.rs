//! Writing the published format.

use std::io::{self, Write};
use std::path::Path;

use super::super::error::DataError;
use super::super::output::{write_atomically, write_number};
use crate::series::TimeSeries;

/// Writes a published trajectory file. The names of genes and trajectories are not part of the format: write the genes with
/// [`write_gene_names`](crate::io::write_gene_names).
///
/// # Errors
/// If the file cannot be written.
pub fn write_published(path: &Path, series: &TimeSeries) -> Result<(), DataError> {
    let longest = series
        .trajectories()
        .iter()
        .map(|t| t.times.len())
        .max()
        .unwrap_or(0);
    // The first row needs two fields.
    let width = longest.max(2);
    write_atomically(path, |out| {
        write_row(
            out,
            width,
            [
                series.genes().len() as f64,
                series.trajectories().len() as f64,
            ],
        )?;
        for trajectory in series.trajectories() {
            for gene in trajectory.values.columns() {
                write_row(out, width, gene.iter().copied())?;
            }
            write_row(out, width, trajectory.times.iter().copied())?;
        }
        Ok(())
    })
}

/// The values, then empty fields up to the width.
fn write_row(
    out: &mut dyn Write,
    width: usize,
    values: impl IntoIterator<Item = f64>,
) -> io::Result<()> {
    let filled = values
        .into_iter()
        .chain(std::iter::repeat(f64::NAN))
        .take(width);
    for (column, value) in filled.enumerate() {
        if column > 0 {
            out.write_all(b",")?;
        }
        write_number(out, value)?;
    }
    out.write_all(b"\n")
}
