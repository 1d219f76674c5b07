//! What a recorded solve keeps for the way back.

use crate::Real;
use crate::field::{Recorded, VectorField};

use super::tableau::STAGES;

/// Evaluations per step that are not shared with the step before.
pub(crate) const NEW_STAGES: usize = STAGES - 1;

/// How a solve evaluates its field, and whether it keeps anything.
pub(crate) trait Keep<T> {
    fn dim(&self) -> usize;
    /// An evaluation that is not part of the solution.
    fn eval(&mut self, y: &[T], dydt: &mut [T]);
    /// The slopes at the start of the rows `ids`.
    fn keep_start(&mut self, ids: &[usize], y: &[T], dydt: &mut [T]);
    fn begin_step(&mut self);
    /// A stage of the step begun last.
    fn keep_stage(&mut self, y: &[T], dydt: &mut [T]);
    /// The end of a step: the rows for which `accepted` holds become part of the solution.
    fn keep_step(&mut self, ids: &[usize], steps: &[T], y: &[T], accepted: impl Fn(usize) -> bool);
}

/// A solve that keeps nothing.
pub(crate) struct Trial<'a, F: ?Sized>(pub(crate) &'a mut F);

impl<T: Real, F: VectorField<T> + ?Sized> Keep<T> for Trial<'_, F> {
    fn dim(&self) -> usize {
        self.0.dim()
    }
    fn eval(&mut self, y: &[T], dydt: &mut [T]) {
        self.0.eval(y, dydt);
    }
    fn keep_start(&mut self, _ids: &[usize], y: &[T], dydt: &mut [T]) {
        self.0.eval(y, dydt);
    }
    fn begin_step(&mut self) {}
    fn keep_stage(&mut self, y: &[T], dydt: &mut [T]) {
        self.0.eval(y, dydt);
    }
    fn keep_step(
        &mut self,
        _ids: &[usize],
        _steps: &[T],
        _y: &[T],
        _accepted: impl Fn(usize) -> bool,
    ) {
    }
}

/// The accepted steps of a solve, in order, each for the rows that took it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tape<T> {
    /// Rows of the batch, those with an empty span included.
    pub(crate) rows: usize,
    /// Records of the evaluations at the start, one per row that moved at all.
    pub(crate) started: usize,
    pub(crate) steps: Vec<Step>,
    /// Row of the batch, for every row of every step.
    pub(crate) ids: Vec<usize>,
    /// Step size, likewise.
    pub(crate) sizes: Vec<T>,
    records: Vec<T>,
    used: usize,
    states: Vec<T>,
}

/// One step of the rows `first .. first + rows` of `ids` and `sizes`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    pub(crate) first: usize,
    pub(crate) rows: usize,
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
    pub(crate) fn step_ids(&self, step: Step) -> &[usize] {
        &self.ids[step.first..][..step.rows]
    }

    pub(crate) fn step_sizes(&self, step: Step) -> &[T] {
        &self.sizes[step.first..][..step.rows]
    }

    /// `len` values of records from value `start` on.
    pub(crate) fn records(&self, start: usize, len: usize) -> &[T] {
        &self.records[start..][..len]
    }

    pub(crate) fn step_states(&self, step: Step, start: usize, dim: usize) -> &[T] {
        &self.states[start..][..step.rows * dim]
    }

    /// Rows of the batch that moved at all.
    pub(crate) fn start_ids(&self) -> &[usize] {
        &self.ids[..self.started]
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
    field: &'a mut F,
    tape: &'a mut Tape<T>,
    budget: usize,
    step_start: usize,
}

impl<'a, T: Real, F: Recorded<T> + ?Sized> Recording<'a, T, F> {
    pub(crate) fn start(
        field: &'a mut F,
        tape: &'a mut Tape<T>,
        rows: usize,
        bytes: usize,
    ) -> Self {
        tape.rows = rows;
        tape.started = 0;
        tape.used = 0;
        tape.steps.clear();
        tape.ids.clear();
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
    fn dim(&self) -> usize {
        self.field.dim()
    }

    fn eval(&mut self, y: &[T], dydt: &mut [T]) {
        self.field.eval(y, dydt);
    }

    fn keep_start(&mut self, ids: &[usize], y: &[T], dydt: &mut [T]) {
        self.tape.started = ids.len();
        self.tape.ids.extend_from_slice(ids);
        self.tape.sizes.resize(ids.len(), T::zero());
        self.keep_stage(y, dydt);
    }

    fn begin_step(&mut self) {
        self.step_start = self.tape.used;
    }

    fn keep_stage(&mut self, y: &[T], dydt: &mut [T]) {
        let rows = y.len() / self.field.dim();
        let record = self.tape.grow(self.field.record_len(rows));
        self.field.eval_recorded(y, dydt, record);
    }

    fn keep_step(&mut self, ids: &[usize], steps: &[T], y: &[T], accepted: impl Fn(usize) -> bool) {
        let k = self.field.dim();
        let tape = &mut *self.tape;
        let first = tape.ids.len();
        for row in (0..ids.len()).filter(|&row| accepted(row)) {
            tape.ids.push(ids[row]);
            tape.sizes.push(steps[row]);
        }
        let rows = tape.ids.len() - first;
        if rows == 0 {
            tape.used = self.step_start;
            return;
        }
        // A record belongs to all rows of an evaluation: where some were rejected, it is computed again for the rest.
        let content = if tape.used > self.budget || rows < ids.len() {
            let start = tape.states.len();
            for row in (0..ids.len()).filter(|&row| accepted(row)) {
                tape.states.extend_from_slice(&y[row * k..][..k]);
            }
            tape.used = self.step_start;
            Content::States(start)
        } else {
            Content::Records(self.step_start)
        };
        tape.steps.push(Step {
            first,
            rows,
            content,
        });
    }
}
