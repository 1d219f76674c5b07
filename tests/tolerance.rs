//! The default tolerance gives the loss of a tight solve, on data like SIM350 and in the precision that trains.

use dash_ode::{
    Adam, Differentiable as _, Initialise as _, Integrator, Intervals, Parameters, Phoenix, Real,
    SolverOptions, TimeSeries,
};
use dash_synth::{
    NetworkConfig, SimulationConfig, System, SystemConfig, generate_network, simulate,
};

const GENES: usize = 350;
const HIDDEN: usize = 40;
/// Optimiser steps, each on the intervals of a trajectory of its own.
const STEPS: usize = 25;

fn series() -> TimeSeries {
    let network = generate_network(&NetworkConfig::g350_like(GENES)).unwrap();
    let system = System::random(&network, &SystemConfig::default()).unwrap();
    let config = SimulationConfig {
        samples: STEPS,
        ..SimulationConfig::default()
    };
    simulate(&system, &config).unwrap().series
}

/// The loss before every optimiser step.
fn losses<T: Real>(series: &TimeSeries, options: SolverOptions) -> Vec<f64> {
    let intervals = Intervals::<T>::of(series, "simulated").unwrap();
    let mut field = Phoenix::<T>::new(GENES, HIDDEN).unwrap();
    let mut parameters: Parameters<T> = field.initialise(1).cast();
    let n = parameters.values().len();
    let (mut integrator, mut adam) = (Integrator::new(options).unwrap(), Adam::new(n));
    let rows = intervals.spans().len() / STEPS;
    let values = rows * GENES;
    let (mut ends, mut gradient) = (vec![T::zero(); values], vec![T::zero(); n]);
    let step = |step: usize| {
        let (starts, targets) = (
            &intervals.starts()[step * values..][..values],
            &intervals.targets()[step * values..][..values],
        );
        let mut loss = 0.0;
        let derivative = |part: std::ops::Range<usize>, ends: &[T], bars: &mut [T]| {
            let targets = &targets[part.start * GENES..part.end * GENES];
            for (bar, (&end, &target)) in bars.iter_mut().zip(ends.iter().zip(targets)) {
                let error = end - target;
                loss += error.f64().powi(2) / values as f64;
                *bar = T::of(2.0 / values as f64) * error;
            }
        };
        field.load(parameters.values());
        gradient.fill(T::zero());
        let spans = &intervals.spans()[step * rows..][..rows];
        integrator
            .gradient(
                &mut field,
                starts,
                spans,
                &mut ends,
                derivative,
                &mut gradient,
            )
            .unwrap();
        adam.step(parameters.values_mut(), &gradient, &[(n, 1e-3)]);
        loss
    };
    (0..STEPS).map(step).collect()
}

#[test]
fn the_default_tolerance_gives_the_loss_of_a_tight_solve_over_25_steps() {
    let series = series();
    let usual = losses::<f32>(&series, SolverOptions::default());
    let tight = losses::<f64>(&series, SolverOptions::published());
    let off = usual.iter().zip(&tight).map(|(u, t)| (u / t - 1.0).abs());
    let worst = off.fold(0.0, f64::max);
    println!("largest relative difference of the loss: {worst:.1e}");
    assert!(worst < 1e-4, "{worst:e} in {usual:?} for {tight:?}");
    assert!(tight[STEPS - 1] < 0.9 * tight[0], "nothing was learnt");
}
