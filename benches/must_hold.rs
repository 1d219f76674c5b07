//! The figures that training must hold: CPU seconds per epoch, with the arithmetic done and the share of the machine's peak.
//!
//! `cargo run --release -p dash-benches --example must_hold [ROUNDS [NAME]]` measures all of them, or those so named, in turns, on one thread. The
//! reference, a large dense product of known size, is timed before each, so that figures of a busy or a slower machine can
//! be read too.

#![expect(clippy::print_stdout, reason = "an example shows its result")]

use anyhow::Context as _;
use dash_benches::{cpu_seconds, epoch};
use dash_ode::{Direct, EpochRecord, Phoenix, SolverOptions, Statistics, TrainConfig};
use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, Par};

const TRAJECTORIES: usize = 140;
const INTERVALS: f64 = 4.0 * TRAJECTORIES as f64;
const ROUNDS: usize = 5;
/// Side of the matrices of the reference product.
const SIDE: usize = 512;
/// Times that it is done: for as long as an epoch takes.
const REPEATS: usize = 30;

struct Figure {
    name: &'static str,
    /// CPU seconds that it may take.
    limit: Option<f64>,
    /// The figure that it is a share of, and the share that it may be.
    of: Option<(&'static str, f64)>,
    /// Weights that survive.
    weights: f64,
    /// Makes what is measured.
    prepare: Box<dyn Fn() -> Run>,
}

type Run = Box<dyn FnMut() -> EpochRecord>;

impl Figure {
    fn phoenix(name: &'static str, genes: usize, pruned: f64, solver: SolverOptions) -> Self {
        let hidden = if genes == 350 { 40 } else { 50 };
        let share = (pruned > 0.0).then_some(pruned);
        let prepare = move || -> Run {
            let field = Phoenix::<f32>::new(genes, hidden).expect("both sizes are above 0");
            Box::new(epoch(field, share, TRAJECTORIES, &config(solver)))
        };
        Self {
            name,
            limit: None,
            of: None,
            weights: (1.0 - pruned) * (4 * genes * hidden) as f64,
            prepare: Box::new(prepare),
        }
    }

    fn direct(name: &'static str, pruned: f64) -> Self {
        let prepare = move || -> Run {
            let field = Direct::<f32>::new(350).expect("there are genes");
            let usual = config(SolverOptions::default());
            Box::new(epoch(field, Some(pruned), TRAJECTORIES, &usual))
        };
        Self {
            name,
            limit: None,
            of: None,
            weights: (1.0 - pruned) * f64::from(2 * 350 * 350),
            prepare: Box::new(prepare),
        }
    }

    fn within(self, seconds: f64) -> Self {
        Self {
            limit: Some(seconds),
            ..self
        }
    }

    fn at_most(self, share: f64, of: &'static str) -> Self {
        Self {
            of: Some((of, share)),
            ..self
        }
    }
}

fn config(solver: SolverOptions) -> TrainConfig {
    TrainConfig {
        solver,
        ..TrainConfig::default()
    }
}

fn figures() -> Vec<Figure> {
    let (usual, published) = (SolverOptions::default(), SolverOptions::published());
    vec![
        Figure::phoenix("SIM350, 1e-7", 350, 0.0, published).within(0.4),
        Figure::phoenix("SIM350, 1e-7, 90% pruned", 350, 0.9, published)
            .at_most(0.3, "SIM350, 1e-7"),
        Figure::phoenix("SIM350, 1e-7, 95% pruned", 350, 0.95, published)
            .at_most(0.2, "SIM350, 1e-7"),
        Figure::phoenix("SIM350", 350, 0.0, usual).within(0.1),
        Figure::phoenix("SIM350, 80% pruned", 350, 0.8, usual),
        Figure::phoenix("SIM350, 90% pruned", 350, 0.9, usual).at_most(0.3, "SIM350"),
        Figure::phoenix("SIM350, 95% pruned", 350, 0.95, usual).at_most(0.2, "SIM350"),
        // What no pruning makes faster.
        Figure::phoenix("SIM350, 99.9% pruned", 350, 0.999, usual),
        Figure::phoenix("SIM690", 690, 0.0, usual).within(0.35),
        Figure::direct("direct, 98.5% pruned", 0.985),
    ]
}

fn main() -> anyhow::Result<()> {
    let rounds = match std::env::args().nth(1) {
        None => ROUNDS,
        Some(rounds) => rounds.parse().context("the number of rounds")?,
    };
    let mut figures = figures();
    if let Some(name) = std::env::args().nth(2) {
        let names: Vec<&str> = figures.iter().map(|figure| figure.name).collect();
        anyhow::ensure!(
            names.contains(&&*name),
            "no figure is named `{name}`; there are: {}",
            names.join("; ")
        );
        figures.retain(|figure| figure.name == name);
    }
    anyhow::ensure!(rounds > 0, "0 rounds measure nothing; ask for at least 1");
    let mut runs: Vec<Run> = figures.iter().map(|figure| (figure.prepare)()).collect();
    let mut reference = Reference::new();
    let mut speeds = Vec::new();
    let mut seconds = vec![Vec::new(); figures.len()];
    let mut flops = vec![0.0; figures.len()];
    let mut solves = vec![Statistics::default(); figures.len()];
    for _ in 0..rounds {
        for (i, (figure, run)) in figures.iter().zip(&mut runs).enumerate() {
            speeds.push(reference.flops_per_second());
            let start = cpu_seconds();
            let record = run();
            seconds[i].push(cpu_seconds() - start);
            flops[i] = products(figure.weights, &record);
            solves[i] = record.solves;
        }
    }
    let peak = speeds.iter().copied().fold(0.0, f64::max);
    println!(
        "reference, {SIDE}³: fastest {:.1} Gflop/s, median {:.1}; {rounds} rounds\n",
        peak * 1e-9,
        median(&speeds) * 1e-9
    );
    println!(
        "| epoch of 560 intervals | evaluations per interval | rejected steps | CPU s | fastest | must be | holds | Gflop | Gflop/s | of the reference |"
    );
    println!("|---|---:|---:|---:|---:|---:|---|---:|---:|---:|");
    for (i, figure) in figures.iter().enumerate() {
        let (middle, fastest) = (
            median(&seconds[i]),
            seconds[i].iter().copied().fold(f64::INFINITY, f64::min),
        );
        let (must, holds) = verdict(figure, middle, &figures, &seconds, i);
        println!(
            "| {} | {:.1} | {:.0}% | {middle:.4} | {fastest:.4} | {must} | {holds} | {:.2} | {:.1} | {:.0}% |",
            figure.name,
            solves[i].evaluations as f64 / INTERVALS,
            100.0 * solves[i].rejected as f64 / (solves[i].accepted + solves[i].rejected) as f64,
            flops[i] * 1e-9,
            flops[i] / middle * 1e-9,
            100.0 * flops[i] / middle / median(&speeds),
        );
    }
    Ok(())
}

/// What the figure must be, and whether it is; a share is the median of those of the same round.
fn verdict(
    figure: &Figure,
    middle: f64,
    figures: &[Figure],
    seconds: &[Vec<f64>],
    i: usize,
) -> (String, String) {
    let word = |holds| if holds { "yes" } else { "no" };
    if let Some(limit) = figure.limit {
        return (format!("{limit}"), word(middle <= limit).into());
    }
    let whole = figure.of.and_then(|(of, share)| {
        let whole = figures.iter().position(|figure| figure.name == of)?;
        Some((whole, share))
    });
    let Some((whole, limit)) = whole else {
        return (String::new(), String::new());
    };
    let shares = seconds[i].iter().zip(&seconds[whole]);
    let share = median(
        &shares
            .map(|(part, whole)| part / whole)
            .collect::<Vec<f64>>(),
    );
    let holds = format!("{} ({share:.2})", word(share <= limit));
    (format!("{limit} of dense"), holds)
}

/// Floating-point operations of the products with the surviving weights: one multiplication and addition per weight in an
/// evaluation, two more in a pull-back and its gradient. Rejected steps count forward alone.
fn products(weights: f64, record: &EpochRecord) -> f64 {
    let recorded = 6.0 * record.solves.accepted as f64 + INTERVALS;
    2.0 * weights * (record.solves.evaluations as f64 + 2.0 * recorded)
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

struct Reference {
    a: Mat<f32>,
    b: Mat<f32>,
    c: Mat<f32>,
}

impl Reference {
    fn new() -> Self {
        let value = |i: usize, j: usize| ((i * 37 + j * 101) % 61) as f32 / 61.0 - 0.4;
        Self {
            a: Mat::from_fn(SIDE, SIDE, value),
            b: Mat::from_fn(SIDE, SIDE, value),
            c: Mat::zeros(SIDE, SIDE),
        }
    }

    fn flops_per_second(&mut self) -> f64 {
        let start = cpu_seconds();
        for _ in 0..REPEATS {
            matmul(&mut self.c, Accum::Replace, &self.a, &self.b, 1.0, Par::Seq);
        }
        let flops = 2.0 * (REPEATS * SIDE * SIDE * SIDE) as f64;
        flops / (cpu_seconds() - start)
    }
}
