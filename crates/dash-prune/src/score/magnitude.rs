#![expect(
    clippy::needless_pass_by_value,
    reason = "array views are two words and pass by value everywhere"
)]

use ndarray::{Array2, ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};

use super::blend::unit_sum;
use crate::{Mask, Result, check};

/// What counts as the magnitude of a weight on the product branch, where weights are exponents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProductMagnitude {
    /// |w| / Σ|w|, as on the sum branch.
    Abs,
    /// exp(w) / Σ exp(w) over the surviving weights. It ranks SIGNED weights: the most negative go first.
    Exp,
    /// exp(w) / Σ exp(w) over all entries, where pruned ones count as exp(0) = 1 (published code).
    ExpWithPruned,
}

/// |W|~ of a first layer on the sum branch: |w| / Σ|w| over the surviving `weights`, `m × k`.
///
/// Pruned entries score 0; so does every entry where all weights are 0.
///
/// # Errors
/// If the shapes differ or a surviving weight is not finite.
///
/// # Reference
/// Hossain et al. 2024, Section 3: the normalised magnitude of `W_Σ`.
pub fn input_magnitude(weights: ArrayView2<'_, f64>, mask: &Mask) -> Result<Array2<f64>> {
    Ok(unit_sum(effective(weights, mask)?.mapv_into(f64::abs)))
}

/// |W|~ of a first layer on the product branch, `weights` being `m × k`.
///
/// # Errors
/// If the shapes differ or a surviving weight is not finite.
///
/// # Reference
/// Hossain et al. 2024, Section 3: the normalised magnitude of `W_Π` (log-space weights).
pub fn product_magnitude(
    weights: ArrayView2<'_, f64>,
    mask: &Mask,
    magnitude: ProductMagnitude,
) -> Result<Array2<f64>> {
    let counts_pruned = match magnitude {
        ProductMagnitude::Abs => return input_magnitude(weights, mask),
        ProductMagnitude::Exp => false,
        ProductMagnitude::ExpWithPruned => true,
    };
    let mut scores = effective(weights, mask)?;
    let counted = |&keep: &bool| keep || counts_pruned;
    let largest = scores
        .iter()
        .zip(mask.as_slice())
        .filter(|(_, keep)| counted(keep))
        .fold(f64::NEG_INFINITY, |largest, (&w, _)| largest.max(w));
    for (score, keep) in scores.iter_mut().zip(mask.as_slice()) {
        // The division cancels the shift by the largest weight, which keeps exp from overflowing.
        *score = if counted(keep) {
            libm::exp(*score - largest)
        } else {
            0.0
        };
    }
    Ok(unit_sum(scores))
}

/// |U|~ of a second layer: |ReLU(v)ᵢ uᵢⱼ| / Σ|ReLU(v)ᵢ uᵢⱼ| over the surviving `weights`, `k × m`.
///
/// `multipliers` is v, one per target gene (row), or `None` to score |U| alone.
///
/// # Errors
/// If the shapes differ, or a surviving weight or a multiplier is not finite.
///
/// # Reference
/// Hossain et al. 2024, Section 3: the normalised magnitude of `U_Σ` and `U_Π`.
pub fn output_magnitude(
    weights: ArrayView2<'_, f64>,
    multipliers: Option<ArrayView1<'_, f64>>,
    mask: &Mask,
) -> Result<Array2<f64>> {
    let mut scores = effective(weights, mask)?.mapv_into(f64::abs);
    if let Some(multipliers) = multipliers {
        check::length("the multipliers", multipliers.len(), scores.nrows())?;
        check::finite_vector("the multipliers", multipliers)?;
        for (mut row, &v) in scores.rows_mut().into_iter().zip(multipliers) {
            row *= v.max(0.0);
        }
    }
    Ok(unit_sum(scores))
}

/// The weights with zeros where the mask has pruned, in standard layout.
fn effective(weights: ArrayView2<'_, f64>, mask: &Mask) -> Result<Array2<f64>> {
    check::shape("the weight matrix", weights.dim(), mask.dim())?;
    let mut effective = Array2::zeros(weights.dim());
    effective.assign(&weights);
    mask.apply(effective.as_slice_mut().expect("new arrays are contiguous"))?;
    check::finite("the weight matrix", effective.view())?;
    Ok(effective)
}

#[cfg(test)]
mod tests {
    use approx::assert_abs_diff_eq;
    use ndarray::array;
    use proptest::prelude::*;

    use super::*;
    use crate::Error;

    #[test]
    fn abs_leaves_pruned_weights_out() {
        let mask = Mask::from_kept(array![[true, false], [true, true]].view());
        let score = input_magnitude(array![[-1.0, 9.0], [2.0, -1.0]].view(), &mask).unwrap();
        assert_eq!(score, array![[0.25, 0.0], [0.5, 0.25]]);
    }

    #[test]
    fn exp_ranks_signed_weights_and_differs_in_what_pruned_ones_count() {
        let mask = Mask::from_kept(array![[true, false, true]].view());
        let weights = array![[3.0_f64.ln(), 9.0, 0.0]];
        let kept = product_magnitude(weights.view(), &mask, ProductMagnitude::Exp).unwrap();
        assert_abs_diff_eq!(
            kept.as_slice().unwrap(),
            &[0.75, 0.0, 0.25][..],
            epsilon = 1e-15
        );
        let all =
            product_magnitude(weights.view(), &mask, ProductMagnitude::ExpWithPruned).unwrap();
        assert_abs_diff_eq!(
            all.as_slice().unwrap(),
            &[0.6, 0.2, 0.2][..],
            epsilon = 1e-15
        );
    }

    #[test]
    fn exp_does_not_overflow() {
        let weights = array![[1000.0, 1000.0], [-1000.0, 0.0]];
        let score = product_magnitude(weights.view(), &Mask::full(2, 2), ProductMagnitude::Exp);
        assert_eq!(score.unwrap(), array![[0.5, 0.5], [0.0, 0.0]]);
    }

    #[test]
    fn multipliers_scale_rows_and_negative_ones_silence_them() {
        let weights = array![[1.0, -1.0], [5.0, 5.0], [-2.0, 0.0]];
        let mask = Mask::full(3, 2);
        let v = array![1.0, -3.0, 3.0];
        let score = output_magnitude(weights.view(), Some(v.view()), &mask).unwrap();
        assert_eq!(score, array![[0.125, 0.125], [0.0, 0.0], [0.75, 0.0]]);
        let plain = output_magnitude(weights.view(), None, &mask).unwrap();
        assert_eq!(plain, input_magnitude(weights.view(), &mask).unwrap());
        let silent = array![-1.0, 0.0, -2.0];
        let score = output_magnitude(weights.view(), Some(silent.view()), &mask).unwrap();
        assert_eq!(score, Array2::<f64>::zeros((3, 2)));
    }

    #[test]
    fn refuses_values_that_are_not_finite() {
        let mask = Mask::from_kept(array![[true, false]].view());
        let bad = input_magnitude(array![[f64::NAN, 1.0]].view(), &mask).unwrap_err();
        assert!(matches!(
            bad,
            Error::NonFinite {
                row: 0,
                column: 0,
                ..
            }
        ));
        assert!(input_magnitude(array![[1.0, f64::NAN]].view(), &mask).is_ok());
        let v = array![f64::INFINITY];
        let bad = output_magnitude(array![[1.0, 1.0]].view(), Some(v.view()), &mask).unwrap_err();
        assert!(
            bad.to_string()
                .starts_with("the multipliers holds inf at row 0")
        );
        let shape = input_magnitude(array![[1.0]].view(), &mask).unwrap_err();
        assert!(matches!(shape, Error::Shape { .. }));
    }

    proptest! {
        #[test]
        fn scale_does_not_matter(
            values in prop::collection::vec(-2.0..2.0f64, 12), power in -20i32..20,
        ) {
            let weights = Array2::from_shape_vec((3, 4), values).unwrap();
            let scaled = &weights * 2.0_f64.powi(power);
            let mask = Mask::full(3, 4);
            // A power of two scales without rounding, so the scores are equal bit for bit.
            prop_assert_eq!(
                input_magnitude(weights.view(), &mask).unwrap(),
                input_magnitude(scaled.view(), &mask).unwrap()
            );
            prop_assert_eq!(
                output_magnitude(weights.view(), None, &mask).unwrap(),
                output_magnitude(scaled.view(), None, &mask).unwrap()
            );
        }
    }
}
