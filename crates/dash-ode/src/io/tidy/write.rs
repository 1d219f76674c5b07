//! Writing a tidy table.

use std::path::Path;

use super::super::error::DataError;
use super::super::output::{write_atomically, write_number};
use super::COLUMNS;
use crate::series::TimeSeries;

/// Writes a tidy table, one row for every value, missing ones included; separated by tabs if the name ends in `.tsv` or
/// `.tsv.gz`, else by commas.
///
/// # Errors
/// If the file cannot be written.
pub fn write_tidy(path: &Path, series: &TimeSeries) -> Result<(), DataError> {
    let delimiter = if is_tab_separated(path) { b'\t' } else { b',' };
    write_atomically(path, |out| {
        let mut writer = csv::WriterBuilder::new()
            .delimiter(delimiter)
            .from_writer(out);
        writer.write_record(COLUMNS)?;
        let (mut time, mut value) = (Vec::new(), Vec::new());
        for trajectory in series.trajectories() {
            for (&at, point) in trajectory.times.iter().zip(trajectory.values.outer_iter()) {
                time.clear();
                write_number(&mut time, at)?;
                for (gene, &expression) in series.genes().iter().zip(point) {
                    value.clear();
                    write_number(&mut value, expression)?;
                    writer.write_record([
                        trajectory.name.as_bytes(),
                        &time,
                        gene.as_bytes(),
                        &value,
                    ])?;
                }
            }
        }
        writer.flush()
    })
}

/// Whether a name ends in `.tsv` or `.tsv.gz`.
fn is_tab_separated(path: &Path) -> bool {
    let ends_in = |path: &Path, ending: &str| {
        path.extension()
            .is_some_and(|e| e.eq_ignore_ascii_case(ending))
    };
    ends_in(path, "tsv") || (ends_in(path, "gz") && ends_in(&path.with_extension(""), "tsv"))
}
