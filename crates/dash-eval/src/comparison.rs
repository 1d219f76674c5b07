//! An estimate, the reference that judges it, and the universe over which it does.

use crate::edge::{Edge, Pair};
use crate::edge_set::EdgeSet;
use crate::error::Error;
use crate::estimate::Estimate;
use crate::pairs::Pairs;
use crate::universe::Universe;

/// An estimate, the reference that judges it, and the universe over which it does: all that a network metric needs.
///
/// The inputs are checked once, here. Pairs outside of the universe are ignored, by the estimate and by the reference.
#[derive(Debug)]
pub struct Comparison<'a, 'd, F> {
    pub(crate) estimate: &'a Estimate<'d, F>,
    pub(crate) reference: &'a EdgeSet,
    pub(crate) pairs: Pairs,
    universe: String,
}

impl<'a, 'd, F: Copy + Into<f64>> Comparison<'a, 'd, F> {
    /// Judges `estimate` by `reference` over `universe`.
    ///
    /// # Errors
    /// [`Error::GeneCount`] if the two are over different numbers of genes, and the errors of [`Universe::pairs`].
    pub fn new(
        estimate: &'a Estimate<'d, F>,
        reference: &'a EdgeSet,
        universe: &Universe,
    ) -> Result<Self, Error> {
        check_genes(
            "the estimate",
            estimate.genes(),
            "the reference",
            reference.genes(),
        )?;
        Ok(Self {
            estimate,
            reference,
            pairs: universe.pairs(reference)?,
            universe: universe.to_string(),
        })
    }

    /// The pairs of the universe, U.
    pub fn pairs(&self) -> &Pairs {
        &self.pairs
    }

    /// The name of the universe.
    pub fn universe(&self) -> &str {
        &self.universe
    }

    /// Number of positives, P = |R ∩ U|.
    pub fn positives(&self) -> u64 {
        self.pairs.count_edges(self.reference)
    }

    /// The edges of the reference that are in the universe, R ∩ U.
    pub(crate) fn edges(&self) -> impl Iterator<Item = &Edge> {
        self.reference
            .edges()
            .iter()
            .filter(|edge| self.pairs.contains(edge.pair))
    }

    /// Calls `visit(pair, score, edge)` for every pair of the universe whose score is not 0, in the order of the
    /// pairs; `edge` is the edge of the reference, if the pair is in it.
    pub(crate) fn for_each_nonzero(&self, mut visit: impl FnMut(Pair, f64, Option<&Edge>)) {
        for target in (0..self.pairs.genes()).filter(|&target| self.pairs.has_target(target)) {
            let mut edges = self.reference.into_target(target);
            self.estimate.for_each_nonzero(target, |regulator, score| {
                let pair = Pair::new(target, regulator);
                if !self.pairs.contains(pair) {
                    return;
                }
                while edges.first().is_some_and(|edge| edge.pair < pair) {
                    edges = &edges[1..];
                }
                visit(pair, score, edges.first().filter(|edge| edge.pair == pair));
            });
        }
    }
}

pub(crate) fn check_genes(
    left: &'static str,
    left_genes: usize,
    right: &'static str,
    right_genes: usize,
) -> Result<(), Error> {
    if left_genes == right_genes {
        return Ok(());
    }
    Err(Error::GeneCount {
        left,
        left_genes,
        right,
        right_genes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_over_other_genes_is_an_error() {
        let estimate = Estimate::sparse(3, [(0, 1, 1.0)]).unwrap();
        let reference = EdgeSet::new(4, [Edge::unsigned(0, 1)]).unwrap();
        let error = Comparison::new(&estimate, &reference, &Universe::ReferenceGenes).unwrap_err();
        assert!(matches!(
            error,
            Error::GeneCount {
                left_genes: 3,
                right_genes: 4,
                ..
            }
        ));
    }

    #[test]
    fn every_scored_pair_meets_its_edge() {
        let estimate =
            Estimate::sparse(3, [(0, 1, 1.0), (0, 2, -1.0), (2, 0, 3.0), (1, 1, 5.0)]).unwrap();
        let reference = EdgeSet::new(
            3,
            [
                Edge::unsigned(0, 2),
                Edge::unsigned(2, 1),
                Edge::unsigned(1, 1),
            ],
        )
        .unwrap();
        let comparison = Comparison::new(
            &estimate,
            &reference,
            &Universe::AllPairs { self_pairs: false },
        )
        .unwrap();
        let mut seen = Vec::new();
        comparison.for_each_nonzero(|pair, score, edge| {
            seen.push((pair.target, pair.regulator, score, edge.is_some()));
        });
        assert_eq!(
            seen,
            [(0, 1, 1.0, false), (0, 2, -1.0, true), (2, 0, 3.0, false)]
        );
        assert_eq!(comparison.positives(), 2);
    }
}
