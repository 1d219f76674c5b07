//! Sampling a well-connected part of a network.

use std::collections::BTreeSet;

use dash_prior::{Edge, GeneIndex, Network};
use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::error::{Result, check_setting};
use crate::random::{Purpose, below, stream};

/// How a part of a network is sampled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SubnetworkConfig {
    /// Genes to take, at least 1 and at most those of the network (350).
    pub genes: usize,
    /// Regulators that are taken before others, as long as neighbours of the sample regulate anything (0). Where none
    /// does, another gene comes in between.
    pub min_regulators: usize,
    /// Share of the best candidates among which one is drawn, in 0..=1 (0.25). 0 always takes the best one, 1 any.
    pub cut: f64,
    /// Seed (0).
    pub seed: u64,
}

impl Default for SubnetworkConfig {
    fn default() -> Self {
        Self {
            genes: 350,
            min_regulators: 0,
            cut: 0.25,
            seed: 0,
        }
    }
}

/// Samples genes that hang together, and returns the network among them, genes in their old order.
///
/// From one random gene, the sample grows by neighbours whose addition gives the cut between sample and rest a high
/// modularity. Time is proportional to genes sampled × their neighbours.
///
/// # Errors
/// [`Error::Setting`](crate::Error::Setting) for a setting out of range.
///
/// # Reference
/// Marbach et al., Journal of Computational Biology 16:229 (2009); Bhuva et al., Genome Biology 20:236 (2019).
pub fn sample_subnetwork(network: &Network, config: &SubnetworkConfig) -> Result<Network> {
    let genes = config.genes;
    check_setting(
        "genes",
        genes as f64,
        (1..=network.genes().len()).contains(&genes),
        "at least 1 and at most the genes of the network",
    )?;
    check_setting(
        "cut",
        config.cut,
        (0.0..=1.0).contains(&config.cut),
        "in 0..=1",
    )?;
    let regulates: Vec<bool> = network.out_degrees().iter().map(|&d| d > 0).collect();
    let mut rng = stream(config.seed, Purpose::Subnetwork, 0);
    let mut sample = Sample::new(network);
    sample.add(below(network.genes().len(), &mut rng));
    let mut forced = config.min_regulators;
    while sample.taken < genes {
        let mut candidates: Vec<usize> = sample.candidates.iter().copied().collect();
        if forced > 0 {
            forced -= usize::from(prefer(&mut candidates, |c| regulates[c]));
            if !candidates.iter().any(|&c| regulates[c]) {
                prefer(&mut candidates, |c| sample.neighbours[c].len() > 1);
            }
        }
        let next = if candidates.is_empty() {
            sample.any_outside(&mut rng)
        } else {
            sample.one_of_the_best(&candidates, config.cut, &mut rng)
        };
        sample.add(next);
    }
    induced(network, &sample.inside)
}

/// Keeps the candidates that fit, if there are any; says whether there were.
fn prefer(candidates: &mut Vec<usize>, fits: impl Fn(usize) -> bool) -> bool {
    let any = candidates.iter().any(|&c| fits(c));
    if any {
        candidates.retain(|&c| fits(c));
    }
    any
}

/// The sample as it grows, on the undirected network.
struct Sample {
    neighbours: Vec<Vec<usize>>,
    /// 2m, twice the number of undirected edges (1 if there is none).
    twice_edges: f64,
    inside: Vec<bool>,
    taken: usize,
    candidates: BTreeSet<usize>,
    /// A s, for s = 1 inside and −1 outside.
    affinity: Vec<f64>,
    /// Dᵀ s.
    degree_balance: f64,
}

impl Sample {
    fn new(network: &Network) -> Self {
        let n = network.genes().len();
        let mut neighbours = vec![Vec::new(); n];
        for edge in network.edges() {
            neighbours[edge.from].push(edge.to);
            neighbours[edge.to].push(edge.from);
        }
        for list in &mut neighbours {
            list.sort_unstable();
            list.dedup();
        }
        let degrees = neighbours.iter().map(|list| list.len() as f64);
        let total_degree: f64 = degrees.clone().sum();
        // A loop adds 1 to the degree of its gene, but counts as a whole edge.
        let loops = (0..n).filter(|&gene| neighbours[gene].binary_search(&gene).is_ok());
        let twice_edges = total_degree + loops.count() as f64;
        Self {
            twice_edges: twice_edges.max(1.0),
            inside: vec![false; n],
            taken: 0,
            candidates: BTreeSet::new(),
            affinity: degrees.map(|d| -d).collect(),
            degree_balance: -total_degree,
            neighbours,
        }
    }

    fn add(&mut self, gene: usize) {
        self.inside[gene] = true;
        self.taken += 1;
        self.candidates.remove(&gene);
        for &neighbour in &self.neighbours[gene] {
            self.affinity[neighbour] += 2.0;
            if !self.inside[neighbour] {
                self.candidates.insert(neighbour);
            }
        }
        self.degree_balance += 2.0 * self.neighbours[gene].len() as f64;
    }

    /// Modularity that adding a gene c brings, up to what is the same for all: (M s)(c) + M(c, c) with
    /// M = A − D Dᵀ / 2m.
    fn gain(&self, gene: usize) -> f64 {
        let degree = self.neighbours[gene].len() as f64;
        let own_loop = f64::from(u8::from(self.neighbours[gene].binary_search(&gene).is_ok()));
        self.affinity[gene] + own_loop - degree * (self.degree_balance + degree) / self.twice_edges
    }

    fn one_of_the_best(&self, candidates: &[usize], cut: f64, rng: &mut impl Rng) -> usize {
        let gains: Vec<f64> = candidates.iter().map(|&c| self.gain(c)).collect();
        let mut sorted = gains.clone();
        sorted.sort_by(f64::total_cmp);
        let threshold = quantile(&sorted, 1.0 - cut);
        let best: Vec<usize> = (0..gains.len())
            .filter(|&i| gains[i] >= threshold)
            .collect();
        candidates[best[below(best.len(), rng)]]
    }

    fn any_outside(&self, rng: &mut impl Rng) -> usize {
        let outside: Vec<usize> = (0..self.inside.len())
            .filter(|&g| !self.inside[g])
            .collect();
        outside[below(outside.len(), rng)]
    }
}

/// Quantile of sorted values, interpolated, never above the largest value.
fn quantile(sorted: &[f64], p: f64) -> f64 {
    let place = p * (sorted.len() - 1) as f64;
    let (below, above) = (
        sorted[place.floor() as usize],
        sorted[place.ceil() as usize],
    );
    (below + (above - below) * place.fract()).min(above)
}

fn induced(network: &Network, inside: &[bool]) -> Result<Network> {
    let old: Vec<usize> = (0..inside.len()).filter(|&g| inside[g]).collect();
    let names = old
        .iter()
        .map(|&g| network.genes().name(g).to_string())
        .collect();
    let number = |gene: usize| old.binary_search(&gene).ok();
    let edge = |e: &Edge| {
        Some(Edge {
            from: number(e.from)?,
            to: number(e.to)?,
            weight: e.weight,
        })
    };
    let edges = network.edges().iter().filter_map(edge).collect();
    Ok(Network::new(GeneIndex::new(names)?, edges)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::statistics::Statistics;
    use crate::{NetworkConfig, generate_network};

    fn source() -> Network {
        generate_network(&NetworkConfig::default()).unwrap()
    }

    /// sᵀ M s with the gene inside, summed as it is defined.
    fn modularity_with(sample: &Sample, gene: usize) -> f64 {
        let n = sample.inside.len();
        let s = |i: usize| {
            if sample.inside[i] || i == gene {
                1.0
            } else {
                -1.0
            }
        };
        let degree = |i: usize| sample.neighbours[i].len() as f64;
        let mut q = 0.0;
        for i in 0..n {
            for j in 0..n {
                let a = f64::from(u8::from(sample.neighbours[i].contains(&j)));
                q += s(i) * s(j) * (a - degree(i) * degree(j) / sample.twice_edges);
            }
        }
        q
    }

    #[test]
    fn gains_are_differences_of_modularity() {
        let mut network = generate_network(&NetworkConfig::yeast_like(60)).unwrap();
        let mut edges = network.edges().to_vec();
        edges.extend([3, 40].map(|g| Edge {
            from: g,
            to: g,
            weight: 1.0,
        }));
        network = Network::new(network.genes().clone(), edges).unwrap();
        let mut sample = Sample::new(&network);
        for gene in [1, 30, 5, 44, 52] {
            sample.add(gene);
        }
        let base = modularity_with(&sample, 1);
        for gene in [0, 3, 40, 59] {
            let gain = 4.0 * sample.gain(gene);
            assert!((modularity_with(&sample, gene) - base - gain).abs() < 1e-9);
        }
    }

    #[test]
    fn samples_hang_together() {
        let source = source();
        for seed in 0..5 {
            let config = SubnetworkConfig {
                seed,
                ..SubnetworkConfig::default()
            };
            let part = sample_subnetwork(&source, &config).unwrap();
            assert_eq!(part.genes().len(), 350);
            let modularity = Statistics::of(&part).modularity;
            assert!(modularity > 0.68, "{modularity}");
            for edge in part.edges() {
                let old = |g: usize| source.genes().position(part.genes().name(g)).unwrap();
                assert_eq!(
                    source.weight(old(edge.from), old(edge.to)),
                    Some(edge.weight)
                );
            }
        }
    }

    #[test]
    fn regulators_come_first_when_asked_for() {
        let source = source();
        let degrees = source.out_degrees();
        for seed in 0..5 {
            let config = SubnetworkConfig {
                genes: 80,
                min_regulators: 40,
                seed,
                ..SubnetworkConfig::default()
            };
            let part = sample_subnetwork(&source, &config).unwrap();
            let regulates = |name: &&String| degrees[source.genes().position(name).unwrap()] > 0;
            let regulators = part.genes().names().iter().filter(regulates).count();
            assert!(regulators >= 40, "{regulators}");
        }
    }

    #[test]
    fn all_genes_give_the_whole_network_and_pieces_are_joined() {
        let genes = GeneIndex::new((0..6).map(|i| format!("G{i}")).collect()).unwrap();
        let edge = |from, to| Edge {
            from,
            to,
            weight: 1.0,
        };
        let network = Network::new(genes, vec![edge(0, 1), edge(2, 3)]).unwrap();
        let config = SubnetworkConfig {
            genes: 6,
            ..SubnetworkConfig::default()
        };
        assert!(sample_subnetwork(&network, &config).unwrap() == network);
        let error =
            sample_subnetwork(&network, &SubnetworkConfig { genes: 7, ..config }).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("at most the genes of the network")
        );
    }

    #[test]
    fn quantiles_interpolate() {
        assert!((quantile(&[0.0, 1.0, 2.0, 4.0], 0.75) - 2.5).abs() < 1e-15);
        assert!((quantile(&[3.0], 0.75) - 3.0).abs() < 1e-15);
    }
}
