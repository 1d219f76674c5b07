//! Genes that do not move: inputs of the system, of which only noise is seen.

use dash_ode::{Intervals, Real};

/// A still gene varies within a trajectory as much as from one time to the next: it has no memory. This is the least
/// share of the one in the other.
const WITHOUT_MEMORY: f64 = 0.8;
/// And it varies no more than so many times the quietest genes.
const AS_QUIET: f64 = 2.0;
/// Share of the genes that count as the quietest.
const QUIETEST: f64 = 0.05;
/// Fewest intervals of a trajectory that tells memory: with two, both variances are of the same difference.
const TELLING: usize = 3;

/// Of every gene, whether it is constant in time up to noise.
pub(super) fn still_genes<T: Real>(data: &Intervals<T>) -> Vec<bool> {
    let k = data.genes();
    let moves = mean_over_genes(data.starts(), data.targets(), k);
    let spreads = spread_within_trajectories(data);
    let mut sorted = moves.clone();
    sorted.sort_by(f64::total_cmp);
    let quiet = sorted[((k - 1) as f64 * QUIETEST) as usize] * AS_QUIET;
    (0..k)
        .map(|gene| moves[gene] <= quiet && moves[gene] >= WITHOUT_MEMORY * spreads[gene])
        .collect()
}

/// Half the mean squared difference from one time to the next: the variance of the noise, if there is nothing else.
fn mean_over_genes<T: Real>(starts: &[T], ends: &[T], k: usize) -> Vec<f64> {
    let mut sums = vec![0.0; k];
    for (starts, ends) in starts.chunks_exact(k).zip(ends.chunks_exact(k)) {
        for ((sum, start), end) in sums.iter_mut().zip(starts).zip(ends) {
            *sum += (end.f64() - start.f64()).powi(2);
        }
    }
    let rows = (starts.len() / k) as f64;
    sums.into_iter().map(|sum| sum / rows / 2.0).collect()
}

/// Mean variance of the start states within a trajectory; infinite where all are too short.
fn spread_within_trajectories<T: Real>(data: &Intervals<T>) -> Vec<f64> {
    let k = data.genes();
    let (mut sums, mut degrees) = (vec![0.0; k], 0.0);
    for rows in data.by_trajectory() {
        let count = rows.len() as f64;
        if rows.len() < TELLING {
            continue;
        }
        degrees += count - 1.0;
        let row = |r: usize| &data.starts()[r * k..][..k];
        for (gene, sum) in sums.iter_mut().enumerate() {
            let mean = rows.clone().map(|r| row(r)[gene].f64()).sum::<f64>() / count;
            *sum += rows
                .clone()
                .map(|r| (row(r)[gene].f64() - mean).powi(2))
                .sum::<f64>();
        }
    }
    sums.into_iter()
        .map(|sum| {
            if degrees > 0.0 {
                sum / degrees
            } else {
                f64::INFINITY
            }
        })
        .collect()
}
