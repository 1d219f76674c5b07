//! How far inferred effects are from the true ones.

use ndarray::{ArrayRef2, NdFloat, Zip};
use serde::Serialize;

use crate::effects::{check_finite, normalised_rows, same_shape};
use crate::error::Error;
use crate::metric::{Metric, Undefined, null_when_undefined};
use crate::spearman::spearman;
use crate::sum::compensated_sum;

/// How far normalised effects D̃ are from true effects T, over all k² entries.
///
/// True networks are sparse, so every error is small: read it beside that of the estimate that is zero everywhere.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EffectError {
    /// Mean of (D̃ − T̃)², T̃ being T normalised per row as D̃ is: the primary error.
    pub mse: f64,
    /// Mean of T̃²: what an estimate of zeros has in place of `mse`.
    pub zero_mse: f64,
    /// Mean of (D̃ − sign T)².
    pub mse_to_signs: f64,
    /// Mean of (sign T)², the density of T: what an estimate of zeros has in place of `mse_to_signs`.
    pub zero_mse_to_signs: f64,
    /// The scale c = ⟨D̃, T⟩/⟨D̃, D̃⟩ of least mean (c·D̃ − T)². Undefined where D̃ is zero.
    #[serde(serialize_with = "null_when_undefined")]
    pub best_scale: Metric,
    /// Mean of (c·D̃ − T)² at the best scale; for D̃ = 0 the mean of T².
    pub best_scale_mse: f64,
    /// Cosine of the angle between D̃ and T. Undefined where either is zero.
    #[serde(serialize_with = "null_when_undefined")]
    pub cosine: Metric,
    /// Rank correlation of D̃ and T over the entries where T is not 0. Undefined where all values of either tie.
    #[serde(serialize_with = "null_when_undefined")]
    pub spearman_on_edges: Metric,
}

/// Compares normalised effects D̃ with true effects T (both k × k, \[target, regulator\]).
///
/// `truth` holds strengths, or ±1 and 0 for a reference without strengths.
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::NotSquare`], [`Error::NotFinite`]; [`Error::Empty`] without a gene.
///
/// # Reference
/// The DASH paper, Figure 3. The formula behind the figure is not published; `mse` is our reading of it.
pub fn effect_error<F: NdFloat + Into<f64>>(
    normalised_effects: &ArrayRef2<F>,
    truth: &ArrayRef2<F>,
) -> Result<EffectError, Error> {
    same_shape(
        "the matrix of effects",
        normalised_effects.dim(),
        "the matrix of true effects",
        truth.dim(),
    )?;
    if truth.is_empty() {
        return Err(Error::Empty {
            name: "the list of genes",
        });
    }
    check_finite("the matrix of effects", normalised_effects)?;
    check_finite("the matrix of true effects", truth)?;
    let normalised_truth = normalised_rows(truth)?;
    let mean = |of: &dyn Fn(f64, f64) -> f64| mean_over(normalised_effects, truth, of);
    let mean_normalised =
        |of: &dyn Fn(f64, f64) -> f64| mean_over(normalised_effects, &normalised_truth, of);
    let (dd, dt, tt) = (
        mean(&|d, _| d * d),
        mean(&|d, t| d * t),
        mean(&|_, t| t * t),
    );
    let best_scale = if dd > 0.0 {
        Ok(dt / dd)
    } else {
        Err(Undefined::AllZero)
    };
    let scale = best_scale.unwrap_or(0.0);
    Ok(EffectError {
        mse: mean_normalised(&|d, t| (d - t).powi(2)),
        zero_mse: mean_normalised(&|_, t| t * t),
        mse_to_signs: mean(&|d, t| (d - sign(t)).powi(2)),
        zero_mse_to_signs: mean(&|_, t| sign(t).powi(2)),
        best_scale,
        best_scale_mse: mean(&|d, t| (scale * d - t).powi(2)),
        cosine: if dd > 0.0 && tt > 0.0 {
            Ok(dt / dd.sqrt() / tt.sqrt())
        } else {
            Err(Undefined::AllZero)
        },
        spearman_on_edges: on_edges(normalised_effects, truth),
    })
}

/// Mean over all entries of `of(effect, truth)`.
fn mean_over<F: NdFloat + Into<f64>>(
    effects: &ArrayRef2<F>,
    truth: &ArrayRef2<F>,
    of: &dyn Fn(f64, f64) -> f64,
) -> f64 {
    let terms = effects
        .iter()
        .zip(truth)
        .map(|(&effect, &truth)| of(effect.into(), truth.into()));
    compensated_sum(terms) / effects.len() as f64
}

fn on_edges<F: NdFloat + Into<f64>>(effects: &ArrayRef2<F>, truth: &ArrayRef2<F>) -> Metric {
    let (mut inferred, mut known) = (Vec::new(), Vec::new());
    Zip::from(effects).and(truth).for_each(|&effect, &truth| {
        if !truth.is_zero() {
            inferred.push(effect.into());
            known.push(truth.into());
        }
    });
    spearman(&inferred, &known)
}

/// −1, 0 or 1.
fn sign(value: f64) -> f64 {
    if value == 0.0 { 0.0 } else { value.signum() }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "an exact fit leaves exactly 0")]
mod tests {
    use approx::assert_relative_eq;
    use ndarray::{Array2, array};

    use super::*;

    #[test]
    fn the_truth_itself_has_no_error() {
        let truth = array![[0.0, 2.0, -2.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]];
        let normalised = normalised_rows(&truth).unwrap();
        let error = effect_error(&normalised, &truth).unwrap();
        assert_eq!(error.mse, 0.0);
        assert_relative_eq!(error.zero_mse, 1.5 / 9.0);
        // Ranks (2, 1, 3) of D̃ and (3, 1, 2) of T.
        assert_relative_eq!(error.spearman_on_edges.unwrap(), 0.5, max_relative = 1e-12);
        let itself = effect_error(&truth, &truth).unwrap();
        assert_relative_eq!(itself.cosine.unwrap(), 1.0);
        assert_relative_eq!(itself.best_scale.unwrap(), 1.0);
        assert_eq!(itself.best_scale_mse, 0.0);
    }

    #[test]
    fn an_estimate_of_zeros_has_the_baseline_errors() {
        let truth = array![[0.0, 1.0], [-1.0, 1.0]];
        let error = effect_error(&Array2::zeros((2, 2)), &truth).unwrap();
        assert_eq!(
            (error.mse, error.mse_to_signs),
            (error.zero_mse, error.zero_mse_to_signs)
        );
        assert_eq!(
            (error.best_scale, error.best_scale_mse),
            (Err(Undefined::AllZero), 0.75)
        );
        assert_eq!(error.cosine, Err(Undefined::AllZero));
        assert_eq!(error.spearman_on_edges, Err(Undefined::ZeroVariance));
    }

    #[test]
    fn matrices_over_other_genes_are_an_error() {
        let (small, large) = (Array2::<f64>::zeros((2, 2)), Array2::<f64>::zeros((3, 3)));
        assert!(matches!(
            effect_error(&small, &large),
            Err(Error::ShapeMismatch { .. })
        ));
        let none = Array2::<f64>::zeros((0, 0));
        assert!(matches!(
            effect_error(&none, &none),
            Err(Error::Empty { .. })
        ));
    }
}
