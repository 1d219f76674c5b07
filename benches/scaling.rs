//! One optimiser step from small to genome size: CPU seconds and peak memory, dense and after pruning.
//!
//! `cargo run --release -p dash-benches --example scaling` sweeps genes × hidden units and the number of intervals;
//! `scaling GENES HIDDEN INTERVALS SPARSITY LENGTH` does one size, in a process of its own so that its memory can be told.

#![expect(clippy::print_stdout, reason = "an example shows its result")]

use std::process::Command;

use dash_benches::{cpu_seconds, peak_bytes};
use dash_ode::{
    Adam, Differentiable as _, Initialise as _, Integrator, Phoenix, Role, SolverOptions, Span,
    stream,
};
use rand::Rng as _;

/// (genes, hidden units, intervals): two sweeps, of the model and of the data.
const SIZES: [(usize, usize, usize); 8] = [
    (1400, 75, 16),
    (2800, 150, 16),
    (5600, 300, 16),
    (11_165, 300, 16),
    (11_165, 300, 4),
    (11_165, 300, 8),
    (11_165, 300, 32),
    (11_165, 300, 64),
];
const SPARSITIES: [f64; 3] = [0.0, 0.9, 0.95];
/// Lengths of the intervals: of one, and as in the breast cancer pseudotime, which are measured at one size alone.
const LENGTHS: [f64; 2] = [1.0, 0.005];
/// CPU seconds that the published code takes for one interval of 11,165 genes and of such a length.
const PUBLISHED: [f64; 2] = [43.0, 5.3];
const GENOME: (usize, usize, usize) = (11_165, 300, 16);
const STEPS: usize = 2;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [] => sweep(),
        [genes, hidden, intervals, sparsity, length] => one(
            (genes.parse()?, hidden.parse()?, intervals.parse()?),
            sparsity.parse()?,
            length.parse()?,
        ),
        _ => anyhow::bail!("usage: scaling [GENES HIDDEN INTERVALS SPARSITY LENGTH]"),
    }
}

fn sweep() -> anyhow::Result<()> {
    println!(
        "| genes | hidden | intervals | length | pruned | CPU s | ns per weight and interval | × published | peak GB |"
    );
    println!("|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    let sizes = SIZES.map(|size| (size, LENGTHS[0]));
    for ((genes, hidden, intervals), length) in sizes.into_iter().chain([(GENOME, LENGTHS[1])]) {
        for sparsity in SPARSITIES {
            let numbers = [genes, hidden, intervals].map(|n| n.to_string());
            let status = Command::new(std::env::current_exe()?)
                .args(numbers)
                .args([sparsity.to_string(), length.to_string()])
                .status()?;
            anyhow::ensure!(status.success(), "the size {genes} × {hidden} failed");
        }
    }
    Ok(())
}

/// Forward, gradient and Adam over intervals from random states; the fastest of a few steps.
fn one(size: (usize, usize, usize), sparsity: f64, length: f64) -> anyhow::Result<()> {
    let (genes, hidden, intervals) = size;
    let mut field = Phoenix::<f32>::new(genes, hidden)?;
    let mut parameters = field.initialise(1).cast::<f32>();
    let mut rng = stream(1, 0);
    let mut kept = vec![true; parameters.values().len()];
    for block in parameters.layout().blocks() {
        for kept in &mut kept[block.range.clone()] {
            *kept = block.role != Role::Weights || rng.random::<f64>() >= sparsity;
        }
    }
    for (value, &kept) in parameters.values_mut().iter_mut().zip(&kept) {
        *value = if kept { *value } else { 0.0 };
    }
    let spans = vec![
        Span {
            start: 0.0,
            end: length
        };
        intervals
    ];
    let states: Vec<f32> = (0..intervals * genes).map(|_| rng.random()).collect();
    let mut ends = vec![0.0; states.len()];
    let mut gradient = vec![0.0; kept.len()];
    let mut integrator = Integrator::new(SolverOptions::default())?;
    let mut adam = Adam::new(kept.len());
    let mut fastest = f64::INFINITY;
    for _ in 0..STEPS {
        let start = cpu_seconds();
        field.load_pruned(parameters.values(), &kept);
        gradient.fill(0.0);
        let loss = |_, ends: &[f32], bars: &mut [f32]| bars.copy_from_slice(ends);
        integrator.gradient(&mut field, &states, &spans, &mut ends, loss, &mut gradient)?;
        let rates = [(gradient.len(), 1e-6)];
        adam.step(parameters.values_mut(), &gradient, &rates);
        fastest = fastest.min(cpu_seconds() - start);
    }
    let per_weight = fastest / (4 * genes * hidden * intervals) as f64 * 1e9;
    let published = LENGTHS
        .iter()
        .position(|&l| (l - length).abs() < 1e-9 && genes == GENOME.0);
    let times = published.map(|i| format!("{:.0}", PUBLISHED[i] * intervals as f64 / fastest));
    println!(
        "| {genes} | {hidden} | {intervals} | {length} | {sparsity} | {fastest:.2} | {per_weight:.2} | {} | {:.2} |",
        times.unwrap_or_default(),
        peak_bytes()? / 1e9
    );
    Ok(())
}
