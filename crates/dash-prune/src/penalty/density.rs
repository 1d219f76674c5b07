//! The expected share of open weights (the L0 norm).

use dash_ode::Real;

use super::Penalty;
use crate::gate::InputGates;
use crate::gate::hard_concrete::{TEMPERATURE, open_probability};

/// Expected share of weights whose gate is open, in [0, 1].
///
/// # Reference
/// Louizos et al. 2018, equation 12, divided by the number of weights, so that a strength means the same for every
/// size of model.
pub(crate) struct ExpectedDensity {
    pub(crate) gates: InputGates,
}

impl<T: Real> Penalty<T> for ExpectedDensity {
    fn add(&self, strength: f64, raw: &[T], gradient: &mut [T]) -> f64 {
        let layers = self.gates.layers();
        let weights: usize = layers.iter().map(|l| l.weights.len()).sum();
        let mut open = 0.0;
        for layer in layers {
            let share = strength * layer.rows as f64 / weights as f64;
            for at in layer.logits.clone() {
                let probability = open_probability(raw[at].f64(), TEMPERATURE);
                open += share * probability.value;
                gradient[at] += T::of(share * probability.slope);
            }
        }
        open
    }
}
