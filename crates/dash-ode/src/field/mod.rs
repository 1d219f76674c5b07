//! Vector fields: what a solver evaluates, and what a gradient needs of them.

mod arrangement;
mod closure;
mod direct;
mod effects;
mod grouped;
mod held;
mod layout;
mod mlp;
mod parameters;
mod phoenix;
mod side_by_side;
mod surviving;
mod targets;

pub(crate) use arrangement::Arranged;
pub use closure::FnField;
pub use direct::Direct;
pub use effects::{effective_sparsity, effects, regulatory_network};
pub use layout::{Block, Branch, Layout, Role};
pub use mlp::Mlp;
pub use parameters::Parameters;
pub use phoenix::Phoenix;
pub(crate) use side_by_side::SideBySide;
pub use targets::targets;

use crate::Real;

/// Right-hand side of an autonomous system dy/dt = f(y), evaluated for many rows at once.
///
/// `y` and `dydt` are `rows × dim`, row-major. What comes out for a row must depend on that row alone.
pub trait VectorField<T: Real> {
    /// Number of components (genes).
    fn dim(&self) -> usize;

    /// Writes f(y) for every row.
    fn eval(&mut self, y: &[T], dydt: &mut [T]);

    /// The field for rows side by side, if it is faster that way.
    #[doc(hidden)]
    fn side_by_side(&mut self) -> Option<&mut dyn SideBySide<T>> {
        None
    }
}

/// A field that can keep what it computed along the way.
pub trait Recorded<T: Real>: VectorField<T> {
    /// Values kept of one evaluation of `rows` rows; how they are arranged is the field's own business.
    fn record_len(&self, rows: usize) -> usize;

    /// As [`VectorField::eval`], keeping intermediate values in `record` ([`Recorded::record_len`] values).
    fn eval_recorded(&mut self, y: &[T], dydt: &mut [T], record: &mut [T]);
}

/// A field with parameters, and gradients with respect to them and to the state.
///
/// The gradient with respect to a weight matrix is a sum of outer products over all evaluations. So a pull-back
/// only leaves the two factors, record and sensitivity, and [`Differentiable::add_gradient`] makes one product of
/// all of them.
pub trait Differentiable<T: Real>: Recorded<T> {
    /// The parameters' names, shapes and roles.
    fn layout(&self) -> &Layout;

    /// A copy of this field, for whoever computes beside the trainer.
    fn boxed(&self) -> Box<dyn Differentiable<T>>;

    /// Takes parameters, `layout().len()` values.
    fn load(&mut self, parameters: &[T]);

    /// Takes parameters of which only those that are `kept` count: the others are zero, and need no gradient. A field
    /// may then leave them out of its work.
    fn load_pruned(&mut self, parameters: &[T], kept: &[bool]) {
        let _ = kept;
        self.load(parameters);
    }

    /// Places of the parameters that the field works with, in order, if it leaves out the others: after
    /// [`Differentiable::load_pruned`], where that is faster. A gradient may then have one value per survivor in place of one
    /// per parameter.
    fn survivors(&self) -> Option<&[u32]> {
        None
    }

    /// Takes new values of the [`Differentiable::survivors`] alone, in their order.
    fn load_survivors(&mut self, values: &[T]) {
        self.load(values);
    }

    /// Values that a pull-back through one evaluation of `rows` rows leaves for [`Differentiable::add_gradient`].
    fn sensitivity_len(&self, rows: usize) -> usize;

    /// Given `upstream` (`rows × dim`), the derivative of a loss with respect to f(y), *writes* the derivative with
    /// respect to y to `y_bar` and the sensitivities to `sensitivity` ([`Differentiable::sensitivity_len`] values).
    fn pull_back(&mut self, record: &[T], upstream: &[T], y_bar: &mut [T], sensitivity: &mut [T]);

    /// *Adds* to `gradient` the derivative of the loss with respect to the parameters, or to the survivors alone, over any number
    /// of evaluations: the number of rows of each, and their records and sensitivities one after the other.
    fn add_gradient(
        &mut self,
        evaluations: &[usize],
        records: &[T],
        sensitivities: &[T],
        gradient: &mut [T],
    );
}

/// A model: parameters that can be drawn anew.
pub trait Initialise {
    /// Initial parameters, the same for the same seed.
    fn initialise(&self, seed: u64) -> Parameters<f64>;
}
