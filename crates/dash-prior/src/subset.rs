//! Networks and matrices over another list of genes.

use crate::error::{Error, Result};
use crate::gene_index::GeneIndex;
use crate::network::{Edge, Network};
use crate::prior_matrix::PriorMatrix;
use crate::report::{GeneCount, SubsetReport};

impl Network {
    /// The network among `genes`, in their order; edges with a gene outside are dropped and reported.
    pub fn subset(&self, genes: &GeneIndex) -> (Network, SubsetReport) {
        let edges = self
            .edges()
            .iter()
            .map(|edge| (edge.from, edge.to, edge.weight));
        let (kept, report) = translate(self.genes(), genes, edges);
        let edges = kept
            .into_iter()
            .map(|(from, to, weight)| Edge { from, to, weight })
            .collect();
        (Network::sorted(genes.clone(), edges), report)
    }
}

impl PriorMatrix {
    /// The matrix over `genes`, in their order, where `own` are the genes of this matrix.
    ///
    /// # Errors
    /// [`Error::Shape`] where `own` has not as many genes as the matrix has rows.
    pub fn subset(
        &self,
        own: &GeneIndex,
        genes: &GeneIndex,
    ) -> Result<(PriorMatrix, SubsetReport)> {
        if own.len() != self.dim() {
            return Err(Error::Shape {
                what: "the prior matrix",
                found_rows: self.dim(),
                found_columns: self.dim(),
                expected: format!("{} rows, as many as its genes", own.len()),
            });
        }
        let (kept, report) = translate(own, genes, self.iter());
        Ok((PriorMatrix::from_triplets(genes.len(), kept)?, report))
    }
}

type Entry = (usize, usize, f64);

fn translate(
    old: &GeneIndex,
    new: &GeneIndex,
    entries: impl Iterator<Item = Entry>,
) -> (Vec<Entry>, SubsetReport) {
    let numbers: Vec<Option<usize>> = old.names().iter().map(|name| new.position(name)).collect();
    let mut lost = vec![0; old.len()];
    let mut kept = Vec::new();
    let mut edges_dropped = 0;
    for (row, column, value) in entries {
        if let (Some(new_row), Some(new_column)) = (numbers[row], numbers[column]) {
            kept.push((new_row, new_column, value));
            continue;
        }
        edges_dropped += 1;
        lost[row] += 1;
        if column != row {
            lost[column] += 1;
        }
    }
    let absent = (0..old.len()).filter(|&gene| numbers[gene].is_none());
    let report = SubsetReport {
        edges_kept: kept.len(),
        edges_dropped,
        genes_dropped: absent
            .map(|gene| GeneCount {
                gene: old.name(gene).to_string(),
                edges: lost[gene],
            })
            .collect(),
        genes_added: new
            .names()
            .iter()
            .filter(|name| old.position(name).is_none())
            .cloned()
            .collect(),
    };
    (kept, report)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn genes(names: &[&str]) -> GeneIndex {
        GeneIndex::new(names.iter().map(ToString::to_string).collect()).unwrap()
    }

    fn network() -> Network {
        let edges = [(0, 1, 1.0), (1, 2, -1.0), (2, 2, 2.0), (2, 0, 0.5)];
        let edges = edges
            .map(|(from, to, weight)| Edge { from, to, weight })
            .to_vec();
        Network::new(genes(&["A", "B", "C"]), edges).unwrap()
    }

    fn expected() -> SubsetReport {
        SubsetReport {
            edges_kept: 2,
            edges_dropped: 2,
            genes_dropped: vec![GeneCount {
                gene: "B".into(),
                edges: 2,
            }],
            genes_added: vec!["D".into()],
        }
    }

    #[test]
    fn a_network_takes_the_new_order() {
        let (subset, report) = network().subset(&genes(&["D", "C", "A"]));
        assert_eq!(subset.weight(1, 1), Some(2.0));
        assert_eq!(subset.weight(1, 2), Some(0.5));
        assert_eq!(subset.edges().len(), 2);
        assert_eq!(report, expected());
    }

    #[test]
    fn a_matrix_does_as_its_network() {
        let all = network();
        let new = genes(&["D", "C", "A"]);
        let (matrix, report) = PriorMatrix::from_network(&all)
            .subset(all.genes(), &new)
            .unwrap();
        assert_eq!(matrix, PriorMatrix::from_network(&all.subset(&new).0));
        assert_eq!(report, expected());
        let error = PriorMatrix::from_network(&all)
            .subset(&new, &genes(&["A"]))
            .map(|_| ());
        assert!(error.is_ok(), "three names fit three rows");
        let error = PriorMatrix::from_network(&all)
            .subset(&genes(&["A"]), &new)
            .unwrap_err();
        assert!(
            matches!(error, Error::Shape { found_rows: 3, .. }),
            "{error}"
        );
    }
}
