//! A field's surviving weights, at work on groups of rows.

use super::gradient::AddToSums;
use super::{Buffers, Grouped, Sums};
use crate::Real;
use crate::field::arrangement::{Arrangement, Survivors};
use crate::field::surviving::Surviving;
use crate::field::{Layout, SideBySide};
use crate::linalg::lanes::{
    OnLanes, clear_padding, enter_groups, lanes, leave_groups, on_lanes, padded,
};
use crate::linalg::sums::PARTS;

/// A field's surviving weights, arranged for groups of rows.
#[derive(Clone, Debug, Default)]
pub(in crate::field) struct InGroups<F, T> {
    /// The weights that it is arranged for.
    kept: Vec<bool>,
    /// Places of the parameters that survive.
    places: Vec<u32>,
    /// Their values, or the gradient with respect to them.
    values: Vec<T>,
    field: F,
    state: Vec<T>,
    out: Vec<T>,
    record: Vec<T>,
    buffers: Buffers<T>,
    /// Of the gradient; zero but between [`SideBySide::add_to_sums`] and [`SideBySide::take_sums`].
    sums: Sums<T>,
}

impl<T: Real, F: Grouped<T>> InGroups<F, T> {
    /// Puts rows in groups, works on these (lanes, groups, results), and writes the results back to rows.
    fn by_groups(
        &mut self,
        rows: &[T],
        results: &mut [T],
        work: impl FnOnce(&mut Self, usize, &mut [T], &mut [T]),
    ) {
        let (k, count) = (self.field.dim(), rows.len() / self.field.dim());
        let lanes = lanes(count);
        let (mut state, mut out) = (
            std::mem::take(&mut self.state),
            std::mem::take(&mut self.out),
        );
        state.resize(padded(count) * k, T::zero());
        out.resize(state.len(), T::zero());
        enter_groups(lanes, k, rows, &mut state);
        work(self, lanes, &mut state, &mut out);
        leave_groups(lanes, k, &out, results);
        (self.state, self.out) = (state, out);
    }
}

impl<T: Real, F: Grouped<T>> Arrangement<T> for InGroups<F, T> {
    fn boxed(&self) -> Box<dyn Arrangement<T>> {
        Box::new(self.clone())
    }

    fn load(&mut self, _layout: &Layout, parameters: &[T]) {
        self.values.clear();
        let values = self.places.iter().map(|&place| parameters[place as usize]);
        self.values.extend(values);
        self.field.load(&self.values);
    }

    fn record_len(&self, rows: usize) -> usize {
        padded(rows) * self.field.features().0
    }

    fn sensitivity_len(&self, rows: usize) -> usize {
        padded(rows) * self.field.features().1
    }

    fn eval(&mut self, y: &[T], dydt: &mut [T], record: &mut [T]) {
        self.by_groups(y, dydt, |this, lanes, state, out| {
            this.eval_recorded(lanes, state, out, record);
        });
    }

    fn pull_back(&mut self, record: &[T], upstream: &[T], y_bar: &mut [T], sensitivity: &mut [T]) {
        let (k, rows) = (self.field.dim(), upstream.len() / self.field.dim());
        self.by_groups(upstream, y_bar, |this, lanes, state, out| {
            clear_padding(lanes, k, rows, state);
            SideBySide::pull_back(this, lanes, record, state, out, sensitivity);
        });
    }

    fn add_gradient(
        &mut self,
        _layout: &Layout,
        evaluations: &[usize],
        (records, sensitivities): (&[T], &[T]),
        gradient: &mut [T],
    ) {
        let (record, width) = self.field.features();
        let (mut records, mut sensitivities) = (records, sensitivities);
        for &rows in evaluations {
            let (here, rest) = records.split_at(padded(rows) * record);
            records = rest;
            let (beside, rest) = sensitivities.split_at(padded(rows) * width);
            sensitivities = rest;
            self.add_to_sums(lanes(rows), here, beside);
        }
        self.take_sums(gradient);
    }
}

impl<T: Real, F: Grouped<T>> SideBySide<T> for InGroups<F, T> {
    fn lanes(&self, rows: usize) -> usize {
        lanes(rows)
    }

    fn kept(&self) -> (usize, usize) {
        self.field.features()
    }

    fn eval(&mut self, lanes: usize, y: &[T], dydt: &mut [T]) {
        let mut record = std::mem::take(&mut self.record);
        let rows = y.len() / self.field.dim();
        record.resize(rows * self.field.features().0, T::zero());
        self.eval_recorded(lanes, y, dydt, &mut record);
        self.record = record;
    }

    fn eval_recorded(&mut self, lanes: usize, y: &[T], dydt: &mut [T], record: &mut [T]) {
        let kernel = Eval {
            field: &self.field,
            buffers: &mut self.buffers,
            y,
            dydt,
            record,
        };
        on_lanes(lanes, kernel);
    }

    fn pull_back(
        &mut self,
        lanes: usize,
        record: &[T],
        upstream: &[T],
        y_bar: &mut [T],
        sensitivity: &mut [T],
    ) {
        let kernel = PullBack {
            field: &self.field,
            buffers: &mut self.buffers,
            record,
            upstream,
            y_bar,
            sensitivity,
        };
        on_lanes(lanes, kernel);
    }

    fn add_to_sums(&mut self, lanes: usize, records: &[T], sensitivities: &[T]) {
        let kernel = AddToSums {
            field: &self.field,
            records,
            sensitivities,
            sums: &mut self.sums,
        };
        on_lanes(lanes, kernel);
    }

    fn take_sums(&mut self, gradient: &mut [T]) {
        if gradient.len() == self.places.len() {
            self.field.finish(&self.sums, gradient);
        } else {
            self.values.fill(T::zero());
            self.field.finish(&self.sums, &mut self.values);
            for (&place, &value) in self.places.iter().zip(&self.values) {
                gradient[place as usize] += value;
            }
        }
        for sums in &mut self.sums {
            sums.fill([T::zero(); PARTS]);
        }
    }
}

impl<T: Real, F: Grouped<T>> Survivors<T> for InGroups<F, T> {
    fn boxed_survivors(&self) -> Box<dyn Survivors<T>> {
        Box::new(self.clone())
    }

    fn keeps(&self, kept: &[bool]) -> bool {
        self.kept == kept
    }

    fn keep(&mut self, layout: &Layout, kept: &[bool]) {
        let surviving = Surviving::of(layout, kept);
        self.kept = kept.to_vec();
        self.field.keep(layout, &surviving);
        self.places = surviving.into_places();
        self.values.resize(self.places.len(), T::zero());
        for (sums, size) in self.sums.iter_mut().zip(self.field.sizes()) {
            sums.clear();
            sums.resize(size, [T::zero(); PARTS]);
        }
    }

    fn places(&self) -> &[u32] {
        &self.places
    }

    fn load_values(&mut self, values: &[T]) {
        self.field.load(values);
    }
}

struct Eval<'a, F, T> {
    field: &'a F,
    buffers: &'a mut Buffers<T>,
    y: &'a [T],
    dydt: &'a mut [T],
    record: &'a mut [T],
}

impl<T: Real, F: Grouped<T>> OnLanes for Eval<'_, F, T> {
    #[inline(always)]
    fn run<const L: usize>(self) {
        let (k, (record, _)) = (self.field.dim(), self.field.features());
        let states = self.y.as_chunks().0.chunks_exact(k);
        let states = states.zip(self.dydt.as_chunks_mut().0.chunks_exact_mut(k));
        let records = self.record.as_chunks_mut::<L>().0.chunks_exact_mut(record);
        for ((y, dydt), record) in states.zip(records) {
            self.field.eval(self.buffers, y, dydt, record);
        }
    }
}

struct PullBack<'a, F, T> {
    field: &'a F,
    buffers: &'a mut Buffers<T>,
    record: &'a [T],
    upstream: &'a [T],
    y_bar: &'a mut [T],
    sensitivity: &'a mut [T],
}

impl<T: Real, F: Grouped<T>> OnLanes for PullBack<'_, F, T> {
    #[inline(always)]
    fn run<const L: usize>(self) {
        let (k, (record, width)) = (self.field.dim(), self.field.features());
        let upstreams = self.upstream.as_chunks::<L>().0.chunks_exact(k);
        let states = upstreams.zip(self.y_bar.as_chunks_mut().0.chunks_exact_mut(k));
        let kept = self.record.as_chunks().0.chunks_exact(record);
        let kept = kept.zip(self.sensitivity.as_chunks_mut().0.chunks_exact_mut(width));
        for ((upstream, y_bar), (record, sensitivity)) in states.zip(kept) {
            sensitivity[..k].copy_from_slice(upstream);
            self.field
                .pull_back(self.buffers, record, sensitivity, y_bar);
        }
    }
}
