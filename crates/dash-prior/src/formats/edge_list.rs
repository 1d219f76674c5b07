//! Edge lists: one row an edge, regulator first.

use std::collections::HashSet;
use std::io;
use std::path::Path;

use super::atomic;
use super::columns::TableFormat;
use super::pair_rows::{PairReader, UnknownGenes, drop_duplicates, read_known};
use crate::error::{Error, Result};
use crate::gene_index::GeneIndex;
use crate::network::{Edge, Network};
use crate::report::ReadReport;

/// Reads a list of edges `from,to`, `from,to,sign` or `from,to,weight`, plain or gzipped.
///
/// Rows that repeat an edge with the same weight and rows of weight 0 are dropped and counted; so are, with
/// [`UnknownGenes::Drop`], rows of unknown genes. Self-loops are kept and counted.
///
/// # Errors
/// Each names the file, the row and the column: a file that is missing, empty, cut off after the header or not
/// UTF-8; ragged rows; columns that cannot be told; text, NaN or infinity for a weight; unknown genes (with
/// [`UnknownGenes::Error`], or if no row is left); an edge with two weights.
pub fn read_edge_list(
    path: impl AsRef<Path>,
    genes: &GeneIndex,
    unknown: UnknownGenes,
    format: &TableFormat,
) -> Result<(Network, ReadReport)> {
    let path = path.as_ref();
    let (mut pairs, mut report) = read_known(path, genes, unknown, format)?;
    drop_duplicates(path, genes, &mut pairs, &mut report)?;
    let edges = pairs
        .iter()
        .map(|pair| Edge {
            from: pair.from,
            to: pair.to,
            weight: pair.weight,
        })
        .collect();
    Ok((Network::new(genes.clone(), edges)?, report))
}

/// The genes that an edge list or pair list names, in the order in which they first appear.
///
/// # Errors
/// As [`read_edge_list`], unknown genes and conflicts aside.
pub fn genes_in_edge_list(path: impl AsRef<Path>, format: &TableFormat) -> Result<GeneIndex> {
    let mut reader = PairReader::open(path.as_ref(), format)?;
    let mut seen = HashSet::new();
    let mut names = Vec::new();
    while let Some(pair) = reader.next()? {
        for name in [pair.from, pair.to] {
            if !seen.contains(name) {
                seen.insert(name.to_string());
                names.push(name.to_string());
            }
        }
    }
    if names.is_empty() {
        return Err(Error::NoRows {
            file: path.as_ref().to_path_buf(),
        });
    }
    GeneIndex::new(names)
}

/// Writes `from,to,weight`, sorted by the numbers of the genes; gzipped where the name ends in `.gz`.
///
/// Weights are written so that reading gives the same bits. A network without edges gives a header alone, which
/// [`read_edge_list`] takes for a file that was cut off.
///
/// # Errors
/// [`Error::Write`]; the file then is what it was before.
pub fn write_edge_list(path: impl AsRef<Path>, network: &Network) -> Result<()> {
    let genes = network.genes();
    atomic::write(path.as_ref(), |out| {
        let mut rows = csv::Writer::from_writer(out);
        rows.write_record(["from", "to", "weight"])
            .map_err(io::Error::from)?;
        for edge in network.edges() {
            let weight = edge.weight.to_string();
            rows.write_record([genes.name(edge.from), genes.name(edge.to), &weight])
                .map_err(io::Error::from)?;
        }
        rows.flush()
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use proptest::prelude::*;

    use super::*;
    use crate::formats::{Columns, Delimiter};
    use crate::report::GeneCount;

    fn genes() -> GeneIndex {
        GeneIndex::new(["A", "B", "C"].map(String::from).to_vec()).unwrap()
    }

    fn read_as(
        bytes: &[u8],
        unknown: UnknownGenes,
        format: &TableFormat,
    ) -> Result<(Network, ReadReport)> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("edges.csv");
        fs::write(&path, bytes).unwrap();
        read_edge_list(&path, &genes(), unknown, format)
    }

    fn read(text: &str) -> Result<(Network, ReadReport)> {
        read_as(
            text.as_bytes(),
            UnknownGenes::Error,
            &TableFormat::default(),
        )
    }

    fn edges(network: &Network) -> Vec<(usize, usize, f64)> {
        network
            .edges()
            .iter()
            .map(|edge| (edge.from, edge.to, edge.weight))
            .collect()
    }

    /// The error of a text, whose message must hold each of these parts.
    fn error(text: &str, parts: &[&str]) -> Error {
        let error = read(text).unwrap_err();
        let message = error.to_string();
        for part in parts {
            assert!(message.contains(part), "{part:?} is not in {message:?}");
        }
        assert!(message.contains("edges.csv"), "{message}");
        error
    }

    #[test]
    fn the_three_kinds_of_list() {
        assert_eq!(
            edges(&read("from,to\nB,A\nA,C\n").unwrap().0),
            [(0, 2, 1.0), (1, 0, 1.0)]
        );
        assert_eq!(
            edges(&read("from\tto\tsign\nB\tA\t-1\nA\tC\t1").unwrap().0),
            [(0, 2, 1.0), (1, 0, -1.0)]
        );
        assert_eq!(
            edges(
                &read("\"from\",\"to\",\"weight\"\r\n\"B\",\"A\",1e-3\r\n")
                    .unwrap()
                    .0
            ),
            [(1, 0, 0.001)]
        );
    }

    #[test]
    fn blanks_round_header_names_do_not_matter() {
        assert_eq!(
            edges(&read("reg, aff ,prior_weight\nB,A,0.5\n").unwrap().0),
            [(1, 0, 0.5)]
        );
    }

    #[test]
    fn activation_gives_the_sign() {
        let text = "from,to,weight,activation,EC50,n\nA,B,1,FALSE,0.4,1.2\nB,C,2,TRUE,0.5,1.3\n";
        let (network, report) = read(text).unwrap();
        assert_eq!(edges(&network), [(0, 1, -1.0), (1, 2, 2.0)]);
        assert_eq!(report.ignored_columns, ["EC50", "n"]);
        error(
            "from,to,activation\nA,B,yes\n",
            &["row 2", "column 3 (activation)", "\"yes\"", "TRUE or FALSE"],
        );
        error(
            "from,to,weight,activation\nA,B,-1,TRUE\n",
            &["row 2", "column 3 (weight)", "\"-1\""],
        );
    }

    #[test]
    fn the_report_counts_what_was_left_out() {
        let text = "from,to,weight\nA,A,1\nX,A,1\nA,B,2\nA,B,2\nB,C,0\nY,X,1\nX,X,1\n";
        let (network, report) =
            read_as(text.as_bytes(), UnknownGenes::Drop, &TableFormat::default()).unwrap();
        assert_eq!(edges(&network), [(0, 0, 1.0), (0, 1, 2.0)]);
        let count = |gene: &str, edges| GeneCount {
            gene: gene.into(),
            edges,
        };
        let expected = ReadReport {
            rows: 7,
            edges: 2,
            self_loops: 1,
            duplicates: 1,
            zeros: 1,
            unknown_rows: 3,
            unknown_genes: vec![count("X", 3), count("Y", 1)],
            ignored_columns: Vec::new(),
        };
        assert_eq!(report, expected);
    }

    #[test]
    fn columns_can_be_named_or_counted() {
        let named = TableFormat {
            columns: Columns::Named {
                from: "tf".into(),
                to: "gene".into(),
                weight: None,
            },
            delimiter: Some(Delimiter::Comma),
        };
        let (network, report) =
            read_as(b"gene,p,tf\nA,0.1,B\n", UnknownGenes::Error, &named).unwrap();
        assert_eq!(edges(&network), [(1, 0, 1.0)]);
        assert_eq!(report.ignored_columns, ["p"]);
        let positional = TableFormat {
            columns: Columns::Positional,
            delimiter: None,
        };
        let (network, report) = read_as(b"A\tB\nB\tC\n", UnknownGenes::Error, &positional).unwrap();
        assert_eq!((network.edges().len(), report.rows), (2, 2));
        let bad = read_as(b"A,B,1\nB,C,x\n", UnknownGenes::Error, &positional).unwrap_err();
        assert!(
            bad.to_string().contains("row 2, column 3 (3): \"x\""),
            "{bad}"
        );
    }

    #[test]
    fn unknown_genes_are_named() {
        let unknown = error(
            "from,to\nA,B\nA,Z\n",
            &["row 3", "column 2", "\"Z\"", "3 known genes", "dropped"],
        );
        assert!(matches!(unknown, Error::UnknownGene { .. }));
        let unknown = error("to,from\nA,Z\n", &["row 2", "column 2", "\"Z\""]);
        assert!(matches!(unknown, Error::UnknownGene { .. }));
        let none = read_as(
            b"from,to\nX,A\nY,Z\n",
            UnknownGenes::Drop,
            &TableFormat::default(),
        )
        .unwrap_err();
        assert!(
            matches!(&none, Error::AllGenesUnknown { rows: 2, genes: 3, gene, .. } if gene == "X"),
            "{none}"
        );
    }

    #[test]
    fn weights_must_be_numbers() {
        for bad in ["high", "", "NaN", "inf", "-inf", "1e999", "0x1"] {
            let parts = ["row 3", "column 3 (weight)", "finite number"];
            assert!(matches!(
                error(&format!("from,to,weight\nA,B,1\nA,C,{bad}\n"), &parts),
                Error::Value { .. }
            ));
        }
        error(
            "from,to,sign\nA,B,0.5\n",
            &["row 2", "column 3 (sign)", "1, -1, 0, + or -", "`weight`"],
        );
    }

    #[test]
    fn signs_of_beeline_are_read() {
        let text = b"Gene1,Gene2,Type\nA,B,+\nB,C,-\n";
        let (network, _) = read_as(text, UnknownGenes::Error, &TableFormat::default()).unwrap();
        let weights: Vec<f64> = network.edges().iter().map(|edge| edge.weight).collect();
        assert_eq!(weights, [1.0, -1.0]);
    }

    #[test]
    fn one_edge_has_one_weight() {
        let text = "from,to,sign\nA,B,1\nA,C,1\n\nA,B,-1\n";
        let conflict = error(text, &["row 5", "A -> B", "-1", "row 2", "delete"]);
        assert!(matches!(
            conflict,
            Error::ConflictingWeights { first_row: 2, .. }
        ));
    }

    #[test]
    fn files_that_are_no_list() {
        assert!(matches!(
            error("", &["empty", "two genes"]),
            Error::EmptyFile { .. }
        ));
        assert!(matches!(
            error("from,to\n", &["no rows", "cut off"]),
            Error::NoRows { .. }
        ));
        assert!(matches!(
            error("A,B\nB,C\n", &["row 1", "\"A\"", "no header"]),
            Error::Columns { .. }
        ));
        assert!(matches!(
            error("from,to\nA,B,1\n", &["row 2", "3 columns", "has 2"]),
            Error::Ragged { .. }
        ));
        assert!(matches!(
            error("from,to\nA,\n", &["row 2", "column 2", "no gene name"]),
            Error::NoGene { .. }
        ));
        assert!(matches!(
            error("from,to\tsign\nA,B\t1\n", &["row 1", "state the delimiter"]),
            Error::Delimiter { .. }
        ));
        let latin = read_as(
            b"from,to\nA,B\xe9\n",
            UnknownGenes::Drop,
            &TableFormat::default(),
        )
        .unwrap_err();
        assert!(
            latin.to_string().contains("row 2, column 2: not UTF-8"),
            "{latin}"
        );
        let missing = read_edge_list(
            "absent/e.csv",
            &genes(),
            UnknownGenes::Error,
            &TableFormat::default(),
        );
        assert!(missing.unwrap_err().to_string().contains("absent/e.csv"));
    }

    #[test]
    fn genes_come_in_order_of_appearance() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("edges.csv");
        fs::write(&path, "from,to\nQ,B\nB,A\nQ,A\n").unwrap();
        assert_eq!(
            genes_in_edge_list(&path, &TableFormat::default())
                .unwrap()
                .names(),
            ["Q", "B", "A"]
        );
        fs::write(&path, "from,to\n").unwrap();
        assert!(matches!(
            genes_in_edge_list(&path, &TableFormat::default()),
            Err(Error::NoRows { .. })
        ));
    }

    /// Names that need quotation marks, and any finite weight but 0.
    fn networks() -> impl Strategy<Value = Network> {
        let name = "[ -~é]{1,8}".prop_map(|name| name.trim().to_string());
        let names = prop::collection::btree_set(name, 1..8).prop_map(|mut names| {
            names.remove("");
            names.insert("g".to_string());
            names.into_iter().collect::<Vec<_>>()
        });
        let weight = prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL;
        (
            names,
            prop::collection::vec((0usize..64, 0usize..64, weight), 1..20),
        )
            .prop_map(|(names, edges)| {
                let k = names.len();
                let edges: BTreeMap<_, _> = edges
                    .into_iter()
                    .map(|(from, to, w)| ((from % k, to % k), w))
                    .collect();
                let edges = edges
                    .into_iter()
                    .map(|((from, to), weight)| Edge { from, to, weight })
                    .collect();
                Network::new(GeneIndex::new(names).unwrap(), edges).unwrap()
            })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(network in networks(), gzip: bool) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join(if gzip { "edges.csv.gz" } else { "edges.csv" });
            write_edge_list(&path, &network).unwrap();
            let format = TableFormat::default();
            let (again, report) = read_edge_list(&path, network.genes(), UnknownGenes::Error, &format).unwrap();
            prop_assert!(again == network);
            prop_assert_eq!((report.rows, report.edges), (network.edges().len(), network.edges().len()));
        }
    }
}
