//! A dense table, genes × cells: BEELINE's `ExpressionData.csv`, and what most tools read.

use std::path::Path;

use dash_ode::io::{read_table, write_atomically, write_number};

use crate::cells::Cells;
use crate::error::Result;

const EXPECTED: &str = "a header with the cells after an empty first field, and one row a gene";

/// Writes a row per gene and a column per cell, with their names; the first field is empty. Tabs if the name ends in `.tsv` or
/// `.tsv.gz`, else commas. Numbers read back to the same bits.
///
/// # Errors
/// [`Error::Data`](crate::Error::Data).
pub fn write_expression(path: &Path, cells: &Cells) -> Result<()> {
    let delimiter = if is_tab_separated(path) { b'\t' } else { b',' };
    Ok(write_atomically(path, |out| {
        let mut writer = csv::WriterBuilder::new()
            .delimiter(delimiter)
            .from_writer(out);
        writer.write_field("")?;
        writer.write_record(cells.names())?;
        let mut number = Vec::new();
        for (gene, values) in cells.genes().iter().zip(cells.values().outer_iter()) {
            writer.write_field(gene)?;
            for &value in values {
                number.clear();
                write_number(&mut number, value)?;
                writer.write_field(&number)?;
            }
            writer.write_record(None::<&[u8]>)?;
        }
        writer.flush()
    })?)
}

/// Reads a table of genes × cells, plain or packed, commas or tabs.
///
/// # Errors
/// [`Error::Data`](crate::Error::Data) with the place of what is no number; what [`Cells::new`] refuses.
pub fn read_expression(path: &Path) -> Result<Cells> {
    let table = read_table(path, EXPECTED, "gene")?;
    Cells::new(table.rows, table.columns, table.values)
}

/// Whether a name ends in `.tsv` or `.tsv.gz`.
fn is_tab_separated(path: &Path) -> bool {
    let ends_in = |path: &Path, ending: &str| {
        path.extension()
            .is_some_and(|e| e.eq_ignore_ascii_case(ending))
    };
    ends_in(path, "tsv") || (ends_in(path, "gz") && ends_in(&path.with_extension(""), "tsv"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::testing::cells;
    use super::*;

    #[test]
    fn what_is_written_reads_back_to_the_same_bits() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["e.csv", "e.tsv", "e.csv.gz", "e.tsv.gz"] {
            let path = folder.path().join(name);
            write_expression(&path, &cells()).unwrap();
            assert_eq!(read_expression(&path).unwrap(), cells(), "{name}");
        }
        let text = fs::read_to_string(folder.path().join("e.csv")).unwrap();
        assert!(text.starts_with(",c1,c 2,\"c\"\"3\",c4\nG1,0.3"), "{text}");
        assert!(
            fs::read(folder.path().join("e.csv.gz"))
                .unwrap()
                .starts_with(&[0x1f, 0x8b])
        );
    }

    #[test]
    fn bad_tables_are_refused_with_their_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bad.csv");
        for (text, says) in [
            ("", "empty"),
            (",a,b\nG,1,x\n", "row 2, column 3"),
            (",a,b\nG,1,2\nH,1\n", "row 3"),
            (",a,b,c,d\nG,1,2\n", "row 2"),
            (",a,b\nG,1,2\nG,1,2\n", "rows 2 and 3"),
            (",a,b\nG,1,NA\n", "gene G, cell b"),
        ] {
            fs::write(&path, text).unwrap();
            let message = read_expression(&path).unwrap_err().to_string();
            assert!(message.contains(says), "{message}");
        }
    }
}
