//! Prediction error one interval ahead.

use ndarray::{ArrayRef2, NdFloat};
use serde::Serialize;

use crate::effects::same_shape;
use crate::error::Error;
use crate::sum::compensated_sum;

/// Prediction error one interval ahead.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TestMse {
    /// Mean of (predicted − observed)² over all genes of all intervals that are used.
    pub mse: f64,
    /// Intervals that are used.
    pub intervals: usize,
    /// Intervals that are left out because a value was not observed.
    pub missing: usize,
}

/// The mean squared error of predictions one interval ahead; both matrices are intervals × genes.
///
/// An interval with a NaN among its observed values is left out and counted. A prediction that is not finite is an
/// error: a model that diverges must not score well by leaving gaps.
///
/// # Errors
/// [`Error::ShapeMismatch`], [`Error::NotFinite`]; [`Error::Empty`] if no interval is left.
///
/// # Reference
/// The DASH paper, test error; its published scripts average over all entries of all intervals.
pub fn test_mse<F: NdFloat + Into<f64>>(
    predicted: &ArrayRef2<F>,
    observed: &ArrayRef2<F>,
) -> Result<TestMse, Error> {
    let name = "the matrix of predictions";
    same_shape(
        name,
        predicted.dim(),
        "the matrix of observations",
        observed.dim(),
    )?;
    let used: Vec<usize> = (0..observed.nrows())
        .filter(|&row| !observed.row(row).iter().any(|value| value.is_nan()))
        .collect();
    if used.is_empty() || observed.ncols() == 0 {
        return Err(Error::Empty {
            name: "the list of intervals without missing values",
        });
    }
    let mut errors = Vec::with_capacity(used.len() * observed.ncols());
    for &row in &used {
        for (column, (&predicted, &observed)) in
            predicted.row(row).iter().zip(observed.row(row)).enumerate()
        {
            let (predicted, observed): (f64, f64) = (predicted.into(), observed.into());
            if !predicted.is_finite() {
                return Err(Error::NotFinite {
                    name,
                    row,
                    column,
                    value: predicted,
                });
            }
            errors.push((predicted - observed).powi(2));
        }
    }
    let entries = errors.len() as f64;
    Ok(TestMse {
        mse: compensated_sum(errors) / entries,
        intervals: used.len(),
        missing: observed.nrows() - used.len(),
    })
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn an_interval_with_a_missing_value_is_left_out() {
        let predicted = array![[1.0, 2.0], [9.0, 9.0], [0.0, 0.0]];
        let observed = array![[0.0, 2.0], [f64::NAN, 1.0], [0.0, 1.0]];
        let expected = TestMse {
            mse: 0.5,
            intervals: 2,
            missing: 1,
        };
        assert_eq!(test_mse(&predicted, &observed), Ok(expected));
    }

    #[test]
    fn a_prediction_that_is_not_finite_is_an_error() {
        let error = test_mse(&array![[1.0, f64::NAN]], &array![[0.0, 0.0]]).unwrap_err();
        assert!(matches!(
            error,
            Error::NotFinite {
                row: 0,
                column: 1,
                ..
            }
        ));
        let missing = test_mse(&array![[1.0]], &array![[f64::NAN]]).unwrap_err();
        assert!(matches!(missing, Error::Empty { .. }));
    }
}
