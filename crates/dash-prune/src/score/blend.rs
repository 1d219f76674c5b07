use ndarray::Array2;

use crate::Result;

/// (1 − λ)·magnitude + λ·prior, where a term of weight 0 is never computed and one of weight 1 is kept as is.
pub(super) fn blend(
    lambda: f64,
    magnitude: impl FnOnce() -> Result<Array2<f64>>,
    prior: impl FnOnce() -> Result<Array2<f64>>,
) -> Result<Array2<f64>> {
    if lambda <= 0.0 {
        return magnitude();
    }
    if lambda >= 1.0 {
        return prior();
    }
    let mut score = magnitude()?;
    score.zip_mut_with(&prior()?, |score, prior| {
        *score = (1.0 - lambda) * *score + lambda * prior;
    });
    Ok(score)
}

/// Divides non-negative values by their sum; all zeros stay zeros.
pub(super) fn unit_sum(mut values: Array2<f64>) -> Array2<f64> {
    let sum = values.sum();
    if sum > 0.0 {
        values /= sum;
    }
    values
}
