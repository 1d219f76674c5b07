//! What the workloads share: a job of the size of SIM350.

use std::sync::LazyLock;

use dash_ode::{Intervals, Parameters, Role, Span, stream};
use dash_prior::{Network, PriorMatrix, co_regulation};
use dash_prune::{Prior, random};
use dash_synth::{
    NetworkConfig, Simulated, SimulationConfig, System, SystemConfig, generate_network, simulate,
};
use ndarray::Array2;
use rand::Rng as _;

/// Genes of SIM350.
pub(crate) const GENES: usize = 350;
/// Hidden units used for it.
pub(crate) const HIDDEN: usize = 40;

/// The network; generating it takes longer than most of what is measured on it.
pub(crate) static NETWORK: LazyLock<Network> = LazyLock::new(|| network(GENES));

/// A network in the shape of SIM350's.
pub(crate) fn network(genes: usize) -> Network {
    generate_network(&NetworkConfig::g350_like(genes)).expect("settings in range")
}

/// Kinetics on a network.
pub(crate) fn system(network: &Network) -> System {
    System::random(network, &SystemConfig::default()).expect("settings in range")
}

/// Trajectories of five points.
pub(crate) fn simulated(system: &System, samples: usize) -> Simulated {
    let config = SimulationConfig {
        samples,
        ..SimulationConfig::default()
    };
    simulate(system, &config).expect("settings in range")
}

/// The intervals of simulated trajectories, four each. They live as long as the program, as a trainer borrows them.
pub(crate) fn intervals(genes: usize, samples: usize) -> &'static Intervals<f32> {
    let system = match genes {
        GENES => system(&NETWORK),
        _ => system(&network(genes)),
    };
    let simulated = simulated(&system, samples);
    Box::leak(Box::new(
        Intervals::of(&simulated.series, "bench").expect("five points a trajectory"),
    ))
}

/// The network as a prior: P, and C of co-regulation.
pub(crate) fn prior() -> Prior {
    let p = PriorMatrix::from_network(&NETWORK);
    let c = co_regulation(&p);
    Prior { p, c }
}

/// Start states, `rows × genes`, uniform on [0, 1).
pub(crate) fn states(rows: usize, genes: usize) -> Vec<f32> {
    let mut rng = stream(1, 0);
    (0..rows * genes).map(|_| rng.random()).collect()
}

/// Spans of that many rows: those of the four intervals of a trajectory, again and again.
pub(crate) fn spans(rows: usize) -> Vec<Span> {
    let lengths = [2.0, 1.0, 4.0, 2.0].into_iter().cycle();
    let span = |end| Span { start: 0.0, end };
    lengths.map(span).take(rows).collect()
}

/// Weights on (−½, ½).
pub(crate) fn weights(rows: usize, columns: usize, seed: u64) -> Array2<f64> {
    random(rows, columns, seed) - 0.5
}

/// Sets a random share of the weights to zero, as pruning does, and says which parameters are kept.
pub(crate) fn pruned(mut parameters: Parameters<f32>, share: f64) -> (Parameters<f32>, Vec<bool>) {
    let mut rng = stream(2, 0);
    let blocks = parameters.layout().blocks().to_vec();
    let mut kept = vec![true; parameters.values().len()];
    for block in blocks.iter().filter(|block| block.role == Role::Weights) {
        for place in block.range.clone() {
            kept[place] = rng.random::<f64>() >= share;
            if !kept[place] {
                parameters.values_mut()[place] = 0.0;
            }
        }
    }
    (parameters, kept)
}
