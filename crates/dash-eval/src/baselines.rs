//! What can be scored without data: the numbers to print beside every balanced accuracy and average precision.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::comparison::{Comparison, check_genes};
use crate::confusion::Confusion;
use crate::edge_set::EdgeSet;
use crate::error::Error;
use crate::metric::{Metric, null_when_undefined};
use crate::pairs::Pairs;
use crate::ranking::Ranking;
use crate::universe::Universe;

/// The score of a prediction that was made without data.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Baseline {
    /// What is predicted.
    pub name: &'static str,
    /// Its confusion counts.
    pub confusion: Confusion,
    /// Its balanced accuracy.
    #[serde(serialize_with = "null_when_undefined")]
    pub balanced_accuracy: Metric,
    /// Its average precision.
    #[serde(serialize_with = "null_when_undefined")]
    pub average_precision: Metric,
    /// Its AUROC.
    #[serde(serialize_with = "null_when_undefined")]
    pub auroc: Metric,
}

/// What else is known before looking at data, for further baselines.
#[derive(Debug, Clone, Copy, Default)]
pub struct PriorKnowledge<'a> {
    /// A prior network, scored as if it were an estimate.
    pub prior: Option<&'a EdgeSet>,
    /// Genes known to be regulators: each is predicted to regulate every gene.
    pub regulators: Option<&'a [usize]>,
}

impl<F> Comparison<'_, '_, F>
where
    F: Copy + Into<f64>,
{
    /// The baselines over the universe of the comparison, by name:
    ///
    /// - `everything` and `nothing`;
    /// - `reference_regulators_to_all`: every regulator of the reference regulates every gene;
    /// - `reference_block`: every regulator of the reference regulates every gene that has a regulator in it;
    /// - `degree_only`: an oracle of degrees, score(j → i) = out-degree(j) · in-degree(i) in the reference. Its pattern
    ///   is the reference block; its ranking shows how far topology alone goes;
    /// - `prior` and `known_regulators_to_all`, where given.
    ///
    /// # Errors
    /// [`Error::GeneCount`] if the prior is over other genes; [`Error::GeneOutOfRange`] if a known regulator does not
    /// exist; [`Error::EmptyUniverse`] if the reference has no edge.
    pub fn baselines(&self, knowledge: PriorKnowledge<'_>) -> Result<Vec<Baseline>, Error> {
        let genes = self.reference.genes();
        let pattern = |universe: Universe| -> Result<Confusion, Error> {
            let predicted = universe.pairs(self.reference)?;
            Ok(Confusion::of_pairs(&predicted, self.reference, &self.pairs))
        };
        let block = pattern(Universe::ReferenceBlock { self_pairs: true })?;
        let nothing = Confusion::from_predicted(0, 0, self.positives(), self.pairs.len());
        let mut baselines = vec![
            by_pattern(
                "everything",
                pattern(Universe::AllPairs { self_pairs: true })?,
            ),
            by_pattern("nothing", nothing),
            by_pattern(
                "reference_regulators_to_all",
                pattern(Universe::ReferenceRegulators { self_pairs: true })?,
            ),
            by_pattern("reference_block", block),
            by_ranking("degree_only", block, &self.degree_ranking()),
        ];
        if let Some(prior) = knowledge.prior {
            check_genes("the prior", prior.genes(), "the reference", genes)?;
            let true_positives = self
                .edges()
                .filter(|edge| prior.get(edge.pair).is_some())
                .count() as u64;
            let false_positives = self.pairs.count_edges(prior) - true_positives;
            let counts = Confusion::from_predicted(
                true_positives,
                false_positives,
                self.positives(),
                self.pairs.len(),
            );
            baselines.push(by_pattern("prior", counts));
        }
        if let Some(regulators) = knowledge.regulators {
            let predicted = Pairs::from_regulators(genes, regulators.iter().copied())?;
            let counts = Confusion::of_pairs(&predicted, self.reference, &self.pairs);
            baselines.push(by_pattern("known_regulators_to_all", counts));
        }
        Ok(baselines)
    }

    /// The universe ranked by out-degree of the regulator times in-degree of the target.
    fn degree_ranking(&self) -> Ranking {
        let (out_degrees, in_degrees) = (self.reference.out_degrees(), self.reference.in_degrees());
        let mut items: BTreeMap<usize, i64> = BTreeMap::new();
        self.pairs
            .for_each_class(&out_degrees, &in_degrees, |out_degree, in_degree, pairs| {
                *items.entry(out_degree * in_degree).or_default() += pairs;
            });
        let mut positives: BTreeMap<usize, u64> = BTreeMap::new();
        for edge in self.edges() {
            *positives
                .entry(out_degrees[edge.pair.regulator] * in_degrees[edge.pair.target])
                .or_default() += 1;
        }
        Ranking::from_groups(items.into_iter().rev().map(|(score, items)| {
            let positives = positives.get(&score).copied().unwrap_or(0);
            (score as f64, positives, items as u64 - positives)
        }))
    }
}

fn by_pattern(name: &'static str, confusion: Confusion) -> Baseline {
    by_ranking(name, confusion, &confusion.ranking())
}

fn by_ranking(name: &'static str, confusion: Confusion, ranking: &Ranking) -> Baseline {
    Baseline {
        name,
        confusion,
        balanced_accuracy: confusion.balanced_accuracy(),
        average_precision: ranking.average_precision(),
        auroc: ranking.auroc(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Edge, Estimate, Pair};

    fn reference() -> EdgeSet {
        let edges = [(1, 0), (2, 0), (3, 0), (3, 4), (4, 4), (0, 2)];
        EdgeSet::new(
            6,
            edges.map(|(target, regulator)| Edge::unsigned(target, regulator)),
        )
        .unwrap()
    }

    #[test]
    fn degrees_are_ranked_as_if_every_pair_were_scored() {
        let reference = reference();
        let (out_degrees, in_degrees) = (reference.out_degrees(), reference.in_degrees());
        let scores = (0..6).flat_map(|t| (0..6).map(move |r| (t, r)));
        let scores = scores.map(|(t, r)| (t, r, (out_degrees[r] * in_degrees[t]) as f64));
        let estimate = Estimate::sparse(6, scores).unwrap();
        let explicit = Universe::Explicit(vec![
            Pair::new(1, 0),
            Pair::new(5, 5),
            Pair::new(3, 4),
            Pair::new(3, 2),
        ]);
        let names = [
            "all_pairs",
            "all_pairs_no_self",
            "reference_block",
            "reference_genes",
        ];
        for universe in names
            .iter()
            .map(|name| name.parse().unwrap())
            .chain([explicit])
        {
            let comparison = Comparison::new(&estimate, &reference, &universe).unwrap();
            assert_eq!(
                comparison.degree_ranking(),
                comparison.ranking(),
                "{universe}"
            );
        }
    }

    #[test]
    fn what_is_known_beforehand_is_scored_when_given() {
        let reference = reference();
        let estimate = Estimate::sparse(6, [(1, 0, 1.0)]).unwrap();
        let prior = EdgeSet::new(6, [Edge::unsigned(1, 0), Edge::unsigned(5, 5)]).unwrap();
        let comparison = Comparison::new(
            &estimate,
            &reference,
            &Universe::AllPairs { self_pairs: true },
        )
        .unwrap();
        let knowledge = PriorKnowledge {
            prior: Some(&prior),
            regulators: Some(&[0, 1]),
        };
        let baselines = comparison.baselines(knowledge).unwrap();
        let counts = |name| {
            let found = baselines
                .iter()
                .find(|baseline| baseline.name == name)
                .unwrap();
            (
                found.confusion.true_positives,
                found.confusion.false_positives,
            )
        };
        assert_eq!(counts("prior"), (1, 1));
        assert_eq!(counts("known_regulators_to_all"), (3, 9));
        assert_eq!(counts("nothing"), (0, 0));
        assert_eq!(counts("everything"), (6, 30));
        let unknown = PriorKnowledge {
            prior: None,
            regulators: Some(&[6]),
        };
        assert!(matches!(
            comparison.baselines(unknown),
            Err(Error::GeneOutOfRange { regulator: 6, .. })
        ));
    }
}
