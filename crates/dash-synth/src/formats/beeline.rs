//! The three input files of BEELINE.

use std::collections::BTreeSet;
use std::path::Path;

use dash_ode::io::{read_pseudotime, write_atomically, write_number};
use dash_prior::{Edge, GeneIndex, Network};
use ndarray::Array2;

use super::dense::{read_expression, write_expression};
use super::rows::read_rows;
use crate::cells::Cells;
use crate::error::{Error, Result};

/// A data set of BEELINE.
///
/// # Reference
/// A. Pratapa et al., Nature Methods 17 (2020) 147–154.
#[derive(Clone, Debug)]
pub struct Beeline {
    /// `ExpressionData.csv`.
    pub cells: Cells,
    /// `PseudoTime.csv`, `cells × lineages`, NaN where a cell is not on a lineage; none for cells without time.
    pub pseudotime: Option<Array2<f64>>,
    /// `refNetwork.csv`: signs are those of the weights, whose sizes are lost.
    pub network: Network,
}

/// Writes `ExpressionData.csv` (genes × cells), `PseudoTime.csv` (a column per lineage, `NA` where a cell is not on it) and
/// `refNetwork.csv` (`Gene1,Gene2,Type` with `+` and `-`) into a folder that exists.
///
/// # Errors
/// [`Error::Data`]; [`Error::Cells`] for times of other cells.
pub fn write_beeline(folder: &Path, data: &Beeline) -> Result<()> {
    write_expression(&folder.join("ExpressionData.csv"), &data.cells)?;
    if let Some(times) = &data.pseudotime {
        write_pseudotime(&folder.join("PseudoTime.csv"), data.cells.names(), times)?;
    }
    write_network(&folder.join("refNetwork.csv"), &data.network)
}

fn write_pseudotime(path: &Path, cells: &[String], times: &Array2<f64>) -> Result<()> {
    if times.nrows() != cells.len() {
        let problem = format!("times of {} cells for {}", times.nrows(), cells.len());
        return Err(Error::Cells { problem });
    }
    Ok(write_atomically(path, |out| {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_field("")?;
        writer.write_record((1..=times.ncols()).map(|n| format!("PseudoTime{n}")))?;
        let mut number = Vec::new();
        for (cell, times) in cells.iter().zip(times.outer_iter()) {
            writer.write_field(cell)?;
            for &time in times {
                number.clear();
                write_number(&mut number, time)?;
                writer.write_field(if number.is_empty() {
                    b"NA"
                } else {
                    &number[..]
                })?;
            }
            writer.write_record(None::<&[u8]>)?;
        }
        writer.flush()
    })?)
}

fn write_network(path: &Path, network: &Network) -> Result<()> {
    let genes = network.genes();
    Ok(write_atomically(path, |out| {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(["Gene1", "Gene2", "Type"])?;
        for edge in network.edges() {
            let sign = if edge.weight > 0.0 { "+" } else { "-" };
            writer.write_record([genes.name(edge.from), genes.name(edge.to), sign])?;
        }
        writer.flush()
    })?)
}

/// Reads a folder of BEELINE; `PseudoTime.csv` may be missing, the column `Type` too (all edges then activate). Repeated edges
/// count once.
///
/// # Errors
/// [`Error::Data`], [`Error::Field`] or [`Error::Row`] with the place of what does not fit; an edge with both signs.
pub fn read_beeline(folder: &Path) -> Result<Beeline> {
    let cells = read_expression(&folder.join("ExpressionData.csv"))?;
    let path = folder.join("PseudoTime.csv");
    let pseudotime = path
        .exists()
        .then(|| read_times(&path, cells.names()))
        .transpose()?;
    let network = read_network(&folder.join("refNetwork.csv"), cells.genes())?;
    Ok(Beeline {
        cells,
        pseudotime,
        network,
    })
}

/// `cells × lineages`, in the order of the cells given.
fn read_times(path: &Path, cells: &[String]) -> Result<Array2<f64>> {
    let lineages = read_pseudotime(path, cells)?;
    let time = |(cell, lineage): (usize, usize)| lineages[lineage].pseudotime[cell];
    Ok(Array2::from_shape_fn((cells.len(), lineages.len()), time))
}

fn read_network(path: &Path, genes: &[String]) -> Result<Network> {
    let genes = GeneIndex::new(genes.to_vec())?;
    let mut edges = BTreeSet::new();
    for row in read_rows(path)?.iter().skip(1) {
        if !(2..=3).contains(&row.fields.len()) {
            return Err(row.error(0, "Gene1,Gene2,Type are expected".into()));
        }
        let gene = |field: usize| {
            let name = &row.fields[field];
            let unknown = || row.error(field, format!("gene {name} has no expression"));
            genes.position(name).ok_or_else(unknown)
        };
        let activates = match row.fields.get(2).map(String::as_str) {
            None | Some("+") => true,
            Some("-") => false,
            Some(other) => {
                return Err(row.error(2, format!("{other:?} is neither \"+\" nor \"-\"")));
            }
        };
        edges.insert((gene(0)?, gene(1)?, activates));
    }
    let edge = |(from, to, activates)| Edge {
        from,
        to,
        weight: if activates { 1.0 } else { -1.0 },
    };
    Ok(Network::new(genes, edges.into_iter().map(edge).collect())?)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use ndarray::arr2;

    use super::super::testing::cells;
    use super::*;

    fn data() -> Beeline {
        let genes = GeneIndex::new(cells().genes().to_vec()).unwrap();
        let edges = [(0, 1, -2.5), (1, 1, 0.5)].map(|(from, to, weight)| Edge { from, to, weight });
        Beeline {
            cells: cells(),
            pseudotime: Some(arr2(&[
                [0.1, f64::NAN],
                [0.2, 0.3],
                [1.0, 2.0],
                [0.0, 1e-9],
            ])),
            network: Network::new(genes, edges.to_vec()).unwrap(),
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        let folder = tempfile::tempdir().unwrap();
        write_beeline(folder.path(), &data()).unwrap();
        let back = read_beeline(folder.path()).unwrap();
        assert_eq!(back.cells, cells());
        let bits = |times: &Array2<f64>| times.mapv(|t| if t.is_nan() { -1.0 } else { t });
        assert_eq!(
            bits(&back.pseudotime.unwrap()),
            bits(&data().pseudotime.unwrap())
        );
        let signs: Vec<_> = back
            .network
            .edges()
            .iter()
            .map(|e| (e.from, e.to, e.weight))
            .collect();
        assert_eq!(signs, [(0, 1, -1.0), (1, 1, 1.0)]);
        let text = fs::read_to_string(folder.path().join("PseudoTime.csv")).unwrap();
        assert!(
            text.starts_with(",PseudoTime1,PseudoTime2\nc1,0.1,NA\nc 2,0.2,0.3\n"),
            "{text}"
        );
    }

    #[test]
    fn files_of_beeline_itself_are_read() {
        // Its pseudotime is written by R: no empty first field; reference rows may come twice.
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("ExpressionData.csv", ",E1_0,E2_5\nPu1,0.5,1\nGata1,2,0\n");
        write(
            "PseudoTime.csv",
            "PseudoTime1,PseudoTime2\nE2_5,NA,3\nE1_0,1,2\n",
        );
        write(
            "refNetwork.csv",
            "Gene1,Gene2,Type\nPu1,Gata1,-\nPu1,Gata1,-\n",
        );
        let data = read_beeline(folder.path()).unwrap();
        let times = data.pseudotime.unwrap();
        assert_eq!(times.row(0).to_vec(), [1.0, 2.0]);
        assert!(times[[1, 0]].is_nan());
        assert_eq!(data.network.edges().len(), 1);
        write("refNetwork.csv", "Gene1,Gene2,Type\nPu1,Sox2,-\n");
        let message = read_beeline(folder.path()).unwrap_err().to_string();
        assert!(message.contains("row 2, column 2: gene Sox2"), "{message}");
        write("refNetwork.csv", "Gene1,Gene2\nPu1,Gata1\n");
        assert_eq!(
            read_beeline(folder.path()).unwrap().network.weight(0, 1),
            Some(1.0)
        );
        write("PseudoTime.csv", ",PseudoTime\nE2_5,3\n");
        let message = read_beeline(folder.path()).unwrap_err().to_string();
        assert!(
            message.contains("PseudoTime.csv") && message.contains("E1_0"),
            "{message}"
        );
    }
}
