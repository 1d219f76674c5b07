#![expect(
    clippy::needless_pass_by_value,
    reason = "array views are two words and pass by value everywhere"
)]

use dash_prior::PriorMatrix;
use ndarray::{Array2, ArrayView2};

use super::blend::{blend, unit_sum};
use super::magnitude::input_magnitude;
use crate::{Error, Mask, Result, check};

/// DASH score of a one-layer model, Ω = (1 − λ)|W|~ + λ|P|~, `k × k`, [target, regulator].
///
/// Both terms have unit sum. `weights` are the weights of the edges themselves, or any other strength of them,
/// such as ReLU(vᵢ)(|Aᵢⱼ| + |βᵢ| exp(bᵢ) |Bᵢⱼ|) where an edge has an additive and a multiplicative weight.
/// λ = 0 is magnitude pruning bit for bit, λ = 1 the prior alone.
///
/// # Errors
/// If λ lies outside [0, 1], the shapes differ, a surviving weight is not finite, or λ > 0 and P is empty.
///
/// # Reference
/// Hossain et al. 2024, Section 3: the one-layer case.
pub fn one_layer(
    weights: ArrayView2<'_, f64>,
    mask: &Mask,
    prior: &PriorMatrix,
    lambda: f64,
) -> Result<Array2<f64>> {
    check::unit_interval("lambda", lambda)?;
    let k = prior.dim();
    check::shape("the weight matrix", weights.dim(), (k, k))?;
    check::shape("the mask", mask.dim(), (k, k))?;
    let magnitude = || input_magnitude(weights, mask);
    let prior = || {
        let absolute = unit_sum(prior.abs().to_dense());
        if absolute.iter().all(|&v| v <= 0.0) {
            return Err(Error::EmptyPrior {
                prior: "P",
                lambda: "lambda",
                value: lambda,
            });
        }
        Ok(absolute)
    };
    blend(lambda, magnitude, prior)
}

#[cfg(test)]
mod tests {
    use approx::assert_abs_diff_eq;
    use ndarray::array;

    use super::*;

    fn prior() -> PriorMatrix {
        PriorMatrix::from_dense(array![[0.0, -3.0], [1.0, 0.0]].view()).unwrap()
    }

    #[test]
    fn blends_two_terms_of_unit_sum() {
        let weights = array![[-1.0, 1.0], [2.0, 0.0]];
        let mask = Mask::full(2, 2);
        let score = |lambda| one_layer(weights.view(), &mask, &prior(), lambda).unwrap();
        let blended = score(0.4);
        let expected = [0.15, 0.45, 0.4, 0.0];
        assert_abs_diff_eq!(blended.as_slice().unwrap(), &expected[..], epsilon = 1e-15);
        assert_eq!(score(0.0), input_magnitude(weights.view(), &mask).unwrap());
        assert_eq!(score(1.0), array![[0.0, 0.75], [0.25, 0.0]]);
    }

    #[test]
    fn a_term_of_weight_zero_is_not_computed() {
        let mask = Mask::full(2, 2);
        let empty = PriorMatrix::from_dense(Array2::zeros((2, 2)).view()).unwrap();
        let weights = Array2::ones((2, 2));
        assert!(one_layer(weights.view(), &mask, &empty, 0.0).is_ok());
        let error = one_layer(weights.view(), &mask, &empty, 0.1).unwrap_err();
        assert!(matches!(error, Error::EmptyPrior { prior: "P", .. }));
        let diverged = array![[f64::NAN, 0.0], [0.0, 0.0]];
        assert!(one_layer(diverged.view(), &mask, &prior(), 1.0).is_ok());
        assert!(one_layer(diverged.view(), &mask, &prior(), 0.9).is_err());
    }

    #[test]
    fn refuses_bad_lambda_and_shapes() {
        let weights = Array2::ones((2, 2));
        for lambda in [-0.1, 1.1, f64::NAN] {
            assert!(one_layer(weights.view(), &Mask::full(2, 2), &prior(), lambda).is_err());
        }
        assert!(
            one_layer(
                Array2::ones((2, 3)).view(),
                &Mask::full(2, 3),
                &prior(),
                0.5
            )
            .is_err()
        );
        assert!(one_layer(weights.view(), &Mask::full(1, 2), &prior(), 1.0).is_err());
    }
}
