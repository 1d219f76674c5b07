//! The part of the training data that one seed sees.
//!
//! Parts are drawn without replacement: data that are there twice would count twice as evidence (Meinshausen and Bühlmann
//! 2010, stability selection).

use dash_ode::{TimeSeries, stream};
use rand::seq::SliceRandom as _;

use super::parts::points;
use crate::own::config::FEW_TRAJECTORIES;

/// Blocks that a trajectory is cut into where there are few of them.
const BLOCKS: usize = 10;

/// A random share of the trajectories, or, where they are few, of the blocks of consecutive intervals of each.
pub(super) fn part(series: &TimeSeries, share: f64, seed: u64) -> anyhow::Result<TimeSeries> {
    let mut rng = stream(seed, 0);
    let n = series.trajectories().len();
    let taken = |of: usize| ((of as f64 * share).ceil() as usize).clamp(1, of);
    if n >= FEW_TRAJECTORIES {
        let mut chosen: Vec<usize> = (0..n).collect();
        chosen.shuffle(&mut rng);
        chosen.truncate(taken(n));
        chosen.sort_unstable();
        return Ok(series.select(&chosen)?);
    }
    let mut pieces = Vec::new();
    for trajectory in series.trajectories() {
        let intervals = trajectory.times.len() - 1;
        let blocks = BLOCKS.min(intervals);
        if blocks == 0 {
            continue;
        }
        let mut kept: Vec<usize> = (0..blocks).collect();
        kept.shuffle(&mut rng);
        kept.truncate(taken(blocks));
        kept.sort_unstable();
        let start = |block: usize| block * intervals / blocks;
        for (number, run) in kept.chunk_by(|a, b| a + 1 == *b).enumerate() {
            let mut piece = points(trajectory, start(run[0])..start(run[run.len() - 1] + 1) + 1);
            piece.name = format!("{}, piece {}", trajectory.name, number + 1);
            pieces.push(piece);
        }
    }
    Ok(TimeSeries::new(series.genes().to_vec(), pieces)?)
}

#[cfg(test)]
#[expect(
    clippy::float_cmp,
    reason = "what is copied or exact in binary has the same bits"
)]
mod tests {
    use dash_ode::Trajectory;
    use ndarray::Array2;

    use super::*;

    fn series(trajectories: usize, points: usize) -> TimeSeries {
        let trajectory = |t: usize| Trajectory {
            name: format!("t{t}"),
            times: (0..points).map(|p| p as f64).collect(),
            values: Array2::from_shape_fn((points, 1), |(p, _)| p as f64),
        };
        TimeSeries::new(
            vec!["A".into()],
            (0..trajectories).map(trajectory).collect(),
        )
        .unwrap()
    }

    #[test]
    fn parts_have_their_share_and_differ() {
        let all = series(10, 3);
        let names = |seed| -> Vec<String> {
            let part = part(&all, 0.8, seed).unwrap();
            part.trajectories().iter().map(|t| t.name.clone()).collect()
        };
        assert_eq!(names(1).len(), 8);
        assert_eq!(names(1), names(1));
        assert!((2..6).any(|seed| names(seed) != names(1)));
    }

    #[test]
    fn of_one_trajectory_blocks_are_left_out_and_never_bridged() {
        let all = series(1, 41);
        let part = part(&all, 0.8, 3).unwrap();
        assert_eq!(part.intervals().len(), 32);
        for trajectory in part.trajectories() {
            assert!(
                trajectory
                    .times
                    .windows(2)
                    .all(|pair| pair[1] - pair[0] == 1.0)
            );
        }
    }
}
