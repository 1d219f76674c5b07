//! SERGIO's input files.

mod fields;
mod masters;
mod targets;
mod transitions;

use std::path::Path;

use dash_prior::GeneIndex;

use super::system::System;
use crate::error::{Error, Result};
use masters::read_masters;
use targets::read_targets;

pub use masters::write_masters;
pub use targets::write_targets;
pub use transitions::{read_transitions, write_transitions};

/// Reads a system from its targets file and its master regulators file. Genes are named by their numbers, which must be
/// 0, 1, … without a gap.
///
/// Targets: `target, m, m regulators, m strengths, m exponents` without a header. With `shared_exponent` every
/// interaction has that Hill exponent, and those of the file are ignored or absent. Masters: `gene, rate in every cell
/// type`. Numbers may be written as floats, rows may be blank, and files may be packed.
///
/// # Errors
/// [`Error::Field`] or [`Error::Row`] with the place in the file; what [`System::new`] refuses.
pub fn read_system(targets: &Path, masters: &Path, shared_exponent: Option<f64>) -> Result<System> {
    let rows = read_targets(targets, shared_exponent)?;
    let rates = read_masters(masters)?;
    let genes = rows.len() + rates.len();
    let mut basal = vec![None; genes];
    let mut seen = vec![false; genes];
    let mut interactions = Vec::new();
    let mut place = |path: &Path, row: usize, gene: usize| {
        let problem = if gene >= genes {
            format!(
                "gene {gene} in files of {genes} genes, which must be 0 to {}",
                genes - 1
            )
        } else if std::mem::replace(&mut seen[gene], true) {
            format!("gene {gene} has a row already, here or in the other file")
        } else {
            return Ok(());
        };
        Err(fields::at(path, row, 1, problem))
    };
    for row in rates {
        place(masters, row.row, row.gene)?;
        basal[row.gene] = Some(row.rates);
    }
    for row in rows {
        place(targets, row.row, row.gene)?;
        for (column, interaction) in row.interactions.into_iter().enumerate() {
            if interaction.regulator >= genes {
                let problem = format!(
                    "regulator {} is defined in neither file",
                    interaction.regulator
                );
                return Err(fields::at(targets, row.row, 3 + column, problem));
            }
            interactions.push(interaction);
        }
    }
    let names = (0..genes).map(|gene| gene.to_string()).collect();
    System::new(GeneIndex::new(names)?, basal, interactions)
}

/// An error in a whole file.
fn empty(path: &Path) -> Error {
    Error::Row {
        path: path.to_owned(),
        row: 1,
        problem: "the file is empty".into(),
    }
}
