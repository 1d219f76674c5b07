//! Generated networks and the simulation of their expression.

use std::hint::black_box;

use dash_ode::VectorField as _;
use dash_synth::add_noise;
use dash_synth::sergio::{
    DifferentiationConfig, Interaction, Lineage, SteadyConfig, System, TechnicalNoise,
    simulate_differentiation, simulate_steady,
};
use ndarray::arr2;
use rand::Rng as _;

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
    Workload::new("synth/sergio/v1", || steady(SteadyConfig::v1())),
    Workload::new("synth/sergio/deterministic", || {
        steady(SteadyConfig::default())
    }),
    Workload::new("synth/sergio/differentiation", differentiation),
    Workload::new("synth/sergio/technical_noise", technical_noise),
];

/// The equations of the network for four rows.
fn hill() -> Work {
    let mut field = system(&NETWORK).field::<f32>();
    let states = states(4, GENES);
    let mut slopes = vec![0.0; states.len()];
    Box::new(move || field.eval(black_box(&states), black_box(&mut slopes)))
}

/// 100 genes of which 10 regulate, 264 edges: the size of SERGIO's first data set.
fn cells(types: usize) -> System {
    let mut rng = dash_ode::stream(3, 0);
    let mut basal = vec![None; 100];
    for rates in &mut basal[..7] {
        *rates = Some((0..types).map(|_| rng.random_range(0.2..1.0)).collect());
    }
    let regulators = |target: usize| (0..3).filter(move |place| target > 20 || *place > 0);
    let mut interactions = Vec::new();
    for target in 7..100 {
        for _ in regulators(target) {
            let sign = if rng.random_bool(0.7) { 1.0 } else { -1.0 };
            interactions.push(Interaction {
                regulator: rng.random_range(0..target.min(10)),
                target,
                strength: sign * rng.random_range(1.0..5.0),
                exponent: 2.0,
            });
        }
    }
    let names = (0..100).map(|gene| gene.to_string()).collect();
    let genes = dash_prior::GeneIndex::new(names).expect("names that differ");
    System::new(genes, basal, interactions).expect("values in range")
}

/// 9 types of 300 cells.
fn steady(config: SteadyConfig) -> Work {
    let system = cells(9);
    Box::new(move || _ = black_box(simulate_steady(&system, black_box(&config)).expect("cells")))
}

/// 3 types of 300 cells in a row.
fn differentiation() -> Work {
    let system = cells(3);
    let transitions = arr2(&[[0.0, 0.1, 0.0], [0.0, 0.0, 0.2], [0.0, 0.0, 0.0]]);
    let lineage = Lineage::new(&transitions).expect("a lineage");
    let config = DifferentiationConfig::v1();
    Box::new(move || {
        let cells = simulate_differentiation(&system, &lineage, black_box(&config));
        _ = black_box(cells.expect("cells"));
    })
}

/// The whole pipeline on 9 types of 300 cells.
fn technical_noise() -> Work {
    let config = SteadyConfig::v1();
    let clean = simulate_steady(&cells(9), &config)
        .expect("cells")
        .expression;
    let noise = TechnicalNoise::preset("10x-a").expect("a preset");
    Box::new(move || {
        let mut cells = clean.clone();
        noise.apply(&mut [&mut cells], 1).expect("expression");
        _ = black_box(cells);
    })
}
