//! Edge universes: over which ordered pairs a metric is computed.

use std::fmt;
use std::str::FromStr;

use crate::edge::Pair;
use crate::edge_set::EdgeSet;
use crate::error::Error;
use crate::pairs::Pairs;

/// Over which ordered pairs U a metric is computed. A pair in U that is not in the reference R is a negative.
///
/// The choice is part of every result: over all pairs, knowing which genes are regulators is most of the score.
/// Metrics over different universes must not be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Universe {
    /// All k² ordered pairs.
    AllPairs {
        /// Whether pairs of a gene with itself are in.
        self_pairs: bool,
    },
    /// Genes that regulate at least one gene in R × all genes: regulators that were not assayed are no negatives.
    ReferenceRegulators {
        /// Whether pairs of a gene with itself are in.
        self_pairs: bool,
    },
    /// Genes that regulate at least one gene in R × genes that have at least one regulator in R.
    ReferenceBlock {
        /// Whether pairs of a gene with itself are in.
        self_pairs: bool,
    },
    /// All ordered pairs of distinct genes that R names (BEELINE).
    ReferenceGenes,
    /// Genes that regulate at least one gene in R × genes that R names, no self pairs (BEELINE, DREAM5).
    ReferenceRegulatorsGenes,
    /// The listed pairs (DREAM4).
    Explicit(Vec<Pair>),
}

const NAMED: [(&str, Universe); 8] = [
    ("all_pairs", Universe::AllPairs { self_pairs: true }),
    (
        "all_pairs_no_self",
        Universe::AllPairs { self_pairs: false },
    ),
    (
        "reference_regulators",
        Universe::ReferenceRegulators { self_pairs: true },
    ),
    (
        "reference_regulators_no_self",
        Universe::ReferenceRegulators { self_pairs: false },
    ),
    (
        "reference_block",
        Universe::ReferenceBlock { self_pairs: true },
    ),
    (
        "reference_block_no_self",
        Universe::ReferenceBlock { self_pairs: false },
    ),
    ("reference_genes", Universe::ReferenceGenes),
    (
        "reference_regulators_genes",
        Universe::ReferenceRegulatorsGenes,
    ),
];

impl Universe {
    /// The pairs of the universe for one reference.
    ///
    /// # Errors
    /// [`Error::EmptyUniverse`] if no pair is in it; [`Error::GeneOutOfRange`] if a listed pair names a gene that
    /// does not exist.
    pub fn pairs(&self, reference: &EdgeSet) -> Result<Pairs, Error> {
        let genes = reference.genes();
        let has_targets: Vec<bool> = reference.out_degrees().iter().map(|&n| n > 0).collect();
        let has_regulators: Vec<bool> = reference.in_degrees().iter().map(|&n| n > 0).collect();
        let named: Vec<bool> = has_targets
            .iter()
            .zip(&has_regulators)
            .map(|(&a, &b)| a || b)
            .collect();
        let all = vec![true; genes];
        let pairs = match self {
            Self::AllPairs { self_pairs } => Pairs::product(all.clone(), all, *self_pairs),
            Self::ReferenceRegulators { self_pairs } => {
                Pairs::product(all, has_targets, *self_pairs)
            }
            Self::ReferenceBlock { self_pairs } => {
                Pairs::product(has_regulators, has_targets, *self_pairs)
            }
            Self::ReferenceGenes => Pairs::product(named.clone(), named, false),
            Self::ReferenceRegulatorsGenes => Pairs::product(named, has_targets, false),
            Self::Explicit(list) => Pairs::explicit(genes, list.clone())?,
        };
        if pairs.is_empty() {
            return Err(Error::EmptyUniverse {
                universe: self.to_string(),
            });
        }
        Ok(pairs)
    }
}

impl fmt::Display for Universe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = NAMED
            .iter()
            .find(|(_, universe)| universe == self)
            .map_or("explicit", |(name, _)| name);
        f.write_str(name)
    }
}

impl FromStr for Universe {
    type Err = Error;

    /// The universe of a name such as `all_pairs` or `reference_regulators_no_self`.
    ///
    /// # Errors
    /// [`Error::UnknownUniverse`].
    fn from_str(name: &str) -> Result<Self, Error> {
        let found = NAMED.iter().find(|(known, _)| *known == name);
        found
            .map(|(_, universe)| universe.clone())
            .ok_or_else(|| Error::UnknownUniverse {
                name: name.to_owned(),
                known: NAMED.map(|(known, _)| known).join(", "),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::Edge;

    /// Genes 0..5; 0 → 1, 0 → 2, 3 → 3; gene 4 is not named.
    fn reference() -> EdgeSet {
        EdgeSet::new(
            5,
            [
                Edge::unsigned(1, 0),
                Edge::unsigned(2, 0),
                Edge::unsigned(3, 3),
            ],
        )
        .unwrap()
    }

    #[test]
    fn sizes_and_positives_of_the_named_universes() {
        let expected = [
            ("all_pairs", 25, 3),
            ("all_pairs_no_self", 20, 2),
            ("reference_regulators", 10, 3),
            ("reference_regulators_no_self", 8, 2),
            ("reference_block", 6, 3),
            ("reference_block_no_self", 5, 2),
            ("reference_genes", 12, 2),
            ("reference_regulators_genes", 6, 2),
        ];
        for (name, len, positives) in expected {
            let universe: Universe = name.parse().unwrap();
            assert_eq!(universe.to_string(), name);
            let pairs = universe.pairs(&reference()).unwrap();
            assert_eq!(
                (pairs.len(), pairs.count_edges(&reference())),
                (len, positives),
                "{name}"
            );
        }
    }

    #[test]
    fn an_explicit_list_counts_every_pair_once() {
        let list = vec![Pair::new(1, 0), Pair::new(4, 4), Pair::new(1, 0)];
        let universe = Universe::Explicit(list);
        assert_eq!(universe.to_string(), "explicit");
        let pairs = universe.pairs(&reference()).unwrap();
        assert_eq!((pairs.len(), pairs.count_edges(&reference())), (2, 1));
    }

    #[test]
    fn an_empty_universe_and_an_unknown_name_are_errors() {
        let nothing = EdgeSet::new(3, []).unwrap();
        let error = Universe::ReferenceGenes.pairs(&nothing).unwrap_err();
        assert_eq!(
            error.to_string().split(':').next().unwrap(),
            "the universe `reference_genes` holds no pair"
        );
        assert!(
            Universe::from_str("everything")
                .unwrap_err()
                .to_string()
                .contains("all_pairs_no_self")
        );
    }
}
