//! A field as the solver meets it.

use std::marker::PhantomData;

use crate::Real;
use crate::field::{Differentiable, Recorded, VectorField};

/// Rows of records that are gathered before they are multiplied into the gradient: enough for the product to be worth
/// the way through the gradient, and few enough for a panel of them to stay in the first cache.
const GATHER: usize = 256;

/// A field whose states are groups of `lanes` rows side by side; with one lane they are rows.
pub(crate) struct View<'a, T, F: ?Sized> {
    field: &'a mut F,
    lanes: usize,
    of: PhantomData<T>,
}

impl<'a, T: Real, F: VectorField<T> + ?Sized> View<'a, T, F> {
    /// The field as it takes so many rows.
    pub(crate) fn of(field: &'a mut F, rows: usize) -> Self {
        let mut view = Self {
            field,
            lanes: 1,
            of: PhantomData,
        };
        view.lanes = view.lanes_of(rows);
        view
    }

    pub(crate) fn lanes(&self) -> usize {
        self.lanes
    }

    /// Lanes of the groups of so many rows.
    pub(crate) fn lanes_of(&mut self, rows: usize) -> usize {
        let field = self.field.side_by_side();
        field.map_or(1, |field| field.lanes(rows))
    }

    pub(crate) fn set_lanes(&mut self, lanes: usize) {
        self.lanes = lanes;
    }

    /// Values of a group's state.
    pub(crate) fn width(&self) -> usize {
        self.field.dim() * self.lanes
    }

    pub(crate) fn eval(&mut self, y: &[T], dydt: &mut [T]) {
        match self.field.side_by_side() {
            Some(field) => field.eval(self.lanes, y, dydt),
            _ => self.field.eval(y, dydt),
        }
    }
}

impl<T: Real, F: Recorded<T> + ?Sized> View<'_, T, F> {
    pub(crate) fn record_len(&mut self, groups: usize) -> usize {
        match self.field.side_by_side() {
            Some(field) => groups * self.lanes * field.kept().0,
            _ => self.field.record_len(groups),
        }
    }

    pub(crate) fn eval_recorded(&mut self, y: &[T], dydt: &mut [T], record: &mut [T]) {
        match self.field.side_by_side() {
            Some(field) => field.eval_recorded(self.lanes, y, dydt, record),
            _ => self.field.eval_recorded(y, dydt, record),
        }
    }
}

impl<T: Real, F: Differentiable<T> + ?Sized> View<'_, T, F> {
    pub(crate) fn sensitivity_len(&mut self, groups: usize) -> usize {
        match self.field.side_by_side() {
            Some(field) => groups * self.lanes * field.kept().1,
            _ => self.field.sensitivity_len(groups),
        }
    }

    pub(crate) fn pull_back(
        &mut self,
        record: &[T],
        upstream: &[T],
        y_bar: &mut [T],
        sensitivity: &mut [T],
    ) {
        match self.field.side_by_side() {
            Some(field) => {
                field.pull_back(self.lanes, record, upstream, y_bar, sensitivity);
            }
            _ => self.field.pull_back(record, upstream, y_bar, sensitivity),
        }
    }

    /// `evaluations`: the groups of each. With rows side by side the gradient has its share only after
    /// [`View::take_sums`].
    pub(crate) fn add_gradient(
        &mut self,
        evaluations: &[usize],
        records: &[T],
        sensitivities: &[T],
        gradient: &mut [T],
    ) {
        match self.field.side_by_side() {
            Some(field) => field.add_to_sums(self.lanes, records, sensitivities),
            _ => self
                .field
                .add_gradient(evaluations, records, sensitivities, gradient),
        }
    }

    pub(crate) fn take_sums(&mut self, gradient: &mut [T]) {
        if let Some(field) = self.field.side_by_side() {
            field.take_sums(gradient);
        }
    }

    /// Rows of records that are gathered before they are added to the gradient. With rows side by side every step is added while
    /// the first caches still have it.
    pub(crate) fn gathered(&mut self) -> usize {
        self.field.side_by_side().map_or(GATHER, |_| 1)
    }
}
