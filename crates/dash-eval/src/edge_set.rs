//! A network without weights: the reference that an estimate is judged by, or a prior.

use ndarray::ArrayRef2;

use crate::edge::{Edge, Pair, Sign};
use crate::error::Error;
use crate::rows::Rows;

/// A set R of edges between k genes, signed or not: a reference (truth) or a prior.
///
/// A pair that is listed more than once is kept once and counted. Self edges are kept and counted.
#[derive(Debug, Clone, PartialEq)]
pub struct EdgeSet {
    edges: Rows<Edge>,
    duplicates: usize,
    sign_conflicts: usize,
}

impl EdgeSet {
    /// The set of the listed edges between `genes` genes; the order of the list has no meaning.
    ///
    /// Of a repeated pair the sign is kept if the repetitions agree; if they do not, the sign is unknown.
    ///
    /// # Errors
    /// [`Error::GeneOutOfRange`] if an edge names a gene that does not exist.
    pub fn new(genes: usize, edges: impl IntoIterator<Item = Edge>) -> Result<Self, Error> {
        let mut edges: Vec<Edge> = edges.into_iter().collect();
        for edge in &edges {
            edge.pair.check(genes)?;
        }
        let listed = edges.len();
        edges.sort_unstable();
        edges.dedup();
        let mut kept = Vec::with_capacity(edges.len());
        let mut sign_conflicts = 0;
        for same_pair in edges.chunk_by(|a, b| a.pair == b.pair) {
            let mut signs = same_pair.iter().filter_map(|edge| edge.sign);
            let (sign, conflict) = (signs.next(), signs.next().is_some());
            sign_conflicts += usize::from(conflict);
            kept.push(Edge {
                pair: same_pair[0].pair,
                sign: sign.filter(|_| !conflict),
            });
        }
        Ok(Self {
            duplicates: listed - kept.len(),
            sign_conflicts,
            edges: Rows::new(genes, kept, |edge| edge.pair),
        })
    }

    /// The edges of a k × k matrix of effects, \[target, regulator\]: one for every entry that is not 0, with its sign.
    ///
    /// # Errors
    /// [`Error::NotSquare`]; [`Error::NanEffect`] if an entry is NaN.
    pub fn from_matrix<F: Copy + Into<f64>>(effects: &ArrayRef2<F>) -> Result<Self, Error> {
        let (rows, columns) = effects.dim();
        if rows != columns {
            return Err(Error::NotSquare { rows, columns });
        }
        let mut edges = Vec::new();
        for ((target, regulator), &effect) in effects.indexed_iter() {
            let effect = effect.into();
            if effect.is_nan() {
                return Err(Error::NanEffect { target, regulator });
            }
            edges.extend(Sign::of(effect).map(|sign| Edge::signed(target, regulator, sign)));
        }
        Self::new(rows, edges)
    }

    /// Number of genes, k.
    pub fn genes(&self) -> usize {
        self.edges.rows()
    }

    /// The edges, ordered by target, then by regulator.
    pub fn edges(&self) -> &[Edge] {
        self.edges.items()
    }

    /// The edges into one target, ordered by regulator.
    ///
    /// # Panics
    /// If `target` is not below [`genes`](Self::genes).
    pub fn into_target(&self, target: usize) -> &[Edge] {
        self.edges.row(target)
    }

    /// The edge of a pair, if the set holds it.
    pub fn get(&self, pair: Pair) -> Option<&Edge> {
        let found = self
            .edges()
            .binary_search_by_key(&pair, |edge| edge.pair)
            .ok()?;
        Some(&self.edges()[found])
    }

    /// Number of listed edges that repeated a pair.
    pub fn duplicates(&self) -> usize {
        self.duplicates
    }

    /// Number of pairs that were listed with both signs.
    pub fn sign_conflicts(&self) -> usize {
        self.sign_conflicts
    }

    /// Number of genes that act on themselves.
    pub fn self_edges(&self) -> usize {
        self.edges()
            .iter()
            .filter(|edge| edge.pair.is_self())
            .count()
    }

    /// Number of targets of every gene (length k).
    pub fn out_degrees(&self) -> Vec<usize> {
        let mut degrees = vec![0; self.genes()];
        for edge in self.edges() {
            degrees[edge.pair.regulator] += 1;
        }
        degrees
    }

    /// Number of regulators of every gene (length k).
    pub fn in_degrees(&self) -> Vec<usize> {
        (0..self.genes())
            .map(|target| self.into_target(target).len())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_pairs_are_kept_once_and_counted() {
        let set = EdgeSet::new(
            3,
            [
                Edge::signed(1, 0, Sign::Activation),
                Edge::unsigned(1, 0),
                Edge::signed(2, 0, Sign::Activation),
                Edge::signed(2, 0, Sign::Repression),
                Edge::unsigned(2, 2),
            ],
        )
        .unwrap();
        assert_eq!(
            set.edges(),
            [
                Edge::signed(1, 0, Sign::Activation),
                Edge::unsigned(2, 0),
                Edge::unsigned(2, 2)
            ]
        );
        assert_eq!(
            (set.duplicates(), set.sign_conflicts(), set.self_edges()),
            (2, 1, 1)
        );
        assert_eq!(set.out_degrees(), [2, 0, 1]);
        assert_eq!(set.in_degrees(), [0, 1, 2]);
    }

    #[test]
    fn a_gene_out_of_range_is_an_error() {
        let error = EdgeSet::new(3, [Edge::unsigned(0, 3)]).unwrap_err();
        assert_eq!(
            error,
            Error::GeneOutOfRange {
                target: 0,
                regulator: 3,
                genes: 3
            }
        );
    }

    #[test]
    fn an_edge_is_found_by_its_pair() {
        let set = EdgeSet::new(4, [Edge::unsigned(3, 1), Edge::unsigned(0, 2)]).unwrap();
        assert_eq!(set.get(Pair::new(3, 1)), Some(&Edge::unsigned(3, 1)));
        assert_eq!(set.get(Pair::new(1, 3)), None);
    }
}
