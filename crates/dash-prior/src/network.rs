//! Signed, directed networks of gene regulation.

use std::fmt;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::gene_index::GeneIndex;

/// One regulation: gene `from` acts on gene `to`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// Number of the regulator.
    pub from: usize,
    /// Number of the target.
    pub to: usize,
    /// Strength: positive for activation, negative for repression, finite and never 0.
    pub weight: f64,
}

/// How many edges activate and how many repress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SignCounts {
    /// Edges of positive weight.
    pub activating: usize,
    /// Edges of negative weight.
    pub repressing: usize,
}

/// A signed, directed network over the genes of a [`GeneIndex`], at most one edge per ordered pair.
///
/// Self-loops are allowed.
#[derive(Clone, PartialEq)]
pub struct Network {
    genes: GeneIndex,
    edges: Vec<Edge>,
}

impl Network {
    /// The network of these edges, in any order.
    ///
    /// # Errors
    /// [`Error::GeneOutOfRange`], [`Error::EdgeWeight`] (zero, NaN, infinite) and [`Error::DuplicateEdge`].
    pub fn new(genes: GeneIndex, edges: Vec<Edge>) -> Result<Self> {
        for edge in &edges {
            check_gene(edge.from, &genes)?;
            check_gene(edge.to, &genes)?;
            if edge.weight == 0.0 || !edge.weight.is_finite() {
                return Err(Error::EdgeWeight {
                    from: genes.name(edge.from).to_string(),
                    to: genes.name(edge.to).to_string(),
                    weight: edge.weight,
                });
            }
        }
        let network = Self::sorted(genes, edges);
        let (genes, edges) = (&network.genes, &network.edges);
        let twice = edges
            .windows(2)
            .find(|pair| (pair[0].from, pair[0].to) == (pair[1].from, pair[1].to));
        if let Some(pair) = twice {
            return Err(Error::DuplicateEdge {
                from: genes.name(pair[0].from).to_string(),
                to: genes.name(pair[0].to).to_string(),
            });
        }
        Ok(network)
    }

    /// The network of edges that are known to be valid.
    pub(crate) fn sorted(genes: GeneIndex, mut edges: Vec<Edge>) -> Self {
        edges.sort_unstable_by_key(|edge| (edge.from, edge.to));
        Self { genes, edges }
    }

    /// The genes, regulated or not.
    pub fn genes(&self) -> &GeneIndex {
        &self.genes
    }

    /// The edges, sorted by `(from, to)`.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// The edges that leave gene `from`, sorted by target; none for a number that is out of range.
    pub fn edges_from(&self, from: usize) -> &[Edge] {
        let start = self.edges.partition_point(|edge| edge.from < from);
        let length = self.edges[start..].partition_point(|edge| edge.from == from);
        &self.edges[start..start + length]
    }

    /// The weight of the edge `from` → `to`, where there is one.
    pub fn weight(&self, from: usize, to: usize) -> Option<f64> {
        let edges = self.edges_from(from);
        edges
            .binary_search_by_key(&to, |edge| edge.to)
            .ok()
            .map(|found| edges[found].weight)
    }

    /// The genes that regulate at least one gene, ascending.
    pub fn regulators(&self) -> Vec<usize> {
        let mut regulators: Vec<usize> = self.edges.iter().map(|edge| edge.from).collect();
        regulators.dedup();
        regulators
    }

    /// The genes that are regulated by at least one gene, ascending.
    pub fn targets(&self) -> Vec<usize> {
        let regulated = self.in_degrees();
        (0..self.genes.len())
            .filter(|&gene| regulated[gene] > 0)
            .collect()
    }

    /// How many edges end at each gene; length k.
    pub fn in_degrees(&self) -> Vec<usize> {
        self.count(|edge| edge.to)
    }

    /// How many edges leave each gene; length k.
    pub fn out_degrees(&self) -> Vec<usize> {
        self.count(|edge| edge.from)
    }

    fn count(&self, end: impl Fn(&Edge) -> usize) -> Vec<usize> {
        let mut counts = vec![0; self.genes.len()];
        for edge in &self.edges {
            counts[end(edge)] += 1;
        }
        counts
    }

    /// How many edges activate and how many repress.
    pub fn sign_counts(&self) -> SignCounts {
        let activating = self.edges.iter().filter(|edge| edge.weight > 0.0).count();
        SignCounts {
            activating,
            repressing: self.edges.len() - activating,
        }
    }

    /// Notices input genes (constant, regulated by nobody) that have regulators in this network.
    ///
    /// Such genes mean that the list of inputs, or the order of genes it was made with, belongs to another network.
    /// Ask this of a true network: edges of a corrupted prior can end anywhere.
    ///
    /// # Errors
    /// [`Error::RegulatedInputs`] with all names, [`Error::GeneOutOfRange`].
    pub fn check_inputs(&self, inputs: &[usize]) -> Result<()> {
        let regulators = self.in_degrees();
        let mut regulated = Vec::new();
        for &input in inputs {
            check_gene(input, &self.genes)?;
            if regulators[input] > 0 {
                regulated.push(self.genes.name(input).to_string());
            }
        }
        if regulated.is_empty() {
            Ok(())
        } else {
            Err(Error::RegulatedInputs {
                genes: regulated,
                inputs: inputs.len(),
            })
        }
    }

    /// How many genes act on themselves.
    pub fn self_loops(&self) -> usize {
        self.edges
            .iter()
            .filter(|edge| edge.from == edge.to)
            .count()
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "Network({} genes, {} edges)",
            self.genes.len(),
            self.edges.len()
        )
    }
}

fn check_gene(gene: usize, genes: &GeneIndex) -> Result<()> {
    if gene < genes.len() {
        Ok(())
    } else {
        Err(Error::GeneOutOfRange {
            gene,
            genes: genes.len(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn genes(count: usize) -> GeneIndex {
        GeneIndex::new((0..count).map(|i| format!("G{i}")).collect()).unwrap()
    }

    fn edge(from: usize, to: usize, weight: f64) -> Edge {
        Edge { from, to, weight }
    }

    fn diamond() -> Network {
        let edges = vec![
            edge(2, 3, -1.0),
            edge(0, 2, 0.5),
            edge(0, 1, 1.0),
            edge(1, 3, 2.0),
            edge(3, 3, -0.1),
        ];
        Network::new(genes(5), edges).unwrap()
    }

    #[test]
    fn edges_are_sorted_and_found() {
        let network = diamond();
        let pairs: Vec<_> = network.edges().iter().map(|e| (e.from, e.to)).collect();
        assert_eq!(pairs, [(0, 1), (0, 2), (1, 3), (2, 3), (3, 3)]);
        assert_eq!(network.edges_from(0).len(), 2);
        assert!(network.edges_from(4).is_empty());
        assert!(network.edges_from(99).is_empty());
        assert_eq!(network.weight(2, 3), Some(-1.0));
        assert_eq!(network.weight(3, 2), None);
    }

    #[test]
    fn who_regulates_and_who_is_regulated() {
        let network = diamond();
        assert_eq!(network.regulators(), [0, 1, 2, 3]);
        assert_eq!(network.targets(), [1, 2, 3]);
        assert_eq!(network.in_degrees(), [0, 1, 1, 3, 0]);
        assert_eq!(network.out_degrees(), [2, 1, 1, 1, 0]);
        assert_eq!(
            network.sign_counts(),
            SignCounts {
                activating: 3,
                repressing: 2
            }
        );
        assert_eq!(network.self_loops(), 1);
    }

    #[test]
    fn regulated_inputs_are_noticed() {
        let network = diamond();
        network.check_inputs(&[0, 4]).unwrap();
        let error = network.check_inputs(&[0, 3, 2]).unwrap_err();
        assert!(
            matches!(&error, Error::RegulatedInputs { genes, inputs: 3 } if genes == &["G3", "G2"]),
            "{error}"
        );
        assert!(error.to_string().contains("2 of 3 input genes"), "{error}");
        assert!(matches!(
            network.check_inputs(&[5]),
            Err(Error::GeneOutOfRange { gene: 5, genes: 5 })
        ));
    }

    #[test]
    fn edges_that_make_no_sense_are_refused() {
        let error = Network::new(genes(2), vec![edge(0, 2, 1.0)]).unwrap_err();
        assert!(
            matches!(error, Error::GeneOutOfRange { gene: 2, genes: 2 }),
            "{error}"
        );
        for weight in [0.0, -0.0, f64::NAN, f64::INFINITY] {
            let error = Network::new(genes(2), vec![edge(0, 1, weight)]).unwrap_err();
            assert!(
                matches!(&error, Error::EdgeWeight { from, to, .. } if from == "G0" && to == "G1"),
                "{error}"
            );
        }
        let error = Network::new(
            genes(2),
            vec![edge(0, 1, 1.0), edge(1, 0, 1.0), edge(0, 1, -1.0)],
        )
        .unwrap_err();
        assert!(
            matches!(&error, Error::DuplicateEdge { from, to } if from == "G0" && to == "G1"),
            "{error}"
        );
    }
}
