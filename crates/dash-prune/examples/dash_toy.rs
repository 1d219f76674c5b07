//! DASH on a toy: two regulators, six targets, a prior with one edge wrong, and what is left of it after pruning.
//!
//! `cargo run --release -p dash-prune --example dash_toy`

#![expect(clippy::print_stdout, reason = "a program that shows its result")]

use dash_ode::{
    FnField, Initialise, Intervals, Phoenix, SolverOptions, TimeSeries, TrainConfig, Trajectory,
    effective_sparsity, regulatory_network, solve_at, train,
};
use dash_prior::{PriorMatrix, co_regulation};
use dash_prune::{Prior, Problem, PruneSchedule, StrategySettings, build_strategy};
use ndarray::{Array2, Axis};

/// Genes 0 and 1 regulate; targets 2 to 4 follow gene 0, targets 5 to 7 are repressed by gene 1.
const GENES: usize = 8;

fn truth(y: &[f64], dydt: &mut [f64]) {
    dydt[0] = 0.2 - 0.4 * y[0];
    dydt[1] = 0.1 - 0.2 * y[1];
    for gene in 2..GENES {
        let drive = if gene < 5 { y[0] } else { 1.0 - y[1] };
        dydt[gene] = drive - y[gene];
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let times: Vec<f64> = (0..6).map(f64::from).collect();
    let starts = Array2::from_shape_fn((16, GENES), |(row, gene)| {
        ((row * (gene + 3)) % 7) as f64 / 7.0
    });
    let mut field = FnField::new(GENES, truth);
    let states = solve_at(&mut field, starts.view(), &times, &SolverOptions::tight())?;
    let trajectories = (0..16)
        .map(|row| Trajectory {
            name: row.to_string(),
            times: times.clone(),
            values: states.index_axis(Axis(1), row).to_owned(),
        })
        .collect();
    let series = TimeSeries::new(
        (0..GENES).map(|gene| format!("g{gene}")).collect(),
        trajectories,
    )?;
    let (training, validation) = series.split(&[14, 15])?;
    let training = Intervals::of(&training, "training")?;
    let validation = Intervals::of(&validation, "validation")?;

    // The prior, [target, regulator], knows five of the six edges, and one that is not true: 1 → 2 in place of 0 → 2.
    let mut p = Array2::<f64>::zeros((GENES, GENES));
    for (target, regulator) in [(2, 1), (3, 0), (4, 0), (5, 1), (6, 1), (7, 1)] {
        p[[target, regulator]] = 1.0;
    }
    let p = PriorMatrix::from_dense(p.view())?;
    let prior = Prior {
        c: co_regulation(&p),
        p,
    };

    let config = TrainConfig {
        epochs: 150,
        learning_rate: 0.01,
        ..TrainConfig::default()
    };
    let schedule = PruneSchedule {
        target_sparsity: Some(0.8),
        ..PruneSchedule::default()
    };
    for (name, lambda) in [("MP", (0.0, 0.0)), ("DASH", (0.5, 0.5))] {
        let settings = StrategySettings {
            schedule: schedule.clone(),
            lambda,
            ..StrategySettings::default()
        };
        let mut field = Phoenix::<f32>::new(GENES, 16)?;
        let initial = field.initialise(1).cast();
        let problem = Problem {
            prior: Some(&prior),
            ..Problem::new(&field, &initial, 1)
        };
        let mut strategy = build_strategy(name, &settings, &problem)?;
        let fit = train(
            &mut field,
            &initial,
            strategy.as_mut(),
            &training,
            &validation,
            &config,
            1,
            &mut |_| {},
        )?;
        println!(
            "{name}: sparsity {:.2}, validation error {:.1e}; effects, row = target, column = regulator:",
            effective_sparsity(&fit.best.parameters),
            fit.best.validation
        );
        println!("{:6.2}\n", regulatory_network(&fit.best.parameters));
    }
    Ok(())
}
