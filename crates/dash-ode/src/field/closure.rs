//! A vector field given as a closure.

use super::VectorField;
use crate::Real;

/// A field from a closure that computes one row: `f(y, dydt)`, both of length `dim`.
///
/// ```
/// use dash_ode::{FnField, SolverOptions, solve_at};
/// use ndarray::array;
///
/// let mut decay = FnField::new(1, |y: &[f64], dydt: &mut [f64]| dydt[0] = -y[0]);
/// let states = solve_at(&mut decay, array![[1.0]].view(), &[0.0, 1.0], &SolverOptions::tight())?;
/// assert!((states[[1, 0, 0]] - (-1.0_f64).exp()).abs() < 1e-9);
/// # Ok::<(), dash_ode::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct FnField<F> {
    dim: usize,
    row: F,
}

impl<F> FnField<F> {
    /// A field of `dim` components.
    pub fn new(dim: usize, row: F) -> Self {
        Self { dim, row }
    }
}

impl<T: Real, F: FnMut(&[T], &mut [T])> VectorField<T> for FnField<F> {
    fn dim(&self) -> usize {
        self.dim
    }

    fn eval(&mut self, y: &[T], dydt: &mut [T]) {
        for (y, dydt) in y
            .chunks_exact(self.dim)
            .zip(dydt.chunks_exact_mut(self.dim))
        {
            (self.row)(y, dydt);
        }
    }
}
