//! Cutting training data into folds.

use dash_ode::{Intervals, Real, stream};
use rand::seq::SliceRandom as _;

use crate::{Error, Result, streams};

/// What one fold trains on and what it holds out.
pub(super) struct Fold<T> {
    pub(super) training: Intervals<T>,
    pub(super) held_out: Intervals<T>,
}

/// Parts the intervals of a series into `count` folds.
///
/// Whole trajectories go to folds at random, the longest first, each to the fold that holds the fewest intervals. A
/// single trajectory is cut into blocks of consecutive intervals; no interval bridges the block held out.
pub(super) fn folds<T: Real>(data: &Intervals<T>, count: usize, seed: u64) -> Result<Vec<Fold<T>>> {
    let fold_of = assignment(data.trajectories(), count, seed)?;
    let chosen = |keep: &dyn Fn(usize) -> bool| -> Vec<usize> {
        (0..data.len()).filter(|&i| keep(fold_of[i])).collect()
    };
    (0..count)
        .map(|fold| {
            Ok(Fold {
                training: data.select(&chosen(&|f| f != fold), "training")?,
                held_out: data.select(&chosen(&|f| f == fold), "held-out")?,
            })
        })
        .collect()
}

/// The fold of every interval, given its trajectory.
fn assignment(trajectories: &[usize], count: usize, seed: u64) -> Result<Vec<usize>> {
    let mut lengths: Vec<(usize, usize)> = trajectories
        .chunk_by(|a, b| a == b)
        .map(|intervals| (intervals[0], intervals.len()))
        .collect();
    let intervals = trajectories.len();
    let (available, unit) = match lengths.len() {
        0 | 1 => (intervals, "intervals"),
        several => (several, "trajectories"),
    };
    if !(2..=available).contains(&count) {
        return Err(Error::Folds {
            folds: count,
            available,
            unit,
        });
    }
    if lengths.len() == 1 {
        return Ok((0..intervals).map(|i| i * count / intervals).collect());
    }
    lengths.shuffle(&mut stream(seed, streams::FOLDS));
    lengths.sort_by_key(|&(_, length)| std::cmp::Reverse(length));
    let mut held = vec![0; count];
    let mut fold_of = vec![0; lengths.iter().map(|l| l.0 + 1).max().unwrap_or(0)];
    for (trajectory, length) in lengths {
        let fold = (0..count).min_by_key(|&fold| held[fold]).unwrap_or(0);
        held[fold] += length;
        fold_of[trajectory] = fold;
    }
    Ok(trajectories.iter().map(|&t| fold_of[t]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_trajectories_are_dealt_evenly_by_the_seed() {
        let trajectories: Vec<usize> = (0..11).flat_map(|t| [t; 4]).collect();
        let dealt = |seed| assignment(&trajectories, 3, seed).unwrap();
        for of_one in dealt(1).chunks(4) {
            assert!(of_one.iter().all(|fold| fold == &of_one[0]));
        }
        let sizes = [0, 1, 2].map(|f| dealt(1).iter().filter(|&&fold| fold == f).count());
        assert_eq!(sizes.iter().sum::<usize>(), 44);
        assert!(sizes.iter().all(|n| [12, 16].contains(n)), "{sizes:?}");
        assert_eq!(dealt(1), dealt(1));
        assert_ne!(dealt(1), dealt(2));
    }

    #[test]
    fn long_trajectories_are_balanced_by_short_ones() {
        // Trajectory 3 has no intervals, as when all its points lack a value.
        let lengths = [(0, 6), (1, 2), (2, 3), (4, 1)];
        let trajectories: Vec<usize> = lengths
            .iter()
            .flat_map(|&(t, n)| std::iter::repeat_n(t, n))
            .collect();
        for seed in 0..5 {
            let dealt = assignment(&trajectories, 2, seed).unwrap();
            assert_eq!(dealt.iter().filter(|&&f| f == dealt[0]).count(), 6);
        }
    }

    #[test]
    fn one_trajectory_is_cut_into_blocks() {
        let cut = assignment(&[2; 7], 3, 1).unwrap();
        assert_eq!(cut, [0, 0, 0, 1, 1, 2, 2]);
    }

    #[test]
    fn too_few_and_too_many_folds_are_refused() {
        for (trajectories, count, expected) in [
            (vec![0, 0, 1], 1, (2, "trajectories")),
            (vec![0, 0, 1], 3, (2, "trajectories")),
            (vec![0, 0, 0], 4, (3, "intervals")),
            (vec![0], 2, (1, "intervals")),
        ] {
            let error = assignment(&trajectories, count, 1).unwrap_err();
            assert!(
                matches!(error, Error::Folds { folds, available, unit }
                    if folds == count && (available, unit) == expected),
                "{error}"
            );
        }
    }
}
