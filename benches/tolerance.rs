//! What the default tolerance costs and what it changes: the training loss beside that of a tight solve.
//!
//! `cargo run --release -p dash-benches --example tolerance [RTOL...]` trains PHOENIX for 25 optimiser steps on simulated systems of
//! three sizes, with each relative tolerance (the absolute one is a hundredth of it) and with a tight one, in double precision,
//! and prints the largest relative difference of the loss and the evaluations per interval.

#![expect(clippy::print_stdout, reason = "an example shows its result")]

use anyhow::Context as _;
use dash_ode::{
    Initialise as _, Intervals, NoStrategy, Phoenix, SolverOptions, TrainConfig, train,
};
use dash_synth::{
    NetworkConfig, SimulationConfig, System, SystemConfig, generate_network, simulate,
};

/// Genes, hidden units, and how many systems of that size.
const SIZES: [(usize, usize, u64); 3] = [(150, 40, 3), (350, 40, 3), (690, 50, 2)];
/// One optimiser step each, in every epoch.
const TRAJECTORIES: usize = 5;
const EPOCHS: usize = 5;

fn main() -> anyhow::Result<()> {
    let arguments = std::env::args().skip(1);
    let mut rtols = arguments
        .map(|rtol| rtol.parse().context("a relative tolerance"))
        .collect::<anyhow::Result<Vec<f64>>>()?;
    if rtols.is_empty() {
        rtols.push(SolverOptions::default().rtol);
    }
    println!(
        "| genes | system | rtol | largest difference of the loss | evaluations per interval |"
    );
    println!("|---:|---:|---:|---:|---:|");
    for (genes, hidden, systems) in SIZES {
        for system in 0..systems {
            let data = data(genes, system)?;
            let (tight, _) = losses(&data, hidden, SolverOptions::tight())?;
            for &rtol in &rtols {
                let options = SolverOptions {
                    rtol,
                    atol: 1e-2 * rtol,
                    ..SolverOptions::default()
                };
                let (loose, evaluations) = losses(&data, hidden, options)?;
                let pairs = loose.iter().zip(&tight);
                let worst = pairs.map(|(l, t)| (l / t - 1.0).abs()).fold(0.0, f64::max);
                println!("| {genes} | {system} | {rtol:.1e} | {worst:.1e} | {evaluations:.1} |");
            }
        }
    }
    Ok(())
}

fn data(genes: usize, seed: u64) -> anyhow::Result<Intervals<f64>> {
    let network = generate_network(&NetworkConfig {
        seed,
        ..NetworkConfig::g350_like(genes)
    })?;
    let system = System::random(
        &network,
        &SystemConfig {
            seed,
            ..SystemConfig::default()
        },
    )?;
    let config = SimulationConfig {
        samples: TRAJECTORIES,
        seed,
        ..SimulationConfig::default()
    };
    Ok(Intervals::of(
        &simulate(&system, &config)?.series,
        "simulated",
    )?)
}

/// Losses of the epochs, and evaluations per interval in the last.
fn losses(
    data: &Intervals<f64>,
    hidden: usize,
    solver: SolverOptions,
) -> anyhow::Result<(Vec<f64>, f64)> {
    let mut field = Phoenix::<f64>::new(data.genes(), hidden)?;
    let config = TrainConfig {
        solver,
        epochs: EPOCHS,
        ..TrainConfig::default()
    };
    let initial = field.initialise(1);
    let fit = train(
        &mut field,
        &initial,
        &mut NoStrategy,
        data,
        data,
        &config,
        1,
        &mut |_| {},
    )?;
    let losses = fit.history.iter().map(|record| record.train_loss).collect();
    let last = fit.history.last().context("epochs were trained")?;
    Ok((losses, last.solves.evaluations as f64 / data.len() as f64))
}
