//! The Adam optimiser.

use std::ops::Range;

use crate::Real;
use crate::linalg::{Kernel, vectorised};

const DECAY_MEAN: f64 = 0.9;
const DECAY_SQUARE: f64 = 0.999;
const EPSILON: f64 = 1e-8;
/// Moments below are set to zero: they move nothing, and subnormal numbers, in which the moments of pruned weights would
/// end, make every step slow.
const NOTHING: f64 = 1e-30;

/// Adam with the customary constants (0.9, 0.999, 1e-8).
///
/// # Reference
/// D. P. Kingma & J. Ba, *Adam*, ICLR 2015, Algorithm 1.
#[derive(Clone, Debug)]
pub struct Adam<T> {
    /// Of all parameters, or of those that move.
    mean: Vec<T>,
    square: Vec<T>,
    steps: u32,
    /// Number of parameters.
    parameters: usize,
    /// The parameters that move, where others are pruned; in order.
    kept: Option<Vec<u32>>,
}

impl<T: Real> Adam<T> {
    /// State for `n` parameters.
    pub fn new(n: usize) -> Self {
        Self {
            mean: vec![T::zero(); n],
            square: vec![T::zero(); n],
            steps: 0,
            parameters: n,
            kept: None,
        }
    }

    /// Moves `parameters` against `gradient`, each by its own rate: `rates` are (number of parameters, rate), in order.
    ///
    /// All slices have the length given at the start; what is longer is ignored.
    pub fn step(&mut self, parameters: &mut [T], gradient: &[T], rates: &[(usize, f64)]) {
        self.steps = self.steps.saturating_add(1);
        let power = f64::from(self.steps);
        let correction = (1.0 - libm::pow(DECAY_SQUARE, power)).sqrt();
        let bias = 1.0 - libm::pow(DECAY_MEAN, power);
        let mut start = 0;
        for &(count, rate) in rates {
            let end = (start + count).min(self.parameters);
            let among = self.kept.as_ref().map_or(start..end, |kept| {
                let before = |end: usize| kept.partition_point(|&place| (place as usize) < end);
                before(start)..before(end)
            });
            let step = Move {
                parameters,
                gradient,
                mean: &mut self.mean[among.clone()],
                square: &mut self.square[among.clone()],
                rate: T::of(rate * correction / bias),
                epsilon: T::of(EPSILON * correction),
            };
            match &self.kept {
                Some(kept) => vectorised(MoveSome {
                    step,
                    places: &kept[among],
                }),
                None => vectorised(MoveAll { step, range: among }),
            }
            start = end;
        }
    }

    /// Forgets the moments of parameters that are not `kept` (those beyond the flags are) and moves them no more, whatever
    /// their gradients.
    pub(crate) fn keep(&mut self, kept: &[bool]) {
        let beyond = kept.len()..self.parameters;
        let flagged = (0..kept.len()).filter(|&place| kept[place]);
        let now: Vec<u32> = flagged.chain(beyond).map(|place| place as u32).collect();
        if self.kept.as_ref() == Some(&now) {
            return;
        }
        let before = self.kept.replace(now);
        let now = self.kept.iter().flatten();
        for moments in [&mut self.mean, &mut self.square] {
            let mut all = vec![T::zero(); self.parameters];
            match &before {
                None => all.copy_from_slice(moments),
                Some(places) => {
                    for (&place, &moment) in places.iter().zip(&*moments) {
                        all[place as usize] = moment;
                    }
                }
            }
            *moments = now.clone().map(|&place| all[place as usize]).collect();
        }
    }

    /// The parameters that move, if others are pruned; in order.
    pub(crate) fn moving(&self) -> Option<&[u32]> {
        self.kept.as_deref()
    }
}

struct Move<'a, T> {
    parameters: &'a mut [T],
    gradient: &'a [T],
    mean: &'a mut [T],
    square: &'a mut [T],
    rate: T,
    epsilon: T,
}

impl<T: Real> Move<'_, T> {
    #[inline(always)]
    fn one(rate: T, epsilon: T, gradient: T, parameter: &mut T, mean: &mut T, square: &mut T) {
        let (keep_mean, keep_square) = (T::of(DECAY_MEAN), T::of(DECAY_SQUARE));
        let (take_mean, take_square) = (T::of(1.0 - DECAY_MEAN), T::of(1.0 - DECAY_SQUARE));
        *mean = flushed(keep_mean * *mean + take_mean * gradient);
        *square = flushed(keep_square * *square + take_square * gradient * gradient);
        *parameter -= rate * *mean / (square.sqrt() + epsilon);
    }
}

struct MoveAll<'a, T> {
    step: Move<'a, T>,
    range: Range<usize>,
}

impl<T: Real> Kernel for MoveAll<'_, T> {
    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        let Self { step, range } = self;
        let moments = step.mean.iter_mut().zip(step.square);
        let parameters = step.parameters[range.clone()].iter_mut();
        let parameters = parameters.zip(&step.gradient[range]);
        for ((parameter, &gradient), (mean, square)) in parameters.zip(moments) {
            Move::one(step.rate, step.epsilon, gradient, parameter, mean, square);
        }
    }
}

/// Parameters that are gathered, moved and put back together.
const GATHERED: usize = 16;

struct MoveSome<'a, T> {
    step: Move<'a, T>,
    places: &'a [u32],
}

impl<T: Real> Kernel for MoveSome<'_, T> {
    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        let Self { step, places } = self;
        let (rate, epsilon) = (step.rate, step.epsilon);
        let (chunks, rest) = places.as_chunks::<GATHERED>();
        let (means, mean_rest) = step.mean.as_chunks_mut::<GATHERED>();
        let (squares, square_rest) = step.square.as_chunks_mut::<GATHERED>();
        for ((chunk, mean), square) in chunks.iter().zip(means).zip(squares) {
            let places = chunk.map(|place| place as usize);
            let gradient = places.map(|place| step.gradient[place]);
            let mut parameter = places.map(|place| step.parameters[place]);
            for i in 0..GATHERED {
                Move::one(
                    rate,
                    epsilon,
                    gradient[i],
                    &mut parameter[i],
                    &mut mean[i],
                    &mut square[i],
                );
            }
            for i in 0..GATHERED {
                step.parameters[places[i]] = parameter[i];
            }
        }
        for ((&place, mean), square) in rest.iter().zip(mean_rest).zip(square_rest) {
            let at = place as usize;
            let parameter = &mut step.parameters[at];
            Move::one(rate, epsilon, step.gradient[at], parameter, mean, square);
        }
    }
}

#[inline(always)]
fn flushed<T: Real>(x: T) -> T {
    if x.abs() < T::of(NOTHING) {
        T::zero()
    } else {
        x
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::passes::silence;

    #[test]
    fn the_first_step_is_the_rate_whatever_the_gradient() {
        let mut parameters = [1.0_f64, 1.0, 1.0];
        Adam::new(3).step(&mut parameters, &[1e-3, -50.0, 0.0], &[(1, 0.1), (2, 0.2)]);
        assert!((parameters[0] - 0.9).abs() < 1e-5);
        assert!((parameters[1] - 1.2).abs() < 1e-5);
        assert!((parameters[2] - 1.0).abs() < 1e-15);
    }

    #[test]
    fn moments_without_gradient_end_in_zero_not_in_subnormal_numbers() {
        let (mut parameters, mut adam) = ([1.0_f32; 3], Adam::new(3));
        adam.step(&mut parameters, &[1e-3, -5.0, 1e-12], &[(3, 0.1)]);
        for _ in 0..800 {
            adam.step(&mut parameters, &[0.0; 3], &[(3, 0.1)]);
            let moments = adam.mean.iter().chain(&adam.square);
            assert!(moments.clone().all(|m| *m == 0.0 || m.is_normal()));
        }
        assert!(adam.mean.iter().all(|m| *m == 0.0));
    }

    #[test]
    fn what_is_pruned_stays_and_the_rest_moves_as_before() {
        let n = 100;
        let kept: Vec<bool> = (0..n - 3).map(|i| i % 3 == 1).collect();
        let is_kept = |i: usize| kept.get(i) != Some(&false);
        let gradient: Vec<f32> = (0..n).map(|i| (i as f32).sin()).collect();
        let run = |told: bool| {
            let (mut parameters, mut adam) = (vec![0.5_f32; n], Adam::new(n));
            adam.step(&mut parameters, &gradient, &[(40, 0.1), (n - 40, 0.2)]);
            if told {
                silence(&mut parameters, &kept);
                adam.keep(&kept);
            }
            for _ in 0..5 {
                adam.step(&mut parameters, &gradient, &[(40, 0.1), (n - 40, 0.2)]);
            }
            parameters
        };
        for (i, (told, all)) in run(true).iter().zip(run(false)).enumerate() {
            let want = if is_kept(i) { all } else { 0.0 };
            assert_eq!(told.to_bits(), want.to_bits(), "{i}");
        }
    }

    #[test]
    fn it_finds_the_bottom_of_a_bowl() {
        let (mut x, mut adam) = ([3.0_f64, -2.0], Adam::new(2));
        for _ in 0..4000 {
            let gradient = [2.0 * (x[0] - 1.0), 20.0 * x[1]];
            adam.step(&mut x, &gradient, &[(2, 0.01)]);
        }
        assert!((x[0] - 1.0).abs() < 1e-4 && x[1].abs() < 1e-4);
    }
}
