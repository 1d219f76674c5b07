//! Fields that take rows side by side.

/// A field that works on groups of rows, the rows of a group side by side: its states are `dim × lanes`, the lane
/// innermost.
///
/// What comes out for a lane depends on that lane alone, so lanes without a row may hold anything finite. `lanes` is what
/// [`SideBySide::lanes`] gave.
pub trait SideBySide<T> {
    /// Rows of a group where there are so many in all: 1, 4 or 8.
    fn lanes(&self, rows: usize) -> usize;

    /// Values per row of a record and of a sensitivity.
    fn kept(&self) -> (usize, usize);

    /// Writes f(y) for every group.
    fn eval(&mut self, lanes: usize, y: &[T], dydt: &mut [T]);

    /// As [`crate::Recorded::eval_recorded`].
    fn eval_recorded(&mut self, lanes: usize, y: &[T], dydt: &mut [T], record: &mut [T]);

    /// As [`crate::Differentiable::pull_back`].
    fn pull_back(
        &mut self,
        lanes: usize,
        record: &[T],
        upstream: &[T],
        y_bar: &mut [T],
        sensitivity: &mut [T],
    );

    /// Adds what evaluations contribute to the gradient to sums, which last until they are taken.
    fn add_to_sums(&mut self, lanes: usize, records: &[T], sensitivities: &[T]);

    /// *Adds* the sums to `gradient`, which has a value for every parameter or for every survivor, and begins them anew.
    fn take_sums(&mut self, gradient: &mut [T]);
}
