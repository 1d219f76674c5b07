//! Initial parameters of the direct field.

use ndarray::Array2;
use ndarray_rand::rand_distr::Distribution as _;

use super::Direct;
use crate::Real;
use crate::field::{Initialise, Parameters};
use crate::random::{Normal, stream};

/// Standard deviation of the initial weights: small, so that every gene starts near a constant drive.
const INITIAL_SD: f64 = 0.01;
/// Initial a and β: together the middle of an expression range of \[0, 1\].
const INITIAL_DRIVE: f64 = 0.25;

impl<T: Real> Initialise for Direct<T> {
    /// Weights N(0, 0.01²), none exactly zero; a = β = ¼, b = 0; multipliers 1.
    fn initialise(&self, seed: u64) -> Parameters<f64> {
        let mut parameters = Parameters::zeros(self.held.layout().clone());
        let mut rng = stream(seed, 0);
        let law = Normal {
            mean: 0.0,
            sd: INITIAL_SD,
        };
        let mut set = |name: &str, value: &mut dyn FnMut() -> f64| {
            if let Some(mut block) = parameters.matrix_mut(name) {
                let filled = Array2::from_shape_simple_fn(block.dim(), value);
                block.assign(&filled);
            }
        };
        set("w_sum", &mut || law.sample(&mut rng));
        set("w_prod", &mut || law.sample(&mut rng));
        set("b_sum", &mut || INITIAL_DRIVE);
        set("gain", &mut || INITIAL_DRIVE);
        set("v", &mut || 1.0);
        parameters
    }
}
