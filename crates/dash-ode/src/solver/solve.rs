//! Solving once: the plain way in.

use ndarray::{Array2, Array3, ArrayView2, Axis};

use super::{Integrator, SolverOptions, Span, Statistics};
use crate::error::check_size;
use crate::field::VectorField;
use crate::{Real, Result};

/// End states of a solve, and what it cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution<T> {
    /// End states, rows × dim.
    pub states: Array2<T>,
    /// Evaluations, accepted and rejected steps.
    pub statistics: Statistics,
}

/// Integrates every row of `y0` (rows × dim) over its own span.
///
/// # Errors
/// As [`Integrator::solve`].
pub fn solve<T: Real, F: VectorField<T>>(
    field: &mut F,
    y0: ArrayView2<'_, T>,
    spans: &[Span],
    options: &SolverOptions,
) -> Result<Solution<T>> {
    check_size("columns of the initial states", field.dim(), y0.ncols())?;
    check_size("number of spans", y0.nrows(), spans.len())?;
    let start: Vec<T> = y0.iter().copied().collect();
    let mut states = Array2::zeros(y0.raw_dim());
    let end = states.as_slice_mut().expect("a new array is contiguous");
    let statistics = Integrator::new(*options)?.solve(field, &start, spans, end)?;
    Ok(Solution { states, statistics })
}

/// Integrates every row of `y0` (rows × dim) from the first of `times` and returns its state at each of them.
///
/// # Shapes
/// times × rows × dim; entry 0 is `y0`.
///
/// # Errors
/// As [`Integrator::solve`]; [`crate::Error::Span`] if the times decrease.
pub fn solve_at<T: Real, F: VectorField<T>>(
    field: &mut F,
    y0: ArrayView2<'_, T>,
    times: &[f64],
    options: &SolverOptions,
) -> Result<Array3<T>> {
    check_size("columns of the initial states", field.dim(), y0.ncols())?;
    let mut states = Array3::zeros((times.len(), y0.nrows(), y0.ncols()));
    let mut integrator = Integrator::new(*options)?;
    let mut current: Vec<T> = y0.iter().copied().collect();
    let mut next = current.clone();
    for (index, mut slice) in states.axis_iter_mut(Axis(0)).enumerate() {
        if index > 0 {
            let span = Span { start: times[index - 1], end: times[index] };
            integrator.solve(field, &current, &vec![span; y0.nrows()], &mut next)?;
            std::mem::swap(&mut current, &mut next);
        }
        slice.iter_mut().zip(&current).for_each(|(s, c)| *s = *c);
    }
    Ok(states)
}
