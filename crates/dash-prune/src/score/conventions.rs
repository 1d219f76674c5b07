#![expect(
    clippy::needless_pass_by_value,
    reason = "array views are two words and pass by value everywhere"
)]

use ndarray::{Array2, ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};

use super::{Branch, ProductMagnitude, input_magnitude, output_magnitude, product_magnitude};
use crate::{Mask, Result};

/// Where the paper leaves a choice, or the published code makes another: how the terms of a DASH score are scaled.
///
/// # Fidelity
/// [`Conventions::balanced`], the default, makes λ mean the same everywhere. [`Conventions::reference`] follows
/// the published code. The paper's Algorithm 1 read literally is `reference` with `unit_sum_c = false`.
///
/// # Reference
/// Hossain et al. 2024, Algorithm 1, and its published code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a choice of its own, and every combination has a meaning"
)]
pub struct Conventions {
    /// Scale every prior term to unit sum, as magnitudes are.
    pub unit_sum_terms: bool,
    /// Divide C by the sum of its entries. Without effect where `unit_sum_terms` holds.
    pub unit_sum_c: bool,
    /// Use |P| instead of the signed P.
    pub absolute_p: bool,
    /// Magnitude of a first-layer weight on the product branch.
    pub product_magnitude: ProductMagnitude,
    /// Scale the rows of |U| by ReLU(v).
    pub multipliers: bool,
    /// In branches of three layers or more, damp the pseudo-inverses of products of scores; see
    /// [`Dash::score_deep`](crate::Dash::score_deep).
    pub damped: bool,
}

impl Conventions {
    /// Both terms of both layers have unit sum, and |w| is the magnitude on both branches.
    pub const fn balanced() -> Self {
        Self {
            unit_sum_terms: true,
            unit_sum_c: true,
            absolute_p: true,
            product_magnitude: ProductMagnitude::Abs,
            multipliers: true,
            damped: true,
        }
    }

    /// What the published code does: C is divided by its sum, |P| is not, and exp(w) is the magnitude on the
    /// product branch, where pruned weights count as exp(0) = 1. Deeper branches follow the paper's formulas as they are.
    pub const fn reference() -> Self {
        Self {
            unit_sum_terms: false,
            unit_sum_c: true,
            absolute_p: true,
            product_magnitude: ProductMagnitude::ExpWithPruned,
            multipliers: true,
            damped: false,
        }
    }
}

impl Conventions {
    /// |W|~ of the layer that the input genes enter.
    pub(crate) fn first_magnitude(
        &self,
        branch: Branch,
        weights: ArrayView2<'_, f64>,
        mask: &Mask,
    ) -> Result<Array2<f64>> {
        match branch {
            Branch::Sum => input_magnitude(weights, mask),
            Branch::Product => product_magnitude(weights, mask, self.product_magnitude),
        }
    }

    /// |W|~ of the layer that the output genes leave, with gene multipliers v.
    pub(crate) fn last_magnitude(
        &self,
        weights: ArrayView2<'_, f64>,
        multipliers: ArrayView1<'_, f64>,
        mask: &Mask,
    ) -> Result<Array2<f64>> {
        output_magnitude(weights, self.multipliers.then_some(multipliers), mask)
    }
}

impl Default for Conventions {
    /// [`Conventions::balanced`].
    fn default() -> Self {
        Self::balanced()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_refuses_configuration() {
        let read: Conventions = serde_json::from_str(r#"{"product_magnitude": "exp"}"#).unwrap();
        let expected = Conventions {
            product_magnitude: ProductMagnitude::Exp,
            ..Conventions::balanced()
        };
        assert_eq!(read, expected);
        assert!(serde_json::from_str::<Conventions>(r#"{"normC": true}"#).is_err());
    }
}
