//! Reading the published format: the first row, the number of rows, the names.

use std::path::Path;

use csv::StringRecord;

use super::super::error::DataError;
use super::super::text::{Text, shortened};
use super::super::ties::Ties;
use super::body::Body;
use crate::series::TimeSeries;

const EXPECTED: &str =
    "a row `genes,trajectories`, then gene rows and a time row for every trajectory";
const FIRST_ROW: &str = "`genes,trajectories` (two positive counts, then empty fields)";

/// Where the gene names of a published file come from.
#[derive(Debug, Clone, Copy)]
pub enum Genes<'a> {
    /// The names, in the order of the rows; see [`read_gene_names`](crate::io::read_gene_names).
    Named(&'a [String]),
    /// Names made up: `gene_1`, `gene_2`, …
    Numbered,
}

/// Reads a published trajectory file. Trajectories are called `trajectory_1`, `trajectory_2`, …
///
/// The length of a trajectory is that of its time row, not the width of the file. Gene rows that are longer than their time
/// row are an error, unless `ties` asks for the mean of tied points and the data tell which points are tied.
///
/// # Errors
/// A file that cannot be read; a first row that is no pair of counts, or does not agree with the names or with the rows below;
/// rows of unequal width; fields that are not finite numbers; times that are missing or do not increase strictly; values
/// without a time.
pub fn read_published(path: &Path, genes: Genes<'_>, ties: Ties) -> Result<TimeSeries, DataError> {
    let text = Text::open(path, EXPECTED)?;
    let (genes_said, trajectories_said) = read_counts(&text)?;
    if let Genes::Named(names) = genes
        && names.len() != genes_said
    {
        let (path, names) = (path.to_owned(), names.len());
        return Err(DataError::GeneCount {
            path,
            header: genes_said,
            names,
        });
    }
    check_row_count(&text, genes_said, trajectories_said)?;
    let names = match genes {
        Genes::Named(names) => names.to_vec(),
        Genes::Numbered => (1..=genes_said)
            .map(|number| format!("gene_{number}"))
            .collect(),
    };
    let trajectories = Body::new(&text, &names, ties).read()?;
    TimeSeries::new(names, trajectories)
}

/// Genes and trajectories according to the first row.
fn read_counts(text: &Text) -> Result<(usize, usize), DataError> {
    let mut rows = text.rows();
    let first = rows
        .next()?
        .map_or_else(StringRecord::new, |(_, record)| record.clone());
    let fields: Vec<&str> = first.iter().map(str::trim).collect();
    let counts = match fields[..] {
        [genes, trajectories, ref filling @ ..] if filling.iter().all(|f| f.is_empty()) => {
            genes.parse().ok().zip(trajectories.parse().ok())
        }
        _ => None,
    };
    counts
        .filter(|&(genes, trajectories)| genes > 0 && trajectories > 0)
        .ok_or_else(|| DataError::Header {
            path: text.path().to_owned(),
            expected: FIRST_ROW,
            found: shortened(&fields.join(",")),
        })
}

/// A missing row would make nonsense of those that follow, so rows are counted before any is understood.
fn check_row_count(text: &Text, genes: usize, trajectories: usize) -> Result<(), DataError> {
    let mut rows = text.rows();
    let mut found = 0_usize;
    rows.next()?;
    while rows.next()?.is_some() {
        found += 1;
    }
    let path = text.path().to_owned();
    let expected = trajectories.saturating_mul(genes.saturating_add(1));
    match found {
        0 => Err(DataError::HeaderOnly {
            path,
            expected: EXPECTED,
        }),
        _ if found == expected => Ok(()),
        _ => Err(DataError::RowCount {
            path,
            found,
            expected,
            trajectories,
            genes,
        }),
    }
}
