//! The hot path of training at the size of SIM350: 350 genes, 40 hidden units, 4 intervals a step.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use dash_benches::{GENES, HIDDEN, STEP_SPANS, step_states};
use dash_ode::{
    Adam, Differentiable as _, Initialise as _, Integrator, Phoenix, SolverOptions,
    VectorField as _,
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

criterion_group!(benches, field, gradient, adam);
criterion_main!(benches);
