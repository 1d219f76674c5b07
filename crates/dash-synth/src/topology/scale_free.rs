//! Scale-free networks.

use dash_prior::{Edge, GeneIndex, Network};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::attractiveness::Choice;
use crate::error::{Result, check_setting};
use crate::random::{Purpose, chance, shuffle, stream};

/// Shape of a scale-free network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScaleFreeConfig {
    /// Number of genes, at least 2 (100).
    pub genes: usize,
    /// Edges per gene, above 0 and at most (genes − 1) / 4 (2). A gene that would be without any edge gets one more.
    pub mean_degree: f64,
    /// Exponent γ of the out-degrees, P(k) ∝ k^(−γ) for large k, above 2 (2.2).
    pub out_exponent: f64,
    /// Exponent of the in-degrees, above 2; without, all genes are equally likely targets.
    pub in_exponent: Option<f64>,
    /// Share of activating edges, in 0..=1 (0.75).
    pub activating: f64,
    /// Whether there is no cycle: genes then regulate only genes of higher number (true). In-degrees then grow with the number.
    pub acyclic: bool,
    /// Seed (0).
    pub seed: u64,
}

impl Default for ScaleFreeConfig {
    fn default() -> Self {
        Self {
            genes: 100,
            mean_degree: 2.0,
            out_exponent: 2.2,
            in_exponent: None,
            activating: 0.75,
            acyclic: true,
            seed: 0,
        }
    }
}

impl ScaleFreeConfig {
    /// Checks the ranges.
    ///
    /// # Errors
    /// [`Error::Setting`](crate::Error::Setting) that names the setting and its range.
    pub fn check(&self) -> Result<()> {
        let genes = self.genes as f64;
        check_setting("genes", genes, self.genes >= 2, "at least 2")?;
        let degree = self.mean_degree;
        check_setting(
            "mean_degree",
            degree,
            degree > 0.0 && degree <= ((genes - 1.0) / 4.0).max(0.5),
            "above 0 and at most (genes - 1) / 4",
        )?;
        for (name, exponent) in [
            ("out_exponent", Some(self.out_exponent)),
            ("in_exponent", self.in_exponent),
        ] {
            let exponent = exponent.unwrap_or(3.0);
            check_setting(
                name,
                exponent,
                exponent > 2.0 && exponent.is_finite(),
                "above 2 and finite",
            )?;
        }
        let share = self.activating;
        check_setting(
            "activating",
            share,
            (0.0..=1.0).contains(&share),
            "in 0..=1",
        )
    }
}

/// A directed, signed network by the static model: gene i is a regulator with weight i^(−1/(γ−1)) and, in random order, a target
/// likewise; pairs are drawn by these weights, none twice and none from a gene to itself. Genes are named `G1`, `G2`, … by
/// falling weight as regulators; edge weights are 1 (activation) or −1 (repression).
///
/// ```
/// use dash_synth::{ScaleFreeConfig, scale_free_network};
///
/// let network = scale_free_network(&ScaleFreeConfig { genes: 500, ..ScaleFreeConfig::default() })?;
/// assert!(network.edges().len() >= 1000);
/// assert!(network.edges().iter().all(|edge| edge.from < edge.to));
/// # Ok::<(), dash_synth::Error>(())
/// ```
///
/// # Errors
/// [`Error::Setting`](crate::Error::Setting) for a setting out of range.
///
/// # Reference
/// K.-I. Goh, B. Kahng, D. Kim, Physical Review Letters 87:278701 (2001).
pub fn scale_free_network(config: &ScaleFreeConfig) -> Result<Network> {
    config.check()?;
    let mut growth = Growth::new(config);
    growth.wire();
    growth.connect_the_rest();
    let edges = growth.signed_edges();
    let names = (1..=config.genes).map(|i| format!("G{i}")).collect();
    Ok(Network::new(GeneIndex::new(names)?, edges)?)
}

struct Growth<'a> {
    config: &'a ScaleFreeConfig,
    regulators: Choice,
    targets: Choice,
    /// For every gene, its regulators.
    sources: Vec<Vec<usize>>,
    rng: ChaCha8Rng,
}

impl<'a> Growth<'a> {
    fn new(config: &'a ScaleFreeConfig) -> Self {
        let n = config.genes;
        let mut rng = stream(config.seed, Purpose::ScaleFree, 0);
        let mut ranks: Vec<usize> = (1..=n).collect();
        let mut regulators = Choice::default();
        for &rank in &ranks {
            regulators.push(rank - 1, weight(rank, config.out_exponent));
        }
        shuffle(&mut ranks, &mut rng);
        let mut targets = Choice::default();
        for (gene, rank) in ranks.into_iter().enumerate() {
            targets.push(
                gene,
                config
                    .in_exponent
                    .map_or(1.0, |exponent| weight(rank, exponent)),
            );
        }
        Self {
            config,
            regulators,
            targets,
            sources: vec![Vec::new(); n],
            rng,
        }
    }

    /// Draws pairs until there are as many edges as asked for, or no pair is left.
    fn wire(&mut self) {
        let wanted = (self.config.mean_degree * self.config.genes as f64).round() as usize;
        let (mut edges, mut full) = (0, Vec::new());
        while edges < wanted {
            let Some(target) = self.targets.draw(self.config.genes, &full, &mut self.rng) else {
                return;
            };
            if self.add_regulator(target) {
                edges += 1;
            } else {
                full.push(target);
            }
        }
    }

    /// Gives a gene one more regulator; false if it has all that are possible.
    fn add_regulator(&mut self, target: usize) -> bool {
        let limit = if self.config.acyclic {
            target
        } else {
            self.config.genes
        };
        let mut taken = self.sources[target].clone();
        taken.push(target);
        let regulator = self.regulators.draw(limit, &taken, &mut self.rng);
        self.sources[target].extend(regulator);
        regulator.is_some()
    }

    /// Gives genes without any edge a regulator, and the first of an acyclic network a target.
    fn connect_the_rest(&mut self) {
        let mut regulates = vec![false; self.config.genes];
        for &regulator in self.sources.iter().flatten() {
            regulates[regulator] = true;
        }
        for (gene, regulates) in regulates.into_iter().enumerate() {
            let is_alone = self.sources[gene].is_empty() && !regulates;
            if is_alone && !self.add_regulator(gene) {
                self.sources[gene + 1].push(gene);
            }
        }
    }

    fn signed_edges(mut self) -> Vec<Edge> {
        let mut edges = Vec::new();
        for (to, sources) in self.sources.iter().enumerate() {
            for &from in sources {
                let activates = chance(self.config.activating, &mut self.rng);
                let weight = if activates { 1.0 } else { -1.0 };
                edges.push(Edge { from, to, weight });
            }
        }
        edges
    }
}

fn weight(rank: usize, exponent: f64) -> f64 {
    libm::pow(rank as f64, -1.0 / (exponent - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(config: ScaleFreeConfig) -> Network {
        scale_free_network(&config).unwrap()
    }

    /// Maximum-likelihood exponent of the degrees of at least `least`.
    fn tail_exponent(degrees: &[usize], least: f64) -> f64 {
        let logs = degrees.iter().map(|&d| d as f64).filter(|d| *d >= least);
        let logs: Vec<f64> = logs.map(|d| (d / (least - 0.5)).ln()).collect();
        1.0 + logs.len() as f64 / logs.iter().sum::<f64>()
    }

    #[test]
    fn degrees_have_their_tails() {
        for exponent in [2.3, 3.0] {
            let made = network(ScaleFreeConfig {
                genes: 20_000,
                mean_degree: 3.0,
                out_exponent: exponent,
                in_exponent: Some(2.5),
                acyclic: false,
                ..ScaleFreeConfig::default()
            });
            let (out, into) = (made.out_degrees(), made.in_degrees());
            let found = [tail_exponent(&out, 20.0), tail_exponent(&into, 20.0)];
            assert!((found[0] - exponent).abs() < 0.2, "{found:?}");
            assert!((found[1] - 2.5).abs() < 0.2, "{found:?}");
            let share = made.sign_counts().activating as f64 / made.edges().len() as f64;
            assert!((share - 0.75).abs() < 0.02, "{share}");
        }
        // Equally likely targets have no tail.
        let made = network(ScaleFreeConfig {
            genes: 5000,
            acyclic: false,
            ..ScaleFreeConfig::default()
        });
        assert!(made.in_degrees().into_iter().max().unwrap() < 15);
        assert!(made.out_degrees().into_iter().max().unwrap() > 100);
    }

    #[test]
    fn every_gene_has_an_edge_and_small_networks_end() {
        for seed in 0..40 {
            for (genes, mean_degree) in [(2, 0.5), (3, 0.1), (9, 2.0), (60, 1.0)] {
                for acyclic in [false, true] {
                    let made = network(ScaleFreeConfig {
                        genes,
                        mean_degree,
                        acyclic,
                        seed,
                        ..ScaleFreeConfig::default()
                    });
                    let degrees = made.in_degrees().into_iter().zip(made.out_degrees());
                    assert!(degrees.into_iter().all(|(a, b)| a + b > 0));
                    assert_eq!(made.self_loops(), 0);
                    assert!(!acyclic || made.edges().iter().all(|e| e.from < e.to));
                }
            }
        }
    }

    #[test]
    fn settings_out_of_range_name_the_range() {
        let refused =
            |config: ScaleFreeConfig| scale_free_network(&config).unwrap_err().to_string();
        let base = ScaleFreeConfig::default();
        let message = refused(ScaleFreeConfig {
            mean_degree: 25.0,
            ..base.clone()
        });
        assert_eq!(
            message,
            "mean_degree = 25: must be above 0 and at most (genes - 1) / 4"
        );
        let message = refused(ScaleFreeConfig {
            in_exponent: Some(2.0),
            ..base.clone()
        });
        assert!(
            message.contains("in_exponent = 2: must be above 2"),
            "{message}"
        );
        let message = refused(ScaleFreeConfig { genes: 1, ..base });
        assert!(
            message.contains("genes = 1: must be at least 2"),
            "{message}"
        );
    }
}
