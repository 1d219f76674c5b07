//! A field that holds its parameters in one of two ways: all of them, or those that survive pruning.

use super::arrangement::{Arrangement, Kind, Survivors};
use super::{Layout, SideBySide};
use crate::Real;

/// The parameters of a field, with the work done on them.
///
/// The methods are those of [`super::VectorField`], [`super::Recorded`] and [`super::Differentiable`], to which
/// [`field_of_held`] passes them on.
#[derive(Debug)]
pub(super) struct Held<T> {
    layout: Layout,
    /// Share of surviving weights below which a pruned field is held sparse.
    sparse_below: f64,
    dense: Box<dyn Arrangement<T>>,
    pruned: Box<dyn Survivors<T>>,
    /// Which of the two was loaded last.
    is_pruned: bool,
    record: Vec<T>,
}

impl<T: Clone> Clone for Held<T> {
    fn clone(&self) -> Self {
        Self {
            layout: self.layout.clone(),
            dense: self.dense.boxed(),
            pruned: self.pruned.boxed_survivors(),
            record: self.record.clone(),
            ..*self
        }
    }
}

impl<T: Real> Held<T> {
    /// All parameters zero.
    pub(super) fn new(kind: Kind, layout: Layout, sparse_below: f64) -> Self {
        let zeros = vec![T::zero(); layout.len()];
        let (dense, pruned) = T::arrangements(kind);
        let mut held = Self {
            layout,
            sparse_below,
            dense,
            pruned,
            is_pruned: false,
            record: Vec::new(),
        };
        held.load(&zeros);
        held
    }

    pub(super) fn layout(&self) -> &Layout {
        &self.layout
    }

    fn current(&self) -> &dyn Arrangement<T> {
        if self.is_pruned {
            &*self.pruned
        } else {
            &*self.dense
        }
    }

    fn current_mut(&mut self) -> (&mut dyn Arrangement<T>, &Layout) {
        if self.is_pruned {
            (&mut *self.pruned, &self.layout)
        } else {
            (&mut *self.dense, &self.layout)
        }
    }

    pub(super) fn load(&mut self, parameters: &[T]) {
        self.is_pruned = false;
        self.dense.load(&self.layout, parameters);
    }

    pub(super) fn load_pruned(&mut self, parameters: &[T], kept: &[bool]) {
        if !self.pruned.keeps(kept) {
            if self.layout.density(kept) >= self.sparse_below {
                return self.load(parameters);
            }
            self.pruned.keep(&self.layout, kept);
        }
        self.is_pruned = true;
        self.pruned.load(&self.layout, parameters);
    }

    pub(super) fn survivors(&self) -> Option<&[u32]> {
        self.is_pruned.then(|| self.pruned.places())
    }

    pub(super) fn load_survivors(&mut self, values: &[T]) {
        if self.is_pruned {
            self.pruned.load_values(values);
        } else {
            self.load(values);
        }
    }

    pub(super) fn eval(&mut self, y: &[T], dydt: &mut [T]) {
        let mut record = std::mem::take(&mut self.record);
        record.resize(self.record_len(y.len() / self.layout.genes()), T::zero());
        self.eval_recorded(y, dydt, &mut record);
        self.record = record;
    }

    pub(super) fn record_len(&self, rows: usize) -> usize {
        self.current().record_len(rows)
    }

    pub(super) fn sensitivity_len(&self, rows: usize) -> usize {
        self.current().sensitivity_len(rows)
    }

    pub(super) fn eval_recorded(&mut self, y: &[T], dydt: &mut [T], record: &mut [T]) {
        if !y.is_empty() {
            self.current_mut().0.eval(y, dydt, record);
        }
    }

    pub(super) fn pull_back(
        &mut self,
        record: &[T],
        upstream: &[T],
        y_bar: &mut [T],
        sensitivity: &mut [T],
    ) {
        if !upstream.is_empty() {
            let (current, _) = self.current_mut();
            current.pull_back(record, upstream, y_bar, sensitivity);
        }
    }

    pub(super) fn add_gradient(
        &mut self,
        evaluations: &[usize],
        records: &[T],
        sensitivities: &[T],
        gradient: &mut [T],
    ) {
        if !records.is_empty() {
            let (current, layout) = self.current_mut();
            current.add_gradient(layout, evaluations, (records, sensitivities), gradient);
        }
    }

    pub(super) fn side_by_side(&mut self) -> Option<&mut dyn SideBySide<T>> {
        if self.is_pruned {
            Some(&mut *self.pruned)
        } else {
            None
        }
    }
}

/// Makes a type with a field `held: Held<T>` a vector field with gradients.
macro_rules! field_of_held {
    ($name:ident) => {
        impl<T: $crate::Real> $crate::VectorField<T> for $name<T> {
            fn dim(&self) -> usize {
                self.held.layout().genes()
            }
            fn eval(&mut self, y: &[T], dydt: &mut [T]) {
                self.held.eval(y, dydt);
            }
            fn side_by_side(&mut self) -> Option<&mut dyn $crate::field::SideBySide<T>> {
                self.held.side_by_side()
            }
        }

        impl<T: $crate::Real> $crate::Recorded<T> for $name<T> {
            fn record_len(&self, rows: usize) -> usize {
                self.held.record_len(rows)
            }
            fn eval_recorded(&mut self, y: &[T], dydt: &mut [T], record: &mut [T]) {
                self.held.eval_recorded(y, dydt, record);
            }
        }

        impl<T: $crate::Real> $crate::Differentiable<T> for $name<T> {
            fn layout(&self) -> &$crate::Layout {
                self.held.layout()
            }
            fn boxed(&self) -> Box<dyn $crate::Differentiable<T>> {
                Box::new(self.clone())
            }
            fn load(&mut self, parameters: &[T]) {
                self.held.load(parameters);
            }
            fn load_pruned(&mut self, parameters: &[T], kept: &[bool]) {
                self.held.load_pruned(parameters, kept);
            }
            fn survivors(&self) -> Option<&[u32]> {
                self.held.survivors()
            }
            fn load_survivors(&mut self, values: &[T]) {
                self.held.load_survivors(values);
            }
            fn sensitivity_len(&self, rows: usize) -> usize {
                self.held.sensitivity_len(rows)
            }
            fn pull_back(
                &mut self,
                record: &[T],
                upstream: &[T],
                y_bar: &mut [T],
                sensitivity: &mut [T],
            ) {
                self.held.pull_back(record, upstream, y_bar, sensitivity);
            }
            fn add_gradient(
                &mut self,
                evaluations: &[usize],
                records: &[T],
                sensitivities: &[T],
                gradient: &mut [T],
            ) {
                self.held
                    .add_gradient(evaluations, records, sensitivities, gradient);
            }
        }
    };
}
pub(super) use field_of_held;
