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

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these values are exact")]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn written(folder: &Path, name: &str, text: &str) -> PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn read(targets: &str, masters: &str, exponent: Option<f64>) -> Result<System> {
        let folder = tempfile::tempdir().unwrap();
        let targets = written(folder.path(), "targets.csv", targets);
        let masters = written(folder.path(), "masters.csv", masters);
        read_system(&targets, &masters, exponent)
    }

    #[test]
    fn numbers_may_be_floats_and_rows_blank() {
        let targets = " 1.0, 1.0, 0.0, 1.5, 2.5\n\n2,2,0,1,2,-3,2,1\n";
        let system = read(targets, "0,0.5,1\n\n", None).unwrap();
        assert_eq!((system.genes().len(), system.types()), (3, 2));
        assert_eq!(system.regulators(1)[0].exponent, 2.5);
        assert_eq!(system.regulators(2)[1].strength, -3.0);
        let shared = read("1,1,0,1.5\n2,1,0,-1,9\n", "0,1\n", Some(2.0)).unwrap();
        assert!(shared.interactions().iter().all(|i| i.exponent == 2.0));
    }

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for system in [
            crate::sergio::testing::chain(),
            crate::sergio::testing::circle(),
        ] {
            write_targets(&path("targets.csv.gz"), &system).unwrap();
            write_masters(&path("masters.csv"), &system).unwrap();
            let again = read_system(&path("targets.csv.gz"), &path("masters.csv"), None).unwrap();
            assert_eq!(again, system);
        }
        let transitions = ndarray::arr2(&[[0.0, 0.25], [0.0, 0.0]]);
        write_transitions(&path("transitions.tab"), &transitions).unwrap();
        assert_eq!(
            read_transitions(&path("transitions.tab")).unwrap(),
            transitions
        );
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let cases = [
            (
                "1,1,7,1,2\n",
                "0,1\n",
                "targets.csv, row 1, column 3: regulator 7 is defined in neither file",
            ),
            (
                "1,1,0,1,2\n",
                "0,-1\n",
                "masters.csv, row 1, column 2: the rate -1 must be at least 0",
            ),
            (
                "1,1,0,1,2\n",
                "0,1,2\n2,1\n",
                "masters.csv, row 2, column 3: 1 rates, but there are 2 cell types",
            ),
            (
                "1,1,0,1,2\n1,1,0,1,2\n",
                "0,1\n",
                "targets.csv, row 2, column 1: gene 1 has a row already",
            ),
            (
                "1,0\n",
                "0,1\n",
                "row 1, column 2: a target needs at least 1 regulator",
            ),
            (
                "1,1,0,1\n",
                "0,1\n",
                "row 1, column 5: 4 fields, but 1 regulators take 5",
            ),
            (
                "1,1,0,x,2\n",
                "0,1\n",
                "row 1, column 4: \"x\" is not a number",
            ),
            (
                "1,1,0,1,-2\n",
                "0,1\n",
                "row 1, column 5: the Hill exponent -2 must be above 0",
            ),
            ("1,1,0,1,2\n", "\n", "masters.csv, row 1: the file is empty"),
        ];
        for (targets, masters, expected) in cases {
            let message = read(targets, masters, None).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
        let folder = tempfile::tempdir().unwrap();
        let path = written(folder.path(), "transitions.tab", "0\t0.5\n0\t0\t0\n");
        let message = read_transitions(&path).unwrap_err().to_string();
        assert!(
            message.contains("row 2, column 3") && message.contains("square"),
            "{message}"
        );
    }
}
