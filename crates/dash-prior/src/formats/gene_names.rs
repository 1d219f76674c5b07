//! Gene-name files: one name a line, in the order of the data.

use std::collections::HashMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::table::Table;
use crate::error::{Error, Result};
use crate::gene_index::{GeneIndex, is_writable};

const HEADERS: [&str; 3] = ["x", "gene", "genes"];
const INPUT_SUFFIX: &str = "_input";

/// What the ending `_input` of a gene name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InputSuffix {
    /// It is part of the name.
    Keep,
    /// It marks an input gene (constant, regulated by nobody) and is taken off.
    Strip,
}

/// What a gene-name file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneNames {
    /// All genes in the order of the file.
    pub genes: GeneIndex,
    /// The genes marked as inputs, ascending; none with [`InputSuffix::Keep`].
    pub inputs: Vec<usize>,
}

/// Reads a file of a header and one gene a line, plain or gzipped.
///
/// The names stand in the column `column`; without, in the one called `x`, `gene` or `genes`. The header is not
/// optional: a file that starts with a gene would lose it unnoticed.
///
/// # Errors
/// Each names the file and the row: a file that is missing, empty, a header alone or not UTF-8; an unknown header;
/// an empty name, a name with control characters or one that stands twice (also after the suffix is taken off).
pub fn read_gene_names(
    path: impl AsRef<Path>,
    suffix: InputSuffix,
    column: Option<&str>,
) -> Result<GeneNames> {
    let file = path.as_ref();
    let mut table = Table::open(file, None)?;
    let Some(header) = table.next()? else {
        return Err(Error::EmptyFile {
            file: file.to_path_buf(),
            expected: "a header and one gene name a line",
        });
    };
    let (row, header) = (header.number, header.to_strings());
    let wanted: &[&str] = column.as_ref().map_or(&HEADERS, std::slice::from_ref);
    let Some(column) = header
        .iter()
        .position(|name| wanted.contains(&name.as_str()))
    else {
        let problem = format!(
            "none is called \"{}\"; add the header or name the column",
            wanted.join("\", \"")
        );
        return Err(Error::Columns {
            at: table.at(row),
            found: header,
            problem,
        });
    };
    let mut rows: HashMap<String, usize> = HashMap::new();
    let mut names = Vec::new();
    let mut inputs = Vec::new();
    while let Some(row) = table.next()? {
        let (number, text) = (row.number, row.field(column));
        let stripped = text
            .strip_suffix(INPUT_SUFFIX)
            .filter(|_| suffix == InputSuffix::Strip);
        if stripped.is_some() {
            inputs.push(names.len());
        }
        let name = stripped.unwrap_or(text).to_string();
        if !is_writable(&name) {
            return Err(Error::NoGene {
                at: table.at(number),
                column: column + 1,
            });
        }
        if let Some(first_row) = rows.insert(name.clone(), number) {
            return Err(Error::GeneListedTwice {
                at: table.at(number),
                gene: name,
                first_row,
            });
        }
        names.push(name);
    }
    if names.is_empty() {
        return Err(Error::NoRows {
            file: file.to_path_buf(),
        });
    }
    Ok(GeneNames {
        genes: GeneIndex::new(names)?,
        inputs,
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn read(text: &str, suffix: InputSuffix, column: Option<&str>) -> Result<GeneNames> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("genes.csv");
        fs::write(&path, text).unwrap();
        read_gene_names(&path, suffix, column)
    }

    #[test]
    fn the_suffix_marks_inputs_only_where_asked() {
        let text = "\"x\"\r\n\"ABF1_input\"\r\n\"ACS1\"\r\n\"ACE2_input\"\r\n";
        let stripped = read(text, InputSuffix::Strip, None).unwrap();
        assert_eq!(stripped.genes.names(), ["ABF1", "ACS1", "ACE2"]);
        assert_eq!(stripped.inputs, [0, 2]);
        let kept = read(text, InputSuffix::Keep, None).unwrap();
        assert_eq!(kept.genes.names(), ["ABF1_input", "ACS1", "ACE2_input"]);
        assert!(kept.inputs.is_empty());
    }

    #[test]
    fn a_column_can_be_named() {
        let text = "x,name\nYAL001C,TFC3\nYAL002W,VPS8\n";
        assert_eq!(
            read(text, InputSuffix::Keep, None).unwrap().genes.names(),
            ["YAL001C", "YAL002W"]
        );
        assert_eq!(
            read(text, InputSuffix::Keep, Some("name"))
                .unwrap()
                .genes
                .names(),
            ["TFC3", "VPS8"]
        );
        let error = read(text, InputSuffix::Keep, Some("symbol")).unwrap_err();
        assert!(matches!(error, Error::Columns { .. }), "{error}");
    }

    #[test]
    fn a_file_without_header_does_not_lose_its_first_gene() {
        let error = read("ABF1\nACS1\n", InputSuffix::Keep, None)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("genes.csv, row 1") && error.contains("add the header"),
            "{error}"
        );
    }

    #[test]
    fn bad_names_are_placed() {
        let error = read("x\nA\nB\nA\n", InputSuffix::Keep, None).unwrap_err();
        assert!(
            matches!(&error, Error::GeneListedTwice { at, first_row: 2, .. } if at.row == 4),
            "{error}"
        );
        let error = read("x\nA\nA_input\n", InputSuffix::Strip, None).unwrap_err();
        assert!(matches!(error, Error::GeneListedTwice { .. }), "{error}");
        for text in ["x,y\n,1\n", "x\n\"\"\n", "x\nA\u{7}B\n"] {
            let error = read(text, InputSuffix::Keep, None).unwrap_err();
            assert!(
                matches!(&error, Error::NoGene { at, column: 1 } if at.row == 2),
                "{error}"
            );
        }
        assert!(matches!(
            read("x\n_input\n", InputSuffix::Strip, None),
            Err(Error::NoGene { .. })
        ));
    }

    #[test]
    fn files_that_are_no_list() {
        assert!(matches!(
            read("", InputSuffix::Keep, None),
            Err(Error::EmptyFile { .. })
        ));
        assert!(matches!(
            read("x\n", InputSuffix::Keep, None),
            Err(Error::NoRows { .. })
        ));
        assert!(matches!(
            read("x\nA,B\n", InputSuffix::Keep, None),
            Err(Error::Ragged { .. })
        ));
        assert!(matches!(
            read_gene_names("absent.csv", InputSuffix::Keep, None),
            Err(Error::Read { .. })
        ));
    }
}
