//! What several fits agree on.

use std::collections::BTreeMap;

use anyhow::Context as _;
use dash_ode::{model_from_bytes, regulatory_network};
use dash_prior::{Edge, GeneIndex, Network};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

/// What one fit says.
#[derive(Clone, Debug)]
pub(crate) struct Fitted {
    /// Its network D̃, [target, regulator].
    network: Array2<f64>,
    /// Evidence and probability of the edges that it weighed, by (regulator, target).
    weighed: BTreeMap<(usize, usize), (f64, Option<f64>)>,
}

/// A row of the evidence file.
#[derive(Deserialize)]
struct Weighed {
    from: String,
    to: String,
    evidence: f64,
    probability: Option<f64>,
}

impl Fitted {
    /// From a model file and, where edges were weighed, the file of their evidence.
    pub(crate) fn read(
        model: &[u8],
        evidence: Option<&str>,
        genes: &GeneIndex,
    ) -> anyhow::Result<Self> {
        let (parameters, _) = model_from_bytes(model)?;
        let mut weighed = BTreeMap::new();
        for row in csv::Reader::from_reader(evidence.unwrap_or_default().as_bytes()).deserialize() {
            let row: Weighed = row?;
            let gene = |name: &str| {
                genes
                    .position(name)
                    .with_context(|| format!("unknown gene {name}"))
            };
            weighed.insert(
                (gene(&row.from)?, gene(&row.to)?),
                (row.evidence, row.probability),
            );
        }
        Ok(Self {
            network: regulatory_network(&parameters),
            weighed,
        })
    }
}

/// What is known about an edge.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct ConsensusEdge {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Mean weight over all fits, 0 where a fit lacks the edge.
    pub(crate) weight: f64,
    /// Share of the fits that have it.
    pub(crate) stability: f64,
    pub(crate) in_prior: bool,
    /// Whether the consensus network has it.
    pub(crate) kept: bool,
    /// Of the fit to all training data.
    pub(crate) evidence: Option<f64>,
    /// Mean over the fits that could tell; 0 of one that found other edges worth weighing.
    pub(crate) probability: Option<f64>,
}

/// What became of the prior.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct AgainstPrior {
    pub(crate) prior: usize,
    pub(crate) kept: usize,
    pub(crate) dropped: usize,
    pub(crate) added: usize,
}

/// Every edge of the prior and of any fit, the strongest of the consensus first.
pub(crate) fn consensus(
    fits: &[Fitted],
    prior: Option<&Network>,
    least: f64,
) -> Vec<ConsensusEdge> {
    let mut sums: BTreeMap<(usize, usize), (f64, usize)> = BTreeMap::new();
    let known = prior.into_iter().flat_map(Network::edges);
    sums.extend(known.map(|edge| ((edge.from, edge.to), (0.0, 0))));
    for fit in fits {
        sums.extend(
            fit.weighed
                .keys()
                .filter(|pair| !sums.contains_key(pair))
                .map(|pair| (*pair, (0.0, 0)))
                .collect::<Vec<_>>(),
        );
        for ((to, from), weight) in fit
            .network
            .indexed_iter()
            .filter(|(_, weight)| **weight != 0.0)
        {
            let (sum, count) = sums.entry((from, to)).or_default();
            *sum += weight;
            *count += 1;
        }
    }
    let n = fits.len() as f64;
    let mut edges: Vec<ConsensusEdge> = sums
        .into_iter()
        .map(|((from, to), (sum, count))| {
            let probability = probability(fits, (from, to));
            let (weight, stability) = (sum / n, count as f64 / n);
            ConsensusEdge {
                from,
                to,
                weight,
                stability,
                in_prior: prior.is_some_and(|prior| prior.weight(from, to).is_some()),
                // Signs that cancel leave no weight to report, nor does one that is 0 in the precision it is written in.
                kept: count > 0 && stability >= least && weight as f32 != 0.0,
                evidence: fits
                    .first()
                    .and_then(|fit| Some(fit.weighed.get(&(from, to))?.0)),
                probability,
            }
        })
        .collect();
    edges.sort_by(|a, b| {
        let strongest = b.weight.abs().total_cmp(&a.weight.abs());
        b.kept
            .cmp(&a.kept)
            .then(strongest)
            .then((a.from, a.to).cmp(&(b.from, b.to)))
    });
    edges
}

/// Mean probability over the fits that weighed edges, where one of them tells it. A fit that did not find an edge worth weighing
/// counts as 0; one that cannot tell does not count.
fn probability(fits: &[Fitted], edge: (usize, usize)) -> Option<f64> {
    let told = |fit: &Fitted| match fit.weighed.get(&edge) {
        Some((_, probability)) => *probability,
        None => (!fit.weighed.is_empty()).then_some(0.0),
    };
    let is_told = |fit: &Fitted| matches!(fit.weighed.get(&edge), Some((_, Some(_))));
    fits.iter().any(is_told).then(|| {
        let told: Vec<f64> = fits.iter().filter_map(told).collect();
        told.iter().sum::<f64>() / told.len() as f64
    })
}

impl AgainstPrior {
    pub(crate) fn of(edges: &[ConsensusEdge]) -> Self {
        let count =
            |wanted: &dyn Fn(&ConsensusEdge) -> bool| edges.iter().filter(|e| wanted(e)).count();
        Self {
            prior: count(&|e| e.in_prior),
            kept: count(&|e| e.in_prior && e.kept),
            dropped: count(&|e| e.in_prior && !e.kept),
            added: count(&|e| !e.in_prior && e.kept),
        }
    }
}

/// The consensus network.
pub(crate) fn network(edges: &[ConsensusEdge], genes: &GeneIndex) -> anyhow::Result<Network> {
    let kept = edges.iter().filter(|e| e.kept).map(|e| Edge {
        from: e.from,
        to: e.to,
        weight: f64::from(e.weight as f32),
    });
    Ok(Network::new(genes.clone(), kept.collect())?)
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    fn fitted(network: Array2<f64>, weighed: &[((usize, usize), f64, Option<f64>)]) -> Fitted {
        Fitted {
            network,
            weighed: weighed.iter().map(|&(pair, e, p)| (pair, (e, p))).collect(),
        }
    }

    #[test]
    fn stability_counts_fits_and_the_consensus_keeps_what_most_of_them_have() {
        let genes = GeneIndex::new(["A", "B", "C"].map(String::from).to_vec()).unwrap();
        let edge = |from, to| Edge {
            from,
            to,
            weight: 1.0,
        };
        let prior = Network::new(genes.clone(), vec![edge(0, 1), edge(0, 2)]).unwrap();
        // A acts on B in both fits; C on B in the second only; A on C, of the prior, in none.
        let fits = [
            fitted(
                array![[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]],
                &[((0, 1), 40.0, Some(0.9)), ((0, 2), 1.0, Some(0.1))],
            ),
            fitted(
                array![[0.0, 0.0, 0.0], [0.5, 0.0, -0.5], [0.0, 0.0, 0.0]],
                &[((0, 1), 30.0, Some(0.7)), ((2, 1), 20.0, None)],
            ),
        ];
        let edges = consensus(&fits, Some(&prior), 0.6);
        let told: Vec<_> = edges
            .iter()
            .map(|e| ((e.from, e.to), e.weight, e.stability, e.kept))
            .collect();
        assert_eq!(
            told,
            [
                ((0, 1), 0.75, 1.0, true),
                ((2, 1), -0.25, 0.5, false),
                ((0, 2), 0.0, 0.0, false)
            ]
        );
        assert_eq!(edges[0].evidence, Some(40.0));
        assert!((edges[0].probability.unwrap() - 0.8).abs() < 1e-12);
        assert_eq!((edges[1].evidence, edges[1].probability), (None, None));
        let against = AgainstPrior::of(&edges);
        assert_eq!(
            (against.prior, against.kept, against.dropped, against.added),
            (2, 1, 1, 0)
        );
        assert_eq!(network(&edges, &genes).unwrap().edges().len(), 1);
        assert_eq!(
            AgainstPrior::of(&consensus(&fits, Some(&prior), 0.5)).added,
            1
        );
    }
    #[test]
    fn a_fit_that_did_not_find_an_edge_speaks_against_it() {
        let nothing = || Array2::zeros((2, 2));
        let fits = [
            fitted(
                nothing(),
                &[((0, 1), 40.0, Some(0.9)), ((1, 0), 20.0, Some(0.8))],
            ),
            fitted(nothing(), &[((0, 1), 30.0, Some(0.5))]),
            fitted(
                nothing(),
                &[((0, 1), 30.0, Some(0.7)), ((1, 0), 20.0, None)],
            ),
            // Weighs no edges.
            fitted(nothing(), &[]),
        ];
        let told = [(0, 1), (1, 0), (1, 1)].map(|edge| probability(&fits, edge));
        assert!((told[0].unwrap() - 0.7).abs() < 1e-12);
        assert!((told[1].unwrap() - 0.4).abs() < 1e-12);
        assert_eq!(told[2], None);
    }

    #[test]
    fn a_weight_that_would_be_written_as_0_is_none() {
        let genes = GeneIndex::new(["A", "B"].map(String::from).to_vec()).unwrap();
        let fits = [fitted(array![[0.0, 1e-46], [-1.0, 0.0]], &[])];
        let edges = consensus(&fits, None, 0.5);
        let kept: Vec<_> = edges.iter().map(|e| ((e.from, e.to), e.kept)).collect();
        assert_eq!(kept, [((0, 1), true), ((1, 0), false)]);
        assert_eq!(network(&edges, &genes).unwrap().edges().len(), 1);
    }
}
