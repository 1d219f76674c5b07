//! When a population rests.

use super::population::State;
use crate::sergio::rates::padded;

/// Points whose mean is compared with the steady state.
const RECENT: usize = 10;
/// Distance from a steady state of 0 that counts as reached.
const NEAR_ZERO: f64 = 1e-3;

/// Stages of a gene on its way, each at another point: unspliced RNA is near its steady state, then spliced RNA, then the gene
/// is counted.
const SPLICED: usize = 1;
const COUNTED: usize = 3;

/// The genes that are not counted yet, and where they were of late.
pub(super) struct Rest<'a> {
    /// Steady states of unspliced and spliced RNA, per gene.
    steady: [&'a [f64]; 2],
    lanes: usize,
    waiting: Vec<Waiting>,
}

struct Waiting {
    gene: usize,
    stage: usize,
    /// The last points of unspliced and of spliced RNA, `points × padded lanes`.
    recent: [Vec<f64>; 2],
}

impl<'a> Rest<'a> {
    pub(super) fn new(steady: [&'a [f64]; 2], lanes: usize) -> Self {
        let waiting = |gene| Waiting {
            gene,
            stage: 0,
            recent: [const { Vec::new() }; 2],
        };
        Self {
            steady,
            lanes,
            waiting: (0..steady[0].len()).map(waiting).collect(),
        }
    }

    /// Told where the population is, at every point in order.
    pub(super) fn see(&mut self, point: usize, state: &State) {
        let width = padded(self.lanes);
        for waiting in &mut self.waiting {
            let own = waiting.gene * width..(waiting.gene + 1) * width;
            for (recent, values) in waiting.recent.iter_mut().zip(state.both()) {
                let values = &values[own.clone()];
                if point < RECENT {
                    recent.extend_from_slice(values);
                } else {
                    let place = point % RECENT * width;
                    recent[place..place + width].copy_from_slice(values);
                }
            }
        }
    }

    /// Takes every gene at most one stage further; whether all are counted.
    pub(super) fn reached(&mut self) -> bool {
        let (steady, lanes) = (self.steady, self.lanes);
        self.waiting.retain_mut(|waiting| {
            let passed = waiting.stage > SPLICED
                || near(
                    &waiting.recent[waiting.stage],
                    lanes,
                    steady[waiting.stage][waiting.gene],
                );
            waiting.stage += usize::from(passed);
            waiting.stage < COUNTED
        });
        self.waiting.is_empty()
    }
}

/// Whether the mean over the points is near the steady state in some lane.
fn near(recent: &[f64], lanes: usize, rest: f64) -> bool {
    let width = padded(lanes);
    let points = recent.len() / width;
    let tolerance = if rest < 1.0 { 0.2 } else { 0.1 };
    (0..lanes).any(|lane| {
        let values = recent[lane..].iter().step_by(width);
        let mean = values.sum::<f64>() / points as f64;
        (mean - rest).abs() < tolerance * rest || (rest <= 0.0 && mean <= NEAR_ZERO)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points until two paths of one gene rest at 2 and 0, from constant values.
    fn points(unspliced: [f64; 2], spliced: [f64; 2]) -> Option<usize> {
        let block = |[a, b]: [f64; 2]| vec![a, b, 2.0, 2.0];
        let state = State {
            unspliced: block(unspliced),
            spliced: block(spliced),
        };
        let mut rest = Rest::new([&[2.0], &[0.0]], 2);
        (0..20).find(|&point| {
            rest.see(point, &state);
            rest.reached()
        })
    }

    #[test]
    fn one_path_is_enough_and_every_stage_takes_a_point() {
        assert_eq!(points([9.0, 2.19], [1.0, 9e-4]), Some(2));
        assert_eq!(points([9.0, 2.21], [1.0, 9e-4]), None);
        assert_eq!(points([2.0, 2.0], [1.0, 2e-3]), None);
    }
}
