//! BEELINE's pair of files: genes × cells, and the pseudotime of every cell.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::error::DataError;
use super::table::{Table, read_table};
use crate::cells::{Cells, Lineage};

const EXPRESSION: &str = "a header with the cells after an empty first field, and one row a gene";
const PSEUDOTIME: &str = "a header with one column a lineage, and one row a cell";

/// Reads `ExpressionData.csv` (genes × cells) and `PseudoTime.csv` (cells × lineages; empty or `NA` for a cell that is not
/// part of a lineage). A pseudotime of a cell without expression, and a cell without pseudotime, are errors.
///
/// # Errors
/// Each names the file, row and column: files that cannot be read or are empty; rows of another width; fields that are
/// no numbers; a name that is given twice; cells of one file that the other lacks.
///
/// # Reference
/// BEELINE, Pratapa et al. 2020, input format.
pub fn read_beeline(expression: &Path, pseudotime: &Path) -> Result<Cells, DataError> {
    let by_gene = read_table(expression, EXPRESSION, "gene")?;
    let by_cell = read_table(pseudotime, PSEUDOTIME, "cell")?;
    let known: HashSet<&String> = by_gene.columns.iter().collect();
    if !by_cell.rows.iter().any(|cell| known.contains(cell)) {
        return Err(DataError::NoCommonCell {
            expression: expression.to_owned(),
            pseudotime: pseudotime.to_owned(),
            column: by_gene.columns[0].clone(),
            row: by_cell.rows[0].clone(),
        });
    }
    let lineages = lineages(pseudotime, &by_cell, &by_gene.columns)?;
    if let Some(cell) = by_cell.rows.iter().find(|cell| !known.contains(cell)) {
        return Err(DataError::AbsentCell {
            path: expression.to_owned(),
            cell: cell.clone(),
        });
    }
    Ok(Cells {
        lineages,
        values: by_gene.values.reversed_axes(),
        genes: by_gene.rows,
    })
}

/// Reads `PseudoTime.csv` alone: the pseudotimes of these cells, in their order; NaN for a cell that is not part of a lineage.
///
/// # Errors
/// Those of [`read_table`], and a cell that the file lacks.
pub fn read_pseudotime(path: &Path, cells: &[String]) -> Result<Vec<Lineage>, DataError> {
    lineages(path, &read_table(path, PSEUDOTIME, "cell")?, cells)
}

fn lineages(path: &Path, times: &Table, cells: &[String]) -> Result<Vec<Lineage>, DataError> {
    let rows: HashMap<&String, usize> = times.rows.iter().zip(0..).collect();
    let row = |cell: &String| {
        rows.get(cell)
            .copied()
            .ok_or_else(|| DataError::AbsentCell {
                path: path.to_owned(),
                cell: cell.clone(),
            })
    };
    let order: Vec<usize> = cells.iter().map(row).collect::<Result<_, _>>()?;
    let lineage = |(column, name): (usize, &String)| Lineage {
        name: name.clone(),
        pseudotime: order
            .iter()
            .map(|&row| times.values[[row, column]])
            .collect(),
    };
    Ok(times.columns.iter().enumerate().map(lineage).collect())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn read(expression: &str, pseudotime: &str) -> Result<Cells, DataError> {
        let folder = tempfile::tempdir().unwrap();
        let [e, p] = ["ExpressionData.csv", "PseudoTime.csv"].map(|n| folder.path().join(n));
        fs::write(&e, expression).unwrap();
        fs::write(&p, pseudotime).unwrap();
        read_beeline(&e, &p)
    }

    #[test]
    fn cells_are_matched_by_name() {
        let cells = read(
            ",E2_100,E1_200\ng1,0.5,1.5\ng2,2,NA\n",
            ",PseudoTime1,PseudoTime2\nE1_200,0.7,NA\nE2_100,0.1,0.2\n",
        )
        .unwrap();
        assert_eq!(cells.genes, ["g1", "g2"]);
        assert_eq!(cells.values.row(0).to_vec(), [0.5, 2.0]);
        assert!(cells.values[[1, 1]].is_nan());
        assert_eq!(cells.lineages[0].name, "PseudoTime1");
        assert_eq!(cells.lineages[0].pseudotime, [0.1, 0.7]);
        assert!(cells.lineages[1].pseudotime[1].is_nan());
    }

    #[test]
    fn tables_of_r_lack_the_first_field() {
        let cells = read(
            ",c1,c2\ng,1,2\n",
            "PseudoTime1,PseudoTime2\nc2,NaN,3\nc1,1,2\n",
        )
        .unwrap();
        assert_eq!(cells.lineages.len(), 2);
        assert_eq!(cells.lineages[1].pseudotime, [2.0, 3.0]);
        assert!(cells.lineages[0].pseudotime[1].is_nan());
    }

    #[test]
    fn one_column_separated_by_tabs_is_read() {
        let cells = read("\tc1\ng1\t0.5\ng2\t2\n", "\tPseudoTime\nc1\t0.1\n").unwrap();
        assert_eq!(cells.genes, ["g1", "g2"]);
        assert_eq!(cells.lineages[0].name, "PseudoTime");
        assert_eq!(cells.lineages[0].pseudotime, [0.1]);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let pseudotime = ",PseudoTime\nc1,0.1\nc2,0.2\n";
        for (expression, times, parts) in [
            (",c1,c3\ng,1,2\n", pseudotime, ["PseudoTime.csv", "c3"]),
            (",c1\ng,1\n", pseudotime, ["ExpressionData.csv", "c2"]),
            (",c1,c2\ng,1\n", pseudotime, ["row 2", "2 fields"]),
            (",c1,c2\ng,1,x\n", pseudotime, ["row 2, column 3", "`x`"]),
            (
                ",c1,c2\ng,1,2\ng,1,2\n",
                pseudotime,
                ["rows 2 and 3", "`g`"],
            ),
            (
                ",c1,c2,c1\ng,1,2,3\n",
                pseudotime,
                ["ExpressionData.csv, row 1", "columns 2 and 4"],
            ),
            (
                ",g1,g2\nc1,1,2\nc2,1,2\n",
                pseudotime,
                ["no cell in common", "transposed"],
            ),
            (",c1,c2\ng,1,2,5\n", pseudotime, ["row 2", "quote"]),
            (",c1,c2\n", pseudotime, ["ExpressionData.csv", "no data"]),
            ("g\n1\n", pseudotime, ["ExpressionData.csv", "expected"]),
            (",c1,c2\ng,1,2\n", "", ["PseudoTime.csv", "empty"]),
        ] {
            let message = read(expression, times).unwrap_err().to_string();
            for part in parts {
                assert!(message.contains(part), "{part:?} is not in {message:?}");
            }
        }
    }
}
