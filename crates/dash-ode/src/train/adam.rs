//! The Adam optimiser.

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
            let end = (start + count).min(self.mean.len());
            vectorised(Move {
                parameters: &mut parameters[start..end],
                gradient: &gradient[start..end],
                mean: &mut self.mean[start..end],
                square: &mut self.square[start..end],
                rate: T::of(rate * correction / bias),
                epsilon: T::of(EPSILON * correction),
            });
            start = end;
        }
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

impl<T: Real> Kernel for Move<'_, T> {
    #[inline(always)]
    fn run<const AVX2: bool>(self) {
        let (keep_mean, keep_square) = (T::of(DECAY_MEAN), T::of(DECAY_SQUARE));
        let (take_mean, take_square) = (T::of(1.0 - DECAY_MEAN), T::of(1.0 - DECAY_SQUARE));
        let moments = self.mean.iter_mut().zip(self.square.iter_mut());
        for ((parameter, &gradient), (mean, square)) in
            self.parameters.iter_mut().zip(self.gradient).zip(moments)
        {
            *mean = flushed(keep_mean * *mean + take_mean * gradient);
            *square = flushed(keep_square * *square + take_square * gradient * gradient);
            *parameter -= self.rate * *mean / (square.sqrt() + self.epsilon);
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
    fn it_finds_the_bottom_of_a_bowl() {
        let (mut x, mut adam) = ([3.0_f64, -2.0], Adam::new(2));
        for _ in 0..4000 {
            let gradient = [2.0 * (x[0] - 1.0), 20.0 * x[1]];
            adam.step(&mut x, &gradient, &[(2, 0.01)]);
        }
        assert!((x[0] - 1.0).abs() < 1e-4 && x[1].abs() < 1e-4);
    }
}
