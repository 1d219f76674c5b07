//! Generated networks and the simulation of their expression.

use std::hint::black_box;

use dash_ode::VectorField as _;
use dash_synth::add_noise;

use crate::data::{GENES, NETWORK, network, simulated, states, system};
use crate::{Work, Workload};

pub(crate) const WORKLOADS: &[Workload] = &[
    Workload::new("synth/network/generate", || {
        Box::new(|| _ = black_box(network(black_box(GENES))))
    }),
    Workload::new("synth/hill/eval", hill),
    Workload::new("synth/simulate/4_trajectories", || {
        let system = system(&NETWORK);
        Box::new(move || _ = black_box(simulated(black_box(&system), 4)))
    }),
    Workload::new("synth/noise", || {
        let series = simulated(&system(&NETWORK), 20).series;
        Box::new(move || _ = black_box(add_noise(&series, 0.025, 1).expect("a finite deviation")))
    }),
];

/// The equations of the network for four rows.
fn hill() -> Work {
    let mut field = system(&NETWORK).field::<f32>();
    let states = states(4, GENES);
    let mut slopes = vec![0.0; states.len()];
    Box::new(move || field.eval(black_box(&states), black_box(&mut slopes)))
}
