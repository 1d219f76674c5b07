//! From gene names to numbers, and what has no place there.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::edge::{Edge, Sign};
use crate::edge_set::EdgeSet;
use crate::error::Error;
use crate::estimate::Estimate;
use crate::formats::{EdgeList, NamedEdge};

/// The genes of an evaluation, numbered in alphabetical order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneNames {
    names: Vec<String>,
    places: BTreeMap<String, usize>,
}

/// Edges that name a gene which is not part of the evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Unplaced {
    /// Their number.
    pub edges: usize,
    /// The genes, in alphabetical order.
    pub genes: Vec<String>,
}

impl GeneNames {
    /// The distinct names.
    pub fn new<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        let mut names: Vec<String> = names.into_iter().map(Into::into).collect();
        names.sort_unstable();
        names.dedup();
        let places = (0..)
            .zip(&names)
            .map(|(place, name)| (name.clone(), place))
            .collect();
        Self { names, places }
    }

    /// The genes that any of the lists names.
    pub fn of<'a>(lists: impl IntoIterator<Item = &'a EdgeList>) -> Self {
        let edges = lists.into_iter().flat_map(|list| &list.edges);
        Self::new(edges.flat_map(|edge| [edge.regulator.clone(), edge.target.clone()]))
    }

    /// The names, in the order of their numbers.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The number of a gene.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    /// The edges as a reference: those of weight 0 are none, and of the others the sign column gives the sign.
    ///
    /// # Errors
    /// None in practice: genes without a place are left out and counted.
    pub fn reference(&self, list: &EdgeList) -> Result<(EdgeSet, Unplaced), Error> {
        let (placed, unplaced) = self.placed(list);
        let edges = placed
            .into_iter()
            .filter(|(_, _, edge)| edge.weight != Some(0.0))
            .map(|(target, regulator, edge)| match edge.sign {
                Some(sign) => Edge::signed(target, regulator, sign),
                None => Edge::unsigned(target, regulator),
            });
        Ok((EdgeSet::new(self.names.len(), edges)?, unplaced))
    }

    /// The edges as an estimate: an edge without a weight scores 1; a sign column turns a positive weight negative.
    ///
    /// # Errors
    /// None in practice: genes without a place are left out and counted.
    pub fn estimate(&self, list: &EdgeList) -> Result<(Estimate<'static, f64>, Unplaced), Error> {
        let (placed, unplaced) = self.placed(list);
        let scores = placed.into_iter().map(|(target, regulator, edge)| {
            let weight = edge.weight.unwrap_or(1.0);
            let score = if edge.sign == Some(Sign::Repression) {
                -weight.abs()
            } else {
                weight
            };
            (target, regulator, score)
        });
        Ok((Estimate::sparse(self.names.len(), scores)?, unplaced))
    }

    fn placed<'a>(&self, list: &'a EdgeList) -> (Vec<(usize, usize, &'a NamedEdge)>, Unplaced) {
        let mut unplaced = Unplaced::default();
        let mut placed = Vec::with_capacity(list.edges.len());
        for edge in &list.edges {
            if let (Some(target), Some(regulator)) =
                (self.place(&edge.target), self.place(&edge.regulator))
            {
                placed.push((target, regulator, edge));
                continue;
            }
            unplaced.edges += 1;
            let unknown = [&edge.target, &edge.regulator]
                .into_iter()
                .filter(|name| self.place(name).is_none());
            unplaced.genes.extend(unknown.cloned());
        }
        unplaced.genes.sort_unstable();
        unplaced.genes.dedup();
        (placed, unplaced)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::parse_edges;

    #[test]
    fn genes_without_a_place_are_counted() {
        let genes = GeneNames::new(["B", "A", "C", "A"]);
        assert_eq!(
            (genes.names().len(), genes.place("C"), genes.place("Z")),
            (3, Some(2), None)
        );
        let list = parse_edges("A,B,1\nB,C,0\nZ,A,1\nC,Y,1\n").unwrap();
        let (reference, unplaced) = genes.reference(&list).unwrap();
        assert_eq!(reference.edges(), [Edge::unsigned(1, 0)]);
        assert_eq!(
            (unplaced.edges, unplaced.genes.join(",")),
            (2, "Y,Z".to_owned())
        );
    }

    #[test]
    fn signs_and_weights_make_scores() {
        let list = parse_edges("from,to,weight,activation\nA,B,2,FALSE\nB,A,0.5,TRUE\n").unwrap();
        let genes = GeneNames::of([&list]);
        let (estimate, _) = genes.estimate(&list).unwrap();
        let score = |target, regulator| estimate.score(crate::Pair::new(target, regulator));
        assert!((score(1, 0) + 2.0).abs() < 1e-15 && (score(0, 1) - 0.5).abs() < 1e-15);
        let bare = parse_edges("A,B\n").unwrap();
        assert!(
            (genes
                .estimate(&bare)
                .unwrap()
                .0
                .score(crate::Pair::new(1, 0))
                - 1.0)
                .abs()
                < 1e-15
        );
    }
}
