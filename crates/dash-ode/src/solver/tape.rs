//! What a recorded solve keeps for the way back.

use crate::Real;
use crate::field::{Recorded, VectorField};

use super::tableau::STAGES;
use super::view::View;

/// Evaluations per step that are not shared with the step before.
pub(crate) const NEW_STAGES: usize = STAGES - 1;

/// How a solve evaluates its field, and whether it keeps anything.
pub(crate) trait Keep<T> {
    /// Rows that lie side by side.
    fn lanes(&self) -> usize;
    /// Rows that would lie side by side, were there so many in all.
    fn lanes_of(&mut self, rows: usize) -> usize;
    fn set_lanes(&mut self, lanes: usize);
    /// Values of a group's state.
    fn width(&self) -> usize;
    /// An evaluation that is not part of the solution.
    fn eval(&mut self, y: &[T], dydt: &mut [T]);
    /// The slopes at the start; `rows` of the batch are those that move.
    fn keep_start(&mut self, rows: &[usize], y: &[T], dydt: &mut [T]);
    fn begin_step(&mut self);
    /// A stage of the step begun last.
    fn keep_stage(&mut self, y: &[T], dydt: &mut [T]);
    /// The end of a step: lanes with a step size become part of the solution. `slots` are the places, among the rows that
    /// move, of those in the lanes; `rejects` tells whether some were rejected.
    fn keep_step(&mut self, slots: &[Option<usize>], sizes: &[T], y: &[T], rejects: bool);
}

/// A solve that keeps nothing.
pub(crate) struct Trial<'a, T, F: ?Sized>(pub(crate) View<'a, T, F>);

impl<T: Real, F: VectorField<T> + ?Sized> Keep<T> for Trial<'_, T, F> {
    fn lanes(&self) -> usize {
        self.0.lanes()
    }
    fn lanes_of(&mut self, rows: usize) -> usize {
        self.0.lanes_of(rows)
    }
    fn set_lanes(&mut self, lanes: usize) {
        self.0.set_lanes(lanes);
    }
    fn width(&self) -> usize {
        self.0.width()
    }
    fn eval(&mut self, y: &[T], dydt: &mut [T]) {
        self.0.eval(y, dydt);
    }
    fn keep_start(&mut self, _rows: &[usize], y: &[T], dydt: &mut [T]) {
        self.0.eval(y, dydt);
    }
    fn begin_step(&mut self) {}
    fn keep_stage(&mut self, y: &[T], dydt: &mut [T]) {
        self.0.eval(y, dydt);
    }
    fn keep_step(&mut self, _slots: &[Option<usize>], _sizes: &[T], _y: &[T], _rejects: bool) {}
}

/// The accepted steps of a solve, in order, each for the groups that took it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tape<T> {
    /// Rows of the batch, those with an empty span included.
    pub(crate) rows: usize,
    /// Rows that lie side by side at the start.
    pub(crate) lanes: usize,
    /// Rows of the batch that move at all.
    pub(crate) moving: Vec<usize>,
    pub(crate) steps: Vec<Step>,
    /// Place, among the rows that move, of the row in every lane of every step; none in lanes that have none.
    slots: Vec<Option<usize>>,
    /// Step sizes, lane by lane; 0 for lanes at rest.
    sizes: Vec<T>,
    records: Vec<T>,
    used: usize,
    states: Vec<T>,
}

/// One step of so many groups, whose lanes are those from `first` on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    first: usize,
    pub(crate) groups: usize,
    pub(crate) lanes: usize,
    pub(crate) content: Content,
}

/// What a step kept.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Content {
    /// The records of stages 2 to 7, one after the other, from this place on.
    Records(usize),
    /// The states before the step, from this place on.
    States(usize),
}

impl<T: Real> Tape<T> {
    pub(crate) fn step_slots(&self, step: Step) -> &[Option<usize>] {
        &self.slots[step.first..][..step.groups * step.lanes]
    }

    pub(crate) fn step_sizes(&self, step: Step) -> &[T] {
        &self.sizes[step.first..][..step.groups * step.lanes]
    }

    /// `len` values of records from value `start` on.
    pub(crate) fn records(&self, start: usize, len: usize) -> &[T] {
        &self.records[start..][..len]
    }

    /// `len` values of states from value `start` on.
    pub(crate) fn states(&self, start: usize, len: usize) -> &[T] {
        &self.states[start..][..len]
    }

    /// Groups at the start; their records come first.
    pub(crate) fn started(&self) -> usize {
        self.moving.len().div_ceil(self.lanes.max(1))
    }

    fn grow(&mut self, values: usize) -> &mut [T] {
        let start = self.used;
        self.used += values;
        if self.records.len() < self.used {
            self.records
                .resize(self.used.next_power_of_two(), T::zero());
        }
        &mut self.records[start..self.used]
    }
}

/// A solve that writes a tape.
pub(crate) struct Recording<'a, T, F: ?Sized> {
    field: View<'a, T, F>,
    tape: &'a mut Tape<T>,
    budget: usize,
    step_start: usize,
}

impl<'a, T: Real, F: Recorded<T> + ?Sized> Recording<'a, T, F> {
    pub(crate) fn start(
        field: View<'a, T, F>,
        tape: &'a mut Tape<T>,
        rows: usize,
        bytes: usize,
    ) -> Self {
        tape.rows = rows;
        tape.lanes = field.lanes();
        tape.used = 0;
        tape.moving.clear();
        tape.steps.clear();
        tape.slots.clear();
        tape.sizes.clear();
        tape.states.clear();
        Self {
            field,
            tape,
            budget: bytes / size_of::<T>(),
            step_start: 0,
        }
    }
}

impl<T: Real, F: Recorded<T> + ?Sized> Keep<T> for Recording<'_, T, F> {
    fn lanes(&self) -> usize {
        self.field.lanes()
    }

    fn lanes_of(&mut self, rows: usize) -> usize {
        self.field.lanes_of(rows)
    }

    fn set_lanes(&mut self, lanes: usize) {
        self.field.set_lanes(lanes);
    }

    fn width(&self) -> usize {
        self.field.width()
    }

    fn eval(&mut self, y: &[T], dydt: &mut [T]) {
        self.field.eval(y, dydt);
    }

    fn keep_start(&mut self, rows: &[usize], y: &[T], dydt: &mut [T]) {
        self.tape.moving.extend_from_slice(rows);
        self.keep_stage(y, dydt);
    }

    fn begin_step(&mut self) {
        self.step_start = self.tape.used;
    }

    fn keep_stage(&mut self, y: &[T], dydt: &mut [T]) {
        let groups = y.len() / self.field.width();
        let record = self.tape.grow(self.field.record_len(groups));
        self.field.eval_recorded(y, dydt, record);
    }

    fn keep_step(&mut self, slots: &[Option<usize>], sizes: &[T], y: &[T], rejects: bool) {
        let (lanes, width) = (self.field.lanes(), self.field.width());
        let tape = &mut *self.tape;
        let first = tape.slots.len();
        let moved = |sizes: &[T]| sizes.iter().any(|size| *size > T::zero());
        for (slots, sizes) in slots.chunks_exact(lanes).zip(sizes.chunks_exact(lanes)) {
            if moved(sizes) {
                tape.slots.extend_from_slice(slots);
                tape.sizes.extend_from_slice(sizes);
            }
        }
        let groups = (tape.slots.len() - first) / lanes;
        if groups == 0 {
            tape.used = self.step_start;
            return;
        }
        // A record belongs to all rows of an evaluation: where some were rejected, it is computed again for the rest.
        let content = if tape.used > self.budget || rejects {
            let start = tape.states.len();
            for (y, sizes) in y.chunks_exact(width).zip(sizes.chunks_exact(lanes)) {
                if moved(sizes) {
                    tape.states.extend_from_slice(y);
                }
            }
            tape.used = self.step_start;
            Content::States(start)
        } else {
            Content::Records(self.step_start)
        };
        tape.steps.push(Step {
            first,
            groups,
            lanes,
            content,
        });
    }
}
