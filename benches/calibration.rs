//! What the estimated share of false edges is worth: what evidence says of simulated networks, beside the truth.
//!
//! `cargo run --release -p dash-benches --example calibration [FIRST_SEED]`. Half of the prior's edges are mistaken: moved anywhere, or with
//! another target of the same regulator, as binding motifs are mistaken.

#![expect(clippy::print_stdout, reason = "an example shows its result")]

use std::collections::HashSet;
use std::error::Error;

use dash_ode::{Intervals, stream};
use dash_prior::{Edge, Network, PriorMatrix, relocate_edges};
use dash_prune::{EvidenceOptions, weigh_edges};
use dash_synth::{
    NetworkConfig, SimulationConfig, System, SystemConfig, add_noise, generate_network, simulate,
};
use rand::Rng as _;

/// Networks of every row, of 40 to 100 genes.
const NETWORKS: usize = 10;
/// Standard deviation of the noise on the simulated courses, of 0 to 1.
const NOISE: f64 = 0.025;
const MISTAKEN: f64 = 0.5;

/// A name and what it stands for.
type Named<T> = (&'static str, T);
type Shape = fn(usize) -> NetworkConfig;
type Mistake = fn(&Network, u64) -> Result<Network, Box<dyn Error>>;

const SHAPES: [Named<Shape>; 2] = [
    ("yeast", NetworkConfig::yeast_like),
    ("SIM350", NetworkConfig::g350_like),
];
const MISTAKES: [Named<Mistake>; 2] = [
    ("anywhere", |network, seed| {
        Ok(relocate_edges(network, MISTAKEN, seed)?)
    }),
    ("same regulator", with_other_targets),
];
const TRAJECTORIES: [usize; 2] = [160, 15];

#[derive(Default)]
struct Tally {
    /// Real and mistaken edges of the prior, and how many of them were dropped.
    real: usize,
    mistaken: usize,
    real_dropped: usize,
    mistaken_dropped: usize,
    /// New edges, how many of them are false, and how many were said to be.
    new: usize,
    new_false: usize,
    new_said_false: f64,
    missing: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let first: u64 = std::env::args().nth(1).map_or(Ok(1), |seed| seed.parse())?;
    println!(
        "| trajectories | network like | mistaken edges | real ones dropped | mistaken ones dropped | missing ones found | new edges | false, said | false, true |"
    );
    println!("|---:|---|---|---:|---:|---:|---:|---:|---:|");
    for trajectories in TRAJECTORIES {
        for (shape, config) in SHAPES {
            for (kind, mistake) in MISTAKES {
                let mut tally = Tally::default();
                for n in 0..NETWORKS {
                    let genes = 40 + 60 * n / (NETWORKS - 1);
                    tally.add(config(genes), mistake, trajectories, first + n as u64)?;
                }
                let share = |part: usize, of: usize| part as f64 / of.max(1) as f64;
                println!(
                    "| {trajectories} | {shape} | {kind} | {:.3} | {:.3} | {:.3} | {} | {:.2} | {:.2} |",
                    share(tally.real_dropped, tally.real),
                    share(tally.mistaken_dropped, tally.mistaken),
                    share(tally.new - tally.new_false, tally.missing),
                    tally.new,
                    tally.new_said_false / tally.new.max(1) as f64,
                    share(tally.new_false, tally.new),
                );
            }
        }
    }
    Ok(())
}

impl Tally {
    fn add(
        &mut self,
        network: NetworkConfig,
        mistake: Mistake,
        trajectories: usize,
        seed: u64,
    ) -> Result<(), Box<dyn Error>> {
        let network = generate_network(&NetworkConfig { seed, ..network })?;
        let system = System::random(
            &network,
            &SystemConfig {
                seed,
                ..SystemConfig::default()
            },
        )?;
        let config = SimulationConfig {
            samples: trajectories,
            times: vec![0.0, 2.0, 3.0, 7.0, 9.0],
            seed,
            ..SimulationConfig::default()
        };
        let simulated = simulate(&system, &config)?;
        let series = add_noise(&simulated.series, NOISE, seed)?;
        let data = Intervals::<f64>::of(&series, "training")?;
        let prior = PriorMatrix::from_network(&mistake(&simulated.network, seed)?);
        let found = weigh_edges(&data, &prior, &EvidenceOptions::default())?;
        let edges = simulated.network.edges().iter();
        let truth: HashSet<(usize, usize)> = edges.map(|e| (e.to, e.from)).collect();
        let mut weakest = 1.0_f64;
        let (mut in_prior, mut new) = (0, 0);
        for edge in &found.edges {
            let is_real = truth.contains(&(edge.target, edge.regulator));
            let dropped = usize::from(!edge.kept);
            match (edge.in_prior, is_real) {
                (true, true) => {
                    in_prior += 1;
                    self.real_dropped += dropped;
                }
                (true, false) => {
                    self.mistaken += 1;
                    self.mistaken_dropped += dropped;
                }
                (false, _) if edge.kept => {
                    new += 1;
                    self.new_false += usize::from(!is_real);
                    weakest = weakest.min(edge.probability.unwrap_or(0.0));
                }
                _ => {}
            }
        }
        self.real += in_prior;
        self.missing += truth.len() - in_prior;
        self.new += new;
        // The probability of a new edge is the share of real ones among it and all that are stronger.
        self.new_said_false += (1.0 - weakest) * new as f64;
        Ok(())
    }
}

/// The network with a share of its edges led to targets that their regulators do not have.
fn with_other_targets(network: &Network, seed: u64) -> Result<Network, Box<dyn Error>> {
    let mut rng = stream(seed, 78);
    let mut edges: Vec<Edge> = network.edges().to_vec();
    let mut taken: HashSet<(usize, usize)> = edges.iter().map(|e| (e.from, e.to)).collect();
    let wanted = (MISTAKEN * edges.len() as f64).round() as usize;
    for at in rand::seq::index::sample(&mut rng, edges.len(), wanted) {
        let from = edges[at].from;
        let free =
            (0..network.genes().len()).filter(|&to| to != from && !taken.contains(&(from, to)));
        let free: Vec<usize> = free.collect();
        if free.is_empty() {
            continue;
        }
        edges[at].to = free[rng.random_range(0..free.len())];
        taken.insert((from, edges[at].to));
    }
    Ok(Network::new(network.genes().clone(), edges)?)
}
