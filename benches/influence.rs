//! Gene influence of a PHOENIX model from small to genome size: seconds with all threads, and CPU seconds, dense and pruned.
//!
//! `cargo run --release -p dash-benches --example influence` sweeps the number of genes;
//! `influence GENES HIDDEN SPARSITY SAMPLE` does one size, with SAMPLE genes drawn anew, evenly spread among those that
//! have a target; of the other genes the influence is 0 exactly. The whole is SAMPLE + 1 batches of 200 trajectories in
//! place of one per such gene, and its time is that of a batch times their number.

#![expect(clippy::print_stdout, reason = "an example shows its result")]

use std::fs;
use std::time::Instant;

use anyhow::Context as _;
use dash_eval::{InfluenceDraws, Perturbed, gene_influence};
use dash_ode::{
    Differentiable as _, Initialise as _, Phoenix, Role, SolverOptions, solve_at, stream, targets,
};
use ndarray::{Array2, ArrayView2, Axis};
use rand::Rng as _;

/// Those of the simulated data.
const TIMES: [f64; 5] = [0.0, 2.0, 3.0, 7.0, 9.0];

/// (genes, hidden units, genes drawn anew; all of the smallest).
const SIZES: [(usize, usize, usize); 4] = [
    (350, 40, 350),
    (690, 50, 690),
    (1400, 75, 100),
    (3551, 120, 40),
];

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    println!(
        "| genes | hidden | pruned | with a target | drawn anew | s | CPU s | CPU s for all |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    match &arguments[..] {
        [] => {
            for (genes, hidden, sample) in SIZES {
                for sparsity in [0.0, 0.95, 0.99] {
                    one(genes, hidden, sparsity, sample)?;
                }
            }
            Ok(())
        }
        [genes, hidden, sparsity, sample] => one(
            genes.parse()?,
            hidden.parse()?,
            sparsity.parse()?,
            sample.parse()?,
        ),
        _ => anyhow::bail!("usage: influence [GENES HIDDEN SPARSITY SAMPLE]"),
    }
}

fn one(genes: usize, hidden: usize, sparsity: f64, sample: usize) -> anyhow::Result<()> {
    let mut field = Phoenix::<f32>::new(genes, hidden)?;
    let mut parameters = field.initialise(1).cast::<f32>();
    let mut rng = stream(1, 0);
    let mut kept = vec![true; parameters.values().len()];
    for block in parameters.layout().blocks() {
        for kept in &mut kept[block.range.clone()] {
            *kept = block.role != Role::Weights || rng.random::<f64>() >= sparsity;
        }
    }
    for (value, kept) in parameters.values_mut().iter_mut().zip(&mut kept) {
        if !*kept {
            *value = 0.0;
        }
        // The first matrices start with zeros.
        *kept &= *value != 0.0;
    }
    field.load_pruned(parameters.values(), &kept);
    let reached = targets(&parameters);
    let moving: Vec<usize> = (0..genes)
        .filter(|&gene| reached[gene].iter().any(|target| *target != gene))
        .collect();
    let step = moving.len().div_ceil(sample).max(1);
    let drawn: Vec<usize> = moving.iter().copied().step_by(step).collect();
    let options = SolverOptions::default();
    let integrate = |states: ArrayView2<'_, f64>| -> anyhow::Result<Vec<Array2<f64>>> {
        let states = states.mapv(|x| x as f32);
        let found = solve_at(&mut field.clone(), states.view(), &TIMES, &options)?;
        let later = found.axis_iter(Axis(0)).skip(1);
        Ok(later.map(|states| states.mapv(f64::from)).collect())
    };
    let (start, processor) = (Instant::now(), cpu_seconds()?);
    let found = gene_influence(
        genes,
        InfluenceDraws::paper(1),
        Perturbed::Only(&drawn),
        integrate,
    )?;
    let seconds = start.elapsed().as_secs_f64();
    let largest = found.scores.iter().copied().fold(0.0, f64::max);
    (largest > 0.0)
        .then_some(())
        .context("no gene has any influence")?;
    let processor = cpu_seconds()? - processor;
    let all = processor * (moving.len() + 1) as f64 / (drawn.len() + 1) as f64;
    println!(
        "| {genes} | {hidden} | {sparsity} | {} | {} | {seconds:.1} | {processor:.1} | {all:.0} |",
        moving.len(),
        drawn.len()
    );
    Ok(())
}

/// CPU seconds of all threads of this process so far.
fn cpu_seconds() -> anyhow::Result<f64> {
    let mut nanoseconds = 0;
    for task in fs::read_dir("/proc/self/task")? {
        let text = fs::read_to_string(task?.path().join("schedstat"))?;
        let own = text.split_whitespace().next();
        nanoseconds += own.context("schedstat is empty")?.parse::<u64>()?;
    }
    Ok(nanoseconds as f64 * 1e-9)
}
