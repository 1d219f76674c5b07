#![expect(
    clippy::needless_pass_by_value,
    reason = "array views are two words and pass by value everywhere"
)]

use dash_prior::PriorMatrix;
use ndarray::{Array2, ArrayView1, ArrayView2};

use super::blend::{blend, unit_sum};
use super::{Conventions, random};
use crate::{Error, Mask, Result, check, pinv_left, pinv_right};

/// One of the two paths from genes to genes through a hidden layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Branch {
    /// Additive: `U_Σ W_Σ`.
    Sum,
    /// Multiplicative: `U_Π W_Π`, whose first layer holds exponents.
    Product,
}

/// The weights of one branch and what survives of them; k genes, m hidden units.
#[derive(Clone, Copy, Debug)]
pub struct BranchWeights<'a> {
    /// Which branch this is.
    pub branch: Branch,
    /// W, `m × k`.
    pub first: ArrayView2<'a, f64>,
    /// Survivors of W.
    pub first_mask: &'a Mask,
    /// U, `k × m`.
    pub second: ArrayView2<'a, f64>,
    /// Survivors of U.
    pub second_mask: &'a Mask,
    /// Gene multipliers v, `k`.
    pub multipliers: ArrayView1<'a, f64>,
}

/// Scores of one branch.
#[derive(Clone, Debug, PartialEq)]
pub struct BranchScores {
    /// Ω, scores of W, `m × k`.
    pub first: Array2<f64>,
    /// Ψ, scores of U, `k × m`.
    pub second: Array2<f64>,
}

/// What DASH remembers of a branch from one pruning step to the next: Ω⁽ᵗ⁻¹⁾, `m × k`.
#[derive(Clone, Debug, PartialEq)]
pub struct DashState {
    omega: Array2<f64>,
}

impl DashState {
    /// Ω⁽⁰⁾ ~ U[0, 1) for `hidden` units and `genes` genes. Give each branch a seed of its own.
    pub fn random(hidden: usize, genes: usize, seed: u64) -> Self {
        Self {
            omega: random(hidden, genes, seed),
        }
    }

    /// A state that continues from known scores `omega`, `m × k`.
    ///
    /// # Errors
    /// If a score is not finite.
    pub fn from_scores(omega: Array2<f64>) -> Result<Self> {
        check::finite("the previous score", omega.view())?;
        Ok(Self { omega })
    }

    /// Ω of the last step, `m × k`.
    pub fn omega(&self) -> ArrayView2<'_, f64> {
        self.omega.view()
    }
}

/// DASH for two layers: weights score by their magnitude and by how well they fit prior knowledge.
///
/// Ω⁽ᵗ⁾ = (1 − λ₁)|W|~ + λ₁|`PInv_L`(Ω⁽ᵗ⁻¹⁾ᵀ) C| and Ψ⁽ᵗ⁾ = (1 − λ₂)|U|~ + λ₂|P `PInv_R`(Ω⁽ᵗ⁾)|, for each branch.
/// λ = 0 is magnitude pruning and λ = 1 the prior alone (`BioPrune`), both bit for bit: a term of weight 0 is
/// never computed. C and P stay sparse.
///
/// # Examples
/// ```
/// use dash_prior::PriorMatrix;
/// use dash_prune::{Branch, BranchWeights, Conventions, Dash, DashState, Mask};
/// use ndarray::{Array1, Array2, array};
///
/// // Gene 0 regulates genes 1 and 2; rows are targets.
/// let p = array![[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0]];
/// let p = PriorMatrix::from_dense(p.view())?;
/// let c = dash_prior::co_regulation(&p);
/// let dash = Dash::new(&p, &c, (0.75, 0.75), Conventions::default())?;
///
/// let (w, u, v) = (Array2::ones((2, 3)), Array2::ones((3, 2)), Array1::ones(3));
/// let (mut w_mask, mut u_mask) = (Mask::full(2, 3), Mask::full(3, 2));
/// let mut state = DashState::random(2, 3, 0);
/// let weights = BranchWeights {
///     branch: Branch::Sum,
///     first: w.view(),
///     first_mask: &w_mask,
///     second: u.view(),
///     second_mask: &u_mask,
///     multipliers: v.view(),
/// };
/// let scores = dash.score(&weights, &mut state)?;
/// w_mask.prune_lowest(scores.first.view(), 0.5)?;
/// u_mask.prune_lowest(scores.second.view(), 0.5)?;
/// assert!(w_mask.as_slice()[0], "the weights of the regulator stay");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Reference
/// Hossain et al. 2024, Algorithm 1.
#[derive(Clone, Debug)]
pub struct Dash {
    pub(super) p: PriorMatrix,
    c: PriorMatrix,
    pub(super) lambda: (f64, f64),
    pub(super) conventions: Conventions,
}

impl Dash {
    /// Prepares the priors: `p` is [target, regulator], `c` gene × gene, both `k × k`.
    ///
    /// `lambda` is (λ₁, λ₂): the weight of C in first layers and of P in second ones, each in [0, 1].
    ///
    /// # Errors
    /// If a λ lies outside [0, 1] or is NaN, P and C differ in size, or a prior with λ > 0 has no weight.
    pub fn new(
        p: &PriorMatrix,
        c: &PriorMatrix,
        lambda: (f64, f64),
        conventions: Conventions,
    ) -> Result<Self> {
        check::unit_interval("lambda1", lambda.0)?;
        check::unit_interval("lambda2", lambda.1)?;
        check::shape("the prior C", (c.dim(), c.dim()), (p.dim(), p.dim()))?;
        check_not_empty("P", p.abs().sum(), "lambda2", lambda.1)?;
        check_not_empty("C", c.abs().sum(), "lambda1", lambda.0)?;
        let c_sum = c.sum();
        let c = if conventions.unit_sum_c && !conventions.unit_sum_terms {
            check_not_empty("C", c_sum, "lambda1", lambda.0)?;
            c.scaled(if c_sum == 0.0 { 1.0 } else { c_sum.recip() })
        } else {
            c.clone()
        };
        let p = if conventions.absolute_p {
            p.abs()
        } else {
            p.clone()
        };
        Ok(Self {
            p,
            c,
            lambda,
            conventions,
        })
    }

    /// Ω and Ψ of one branch at a pruning step; `state` then remembers Ω for the next.
    ///
    /// # Errors
    /// If shapes do not fit, or a surviving weight or a multiplier is not finite. `state` is then unchanged.
    pub fn score(
        &self,
        weights: &BranchWeights<'_>,
        state: &mut DashState,
    ) -> Result<BranchScores> {
        let (m, k) = (weights.first.nrows(), self.p.dim());
        check::shape("the first layer", weights.first.dim(), (m, k))?;
        check::shape("the first layer's mask", weights.first_mask.dim(), (m, k))?;
        check::shape("the second layer", weights.second.dim(), (k, m))?;
        check::shape("the second layer's mask", weights.second_mask.dim(), (k, m))?;
        check::shape("the previous score", state.omega.dim(), (m, k))?;
        check::length("the multipliers", weights.multipliers.len(), k)?;
        let first = blend(
            self.lambda.0,
            || self.first_magnitude(weights),
            || self.first_prior_term(state.omega.view()),
        )?;
        let second = blend(
            self.lambda.1,
            || self.second_magnitude(weights),
            || self.second_prior_term(first.view()),
        )?;
        state.omega.clone_from(&first);
        Ok(BranchScores { first, second })
    }

    /// |`PInv_L`(Ωᵀ) C|, `m × k`, of the previous step's scores `omega`, `m × k`.
    ///
    /// # Errors
    /// If `omega` does not have k columns or is not finite.
    pub fn first_prior_term(&self, omega: ArrayView2<'_, f64>) -> Result<Array2<f64>> {
        let term = self.c.dense_mul(pinv_left(omega)?.view())?;
        Ok(self.finish(term))
    }

    /// |P `PInv_R`(Ω)|, `k × m`, of this step's scores `omega`, `m × k`.
    ///
    /// # Errors
    /// If `omega` does not have k columns or is not finite.
    pub fn second_prior_term(&self, omega: ArrayView2<'_, f64>) -> Result<Array2<f64>> {
        let term = self.p.mul_dense(pinv_right(omega)?.view())?;
        Ok(self.finish(term))
    }

    /// |term|, of unit sum where the conventions ask for it.
    pub(super) fn finish(&self, term: Array2<f64>) -> Array2<f64> {
        let term = term.mapv_into(f64::abs);
        if self.conventions.unit_sum_terms {
            unit_sum(term)
        } else {
            term
        }
    }

    fn first_magnitude(&self, weights: &BranchWeights<'_>) -> Result<Array2<f64>> {
        self.conventions
            .first_magnitude(weights.branch, weights.first, weights.first_mask)
    }

    fn second_magnitude(&self, weights: &BranchWeights<'_>) -> Result<Array2<f64>> {
        self.conventions
            .last_magnitude(weights.second, weights.multipliers, weights.second_mask)
    }
}

/// A prior that is to count has to have weight: without, every weight would score alike, or the sum divide by 0.
pub(super) fn check_not_empty(
    prior: &'static str,
    sum: f64,
    lambda: &'static str,
    value: f64,
) -> Result<()> {
    if value > 0.0 && sum == 0.0 {
        return Err(Error::EmptyPrior {
            prior,
            lambda,
            value,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
