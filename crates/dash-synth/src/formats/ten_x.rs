//! Matrix Market in the layout of 10x Genomics.

use std::path::{Path, PathBuf};

use dash_ode::io::{write_atomically, write_number};
use ndarray::Array2;

use super::rows::read_rows;
use crate::cells::Cells;
use crate::error::{Error, Result};
use crate::text::read_text;

/// Writes `matrix.mtx.gz` (genes × cells, whole numbers if all are), `features.tsv.gz` and `barcodes.tsv.gz` into a folder that
/// exists. Genes are named by their names in the place of Ensembl ids too.
///
/// # Errors
/// [`Error::Data`].
pub fn write_10x(folder: &Path, cells: &Cells) -> Result<()> {
    write_atomically(&folder.join("features.tsv.gz"), |out| {
        for gene in cells.genes() {
            writeln!(out, "{gene}\t{gene}\tGene Expression")?;
        }
        Ok(())
    })?;
    write_atomically(&folder.join("barcodes.tsv.gz"), |out| {
        for cell in cells.names() {
            writeln!(out, "{cell}")?;
        }
        Ok(())
    })?;
    let values = cells.values();
    let is_whole = values.iter().all(|v| v.fract() == 0.0);
    let kind = if is_whole { "integer" } else { "real" };
    let filled = values.iter().filter(|v| **v != 0.0).count();
    Ok(write_atomically(&folder.join("matrix.mtx.gz"), |out| {
        writeln!(out, "%%MatrixMarket matrix coordinate {kind} general")?;
        writeln!(out, "{} {} {filled}", values.nrows(), values.ncols())?;
        for (cell, column) in values.columns().into_iter().enumerate() {
            for (gene, &value) in column.iter().enumerate().filter(|(_, v)| **v != 0.0) {
                write!(out, "{} {} ", gene + 1, cell + 1)?;
                if is_whole {
                    write!(out, "{value}")?;
                } else {
                    write_number(out, value)?;
                }
                writeln!(out)?;
            }
        }
        Ok(())
    })?)
}

/// Reads the three files, packed or plain (`matrix.mtx.gz` or `matrix.mtx`). Genes are named by the first column of the features.
///
/// # Errors
/// [`Error::Io`] for a file that is missing; [`Error::Row`] or [`Error::Field`] with the place of what does not fit.
pub fn read_10x(folder: &Path) -> Result<Cells> {
    let first_fields = |name: &str| -> Result<Vec<String>> {
        let rows = read_rows(&found(folder, name))?;
        Ok(rows
            .into_iter()
            .map(|mut row| row.fields.swap_remove(0))
            .collect())
    };
    let (genes, names) = (first_fields("features.tsv")?, first_fields("barcodes.tsv")?);
    let values = read_matrix_market(&found(folder, "matrix.mtx"), genes.len(), names.len())?;
    Cells::new(genes, names, values)
}

/// The packed file, or the plain one where there is none.
fn found(folder: &Path, name: &str) -> PathBuf {
    let packed = folder.join(format!("{name}.gz"));
    if packed.exists() {
        packed
    } else {
        folder.join(name)
    }
}

fn read_matrix_market(path: &Path, genes: usize, cells: usize) -> Result<Array2<f64>> {
    let refuse = |row: usize, problem: String| Error::Row {
        path: path.to_owned(),
        row: row as u64,
        problem,
    };
    let text = read_text(path)?;
    let mut lines = text.lines().zip(1..);
    let banner = lines.next().map_or("", |(line, _)| line).to_lowercase();
    if !(banner.starts_with("%%matrixmarket matrix coordinate") && banner.ends_with("general")) {
        return Err(refuse(
            1,
            "not a general coordinate matrix of Matrix Market".into(),
        ));
    }
    let mut lines = lines.filter(|(line, _)| !line.starts_with('%') && !line.trim().is_empty());
    let numbers = |(line, row): (&str, usize)| -> Result<(usize, [f64; 3])> {
        let parsed: Option<Vec<f64>> = line.split_whitespace().map(|f| f.parse().ok()).collect();
        let three = parsed.and_then(|numbers| numbers.try_into().ok());
        Ok((
            row,
            three.ok_or_else(|| refuse(row, "three numbers are expected".into()))?,
        ))
    };
    let size = lines
        .next()
        .ok_or_else(|| refuse(1, "the size is missing".into()))?;
    let (row, [rows, columns, entries]) = numbers(size)?;
    if (rows, columns) != (genes as f64, cells as f64) {
        let problem = format!("{rows} × {columns} entries for {genes} genes and {cells} cells");
        return Err(refuse(row, problem));
    }
    let mut values = Array2::zeros((genes, cells));
    let (mut found, mut last) = (0_u64, row);
    for line in lines {
        let (row, [gene, cell, value]) = numbers(line)?;
        let place = [gene as usize, cell as usize];
        if place[0] < 1 || place[0] > genes || place[1] < 1 || place[1] > cells {
            return Err(refuse(
                row,
                format!("no entry {gene}, {cell} in this matrix"),
            ));
        }
        values[[place[0] - 1, place[1] - 1]] = value;
        (found, last) = (found + 1, row);
    }
    if (found as f64 - entries).abs() > 0.0 {
        return Err(refuse(
            last,
            format!("{found} entries where {entries} are announced"),
        ));
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::testing::cells;
    use super::*;

    #[test]
    fn what_is_written_reads_back_to_the_same_bits() {
        let folder = tempfile::tempdir().unwrap();
        write_10x(folder.path(), &cells()).unwrap();
        assert_eq!(read_10x(folder.path()).unwrap(), cells());
        let text = read_text(&folder.path().join("matrix.mtx.gz")).unwrap();
        assert!(text.starts_with("%%MatrixMarket matrix coordinate real general\n2 4 6\n1 1 0.3"));
        let features = read_text(&folder.path().join("features.tsv.gz")).unwrap();
        assert_eq!(features.lines().next(), Some("G1\tG1\tGene Expression"));
    }

    #[test]
    fn counts_are_whole_numbers() {
        let folder = tempfile::tempdir().unwrap();
        let counts = cells().values().mapv(|v| v.min(9.0).floor());
        let counts = Cells::new(cells().genes().to_vec(), cells().names().to_vec(), counts);
        write_10x(folder.path(), &counts.unwrap()).unwrap();
        let text = read_text(&folder.path().join("matrix.mtx.gz")).unwrap();
        let expected = "%%MatrixMarket matrix coordinate integer general\n2 4 2\n2 3 7\n1 4 9\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn bad_matrices_are_refused_with_their_place() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("features.tsv"), "A\tA\tGene Expression\nB\n").unwrap();
        fs::write(at("barcodes.tsv"), "c\n").unwrap();
        let banner = "%%MatrixMarket matrix coordinate real general\n";
        for (body, says) in [
            ("", "row 1: the size is missing"),
            ("3 1 0\n", "row 2: 3 × 1 entries for 2 genes and 1 cells"),
            ("% note\n2 1 1\n3 1 5\n", "row 4: no entry 3, 1"),
            ("2 1 1\n1 1 x\n", "row 3: three numbers"),
            ("2 1 2\n1 1 5\n", "row 3: 1 entries where 2"),
        ] {
            fs::write(at("matrix.mtx"), format!("{banner}{body}")).unwrap();
            let message = read_10x(folder.path()).unwrap_err().to_string();
            assert!(message.contains(says), "{message}");
        }
        fs::write(at("matrix.mtx"), "1,2\n").unwrap();
        assert!(
            read_10x(folder.path())
                .unwrap_err()
                .to_string()
                .contains("Matrix Market")
        );
    }
}
