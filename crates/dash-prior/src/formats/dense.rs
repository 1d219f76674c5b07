//! Dense matrix files: k rows of k numbers, no header.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::atomic;
use super::table::{Delimiter, Row, Table};
use crate::error::{Error, Place, Result};
use crate::gene_index::GeneIndex;
use crate::network::{Edge, Network};
use crate::prior_matrix::PriorMatrix;
use crate::report::ReadReport;

/// What a row of a dense file stands for. Nothing in such a file tells, so it must be stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Orientation {
    /// A row holds the effects of one regulator, a column those on one target: the published prior files.
    RegulatorRows,
    /// A row holds the effects on one target, as in [`PriorMatrix`].
    TargetRows,
}

/// Reads k rows of k numbers, plain or gzipped; row and column i belong to gene i. Zeros are no edges.
///
/// Without `delimiter`, the first row decides.
///
/// # Errors
/// Each names the file, the row and the column: a file that is missing, empty or not UTF-8; ragged rows; text, NaN
/// or infinity for a number; another shape than k × k.
pub fn read_dense(
    path: impl AsRef<Path>,
    genes: &GeneIndex,
    orientation: Orientation,
    delimiter: Option<Delimiter>,
) -> Result<(Network, ReadReport)> {
    let file = path.as_ref();
    let mut table = Table::open(file, delimiter)?;
    let mut edges = Vec::new();
    let (mut rows, mut columns) = (0, 0);
    while let Some(row) = table.next()? {
        columns = row.len();
        if rows < genes.len() && columns == genes.len() {
            add_row(&row, rows, genes, orientation, &mut edges)
                .map_err(|wrong| wrong.in_file(file, row.number))?;
        }
        rows += 1;
    }
    if rows == 0 {
        return Err(Error::EmptyFile {
            file: file.to_path_buf(),
            expected: "one row of numbers per gene",
        });
    }
    if rows != genes.len() || columns != genes.len() {
        return Err(Error::DenseShape {
            file: file.to_path_buf(),
            rows,
            columns,
            genes: genes.len(),
        });
    }
    let network = Network::new(genes.clone(), edges)?;
    let report = ReadReport {
        rows,
        edges: network.edges().len(),
        self_loops: network.self_loops(),
        ..ReadReport::default()
    };
    Ok((network, report))
}

fn add_row(
    row: &Row<'_>,
    gene: usize,
    genes: &GeneIndex,
    orientation: Orientation,
    edges: &mut Vec<Edge>,
) -> Result<(), WrongField> {
    for (other, text) in row.iter().enumerate() {
        // Nearly all fields of a prior are this one, and parsing a number is slow beside comparing a byte.
        if text == "0" {
            continue;
        }
        let number = text.parse().ok().filter(|number: &f64| number.is_finite());
        let weight = number.ok_or_else(|| WrongField {
            column: format!("{} ({})", other + 1, genes.name(other)),
            text: text.into(),
        })?;
        if weight != 0.0 {
            let (from, to) = match orientation {
                Orientation::RegulatorRows => (gene, other),
                Orientation::TargetRows => (other, gene),
            };
            edges.push(Edge { from, to, weight });
        }
    }
    Ok(())
}

struct WrongField {
    column: String,
    text: String,
}

impl WrongField {
    fn in_file(self, file: &Path, row: usize) -> Error {
        Error::Value {
            at: Place {
                file: file.to_path_buf(),
                row,
            },
            column: self.column,
            text: self.text,
            expected: "a finite number; a dense file has neither header nor row names",
        }
    }
}

/// Writes k rows of k numbers, separated by commas; gzipped where the name ends in `.gz`.
///
/// # Errors
/// [`Error::Write`]; the file then is what it was before.
pub fn write_dense(
    path: impl AsRef<Path>,
    network: &Network,
    orientation: Orientation,
) -> Result<()> {
    let by_target = PriorMatrix::from_network(network);
    let matrix = match orientation {
        Orientation::TargetRows => by_target,
        Orientation::RegulatorRows => by_target.transpose(),
    };
    atomic::write(path.as_ref(), |out| {
        let mut line = String::new();
        for row in 0..matrix.dim() {
            line.clear();
            let (columns, values) = matrix.row(row);
            let mut entries = columns.iter().zip(values).peekable();
            for column in 0..matrix.dim() {
                if column > 0 {
                    line.push(',');
                }
                match entries.next_if(|(next, _)| **next == column) {
                    Some((_, value)) => line.push_str(&value.to_string()),
                    None => line.push('0'),
                }
            }
            line.push('\n');
            out.write_all(line.as_bytes())?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::*;

    fn genes(count: usize) -> GeneIndex {
        GeneIndex::new((0..count).map(|i| format!("G{i}")).collect()).unwrap()
    }

    fn read(text: &str, count: usize, orientation: Orientation) -> Result<(Network, ReadReport)> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("prior.csv");
        fs::write(&path, text).unwrap();
        read_dense(&path, &genes(count), orientation, None)
    }

    #[test]
    fn the_orientation_says_who_regulates() {
        let text = "0,0.5\n0.0,-1\n";
        let (rows, report) = read(text, 2, Orientation::RegulatorRows).unwrap();
        assert_eq!((rows.weight(0, 1), rows.weight(1, 0)), (Some(0.5), None));
        assert_eq!((report.rows, report.edges, report.self_loops), (2, 2, 1));
        let (columns, _) = read(text, 2, Orientation::TargetRows).unwrap();
        assert_eq!(
            (columns.weight(1, 0), columns.weight(0, 1)),
            (Some(0.5), None)
        );
        let (tabs, _) = read("0\t0.5\n0\t-1\n", 2, Orientation::RegulatorRows).unwrap();
        assert!(tabs == rows);
    }

    #[test]
    fn bad_numbers_are_placed() {
        for bad in ["NaN", "inf", "x", ""] {
            let error = read(&format!("0,0\n0,{bad}\n"), 2, Orientation::TargetRows)
                .unwrap_err()
                .to_string();
            assert!(
                error.contains("prior.csv, row 2, column 2 (G1)")
                    && error.contains("finite number"),
                "{error}"
            );
        }
        let error = read("G0,G1\n0,1\n1,0\n", 2, Orientation::TargetRows)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("row 1") && error.contains("header"),
            "{error}"
        );
    }

    #[test]
    fn other_shapes_are_refused() {
        for (text, rows, columns) in [
            ("0,0\n", 1, 2),
            ("0,0\n0,0\n0,0\n", 3, 2),
            ("0,0,0\n0,0,0\n", 2, 3),
        ] {
            let error = read(text, 2, Orientation::TargetRows).unwrap_err();
            let found = matches!(&error, Error::DenseShape { rows: r, columns: c, .. } if (*r, *c) == (rows, columns));
            assert!(found, "{error}");
        }
        assert!(matches!(
            read("", 2, Orientation::TargetRows),
            Err(Error::EmptyFile { .. })
        ));
        assert!(matches!(
            read("0,0\n0\n", 2, Orientation::TargetRows),
            Err(Error::Ragged { .. })
        ));
        let missing = read_dense("absent.csv", &genes(2), Orientation::TargetRows, None);
        assert!(matches!(missing, Err(Error::Read { .. })));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            k in 1usize..8,
            weights in prop::collection::vec(prop_oneof![Just(0.0), prop::num::f64::NORMAL], 64),
            regulator_rows: bool,
            gzip: bool,
        ) {
            let pairs = (0..k).flat_map(|from| (0..k).map(move |to| (from, to)));
            let edges = pairs.zip(&weights).filter(|(_, weight)| **weight != 0.0);
            let edges = edges.map(|((from, to), &weight)| Edge { from, to, weight }).collect();
            let network = Network::new(genes(k), edges).unwrap();
            let orientation = if regulator_rows { Orientation::RegulatorRows } else { Orientation::TargetRows };
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join(if gzip { "prior.csv.gz" } else { "prior.csv" });
            write_dense(&path, &network, orientation).unwrap();
            prop_assert!(read_dense(&path, network.genes(), orientation, None).unwrap().0 == network);
        }
    }
}
