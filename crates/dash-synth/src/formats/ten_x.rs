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
    let (line, row) = lines
        .next()
        .ok_or_else(|| refuse(1, "the size is missing".into()))?;
    let [rows, columns, entries] = size(line).map_err(|problem| refuse(row, problem))?;
    if (rows, columns) != (genes, cells) {
        let problem = format!("{rows} × {columns} entries for {genes} genes and {cells} cells");
        return Err(refuse(row, problem));
    }
    let mut values = Array2::zeros((genes, cells));
    let mut is_filled = Array2::from_elem((genes, cells), false);
    let (mut found, mut last) = (0, row);
    for (line, row) in lines {
        let ([gene, cell], value) = entry(line).map_err(|problem| refuse(row, problem))?;
        let place = [gene.wrapping_sub(1), cell.wrapping_sub(1)];
        let problem = match is_filled.get_mut(place) {
            None => format!("no entry {gene}, {cell} in this matrix"),
            Some(true) => {
                format!("gene {gene} of cell {cell} has an entry already; leave one of them")
            }
            Some(is_filled) => {
                *is_filled = true;
                values[place] = value;
                (found, last) = (found + 1, row);
                continue;
            }
        };
        return Err(refuse(row, problem));
    }
    if found != entries {
        return Err(refuse(
            last,
            format!("{found} entries where {entries} are announced"),
        ));
    }
    Ok(values)
}

fn three(line: &str) -> Option<[&str; 3]> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    fields.try_into().ok()
}

/// Genes, cells and entries.
fn size(line: &str) -> std::result::Result<[usize; 3], String> {
    match three(line).map(|fields| fields.map(str::parse)) {
        Some([Ok(genes), Ok(cells), Ok(entries)]) => Ok([genes, cells, entries]),
        _ => Err("three whole numbers are expected: genes, cells and entries".into()),
    }
}

/// Gene and cell, from 1, and the value.
fn entry(line: &str) -> std::result::Result<([usize; 2], f64), String> {
    let expected = || "three numbers are expected: gene, cell and value".to_owned();
    let [gene, cell, value] = three(line).ok_or_else(expected)?;
    let number = |of: &str, field: &str| {
        let number = field.parse::<usize>();
        number.map_err(|_| format!("{of} {field:?} is not a whole number from 1 on"))
    };
    let place = [number("gene", gene)?, number("cell", cell)?];
    Ok((place, value.parse().map_err(|_| expected())?))
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
            (
                "2 1 1\n1.7 1 5\n",
                "row 3: gene \"1.7\" is not a whole number",
            ),
            (
                "2 1 1\n1 1.2 5\n",
                "row 3: cell \"1.2\" is not a whole number",
            ),
            ("2 1 0.5\n", "row 2: three whole numbers"),
            (
                "2 1 2\n1 1 5\n1 1 6\n",
                "row 4: gene 1 of cell 1 has an entry already",
            ),
            (
                "2 1 2\n1 1 0\n1 1 6\n",
                "row 4: gene 1 of cell 1 has an entry already",
            ),
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
