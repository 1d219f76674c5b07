//! The hot path of training at the size of SIM350: 350 genes, 40 hidden units, 4 intervals a step.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use dash_benches::{GENES, HIDDEN, STEP_SPANS, intervals, step_states};
use dash_ode::{
    Adam, Differentiable as _, EpochRecord, Initialise as _, Integrator, NoStrategy, Phoenix,
    SolverOptions, TrainConfig, VectorField as _, train,
};

fn field(c: &mut Criterion) {
    let mut field = Phoenix::<f32>::new(GENES, HIDDEN).expect("both sizes are above 0");
    let parameters = field.initialise(1).cast::<f32>();
    field.load(parameters.values());
    let states = step_states();
    let mut slopes = vec![0.0; states.len()];
    c.bench_function("phoenix/load", |b| {
        b.iter(|| field.load(black_box(parameters.values())));
    });
    c.bench_function("phoenix/eval_4_rows", |b| {
        b.iter(|| field.eval(black_box(&states), &mut slopes));
    });
}

fn gradient(c: &mut Criterion) {
    let mut field = Phoenix::<f32>::new(GENES, HIDDEN).expect("both sizes are above 0");
    let parameters = field.initialise(1).cast::<f32>();
    field.load(parameters.values());
    let states = step_states();
    for (name, options) in [
        ("default", SolverOptions::default()),
        ("1e-7", SolverOptions::published()),
    ] {
        let mut integrator = Integrator::new(options).expect("the options are in range");
        let mut ends = vec![0.0; states.len()];
        c.bench_function(&format!("solve/{name}"), |b| {
            b.iter(|| {
                integrator
                    .record(&mut field, black_box(&states), &STEP_SPANS, &mut ends)
                    .is_ok()
            });
        });
        let mut gradient = vec![0.0; parameters.values().len()];
        c.bench_function(&format!("solve_and_gradient/{name}"), |b| {
            b.iter(|| {
                let solved = integrator
                    .record(&mut field, black_box(&states), &STEP_SPANS, &mut ends)
                    .is_ok();
                let mut bars = ends.clone();
                gradient.fill(0.0);
                solved
                    && integrator
                        .pull_back(&mut field, &mut bars, &mut gradient)
                        .is_ok()
            });
        });
    }
}

fn adam(c: &mut Criterion) {
    let n = 4 * GENES * HIDDEN;
    let (mut parameters, gradient) = (vec![0.1_f32; n], vec![0.01_f32; n]);
    let mut adam = Adam::new(n);
    c.bench_function("adam/step", |b| {
        b.iter(|| adam.step(&mut parameters, black_box(&gradient), &[(n, 1e-3)]));
    });
}

/// One epoch of dense PHOENIX on 140 trajectories × 4 intervals: forward, gradient, optimiser.
fn epoch(c: &mut Criterion) {
    let training = intervals(140);
    let validation = intervals(10);
    let mut field = Phoenix::<f32>::new(GENES, HIDDEN).expect("both sizes are above 0");
    let initial = field.initialise(1).cast();
    let mut group = c.benchmark_group("epoch");
    group.sample_size(10);
    for (name, solver) in [
        ("default", SolverOptions::default()),
        ("1e-7", SolverOptions::published()),
    ] {
        let config = TrainConfig {
            epochs: 1,
            solver,
            ..TrainConfig::default()
        };
        group.bench_function(name, |b| {
            b.iter(|| {
                let mut nothing = |_: &EpochRecord| {};
                train(
                    &mut field,
                    &initial,
                    &mut NoStrategy,
                    &training,
                    &validation,
                    &config,
                    1,
                    &mut nothing,
                )
                .expect("simulated data train")
            });
        });
    }
    group.finish();
}

criterion_group!(benches, field, gradient, adam, epoch);
criterion_main!(benches);
