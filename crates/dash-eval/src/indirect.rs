//! References that ask for less than the direction or directness of an edge.

use crate::edge::{Edge, Pair};
use crate::edge_set::EdgeSet;
use crate::error::Error;
use crate::estimate::Estimate;
use crate::universe::Universe;

impl EdgeSet {
    /// The pairs that a directed path of at most `length` edges joins; only direct edges keep their sign.
    ///
    /// # Errors
    /// None in practice: the genes are those of this set.
    pub fn paths(&self, length: usize) -> Result<Self, Error> {
        let mut targets: Vec<Vec<usize>> = vec![Vec::new(); self.genes()];
        for edge in self.edges() {
            targets[edge.pair.regulator].push(edge.pair.target);
        }
        let mut edges = self.edges().to_vec();
        for regulator in (0..self.genes()).filter(|&gene| !targets[gene].is_empty()) {
            let mut is_reached = vec![false; self.genes()];
            let mut border = vec![regulator];
            for _ in 0..length {
                let mut next = Vec::new();
                for &gene in border.iter().flat_map(|&gene| &targets[gene]) {
                    if !std::mem::replace(&mut is_reached[gene], true) {
                        next.push(gene);
                    }
                }
                border = next;
            }
            let reached = (0..self.genes()).filter(|&gene| is_reached[gene]);
            edges.extend(
                reached
                    .map(|target| Edge::unsigned(target, regulator))
                    .filter(|edge| self.get(edge.pair).is_none()),
            );
        }
        Self::new(self.genes(), edges)
    }
}

/// Estimate, reference and universe without directions: a pair of genes counts once, as that of the larger and the
/// smaller number; its score is the one of larger magnitude of both directions, and it is true if either direction is.
///
/// The universe is listed pair by pair, so it takes memory for half of its pairs.
///
/// # Errors
/// [`Error::EmptyUniverse`], [`Error::GeneOutOfRange`].
pub fn undirected<F: Copy + Into<f64>>(
    estimate: &Estimate<'_, F>,
    reference: &EdgeSet,
    universe: &Universe,
) -> Result<(Estimate<'static, f64>, EdgeSet, Universe), Error> {
    let genes = reference.genes();
    let turned = |pair: Pair| {
        let (a, b) = (pair.target, pair.regulator);
        Pair::new(a.max(b), a.min(b))
    };
    let pairs = universe.pairs(reference)?;
    let mut scores = Vec::new();
    for target in 0..estimate.genes() {
        estimate.for_each_nonzero(target, |regulator, score| {
            let pair = Pair::new(target, regulator);
            if pairs.contains(pair) {
                let pair = turned(pair);
                scores.push((pair.target, pair.regulator, score));
            }
        });
    }
    let in_universe = reference.edges().iter().map(|edge| edge.pair);
    let edges = in_universe.filter(|pair| pairs.contains(*pair)).map(turned);
    let all = (0..genes).flat_map(|target| (0..=target).map(move |other| Pair::new(target, other)));
    let listed = all.filter(|pair| {
        pairs.contains(*pair) || pairs.contains(Pair::new(pair.regulator, pair.target))
    });
    Ok((
        Estimate::sparse(estimate.genes(), scores)?,
        EdgeSet::new(
            genes,
            edges.map(|pair| Edge::unsigned(pair.target, pair.regulator)),
        )?,
        Universe::Explicit(listed.collect()),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Comparison, Sign};

    #[test]
    fn paths_reach_as_far_as_they_may() {
        // 0 → 1 → 2 → 0, 2 → 3.
        let edges = [(1, 0), (2, 1), (0, 2), (3, 2)];
        let set =
            EdgeSet::new(4, edges.map(|(t, r)| Edge::signed(t, r, Sign::Activation))).unwrap();
        let counts: Vec<usize> = (0..5)
            .map(|k| set.paths(k).unwrap().edges().len())
            .collect();
        // Two steps add 0 → 2, 1 → 0, 1 → 3, 2 → 1; three add 0 → 0, 0 → 3, 1 → 1 and 2 → 2.
        assert_eq!(counts, [4, 4, 8, 12, 12]);
        assert_eq!(set.paths(1).unwrap(), set);
        assert_eq!(
            set.paths(2).unwrap().get(Pair::new(1, 0)).unwrap().sign,
            Some(Sign::Activation)
        );
        assert_eq!(
            set.paths(2).unwrap().get(Pair::new(2, 0)).unwrap().sign,
            None
        );
    }

    #[test]
    fn either_direction_makes_a_pair_true() {
        let estimate = Estimate::sparse(3, [(0, 1, 0.5), (1, 0, -2.0), (2, 1, 1.0)]).unwrap();
        let reference = EdgeSet::new(3, [Edge::unsigned(0, 1), Edge::unsigned(2, 0)]).unwrap();
        let universe = Universe::AllPairs { self_pairs: false };
        let (estimate, reference, universe) = undirected(&estimate, &reference, &universe).unwrap();
        let comparison = Comparison::new(&estimate, &reference, &universe).unwrap();
        assert_eq!((comparison.pairs().len(), comparison.positives()), (3, 2));
        assert!((estimate.score(Pair::new(1, 0)) + 2.0).abs() < 1e-15);
        // 2 (true), 1 (false), 0 (true).
        assert_eq!(
            comparison.ranking().average_precision(),
            Ok(0.5 + 0.5 * 2.0 / 3.0)
        );
    }
}
