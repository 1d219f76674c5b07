//! How a field holds its parameters: all of them, or those that survive pruning.

use super::Layout;

/// One way to hold the parameters of a field, with the work done in that way.
///
/// The methods are those of [`super::Recorded`] and [`super::Differentiable`], for at least one row.
pub(super) trait Arrangement<T> {
    fn load(&mut self, layout: &Layout, parameters: &[T]);
    fn record_len(&self, rows: usize) -> usize;
    fn sensitivity_len(&self, rows: usize) -> usize;
    fn eval(&mut self, y: &[T], dydt: &mut [T], record: &mut [T]);
    fn pull_back(&mut self, record: &[T], upstream: &[T], y_bar: &mut [T], sensitivity: &mut [T]);
    /// `kept`: records and sensitivities.
    fn add_gradient(
        &mut self,
        layout: &Layout,
        evaluations: &[usize],
        kept: (&[T], &[T]),
        gradient: &mut [T],
    );
}
