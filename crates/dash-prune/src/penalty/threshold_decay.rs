//! What draws thresholds up (DST).

use std::ops::Range;

use dash_ode::Real;

use super::Penalty;

/// Σ exp(−t) over all thresholds t.
///
/// # Reference
/// Liu et al. 2020, equation 7.
pub(crate) struct ThresholdDecay {
    /// Where the thresholds lie in the raw parameters.
    pub(crate) thresholds: Range<usize>,
}

impl<T: Real> Penalty<T> for ThresholdDecay {
    fn add(&self, strength: f64, raw: &[T], gradient: &mut [T]) -> f64 {
        let mut total = 0.0;
        for at in self.thresholds.clone() {
            let value = strength * libm::exp(-raw[at].f64());
            total += value;
            gradient[at] -= T::of(value);
        }
        total
    }
}
