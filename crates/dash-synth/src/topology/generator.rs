//! Growing a new network.

use std::collections::BTreeSet;

use dash_prior::{Edge, GeneIndex, Network};
use rand_chacha::ChaCha8Rng;

use super::attractiveness::{Choice, draw_attractiveness, draw_uniform};
use super::config::NetworkConfig;
use crate::error::Result;
use crate::random::{Purpose, below, beta, chance, stream, uniform};

/// A new network of the shape asked for; edge weights are 1 (activation) or −1 (repression).
///
/// Genes are named `G1`, `G2`, …: first the inputs, then the regulated regulators, then the plain targets. Every gene
/// has an edge (from two genes on), no gene regulates itself, and without `three_cycle` there is no cycle.
///
/// ```
/// use dash_synth::{NetworkConfig, generate_network};
///
/// let network = generate_network(&NetworkConfig::yeast_like(690))?;
/// assert_eq!(network.genes().len(), 690);
/// assert_eq!(network.regulators().len(), 133);
/// # Ok::<(), dash_synth::Error>(())
/// ```
///
/// # Errors
/// [`Error::Setting`](crate::Error::Setting) for a setting out of range.
pub fn generate_network(config: &NetworkConfig) -> Result<Network> {
    config.check()?;
    let mut growth = Growth::new(config);
    if config.genes > 1 {
        growth.wire();
        growth.employ_idle_regulators();
        if config.three_cycle {
            growth.close_three_cycle();
        }
    }
    let edges = growth.signed_edges();
    let names = (1..=config.genes).map(|i| format!("G{i}")).collect();
    Ok(Network::new(GeneIndex::new(names)?, edges)?)
}

/// A network while it grows. Genes are ordered inputs, regulated regulators, plain targets; a regulated gene takes
/// regulators before itself only.
struct Growth<'a> {
    config: &'a NetworkConfig,
    inputs: usize,
    regulators: usize,
    attractiveness: Vec<f64>,
    /// For every gene, its regulators.
    sources: Vec<Vec<usize>>,
    out_degree: Vec<usize>,
    rng: ChaCha8Rng,
}

impl<'a> Growth<'a> {
    fn new(config: &'a NetworkConfig) -> Self {
        let n = config.genes;
        let share = |share: f64, of: usize| (share * of as f64).round() as usize;
        let regulators = share(config.regulator_share, n).clamp(1, (n - 1).max(1));
        let inputs = share(config.input_share, regulators).clamp(1, regulators);
        let mut rng = stream(config.seed, Purpose::Network, 0);
        let attractiveness = draw_attractiveness(
            regulators,
            config.out_degree_exponent,
            config.out_degree_cutoff,
            &mut rng,
        );
        Self {
            config,
            inputs,
            regulators,
            attractiveness,
            sources: vec![Vec::new(); n],
            out_degree: vec![0; regulators],
            rng,
        }
    }

    /// Regulators that gene `target` may have are those below this number.
    fn limit(&self, target: usize) -> usize {
        target.min(self.regulators)
    }

    fn connect(&mut self, from: usize, to: usize) {
        self.sources[to].push(from);
        self.out_degree[from] += 1;
    }

    fn wire(&mut self) {
        let mut all = Choice::default();
        for (regulator, &attractiveness) in self.attractiveness.iter().enumerate() {
            all.push(regulator, attractiveness);
        }
        let (modules, module_of) = self.modules();
        let mut attraction = Choice::default();
        for (number, module) in modules.iter().enumerate() {
            attraction.push(number, module.total());
        }
        for target in self.inputs..self.config.genes {
            let own = match module_of.get(target) {
                Some(&module) => module,
                None => attraction
                    .draw(modules.len(), &[], &mut self.rng)
                    .expect("no module is empty"),
            };
            for _ in 0..self.draw_in_degree().min(self.limit(target)) {
                let source = self.draw_source(target, &all, &modules[own]);
                self.connect(source, target);
            }
        }
    }

    /// Modules of regulators, none of them empty, and the module of every regulator.
    fn modules(&mut self) -> (Vec<Choice>, Vec<usize>) {
        let wanted = (self.config.genes as f64 / self.config.module_size).round() as usize;
        let count = wanted.clamp(1, self.regulators);
        let mut module_of: Vec<usize> = (0..count).collect();
        module_of.extend((count..self.regulators).map(|_| below(count, &mut self.rng)));
        crate::random::shuffle(&mut module_of, &mut self.rng);
        let mut modules = vec![Choice::default(); count];
        for (regulator, &module) in module_of.iter().enumerate() {
            modules[module].push(regulator, self.attractiveness[regulator]);
        }
        (modules, module_of)
    }

    fn draw_in_degree(&mut self) -> usize {
        let mut degree = 1;
        while degree < self.config.max_in_degree && !chance(self.config.in_degree_p, &mut self.rng)
        {
            degree += 1;
        }
        degree
    }

    /// A regulator that `target` does not have yet.
    fn draw_source(&mut self, target: usize, all: &Choice, own: &Choice) -> usize {
        let (limit, taken, rng) = (
            target.min(self.regulators),
            &self.sources[target],
            &mut self.rng,
        );
        if target < self.regulators
            && chance(self.config.deepening, rng)
            && let Some(source) = draw_uniform(self.inputs..target, taken, rng)
        {
            return source;
        }
        if chance(self.config.within_module, rng)
            && let Some(source) = own.draw(limit, taken, rng)
        {
            return source;
        }
        let source = all.draw(limit, taken, rng);
        source.expect("the in-degree is at most the number of admissible regulators")
    }

    /// Gives every regulator a target: in place of a busier regulator where possible, as an additional one otherwise.
    fn employ_idle_regulators(&mut self) {
        let idle: Vec<usize> = (0..self.regulators)
            .filter(|&r| self.out_degree[r] == 0)
            .collect();
        for regulator in idle {
            if !self.replace_busier(regulator) {
                let fewest = (self.regulators..self.config.genes)
                    .min_by_key(|&gene| self.sources[gene].len())
                    .expect("some genes are no regulators");
                self.connect(regulator, fewest);
            }
        }
    }

    /// Puts an idle regulator in the place of one that has several targets. Tries random genes first.
    fn replace_busier(&mut self, regulator: usize) -> bool {
        const TRIES: usize = 64;
        let first = (regulator + 1).max(self.inputs);
        for _ in 0..TRIES {
            let target = first + below(self.config.genes - first, &mut self.rng);
            if self.replace_in(target, regulator) {
                return true;
            }
        }
        (first..self.config.genes).any(|target| self.replace_in(target, regulator))
    }

    fn replace_in(&mut self, target: usize, regulator: usize) -> bool {
        let busy: Vec<usize> = (0..self.sources[target].len())
            .filter(|&place| self.out_degree[self.sources[target][place]] > 1)
            .collect();
        if busy.is_empty() {
            return false;
        }
        let place = busy[below(busy.len(), &mut self.rng)];
        self.out_degree[self.sources[target][place]] -= 1;
        self.sources[target][place] = regulator;
        self.out_degree[regulator] += 1;
        true
    }

    /// Adds one edge that makes a cycle of three regulated regulators, and of no more.
    fn close_three_cycle(&mut self) {
        let regulated = self.inputs..self.regulators;
        let within = |gene: usize| self.sources[gene].iter().filter(|s| regulated.contains(s));
        // Ancestors within the regulated regulators, in ascending order, for sources come before their targets.
        let mut ancestors: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); self.regulators];
        for gene in regulated.clone() {
            for &source in within(gene) {
                let inherited = ancestors[source].clone();
                ancestors[gene].extend(inherited);
                ancestors[gene].insert(source);
            }
        }
        let mut ends = Vec::new();
        for last in regulated.clone() {
            for first in within(last).flat_map(|&middle| within(middle)) {
                let between = ancestors[last]
                    .iter()
                    .filter(|&&gene| ancestors[gene].contains(first));
                if between.count() == 1 {
                    ends.push((*first, last));
                }
            }
        }
        if !ends.is_empty() {
            let (first, last) = ends[below(ends.len(), &mut self.rng)];
            self.connect(last, first);
        }
    }

    fn signed_edges(mut self) -> Vec<Edge> {
        let (a, b) = self.config.activation_beta;
        let activating: Vec<f64> = (0..self.regulators)
            .map(|_| beta(a, b, &mut self.rng))
            .collect();
        let mut edges = Vec::with_capacity(self.out_degree.iter().sum());
        for (to, sources) in self.sources.iter().enumerate() {
            for &from in sources {
                let activates = uniform(0.0, 1.0, &mut self.rng) < activating[from];
                let weight = if activates { 1.0 } else { -1.0 };
                edges.push(Edge { from, to, weight });
            }
        }
        edges
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "weights are exactly 1 or -1")]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::topology::statistics::{Statistics, mean_statistics};

    fn average(config: &NetworkConfig, networks: u64) -> Statistics {
        let networks: Vec<Network> = (0..networks)
            .map(|seed| {
                generate_network(&NetworkConfig {
                    seed,
                    ..config.clone()
                })
                .unwrap()
            })
            .collect();
        mean_statistics(&networks)
    }

    fn within(name: &str, value: f64, low: f64, high: f64) {
        assert!(
            (low..=high).contains(&value),
            "{name} = {value}, not in {low}..={high}"
        );
    }

    #[test]
    fn yeast_like_networks_look_like_that_of_yeast() {
        let s = average(&NetworkConfig::yeast_like(690), 20);
        within("edges", s.edges, 1082.0 * 0.95, 1082.0 * 1.05);
        within("inputs", s.inputs, 96.0, 98.0);
        within("regulators", s.regulators, 132.0, 134.0);
        within("share of in-degree 1", s.single_regulator_share, 0.53, 0.57);
        within("mean out-degree", s.mean_out_degree, 8.1 * 0.95, 8.1 * 1.05);
        within("median out-degree", s.median_out_degree, 3.5, 5.0);
        within("largest out-degree", s.max_out_degree, 45.0, 80.0);
        within("modularity", s.modularity, 0.73, 0.79);
        within("communities", s.communities, 22.0, 30.0);
        within("feed-forward loops", s.feed_forward_loops, 50.0, 95.0);
        within("longest path", s.longest_path, 6.0, 10.0);
        within("largest component", s.largest_component, 655.0, 685.0);
        within("activating share", s.activating_share, 0.75, 0.84);
    }

    #[test]
    fn g350_like_networks_look_like_the_published_one() {
        let s = average(&NetworkConfig::g350_like(350), 20);
        within("edges", s.edges, 550.0 * 0.95, 550.0 * 1.05);
        within("inputs", s.inputs, 72.0, 74.0);
        within("regulators", s.regulators, 96.0, 98.0);
        within("share of in-degree 1", s.single_regulator_share, 0.49, 0.54);
        within(
            "mean out-degree",
            s.mean_out_degree,
            5.67 * 0.95,
            5.67 * 1.05,
        );
        within("median out-degree", s.median_out_degree, 3.0, 5.0);
        within("largest out-degree", s.max_out_degree, 22.0, 38.0);
        within("modularity", s.modularity, 0.66, 0.73);
        within("communities", s.communities, 14.0, 21.0);
        within("longest path", s.longest_path, 6.0, 10.0);
        within("largest component", s.largest_component, 330.0, 348.0);
        within("activating share", s.activating_share, 0.61, 0.75);
    }

    #[test]
    fn one_cycle_of_three_on_request() {
        for seed in 0..5 {
            let config = NetworkConfig {
                three_cycle: true,
                seed,
                ..NetworkConfig::yeast_like(300)
            };
            let network = generate_network(&config).unwrap();
            let returns = (0..300).filter(|&gene| {
                let mut reached = vec![false; 300];
                let mut open = vec![gene];
                while let Some(from) = open.pop() {
                    for edge in network.edges_from(from) {
                        if !std::mem::replace(&mut reached[edge.to], true) {
                            open.push(edge.to);
                        }
                    }
                }
                reached[gene]
            });
            assert_eq!(returns.count(), 3);
        }
    }

    #[test]
    fn the_seed_decides() {
        let new = |seed| {
            generate_network(&NetworkConfig {
                seed,
                ..NetworkConfig::default()
            })
            .unwrap()
        };
        assert!(new(1) == new(1));
        assert!(new(1) != new(2));
    }

    proptest! {
        #[test]
        fn any_shape_is_sound(
            genes in 1..200usize, regulator_share in 0.0..=1.0f64, input_share in 0.0..=1.0f64, in_degree_p in 0.05..=1.0f64,
            max_in_degree in 1..20usize, within_module in 0.0..=1.0f64, deepening in 0.0..=1.0f64, module_size in 1.0..50.0f64,
            seed: u64,
        ) {
            let config = NetworkConfig {
                regulator_share, input_share, in_degree_p, max_in_degree, within_module, deepening, module_size, seed,
                ..NetworkConfig::yeast_like(genes)
            };
            let network = generate_network(&config).unwrap();
            prop_assert_eq!(network.genes().len(), genes);
            // In gene order, so there is no cycle and no loop; Network itself refuses duplicates.
            prop_assert!(network.edges().iter().all(|e| e.from < e.to && e.weight.abs() == 1.0));
            let mut touched = vec![genes == 1; genes];
            for edge in network.edges() {
                touched[edge.from] = true;
                touched[edge.to] = true;
            }
            prop_assert!(touched.iter().all(|t| *t));
            let regulators = ((regulator_share * genes as f64).round() as usize).clamp(1, (genes - 1).max(1));
            if genes > 1 {
                prop_assert_eq!(network.regulators().len(), regulators);
            }
        }
    }
}
