//! Vector fields, solver, gradient, optimiser, training.

use std::hint::black_box;

use dash_ode::{
    Adam, BatchRule, Differentiable, Direct, Initialise, Integrator, Mlp, Parameters, Phoenix,
    SolverOptions, TrainConfig,
};

use crate::data::{GENES, HIDDEN, pruned, spans, states};
use crate::{Work, Workload};

/// Share of the weights of a hidden layer that pruning leaves out.
const PRUNED: f64 = 0.95;
/// The same of single edges.
const PRUNED_EDGES: f64 = 0.985;

pub(crate) const WORKLOADS: &[Workload] = &[
    Workload::new("ode/load/phoenix", || load(phoenix(0.0))),
    Workload::new("ode/eval/phoenix", || eval(phoenix(0.0), 4)),
    Workload::new("ode/eval/phoenix_140_rows", || eval(phoenix(0.0), 140)),
    Workload::new("ode/eval/phoenix_pruned", || eval(phoenix(PRUNED), 4)),
    Workload::new("ode/eval/direct_pruned", || eval(direct(PRUNED_EDGES), 4)),
    Workload::new("ode/eval/mlp", || eval(mlp(), 4)),
    Workload::new("ode/solve/phoenix", || solve(phoenix(0.0), 4)),
    Workload::new("ode/solve/phoenix_140_rows", || solve(phoenix(0.0), 140)),
    Workload::new("ode/gradient/phoenix", || {
        gradient(phoenix(0.0), 4, SolverOptions::default())
    }),
    Workload::new("ode/gradient/phoenix_1e-7", || {
        gradient(phoenix(0.0), 4, SolverOptions::published())
    }),
    Workload::new("ode/gradient/phoenix_140_rows", || {
        gradient(phoenix(0.0), 140, SolverOptions::default())
    }),
    Workload::new("ode/gradient/phoenix_pruned", || {
        gradient(phoenix(PRUNED), 4, SolverOptions::default())
    }),
    Workload::new("ode/gradient/direct_pruned", || {
        gradient(direct(PRUNED_EDGES), 4, SolverOptions::default())
    }),
    Workload::new("ode/gradient/mlp", || {
        gradient(mlp(), 4, SolverOptions::default())
    }),
    Workload::new("ode/adam/step", adam),
    Workload::new("ode/epoch/phoenix_5_trajectories", || {
        epoch(untrained(), 5, &TrainConfig::default(), None)
    }),
    Workload::new("ode/epoch/phoenix_pruned_5_trajectories", || {
        epoch(untrained(), 5, &TrainConfig::default(), Some(PRUNED))
    }),
    Workload::new("ode/epoch/direct_pruned_5_trajectories", || {
        let field = Direct::new(GENES).expect("there are genes");
        epoch(field, 5, &TrainConfig::default(), Some(PRUNED_EDGES))
    }),
    Workload::slow("ode/epoch/phoenix", || {
        epoch(untrained(), 140, &TrainConfig::default(), None)
    }),
    Workload::slow("ode/epoch/phoenix_1e-7", || {
        let config = TrainConfig {
            solver: SolverOptions::published(),
            ..TrainConfig::default()
        };
        epoch(untrained(), 140, &config, None)
    }),
    Workload::slow("ode/epoch/phoenix_batches_of_560", || {
        let config = TrainConfig {
            batch: BatchRule::Intervals(560),
            ..TrainConfig::default()
        };
        epoch(untrained(), 140, &config, None)
    }),
    Workload::slow("ode/epoch/phoenix_pruned", || {
        epoch(untrained(), 140, &TrainConfig::default(), Some(PRUNED))
    }),
    Workload::slow("ode/gradient/phoenix_560_rows", || {
        gradient(phoenix(0.0), 560, SolverOptions::default())
    }),
    Workload::slow("ode/gradient/phoenix_11165_genes", || {
        let field = Phoenix::new(11_165, 300).expect("both sizes are above 0");
        gradient(initial(field, 0.0), 16, SolverOptions::default())
    }),
];

/// A field that has parameters loaded, and these.
type Model<F> = (F, Parameters<f32>);

fn untrained() -> Phoenix<f32> {
    Phoenix::new(GENES, HIDDEN).expect("both sizes are above 0")
}

fn phoenix(share: f64) -> Model<Phoenix<f32>> {
    initial(untrained(), share)
}

fn direct(share: f64) -> Model<Direct<f32>> {
    initial(Direct::new(GENES).expect("there are genes"), share)
}

fn mlp() -> Model<Mlp<f32>> {
    let hidden = Mlp::<f32>::comparable_hidden(HIDDEN);
    let field = Mlp::new(GENES, hidden).expect("both sizes are above 0");
    initial(field, 0.0)
}

fn initial<F: Differentiable<f32> + Initialise>(mut field: F, share: f64) -> Model<F> {
    let (parameters, kept) = pruned(field.initialise(1).cast(), share);
    field.load_pruned(parameters.values(), &kept);
    (field, parameters)
}

fn load<F: Differentiable<f32> + 'static>((mut field, parameters): Model<F>) -> Work {
    Box::new(move || field.load(black_box(parameters.values())))
}

fn eval<F: Differentiable<f32> + 'static>((mut field, _): Model<F>, rows: usize) -> Work {
    let states = states(rows, field.dim());
    let mut slopes = vec![0.0; states.len()];
    Box::new(move || field.eval(black_box(&states), black_box(&mut slopes)))
}

fn solve<F: Differentiable<f32> + 'static>((mut field, _): Model<F>, rows: usize) -> Work {
    let (states, spans) = (states(rows, field.dim()), spans(rows));
    let mut ends = vec![0.0; states.len()];
    let mut integrator = Integrator::new(SolverOptions::default()).expect("options in range");
    Box::new(move || {
        integrator
            .solve(&mut field, black_box(&states), &spans, &mut ends)
            .expect("initial models are tame");
    })
}

/// Forward, and the gradient of ½|y₁|² backward.
fn gradient<F: Differentiable<f32> + 'static>(
    (mut field, parameters): Model<F>,
    rows: usize,
    options: SolverOptions,
) -> Work {
    let (states, spans) = (states(rows, field.dim()), spans(rows));
    let mut ends = vec![0.0; states.len()];
    let mut gradient = vec![0.0; parameters.values().len()];
    let mut integrator = Integrator::new(options).expect("options in range");
    Box::new(move || {
        integrator
            .record(&mut field, black_box(&states), &spans, &mut ends)
            .expect("initial models are tame");
        gradient.fill(0.0);
        integrator
            .pull_back(&mut field, &mut ends, black_box(&mut gradient))
            .expect("a solve was recorded");
    })
}

fn adam() -> Work {
    let n = 4 * GENES * HIDDEN;
    let (mut parameters, gradient) = (vec![0.1_f32; n], vec![0.01_f32; n]);
    let mut adam = Adam::new(n);
    Box::new(move || adam.step(&mut parameters, black_box(&gradient), &[(n, 1e-3)]))
}

fn epoch<F: Differentiable<f32> + Initialise + 'static>(
    field: F,
    trajectories: usize,
    config: &TrainConfig,
    share: Option<f64>,
) -> Work {
    let mut epoch = crate::epoch(field, share, trajectories, config);
    Box::new(move || {
        black_box(epoch());
    })
}
