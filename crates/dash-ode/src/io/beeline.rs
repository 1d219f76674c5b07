//! BEELINE's pair of files: genes × cells, and the pseudotime of every cell.

use std::collections::HashMap;
use std::path::Path;

use ndarray::Array2;

use super::error::DataError;
use super::text::{Text, number, shortened};
use crate::cells::{Cells, Lineage};

const EXPRESSION: &str = "a header with the cells after an empty first field, and one row a gene";
const PSEUDOTIME: &str = "a header with one column a lineage, and one row a cell";

/// A table with names along both sides.
struct Named {
    columns: Vec<String>,
    rows: Vec<String>,
    /// Rows × columns; NaN = empty or `NA`.
    values: Array2<f64>,
}

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
    let by_gene = read_named(expression, EXPRESSION, "gene")?;
    let by_cell = read_named(pseudotime, PSEUDOTIME, "cell")?;
    let rows: HashMap<&str, usize> = by_cell.rows.iter().map(String::as_str).zip(0..).collect();
    let mut order = Vec::with_capacity(by_gene.columns.len());
    for cell in &by_gene.columns {
        let row = rows.get(cell.as_str());
        order.push(*row.ok_or_else(|| DataError::AbsentCell {
            path: pseudotime.to_owned(),
            cell: cell.clone(),
        })?);
    }
    if order.len() < by_cell.rows.len() {
        let known: std::collections::HashSet<&String> = by_gene.columns.iter().collect();
        let lost = by_cell.rows.iter().find(|cell| !known.contains(cell));
        return Err(DataError::AbsentCell {
            path: expression.to_owned(),
            cell: lost.cloned().unwrap_or_default(),
        });
    }
    let lineages = by_cell
        .columns
        .iter()
        .enumerate()
        .map(|(column, name)| Lineage {
            name: name.clone(),
            pseudotime: order
                .iter()
                .map(|&row| by_cell.values[[row, column]])
                .collect(),
        });
    Ok(Cells {
        lineages: lineages.collect(),
        values: by_gene.values.reversed_axes(),
        genes: by_gene.rows,
    })
}

fn read_named(path: &Path, expected: &'static str, what: &'static str) -> Result<Named, DataError> {
    let text = Text::open(path, expected)?;
    let mut rows = text.rows();
    let header = rows
        .next()?
        .map(|(_, record)| record.clone())
        .unwrap_or_default();
    let columns: Vec<String> = header
        .iter()
        .skip(1)
        .map(|name| name.trim().to_owned())
        .collect();
    if columns.is_empty() {
        return Err(DataError::Header {
            path: path.to_owned(),
            expected,
            found: shortened(&header.iter().collect::<Vec<_>>().join(",")),
        });
    }
    let (mut names, mut values) = (Vec::new(), Vec::new());
    let mut lines: HashMap<String, usize> = HashMap::new();
    while let Some((byte, record)) = rows.next()? {
        if record.len() != columns.len() + 1 {
            return Err(DataError::Ragged {
                path: path.to_owned(),
                row: text.line(byte),
                found: record.len(),
                expected: columns.len() + 1,
            });
        }
        let name = record[0].trim().to_owned();
        if name.is_empty() {
            let place = text.place(byte, 0, None);
            return Err(DataError::NameMissing { place, what });
        }
        if let Some(first) = lines.insert(name.clone(), text.line(byte)) {
            return Err(DataError::RowTwice {
                path: path.to_owned(),
                what,
                first,
                second: text.line(byte),
                name,
            });
        }
        for (column, field) in record.iter().enumerate().skip(1) {
            let field = if field.trim() == "NA" { "" } else { field };
            let place = || text.place(byte, column, (what == "gene").then_some(name.as_str()));
            values.push(number(field, place)?.unwrap_or(f64::NAN));
        }
        names.push(name);
    }
    if names.is_empty() {
        return Err(DataError::HeaderOnly {
            path: path.to_owned(),
            expected,
        });
    }
    let shape = (names.len(), columns.len());
    let values = Array2::from_shape_vec(shape, values).map_err(|_| DataError::None { what })?;
    Ok(Named {
        columns,
        rows: names,
        values,
    })
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
