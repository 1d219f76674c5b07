//! Files of edge properties: `from,to,weight,activation,EC50,n`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use dash_prior::GeneIndex;

use super::table::Table;
use crate::error::Result;
use crate::hill::parameters::Regulation;
use crate::hill::system::System;
use crate::output::{quoted, write_text};

/// Reads the edges of a system in the order of the file. Columns are found by name, in any order.
///
/// # Errors
/// A file that cannot be read, an unknown gene, a value that is no number or out of range, an edge given twice; each with
/// its row.
pub fn read_edge_properties(path: &Path, genes: &GeneIndex) -> Result<Vec<Regulation>> {
    let table = Table::open(path)?;
    let [from, to, weight, activation, ec50, n] =
        table.columns(["from", "to", "weight", "activation", "EC50", "n"])?;
    let mut regulations = Vec::with_capacity(table.rows.len());
    let mut seen = BTreeMap::new();
    for row in &table.rows {
        let gene = |column| {
            let name = table.field(row, column)?;
            let position = genes.position(name);
            position
                .ok_or_else(|| table.error(row.0, format!("gene {name:?} is not in the gene list")))
        };
        let number = |column| {
            let field = table.field(row, column)?;
            field
                .parse::<f64>()
                .map_err(|_| table.error(row.0, format!("{field:?} is not a number")))
        };
        let regulation = Regulation {
            from: gene(from)?,
            to: gene(to)?,
            activates: match table.field(row, activation)? {
                "TRUE" | "True" | "true" | "T" | "1" => true,
                "FALSE" | "False" | "false" | "F" | "0" => false,
                other => {
                    return Err(table.error(
                        row.0,
                        format!("activation is {other:?}, must be TRUE or FALSE"),
                    ));
                }
            },
            weight: number(weight)?,
            ec50: number(ec50)?,
            exponent: number(n)?,
        };
        if let Some((name, value, range)) = regulation.fault() {
            return Err(table.error(row.0, format!("{name} = {value}, must be {range}")));
        }
        if let Some(first) = seen.insert((regulation.from, regulation.to), row.0) {
            return Err(table.error(row.0, format!("this edge stands in row {first} already")));
        }
        regulations.push(regulation);
    }
    Ok(regulations)
}

/// Writes the edges of a system in their order, in numbers that read back to the same bits; packed if the name ends in `.gz`.
///
/// # Errors
/// If the file cannot be written.
pub fn write_edge_properties(path: &Path, system: &System) -> Result<()> {
    let mut text = String::from("\"from\",\"to\",\"weight\",\"activation\",\"EC50\",\"n\"\n");
    for edge in system.regulations() {
        let [from, to] = [edge.from, edge.to].map(|gene| quoted(system.genes().name(gene)));
        let activates = if edge.activates { "TRUE" } else { "FALSE" };
        let Regulation {
            weight,
            ec50,
            exponent,
            ..
        } = edge;
        writeln!(text, "{from},{to},{weight},{activates},{ec50},{exponent}")
            .expect("a string takes any text");
    }
    write_text(path, &text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "n,from,to,weight,activation,ec50\n";

    fn read(rows: &str) -> Result<Vec<Regulation>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("edges.csv");
        std::fs::write(&path, format!("{HEADER}{rows}")).unwrap();
        let genes = GeneIndex::new(["A", "B"].map(String::from).to_vec()).unwrap();
        read_edge_properties(&path, &genes)
    }

    #[test]
    fn columns_are_found_by_name() {
        let edges = read("1.5,A,B,1,FALSE,0.4\n").unwrap();
        let expected = Regulation {
            from: 0,
            to: 1,
            activates: false,
            weight: 1.0,
            ec50: 0.4,
            exponent: 1.5,
        };
        assert_eq!(edges, [expected]);
    }

    #[test]
    fn errors_name_the_row() {
        let cases = [
            (
                "1.5,A,C,1,TRUE,0.4\n",
                "row 2: gene \"C\" is not in the gene list",
            ),
            (
                "1.5,A,B,1,yes,0.4\n",
                "row 2: activation is \"yes\", must be TRUE or FALSE",
            ),
            ("x,A,B,1,TRUE,0.4\n", "row 2: \"x\" is not a number"),
            (
                "1.5,A,B,1,TRUE,1.4\n",
                "row 2: EC50 = 1.4, must be above 0 and below 1",
            ),
            (
                "1.5,A,B,1,TRUE,0.4\n1,A,B,1,TRUE,0.4\n",
                "row 3: this edge stands in row 2 already",
            ),
        ];
        for (rows, says) in cases {
            let message = read(rows).unwrap_err().to_string();
            assert!(message.contains(says), "{message}");
        }
    }
}
