//! Fields after pruning: groups of rows side by side, surviving weights alone.

use std::fmt::Debug;

use super::Layout;
use super::arrangement::{Arrangement, Survivors};
use crate::Real;
use crate::linalg::lanes::{FEW, MANY, clear_padding, enter_groups, lanes, leave_groups, padded};
use crate::linalg::{GROUPS, Kernel, vectorised};

/// Most sums that make up a gradient: weights and biases of five layers.
pub(super) const SUMS: usize = 10;
/// Buffers that a field may use for one group.
const BUFFERS: usize = 3;

/// What a field computes of one group of L rows. All slices are features × lanes.
///
/// The first `dim` features of a sensitivity are the upstream derivative.
pub(super) trait Grouped<T: Real>: Clone + Debug + Send + Sync + 'static {
    fn dim(&self) -> usize;
    /// Whether these are the surviving weights that it is arranged for.
    fn keeps(&self, kept: &[bool]) -> bool;
    /// Arranges the surviving weights.
    fn keep(&mut self, layout: &Layout, kept: &[bool]);
    /// Takes their values, and all other parameters.
    fn load(&mut self, layout: &Layout, parameters: &[T]);
    /// Features of a record and of a sensitivity.
    fn features(&self) -> (usize, usize);

    fn eval<const L: usize>(
        &self,
        buffers: &mut Buffers<T>,
        y: &[[T; L]],
        dydt: &mut [[T; L]],
        record: &mut [[T; L]],
    );

    fn pull_back<const L: usize>(
        &self,
        buffers: &mut Buffers<T>,
        record: &[[T; L]],
        sensitivity: &mut [[T; L]],
        y_bar: &mut [[T; L]],
    );

    /// Sizes of the sums over groups that a gradient is made of.
    fn sizes(&self) -> [usize; SUMS];

    /// Adds what G groups (record, sensitivity) contribute to the sums.
    fn add_to_sums<const L: usize, const G: usize>(
        &self,
        groups: [Kept<'_, T, L>; G],
        sums: &mut [&mut [[T; L]]; SUMS],
    );

    /// Adds the sums to the gradient.
    fn finish<const L: usize>(
        &self,
        layout: &Layout,
        sums: &[&mut [[T; L]]; SUMS],
        gradient: &mut [T],
    );
}

/// Record and sensitivity of one group.
pub(super) type Kept<'a, T, const L: usize> = (&'a [[T; L]], &'a [[T; L]]);

/// Buffers for one group.
#[derive(Clone, Debug, Default)]
pub(super) struct Buffers<T>([Vec<T>; BUFFERS]);

impl<T: Real> Buffers<T> {
    /// Buffers of the given numbers of features, with whatever they hold.
    #[inline(always)]
    pub(super) fn take<const L: usize>(
        &mut self,
        sizes: [usize; BUFFERS],
    ) -> [&mut [[T; L]]; BUFFERS] {
        let mut sizes = sizes.into_iter();
        self.0
            .each_mut()
            .map(|buffer| sized(buffer, sizes.next().unwrap_or(0)))
    }
}

/// The first `n` features of a buffer, grown to hold them.
#[inline(always)]
fn sized<T: Real, const L: usize>(buffer: &mut Vec<T>, n: usize) -> &mut [[T; L]] {
    if buffer.len() < n * L {
        buffer.resize(n * L, T::zero());
    }
    buffer[..n * L].as_chunks_mut().0
}

/// As many sizes as there may be sums.
pub(super) fn sizes<const N: usize>(sizes: [usize; N]) -> [usize; SUMS] {
    std::array::from_fn(|i| sizes.get(i).copied().unwrap_or(0))
}

/// Sum over the lanes.
#[inline(always)]
pub(super) fn total<T: Real, const L: usize>(lanes: &[T; L]) -> T {
    lanes.iter().fold(T::zero(), |total, &x| total + x)
}

/// A field's surviving weights, arranged for groups of rows.
#[derive(Clone, Debug, Default)]
pub(super) struct InGroups<F, T> {
    field: F,
    work: Work<T>,
}

#[derive(Clone, Debug, Default)]
struct Work<T> {
    state: Vec<T>,
    out: Vec<T>,
    buffers: Buffers<T>,
    sums: [Vec<T>; SUMS],
    /// Where records and sensitivities of the groups start.
    starts: Vec<(usize, usize)>,
}

impl<T: Real, F: Grouped<T>> Arrangement<T> for InGroups<F, T> {
    fn boxed(&self) -> Box<dyn Arrangement<T>> {
        Box::new(self.clone())
    }

    fn load(&mut self, layout: &Layout, parameters: &[T]) {
        self.field.load(layout, parameters);
    }

    fn record_len(&self, rows: usize) -> usize {
        padded(rows) * self.field.features().0
    }

    fn sensitivity_len(&self, rows: usize) -> usize {
        padded(rows) * self.field.features().1
    }

    fn eval(&mut self, y: &[T], dydt: &mut [T], record: &mut [T]) {
        let (k, rows) = (self.field.dim(), y.len() / self.field.dim());
        let Work { state, out, .. } = &mut self.work;
        let (mut state, mut out) = (std::mem::take(state), std::mem::take(out));
        state.resize(padded(rows) * k, T::zero());
        out.resize(state.len(), T::zero());
        enter_groups(lanes(rows), k, y, &mut state);
        self.eval_side_by_side(lanes(rows), &state, &mut out, record);
        leave_groups(lanes(rows), k, &out, dydt);
        (self.work.state, self.work.out) = (state, out);
    }

    fn pull_back(&mut self, record: &[T], upstream: &[T], y_bar: &mut [T], sensitivity: &mut [T]) {
        let (k, rows) = (self.field.dim(), upstream.len() / self.field.dim());
        let Work { state, out, .. } = &mut self.work;
        let (mut state, mut out) = (std::mem::take(state), std::mem::take(out));
        state.resize(padded(rows) * k, T::zero());
        out.resize(state.len(), T::zero());
        enter_groups(lanes(rows), k, upstream, &mut state);
        clear_padding(lanes(rows), k, rows, &mut state);
        self.pull_back_side_by_side(lanes(rows), record, &state, &mut out, sensitivity);
        leave_groups(lanes(rows), k, &out, y_bar);
        (self.work.state, self.work.out) = (state, out);
    }

    fn add_gradient(
        &mut self,
        layout: &Layout,
        evaluations: &[usize],
        kept: (&[T], &[T]),
        gradient: &mut [T],
    ) {
        for width in [1, FEW, MANY] {
            let features = self.field.features();
            self.work.find_groups(evaluations, features, width);
            self.add_groups(layout, width, kept, gradient);
        }
    }
}

impl<T: Real, F: Grouped<T>> Survivors<T> for InGroups<F, T> {
    fn boxed_survivors(&self) -> Box<dyn Survivors<T>> {
        Box::new(self.clone())
    }

    fn keeps(&self, kept: &[bool]) -> bool {
        self.field.keeps(kept)
    }

    fn keep(&mut self, layout: &Layout, kept: &[bool]) {
        self.field.keep(layout, kept);
    }

    fn features(&self) -> (usize, usize) {
        self.field.features()
    }

    fn eval_side_by_side(&mut self, lanes: usize, y: &[T], dydt: &mut [T], record: &mut [T]) {
        vectorised(Eval {
            field: &self.field,
            buffers: &mut self.work.buffers,
            lanes,
            y,
            dydt,
            record,
        });
    }

    fn pull_back_side_by_side(
        &mut self,
        lanes: usize,
        record: &[T],
        upstream: &[T],
        y_bar: &mut [T],
        sensitivity: &mut [T],
    ) {
        vectorised(PullBack {
            field: &self.field,
            buffers: &mut self.work.buffers,
            lanes,
            record,
            upstream,
            y_bar,
            sensitivity,
        });
    }

    fn add_gradient_side_by_side(
        &mut self,
        layout: &Layout,
        lanes: usize,
        kept: (&[T], &[T]),
        gradient: &mut [T],
    ) {
        let (record, width) = self.field.features();
        self.work.starts.clear();
        let groups = 0..kept.0.len() / (lanes * record);
        let starts = groups.map(|group| (group * lanes * record, group * lanes * width));
        self.work.starts.extend(starts);
        self.add_groups(layout, lanes, kept, gradient);
    }
}

impl<T: Real, F: Grouped<T>> InGroups<F, T> {
    /// Adds what the groups at `work.starts` contribute.
    fn add_groups(
        &mut self,
        layout: &Layout,
        lanes: usize,
        (records, sensitivities): (&[T], &[T]),
        gradient: &mut [T],
    ) {
        if !self.work.starts.is_empty() {
            vectorised(Gradient {
                field: &self.field,
                layout,
                work: &mut self.work,
                lanes,
                records,
                sensitivities,
                sums_into: gradient,
            });
        }
    }
}

impl<T> Work<T> {
    /// Finds the groups of the given width.
    fn find_groups(&mut self, evaluations: &[usize], features: (usize, usize), width: usize) {
        self.starts.clear();
        let mut before = 0;
        for &rows in evaluations {
            let end = before + padded(rows);
            if lanes(rows) == width {
                let starts = (before..end).step_by(width);
                self.starts
                    .extend(starts.map(|start| (start * features.0, start * features.1)));
            }
            before = end;
        }
    }
}

struct Eval<'a, F, T> {
    field: &'a F,
    buffers: &'a mut Buffers<T>,
    lanes: usize,
    y: &'a [T],
    dydt: &'a mut [T],
    record: &'a mut [T],
}

impl<T: Real, F: Grouped<T>> Kernel for Eval<'_, F, T> {
    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        match self.lanes {
            1 => self.groups::<1>(),
            FEW => self.groups::<FEW>(),
            _ => self.groups::<MANY>(),
        }
    }
}

impl<T: Real, F: Grouped<T>> Eval<'_, F, T> {
    #[inline(always)]
    fn groups<const L: usize>(self) {
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
    lanes: usize,
    record: &'a [T],
    upstream: &'a [T],
    y_bar: &'a mut [T],
    sensitivity: &'a mut [T],
}

impl<T: Real, F: Grouped<T>> Kernel for PullBack<'_, F, T> {
    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        match self.lanes {
            1 => self.groups::<1>(),
            FEW => self.groups::<FEW>(),
            _ => self.groups::<MANY>(),
        }
    }
}

impl<T: Real, F: Grouped<T>> PullBack<'_, F, T> {
    #[inline(always)]
    fn groups<const L: usize>(self) {
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

struct Gradient<'a, F, T> {
    field: &'a F,
    layout: &'a Layout,
    work: &'a mut Work<T>,
    lanes: usize,
    records: &'a [T],
    sensitivities: &'a [T],
    sums_into: &'a mut [T],
}

impl<T: Real, F: Grouped<T>> Kernel for Gradient<'_, F, T> {
    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        match self.lanes {
            1 => self.groups::<1>(),
            FEW => self.groups::<FEW>(),
            _ => self.groups::<MANY>(),
        }
    }
}

impl<T: Real, F: Grouped<T>> Gradient<'_, F, T> {
    #[inline(always)]
    fn groups<const L: usize>(self) {
        let (field, (record, width)) = (self.field, self.field.features());
        let mut sizes = field.sizes().into_iter();
        let mut sums = self.work.sums.each_mut().map(|buffer| {
            let sums: &mut [[T; L]] = sized(buffer, sizes.next().unwrap_or(0));
            sums.fill([T::zero(); L]);
            sums
        });
        let (records, sensitivities) = (self.records, self.sensitivities);
        let kept = |&(r, s): &(usize, usize)| {
            (
                records[r..][..L * record].as_chunks().0,
                sensitivities[s..][..L * width].as_chunks().0,
            )
        };
        let (several, rest) = self.work.starts.as_chunks::<GROUPS>();
        for starts in several {
            field.add_to_sums(starts.each_ref().map(kept), &mut sums);
        }
        for start in rest {
            field.add_to_sums([kept(start)], &mut sums);
        }
        field.finish(self.layout, &sums, self.sums_into);
    }
}

#[cfg(test)]
mod tests;
