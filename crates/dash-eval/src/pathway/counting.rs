//! The null distribution of a sum of integer scores, by counting the subsets of every size and sum.

use crate::pathway::exact_null::{Query, extremes};
use crate::pathway::membership::{Tolerance, first_whole};

/// Most additions: a small fraction of a second.
const MOST: f64 = 5e7;

/// P(X ≥ sum) of every query without loss of digits, however rare; `None` unless all scores are integers and few
/// enough.
pub(crate) fn tails(scores: &[f64], queries: &[Query]) -> Option<Vec<f64>> {
    let (low, high) = extremes(scores);
    let genes = scores.len();
    let largest = queries.iter().map(|query| query.size).max()?;
    let most = (high - low) * largest as f64;
    let is_small = most * (largest * genes) as f64 <= MOST;
    if !is_small || scores.iter().any(|score| score.fract() != 0.0) {
        return None;
    }
    let steps: Vec<usize> = scores.iter().map(|score| (score - low) as usize).collect();
    let ways = ways(&steps, largest, most as usize);
    let slack = Tolerance::new(scores).worst_of(genes);
    let tail = |query: &Query| {
        let reach = first_whole(query.sum - query.size as f64 * low, slack).max(0.0) as usize;
        let ways = &ways[query.size];
        let reached: f64 = ways.iter().skip(reach).rev().sum();
        reached / ways.iter().sum::<f64>()
    };
    let tails: Vec<f64> = queries.iter().map(tail).collect();
    // The number of subsets may exceed what a float can hold.
    tails.iter().all(|p| p.is_finite()).then_some(tails)
}

/// Number of subsets by size and sum.
fn ways(steps: &[usize], largest: usize, most: usize) -> Vec<Vec<f64>> {
    let mut ways = vec![vec![0.0; most + 1]; largest + 1];
    ways[0][0] = 1.0;
    for (done, &step) in steps.iter().enumerate() {
        for size in (1..=largest.min(done + 1)).rev() {
            let (smaller, this) = ways.split_at_mut(size);
            for (with, without) in this[0][step..].iter_mut().zip(&smaller[size - 1]) {
                *with += without;
            }
        }
    }
    ways
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;
    use crate::special::ln_choose;

    #[test]
    fn the_rarest_sum_keeps_its_digits() {
        let scores: Vec<f64> = (0..50).map(f64::from).collect();
        let rarest = Query {
            size: 25,
            sum: (25..50).sum::<i32>().into(),
        };
        let p = tails(&scores, &[rarest]).unwrap()[0];
        assert_relative_eq!(p.ln(), -ln_choose(50, 25), max_relative = 1e-12);
        assert!(tails(&[0.5, 1.0], &[Query { size: 1, sum: 1.0 }]).is_none());
    }
}
