//! A step at a trainable threshold, and the slope that training pretends it has.
//!
//! # Reference
//! J. Liu et al., *Dynamic sparse training: find efficient sparse network from scratch with trainable masked layers*,
//! ICLR 2020.

use dash_ode::Real;

/// Whether a weight survives its threshold t: |w| ≥ t.
///
/// Equality counts as survival, else weights that start at exactly 0 (95% of PHOENIX's first layers) would be masked
/// by a threshold of 0 and never learn.
pub fn survives<T: Real>(weight: T, threshold: T) -> bool {
    weight.abs() >= threshold
}

/// Long-tailed estimate of the derivative of the step at `distance` x = |w| − t: 2 − 4|x| up to 0.4, then 0.4 up to 1,
/// then 0.
///
/// # Reference
/// Liu et al. 2020, equation 5.
pub fn long_tailed_slope<T: Real>(distance: T) -> T {
    let x = distance.abs();
    if x <= T::of(0.4) {
        T::of(2.0) - T::of(4.0) * x
    } else if x <= T::one() {
        T::of(0.4)
    } else {
        T::zero()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slope_is_even_continuous_to_its_tail_and_ends_at_one() {
        for (x, slope) in [(0.0, 2.0), (0.1, 1.6), (0.4, 0.4), (0.9, 0.4), (1.1, 0.0)] {
            assert!((long_tailed_slope::<f64>(x) - slope).abs() < 1e-15);
            assert!((long_tailed_slope::<f64>(-x) - slope).abs() < 1e-15);
        }
    }

    #[test]
    fn a_weight_of_zero_survives_a_threshold_of_zero_only() {
        assert!(survives(0.0_f32, 0.0) && !survives(0.0_f32, 1e-6));
        assert!(survives(-0.5_f32, 0.4) && !survives(-0.5_f32, 0.6));
    }
}
