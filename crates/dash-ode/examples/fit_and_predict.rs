//! Fits a PHOENIX field to simulated trajectories of three genes and predicts one that it has not seen.
//!
//! `cargo run --release -p dash-ode --example fit_and_predict`

#![expect(clippy::print_stdout, reason = "a program that shows its result")]

use dash_ode::{
    Differentiable, FnField, Initialise, Intervals, NoStrategy, Phoenix, SolverOptions, TimeSeries,
    TrainConfig, Trajectory, regulatory_network, solve_at, train,
};
use ndarray::{Array2, Axis, array, s};

const GENES: [&str; 3] = ["A", "B", "C"];

/// A represses B, B represses C, C represses A.
fn ring(y: &[f64], dydt: &mut [f64]) {
    for (gene, change) in dydt.iter_mut().enumerate() {
        let repressor = y[(gene + 2) % 3];
        *change = 1.0 / (1.0 + (repressor / 0.4).powi(4)) - y[gene];
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Eight trajectories of nine times; the last is kept back, the one before it validates.
    let times: Vec<f64> = (0..9).map(f64::from).collect();
    let starts =
        Array2::from_shape_fn((8, 3), |(row, gene)| ((row >> gene) & 1) as f64 * 0.8 + 0.1);
    let mut truth = FnField::new(3, ring);
    let states = solve_at(&mut truth, starts.view(), &times, &SolverOptions::tight())?;
    let trajectories = (0..8)
        .map(|row| Trajectory {
            name: row.to_string(),
            times: times.clone(),
            values: states.index_axis(Axis(1), row).to_owned(),
        })
        .collect();
    let series = TimeSeries::new(GENES.map(String::from).to_vec(), trajectories)?;
    let training = Intervals::of(&series.select(&[0, 1, 2, 3, 4, 5])?, "training")?;
    let validation = Intervals::of(&series.select(&[6])?, "validation")?;

    let mut field = Phoenix::<f32>::new(3, 12)?;
    let initial = field.initialise(1).cast();
    let config = TrainConfig {
        epochs: 400,
        learning_rate: 0.01,
        ..TrainConfig::default()
    };
    let fit = train(
        &mut field,
        &initial,
        &mut NoStrategy,
        &training,
        &validation,
        &config,
        1,
        &mut |_| {},
    )?;
    println!(
        "{} epochs; best validation error {:.2e} after epoch {}",
        fit.history.len(),
        fit.best.validation,
        fit.best.epoch
    );

    // From the first state on, nothing of the kept trajectory is used.
    field.load(fit.best.parameters.values());
    let start = states.slice(s![0..1, 7, ..]).mapv(|value| value as f32);
    let predicted = solve_at(&mut field, start.view(), &times, &SolverOptions::default())?;
    println!("time  observed A B C      predicted A B C");
    for (point, time) in times.iter().enumerate() {
        let (seen, said) = (
            states.slice(s![point, 7, ..]),
            predicted.slice(s![point, 0, ..]),
        );
        println!("{time:4}  {seen:.2}  {said:.2}");
    }
    println!("effects, row = target, column = regulator:");
    println!("{:.2}", regulatory_network(&fit.best.parameters));
    println!(
        "true signs:\n{}",
        array![[0, 0, -1], [-1, 0, 0], [0, -1, 0]]
    );
    Ok(())
}
