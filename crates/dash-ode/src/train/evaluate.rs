//! The error one interval ahead.

use super::Intervals;
use crate::{Integrator, Real, Result, Statistics, VectorField};

/// Mean squared error of the states one interval ahead, over all genes and intervals, and what the solve cost.
///
/// # Errors
/// As [`Integrator::solve`].
///
/// # Reference
/// DASH paper, "test MSE"; `docs/method.md`, "Training".
pub fn one_interval_ahead<T: Real, F: VectorField<T> + ?Sized>(
    field: &mut F,
    intervals: &Intervals<T>,
    integrator: &mut Integrator<T>,
) -> Result<(f64, Statistics)> {
    let mut ends = vec![T::zero(); intervals.starts().len()];
    let statistics = integrator.solve(field, intervals.starts(), intervals.spans(), &mut ends)?;
    let error = squared_error(&ends, intervals.targets()) / ends.len() as f64;
    Ok((error, statistics))
}

pub(super) fn squared_error<T: Real>(predicted: &[T], observed: &[T]) -> f64 {
    let pairs = predicted.iter().zip(observed);
    pairs.map(|(p, o)| (*p - *o).f64().powi(2)).sum()
}
