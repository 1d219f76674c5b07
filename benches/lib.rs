//! What the benches share: a job of the size of SIM350.

use dash_ode::{Intervals, Span, stream};
use dash_synth::{
    NetworkConfig, SimulationConfig, System, SystemConfig, generate_network, simulate,
};
use rand::Rng as _;

/// Genes of SIM350.
pub const GENES: usize = 350;
/// Hidden units used for it.
pub const HIDDEN: usize = 40;

/// The four intervals of one trajectory.
pub const STEP_SPANS: [Span; 4] = [
    Span {
        start: 0.0,
        end: 2.0,
    },
    Span {
        start: 2.0,
        end: 3.0,
    },
    Span {
        start: 3.0,
        end: 7.0,
    },
    Span {
        start: 7.0,
        end: 9.0,
    },
];

/// Their start states, 4 × 350, uniform on \[0, 1).
pub fn step_states() -> Vec<f32> {
    let mut rng = stream(1, 0);
    (0..STEP_SPANS.len() * GENES)
        .map(|_| rng.random())
        .collect()
}

/// The intervals of simulated trajectories of the size of SIM350.
///
/// # Panics
/// Never: the settings are in range.
pub fn intervals(samples: usize) -> Intervals<f32> {
    let network = generate_network(&NetworkConfig::g350_like(GENES)).expect("settings in range");
    let system = System::random(&network, &SystemConfig::default()).expect("settings in range");
    let config = SimulationConfig {
        samples,
        ..SimulationConfig::default()
    };
    let simulated = simulate(&system, &config).expect("settings in range");
    Intervals::of(&simulated.series, "bench").expect("five points a trajectory")
}
