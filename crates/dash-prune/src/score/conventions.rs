use serde::{Deserialize, Serialize};

use super::ProductMagnitude;

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
        }
    }

    /// What the published code does: C is divided by its sum, |P| is not, and exp(w) is the magnitude on the
    /// product branch, where pruned weights count as exp(0) = 1.
    pub const fn reference() -> Self {
        Self {
            unit_sum_terms: false,
            unit_sum_c: true,
            absolute_p: true,
            product_magnitude: ProductMagnitude::ExpWithPruned,
            multipliers: true,
        }
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
