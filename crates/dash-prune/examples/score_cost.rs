//! Time of one DASH scoring step of both branches, on one thread, at the size of SIM350 and of a genome.
//!
//! `cargo run --release -p dash-prune --example score_cost`
#![expect(clippy::print_stdout, reason = "an example shows its result")]

use std::hint::black_box;
use std::time::Instant;

use dash_prior::PriorMatrix;
use dash_prune::{Branch, BranchWeights, Conventions, Dash, DashState, Mask, Result, random};
use ndarray::{Array2, Axis};

fn main() -> Result<()> {
    let small = seconds_per_step(40, 350, 2_000, 1_000, 200)?;
    println!("40 × 350, both branches: {:.0} µs", small * 1e6);
    let genome = seconds_per_step(300, 11_165, 30_000, 2_000_000, 2)?;
    println!("300 × 11165, both branches: {genome:.2} s");
    Ok(())
}

fn seconds_per_step(m: usize, k: usize, c: usize, p: usize, repeats: u32) -> Result<f64> {
    let dash = Dash::new(
        &prior(k, p)?,
        &prior(k, c)?,
        (0.75, 0.75),
        Conventions::default(),
    )?;
    let (w, u) = (random(m, k, 1) - 0.5, random(k, m, 2) - 0.5);
    let v = random(k, 1, 3).remove_axis(Axis(1));
    let (w_mask, u_mask) = (Mask::full(m, k), Mask::full(k, m));
    let mut states = [DashState::random(m, k, 4), DashState::random(m, k, 5)];
    let start = Instant::now();
    for _ in 0..repeats {
        for (branch, state) in [Branch::Sum, Branch::Product].into_iter().zip(&mut states) {
            let weights = BranchWeights {
                branch,
                first: w.view(),
                first_mask: &w_mask,
                second: u.view(),
                second_mask: &u_mask,
                multipliers: v.view(),
            };
            black_box(dash.score(&weights, state)?);
        }
    }
    Ok(start.elapsed().as_secs_f64() / f64::from(repeats))
}

/// A random binary prior of about `edges` entries.
fn prior(k: usize, edges: usize) -> Result<PriorMatrix> {
    let places: Array2<f64> = random(edges, 2, 6) * k as f64;
    let mut places: Vec<(usize, usize)> = places
        .rows()
        .into_iter()
        .map(|place| (place[0] as usize, place[1] as usize))
        .collect();
    places.sort_unstable();
    places.dedup();
    let entries = places.into_iter().map(|(i, j)| (i, j, 1.0));
    Ok(PriorMatrix::from_triplets(k, entries)?)
}
