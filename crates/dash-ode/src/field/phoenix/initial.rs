//! Initial parameters of a PHOENIX field.

use ndarray::Array2;
use ndarray_rand::RandomExt as _;
use ndarray_rand::rand_distr::{Distribution as _, StandardUniform};
use rand::Rng;

use super::Phoenix;
use crate::Real;
use crate::field::{Initialise, Parameters};
use crate::random::{Normal, orthogonal, stream};

impl<T: Real> Initialise for Phoenix<T> {
    /// Input weights: in every column 95% zeros (rounded up), the others N(0, 0.05²). Biases U(−1/√k, 1/√k).
    /// Output weights orthogonal. Multipliers U\[0, 1).
    fn initialise(&self, seed: u64) -> Parameters<f64> {
        let (k, m) = (self.held.layout().genes(), self.hidden);
        let mut parameters = Parameters::zeros(self.held.layout().clone());
        let mut rng = stream(seed, 0);
        let mut set = |name: &str, values: Array2<f64>| {
            if let Some(mut block) = parameters.matrix_mut(name) {
                block.assign(&values);
            }
        };
        let bound = 1.0 / (k as f64).sqrt();
        for (w, b, u) in [("w_sum", "b_sum", "u_sum"), ("w_prod", "b_prod", "u_prod")] {
            set(w, sparse_normal(m, k, &mut rng));
            set(b, uniform(m, bound, &mut rng));
            set(u, orthogonal(k, m, &mut rng));
        }
        set("v", uniform(k, 0.5, &mut rng) + 0.5);
        parameters
    }
}

/// A column of values U(−bound, bound).
pub(in crate::field) fn uniform(rows: usize, bound: f64, rng: &mut impl Rng) -> Array2<f64> {
    Array2::random_using((rows, 1), StandardUniform, rng).mapv(|u: f64| (2.0 * u - 1.0) * bound)
}

/// Share of zeros in every column of the initial input weights.
const INITIAL_ZEROS: f64 = 0.95;
/// Standard deviation of the others.
const INITIAL_SD: f64 = 0.05;

fn sparse_normal(rows: usize, columns: usize, rng: &mut impl Rng) -> Array2<f64> {
    let law = Normal {
        mean: 0.0,
        sd: INITIAL_SD,
    };
    let mut matrix = Array2::zeros((rows, columns));
    let kept = rows - (INITIAL_ZEROS * rows as f64).ceil() as usize;
    for mut column in matrix.columns_mut() {
        for row in rand::seq::index::sample(rng, rows, kept) {
            column[row] = law.sample(rng);
        }
    }
    matrix
}
