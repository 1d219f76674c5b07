//! The list of gene names that goes with a published trajectory file.

use std::collections::HashMap;
use std::path::Path;

use super::error::DataError;
use super::output::write_atomically;
use super::text::{Text, shortened};
use crate::series::TimeSeries;

const EXPECTED: &str = "a header, then gene names, one a row";
const HEADER: &str = "a header (x, gene, genes, gene_name, name or symbol) above the first name";
const HEADERS: [&str; 6] = ["x", "gene", "genes", "gene_name", "name", "symbol"];
/// Ends the name of a gene without regulators.
const INPUT_SUFFIX: &str = "_input";

/// Gene names in the order of a published file's rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneNames {
    /// The names, without the suffix `_input`, as networks write them.
    pub names: Vec<String>,
    /// Whether a gene was marked by the suffix: it has no regulators and is constant over time.
    pub is_input: Vec<bool>,
}

impl GeneNames {
    /// Checks that the genes marked as inputs are constant within every trajectory, which shows whether a list of names
    /// belongs to the data. Only for data without noise. Genes that the series does not have are passed over.
    ///
    /// # Errors
    /// The first input gene that changes.
    pub fn check_inputs(&self, series: &TimeSeries) -> Result<(), DataError> {
        let columns: HashMap<_, _> = series.genes().iter().zip(0..).collect();
        for (gene, _) in self
            .names
            .iter()
            .zip(&self.is_input)
            .filter(|(_, is_input)| **is_input)
        {
            let Some(&column) = columns.get(gene) else {
                continue;
            };
            let varies = |values: ndarray::ArrayView1<'_, f64>| {
                let mut present = values.iter().filter(|v| !v.is_nan());
                present
                    .next()
                    .is_some_and(|first| present.any(|v| v.to_bits() != first.to_bits()))
            };
            if let Some(trajectory) = series
                .trajectories()
                .iter()
                .find(|t| varies(t.values.column(column)))
            {
                return Err(DataError::InputVaries {
                    gene: gene.clone(),
                    trajectory: trajectory.name.clone(),
                });
            }
        }
        Ok(())
    }
}

/// Reads gene names: a header (`x`, `gene`, `genes`, `gene_name`, `name` or `symbol`), then one name a row. Columns after the
/// first are passed over.
///
/// # Errors
/// A file that cannot be read, has no header or no names, an empty name, or a name that stands twice.
pub fn read_gene_names(path: &Path) -> Result<GeneNames, DataError> {
    let text = Text::open(path, EXPECTED)?;
    let mut rows = text.rows();
    let header = rows
        .next()?
        .and_then(|(_, record)| record.get(0))
        .unwrap_or_default()
        .trim();
    if !HEADERS
        .iter()
        .any(|known| header.eq_ignore_ascii_case(known))
    {
        return Err(DataError::Header {
            path: path.to_owned(),
            expected: HEADER,
            found: shortened(header),
        });
    }
    let mut list = GeneNames {
        names: Vec::new(),
        is_input: Vec::new(),
    };
    let mut seen = HashMap::new();
    while let Some((byte, record)) = rows.next()? {
        let written = record.get(0).unwrap_or_default().trim();
        let name = written.strip_suffix(INPUT_SUFFIX).unwrap_or(written);
        if name.is_empty() {
            return Err(DataError::NameMissing {
                place: text.place(byte, 0, None),
                what: "gene",
            });
        }
        if let Some(first) = seen.insert(name.to_owned(), byte) {
            let (first, second) = (text.line(first), text.line(byte));
            return Err(DataError::ListedTwice {
                path: path.to_owned(),
                name: name.to_owned(),
                first,
                second,
            });
        }
        list.is_input.push(written.len() > name.len());
        list.names.push(name.to_owned());
    }
    if list.names.is_empty() {
        return Err(DataError::HeaderOnly {
            path: path.to_owned(),
            expected: EXPECTED,
        });
    }
    Ok(list)
}

/// Writes gene names under the header `x`, inputs with the suffix `_input`.
///
/// # Errors
/// If the file cannot be written.
pub fn write_gene_names(path: &Path, genes: &GeneNames) -> Result<(), DataError> {
    write_atomically(path, |out| {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(["x"])?;
        for (name, &is_input) in genes.names.iter().zip(&genes.is_input) {
            let suffix = if is_input { INPUT_SUFFIX } else { "" };
            writer.write_record([format!("{name}{suffix}")])?;
        }
        writer.flush()
    })
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::series::Trajectory;

    fn read(content: &str) -> Result<GeneNames, DataError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("names.csv");
        std::fs::write(&path, content).unwrap();
        read_gene_names(&path)
    }

    #[test]
    fn names_lose_the_suffix_that_marks_inputs() {
        let expected = GeneNames {
            names: vec!["ABF1".into(), "ACS1".into()],
            is_input: vec![true, false],
        };
        for content in [
            "\"x\"\r\n\"ABF1_input\"\r\n\"ACS1\"\r\n",
            "gene\nABF1_input\nACS1",
            "x,name\n ABF1_input ,a\nACS1,b\n",
        ] {
            assert_eq!(read(content).unwrap(), expected, "{content:?}");
        }
    }

    #[test]
    fn what_is_no_list_of_names_is_an_error() {
        assert!(matches!(read(""), Err(DataError::Empty { .. })));
        assert!(matches!(read("x\n"), Err(DataError::HeaderOnly { .. })));
        assert!(
            matches!(read("ABF1\nACS1\n"), Err(DataError::Header { found, .. }) if found == "ABF1")
        );
        assert!(
            matches!(read("x\na\n\"\"\n"), Err(DataError::NameMissing { place, .. }) if place.row == 3)
        );
        assert!(
            matches!(read("x\n_input\n"), Err(DataError::NameMissing { place, .. }) if place.row == 2)
        );
        assert!(matches!(
            read("x\na\nb\n\na_input\n"),
            Err(DataError::ListedTwice {
                first: 2,
                second: 5,
                ..
            })
        ));
    }

    #[test]
    fn names_come_back_from_a_file() {
        let genes = GeneNames {
            names: vec!["a,b".into(), "c".into(), "d \"e\"".into()],
            is_input: vec![true, false, true],
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("names.csv.gz");
        write_gene_names(&path, &genes).unwrap();
        assert_eq!(read_gene_names(&path).unwrap(), genes);
    }

    #[test]
    fn inputs_that_change_are_noticed() {
        let nan = f64::NAN;
        let values = array![[0.5, 0.1, nan], [0.5, 0.2, 0.3], [0.5, 0.3, 0.3]];
        let trajectory = Trajectory {
            name: "t".into(),
            times: vec![0.0, 1.0, 2.0],
            values,
        };
        let series =
            TimeSeries::new(vec!["a".into(), "b".into(), "c".into()], vec![trajectory]).unwrap();
        let marked = |inputs: [bool; 4]| {
            let names = ["a", "b", "c", "elsewhere"].map(String::from).to_vec();
            GeneNames {
                names,
                is_input: inputs.to_vec(),
            }
            .check_inputs(&series)
        };
        assert!(marked([true, false, true, true]).is_ok());
        let error = marked([true, true, false, false]).unwrap_err();
        assert!(
            matches!(error, DataError::InputVaries { gene, trajectory } if gene == "b" && trajectory == "t")
        );
    }
}
