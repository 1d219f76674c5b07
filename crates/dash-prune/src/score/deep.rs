//! DASH for three layers and more.
#![expect(
    clippy::needless_pass_by_value,
    reason = "array views are two words and pass by value everywhere"
)]

use dash_ode::stream;
use ndarray::{Array2, ArrayView1, ArrayView2};
use rand::Rng as _;

use super::blend::blend;
use super::dash::check_not_empty;
use super::{Branch, Dash, input_magnitude};
use crate::pinv::pinv_damped;
use crate::{Error, Mask, Result, check, pinv_left};

/// τ of the damped pseudo-inverse: singular values below a tenth of the largest are faded out.
///
/// Chosen by measurement, `docs/decisions/0005-deep-dash.md`.
const DAMPING: f64 = 0.1;

/// Sweeps over rows and columns that scale a score matrix before it enters a product.
const BALANCING_SWEEPS: usize = 5;

/// The weights of a branch of three layers or more, and what survives of them.
#[derive(Clone, Copy, Debug)]
pub struct DeepWeights<'a> {
    /// Which branch this is; [`Branch::Sum`] for a plain perceptron.
    pub branch: Branch,
    /// W₁ (`m₁ × k`), W₂ (`m₂ × m₁`), …, `W_L` (`k × m_{L−1}`), each with its survivors.
    pub layers: &'a [(ArrayView2<'a, f64>, &'a Mask)],
    /// Gene multipliers v, `k`.
    pub multipliers: ArrayView1<'a, f64>,
}

/// What DASH remembers of a deep branch from one pruning step to the next: Ω of every layer.
#[derive(Clone, Debug, PartialEq)]
pub struct DeepState {
    omegas: Vec<Array2<f64>>,
}

impl DeepState {
    /// Ω⁽⁰⁾ ~ U[0, 1) for layers of the given rows and columns. Give each branch a seed of its own.
    pub fn random(shapes: &[(usize, usize)], seed: u64) -> Self {
        let draw = |(layer, &shape): (usize, &(usize, usize))| {
            let mut rng = stream(seed, layer as u64);
            Array2::from_shape_simple_fn(shape, || rng.random())
        };
        Self {
            omegas: shapes.iter().enumerate().map(draw).collect(),
        }
    }

    /// A state that continues from known scores of every layer.
    ///
    /// # Errors
    /// If a score is not finite.
    pub fn from_scores(omegas: Vec<Array2<f64>>) -> Result<Self> {
        for omega in &omegas {
            check::finite("the previous score", omega.view())?;
        }
        Ok(Self { omegas })
    }

    /// Ω of every layer at the last step.
    pub fn omegas(&self) -> &[Array2<f64>] {
        &self.omegas
    }
}

impl Dash {
    /// Scores of all L ≥ 3 layers of a branch at a pruning step; `state` then remembers them for the next.
    ///
    /// Ω₁ = (1 − λ₁)|W₁|~ + λ₁|`PInv_L`(`Ω_L`⋯Ω₂) P|, and with λ₂ for every later layer
    /// `Ω_l` = (1 − λ₂)|`W_l`|~ + λ₂|`PInv_L`(`Ω_L`⋯`Ω_{l+1}`) P `PInv_R`(`Ω_{l−1}`⋯Ω₁)|, where the last layer has no
    /// factor on the left. Layers are scored from the first to the last; what stands on the right is of this step, what
    /// stands on the left of the step before, as in Algorithm 1. C plays no part.
    ///
    /// Products of non-negative matrices come close to rank one, and a pseudo-inverse amplifies what is left of them by
    /// the inverse of singular values that mean nothing. With [`Conventions::damped`](crate::Conventions::damped) each
    /// Ω is therefore brought to about equal row and column norms before it enters a product, and the
    /// pseudo-inverses are (XᵀX + τ²σ₁²)⁻¹Xᵀ with τ = 0.1, σ₁ the largest singular value. Without, they are the
    /// Moore–Penrose ones of the products as they are. Dead units score zero by either, and no score is NaN.
    ///
    /// # Errors
    /// If there are fewer than 3 layers, shapes do not fit, a surviving weight or a multiplier is not finite, or P is
    /// empty and λ₁ > 0. `state` is then unchanged.
    ///
    /// # Reference
    /// Hossain et al. 2024, the proposal for more than two layers; `docs/decisions/0005-deep-dash.md`.
    pub fn score_deep(
        &self,
        weights: &DeepWeights<'_>,
        state: &mut DeepState,
    ) -> Result<Vec<Array2<f64>>> {
        self.check_deep(weights, state)?;
        let depth = weights.layers.len();
        let mut scores: Vec<Array2<f64>> = Vec::with_capacity(depth);
        for layer in 0..depth {
            let lambda = if layer == 0 {
                self.lambda.0
            } else {
                self.lambda.1
            };
            let score = blend(
                lambda,
                || self.deep_magnitude(weights, layer),
                || self.deep_prior_term(&scores, &state.omegas[layer + 1..]),
            )?;
            scores.push(score);
        }
        state.omegas.clone_from(&scores);
        Ok(scores)
    }

    /// |`PInv_L`(`Ω_L`⋯`Ω_{l+1}`) P `PInv_R`(`Ω_{l−1}`⋯Ω₁)| of the layers `before` and `after` layer l.
    fn deep_prior_term(
        &self,
        before: &[Array2<f64>],
        after: &[Array2<f64>],
    ) -> Result<Array2<f64>> {
        // `pinv_left` takes the wide matrix X and inverts Xᵀ; here X is the product to the right, or the transpose of
        // that to the left.
        let right = match self.product(before.iter().rev()) {
            None => None,
            Some(product) => Some(self.invert(product.view())?.reversed_axes()),
        };
        let left = match self.product(after.iter().rev()) {
            None => None,
            Some(product) => Some(self.invert(product.t())?),
        };
        let term = match (left, right) {
            (Some(left), Some(right)) => left.dot(&self.p.mul_dense(right.view())?),
            (Some(left), None) => self.p.dense_mul(left.view())?,
            (None, Some(right)) => self.p.mul_dense(right.view())?,
            (None, None) => self.p.to_dense(),
        };
        Ok(self.finish(term))
    }

    /// The product of score matrices, given from the left; `None` of none.
    fn product<'a>(&self, factors: impl Iterator<Item = &'a Array2<f64>>) -> Option<Array2<f64>> {
        let factors = factors.map(|omega| {
            if self.conventions.damped {
                balanced(omega)
            } else {
                omega.clone()
            }
        });
        factors.reduce(|product, factor| product.dot(&factor))
    }

    fn invert(&self, x: ArrayView2<'_, f64>) -> Result<Array2<f64>> {
        if self.conventions.damped {
            pinv_damped(x, DAMPING)
        } else {
            pinv_left(x)
        }
    }

    fn deep_magnitude(&self, weights: &DeepWeights<'_>, layer: usize) -> Result<Array2<f64>> {
        let (matrix, mask) = weights.layers[layer];
        if layer == 0 {
            let branch = weights.branch;
            self.conventions.first_magnitude(branch, matrix, mask)
        } else if layer + 1 == weights.layers.len() {
            let multipliers = weights.multipliers;
            self.conventions.last_magnitude(matrix, multipliers, mask)
        } else {
            input_magnitude(matrix, mask)
        }
    }

    fn check_deep(&self, weights: &DeepWeights<'_>, state: &DeepState) -> Result<()> {
        let (depth, k) = (weights.layers.len(), self.p.dim());
        if depth < 3 {
            return Err(Error::OutOfRange {
                name: "the number of layers",
                value: depth as f64,
                range: "[3, ∞): `score` is for two layers, `one_layer` for one",
            });
        }
        check::length("the previous scores", state.omegas.len(), depth)?;
        check::length("the multipliers", weights.multipliers.len(), k)?;
        check_not_empty("P", self.p.abs().sum(), "lambda1", self.lambda.0)?;
        let mut inputs = k;
        for (layer, ((matrix, mask), omega)) in weights.layers.iter().zip(&state.omegas).enumerate()
        {
            let outputs = if layer + 1 == depth {
                k
            } else {
                matrix.nrows()
            };
            let expected = (outputs, inputs);
            check::shape("a weight matrix", matrix.dim(), expected)?;
            check::shape("a mask", mask.dim(), expected)?;
            check::shape("a previous score", omega.dim(), expected)?;
            inputs = outputs;
        }
        Ok(())
    }
}

/// A matrix with its rows and columns scaled to about unit norm; rows and columns of zeros stay.
fn balanced(omega: &Array2<f64>) -> Array2<f64> {
    let mut scaled = omega.clone();
    for _ in 0..BALANCING_SWEEPS {
        scaled.rows_mut().into_iter().for_each(to_unit_norm);
        scaled.columns_mut().into_iter().for_each(to_unit_norm);
    }
    scaled
}

fn to_unit_norm(mut values: ndarray::ArrayViewMut1<'_, f64>) {
    let norm = values.iter().map(|v| v * v).sum::<f64>().sqrt();
    if norm > 0.0 {
        values /= norm;
    }
}

#[cfg(test)]
mod tests;
