//! The Adam optimiser.

use super::passes::{among, put_back, silence};
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
    mean: Vec<T>,
    square: Vec<T>,
    steps: u32,
}

impl<T: Real> Adam<T> {
    /// State for `n` parameters.
    pub fn new(n: usize) -> Self {
        Self {
            mean: vec![T::zero(); n],
            square: vec![T::zero(); n],
            steps: 0,
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
            let range = start..(start + count).min(self.mean.len());
            start = range.end;
            vectorised(Move {
                parameters: &mut parameters[range.clone()],
                gradient: &gradient[range.clone()],
                mean: &mut self.mean[range.clone()],
                square: &mut self.square[range],
                rate: T::of(rate * correction / bias),
                epsilon: T::of(EPSILON * correction),
            });
        }
    }

    /// Forgets the moments of parameters that are not `kept`; those beyond the flags are.
    pub(crate) fn forget(&mut self, kept: &[bool]) {
        silence(&mut self.mean, kept);
        silence(&mut self.square, kept);
    }

    /// The optimiser of the parameters at these places alone.
    pub(crate) fn among(&self, places: &[u32]) -> Self {
        Self {
            mean: among(&self.mean, places),
            square: among(&self.square, places),
            steps: self.steps,
        }
    }

    /// Goes on from where that of the parameters at these places has come to.
    pub(crate) fn put_back(&mut self, some: &Self, places: &[u32]) {
        put_back(&mut self.mean, &some.mean, places);
        put_back(&mut self.square, &some.square, places);
        self.steps = some.steps;
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

impl<T: Real> Kernel for Move<'_, T> {
    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        let moments = self.mean.iter_mut().zip(self.square);
        let parameters = self.parameters.iter_mut().zip(self.gradient);
        for ((parameter, &gradient), (mean, square)) in parameters.zip(moments) {
            Move::one(self.rate, self.epsilon, gradient, parameter, mean, square);
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
    fn what_is_pruned_stays_and_the_rest_moves_alone_as_among_all() {
        let n = 100;
        let kept: Vec<bool> = (0..n - 3).map(|i| i % 3 == 1).collect();
        let is_kept = |i: &usize| kept.get(*i) != Some(&false);
        let places: Vec<u32> = (0..n).filter(is_kept).map(|i| i as u32).collect();
        let rates = |at: usize, n: usize| [(at, 0.1), (n - at, 0.2)];
        let mut gradient: Vec<f32> = (0..n).map(|i| (i as f32).sin()).collect();
        let (mut all, mut adam) = (vec![0.5_f32; n], Adam::new(n));
        adam.step(&mut all, &gradient, &rates(40, n));
        for values in [&mut all, &mut gradient] {
            silence(values, &kept);
        }
        adam.forget(&kept);
        let mut some = among(&all, &places);
        let (some_gradient, mut adam_of_some) = (among(&gradient, &places), adam.among(&places));
        let before = places.partition_point(|&place| place < 40);
        let (mut whole, mut later) = (all.clone(), adam.clone());
        for _ in 0..5 {
            later.step(&mut whole, &gradient, &rates(40, n));
            adam_of_some.step(
                &mut some,
                &some_gradient,
                &rates(before, some_gradient.len()),
            );
        }
        put_back(&mut all, &some, &places);
        adam.put_back(&adam_of_some, &places);
        let bits = |values: &[f32]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&all), bits(&whole));
        assert_eq!(bits(&adam.mean), bits(&later.mean));
        assert_eq!(bits(&adam.square), bits(&later.square));
        assert_eq!(adam.steps, later.steps);
        let pruned = (0..n).filter(|i| !is_kept(i));
        assert!(pruned.map(|i| all[i].to_bits()).all(|bits| bits == 0));
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
