//! The exact gradient of the discrete solution: reverse accumulation through the accepted steps.
//!
//! Step sizes count as constants. A step's last slope is also the first slope of the next one, so the way back
//! carries two quantities per row: the derivative with respect to the state, and to the slope at that state.

use std::ops::Range;

use super::attempt::Combine;
use super::integrator::Integrator;
use super::tableau::{A, STAGES};
use super::tape::{Content, NEW_STAGES, Step, Tape};
use super::view::View;
use crate::error::check_size;
use crate::field::{Differentiable, Recorded};
use crate::linalg::{lanes, vectorised};
use crate::{Real, Result};

/// Rows of records that are gathered before they are multiplied into the gradient: enough for the product to be worth
/// the way through the gradient, and few enough for a panel of them to stay in the first cache.
const GATHER: usize = 256;

/// Work space of a way back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Back<T> {
    /// Derivatives with respect to the current state of every group, and to the slope at that state.
    y_bar: Vec<T>,
    slope_bar: Vec<T>,
    /// Derivatives with respect to the states of the rows that move.
    rows: Vec<T>,
    /// For the groups of one step: derivatives with respect to the states of stages 2 … 6 (places 1 … 5), and with
    /// respect to the new state (place 6).
    bars: [Vec<T>; STAGES],
    upstream: Vec<T>,
    last: Vec<T>,
    sensitivities: Vec<T>,
    /// Groups of rows of every evaluation of a run of steps.
    evaluations: Vec<usize>,
    pub(super) restaged: Restaged<T>,
}

/// Records of one step, computed again from its states.
#[derive(Clone, Debug, Default)]
pub(crate) struct Restaged<T> {
    slopes: [Vec<T>; STAGES],
    state: Vec<T>,
    pub(super) records: Vec<T>,
}

impl<T: Real> Integrator<T> {
    /// The gradient through the solve recorded last, exact for the discrete solution.
    ///
    /// `y_bar` (`rows × dim`) holds the derivative of a loss with respect to the end states and is turned into that
    /// with respect to the initial states; the derivative with respect to the parameters is *added* to `gradient`.
    ///
    /// # Errors
    /// [`crate::Error::Shape`] if an argument does not fit the recorded solve.
    pub fn pull_back<F: Differentiable<T> + ?Sized>(
        &mut self,
        field: &mut F,
        y_bar: &mut [T],
        gradient: &mut [T],
    ) -> Result<()> {
        check_size(
            "end state derivatives (rows × dim)",
            self.tape.rows * field.dim(),
            y_bar.len(),
        )?;
        check_size("gradient", field.layout().len(), gradient.len())?;
        let mut view = View::of(field, self.tape.moving.len());
        check_size("rows side by side", self.tape.lanes, view.lanes())?;
        let Self { tape, back, .. } = self;
        back.enter(tape, view.width(), y_bar);
        let mut end = tape.steps.len();
        while end > 0 {
            let run = run_before(tape, end);
            end = run.start;
            back.through_run(&mut view, tape, run, gradient);
        }
        back.leave(tape, view.width(), y_bar);
        Ok(())
    }
}

/// The longest run of steps up to `end` that can share one product: records side by side, and not too many.
fn run_before<T>(tape: &Tape<T>, end: usize) -> Range<usize> {
    let mut start = end - 1;
    let rows_of = |step: Step| NEW_STAGES * step.groups * tape.lanes;
    let mut rows = rows_of(tape.steps[start]);
    let recorded = |step: Step| matches!(step.content, Content::Records(_));
    while start > 0
        && recorded(tape.steps[start])
        && recorded(tape.steps[start - 1])
        && rows < GATHER
    {
        start -= 1;
        rows += rows_of(tape.steps[start]);
    }
    start..end
}

impl<T: Real> Back<T> {
    /// Takes the derivatives with respect to the end states.
    fn enter(&mut self, tape: &Tape<T>, width: usize, y_bar: &[T]) {
        let (lanes, k) = (tape.lanes, width / tape.lanes);
        self.rows.clear();
        for &row in &tape.moving {
            self.rows.extend_from_slice(&y_bar[row * k..][..k]);
        }
        self.y_bar.resize(tape.started() * width, T::zero());
        lanes::enter_groups(lanes, k, &self.rows, &mut self.y_bar);
        lanes::clear_padding(lanes, k, tape.moving.len(), &mut self.y_bar);
        self.slope_bar.clear();
        self.slope_bar.resize(self.y_bar.len(), T::zero());
    }

    /// Hands out those with respect to the initial states.
    fn leave(&mut self, tape: &Tape<T>, width: usize, y_bar: &mut [T]) {
        let k = width / tape.lanes;
        lanes::leave_groups(tape.lanes, k, &self.y_bar, &mut self.rows);
        for (&row, bar) in tape.moving.iter().zip(self.rows.chunks_exact(k)) {
            y_bar[row * k..][..k].copy_from_slice(bar);
        }
    }

    fn through_run<F: Differentiable<T> + ?Sized>(
        &mut self,
        field: &mut View<'_, T, F>,
        tape: &Tape<T>,
        run: Range<usize>,
        gradient: &mut [T],
    ) {
        let head = if run.start == 0 { tape.started() } else { 0 };
        let steps = &tape.steps[run];
        let mut evaluations = std::mem::take(&mut self.evaluations);
        evaluations.clear();
        evaluations.extend((head > 0).then_some(head));
        evaluations.extend(steps.iter().flat_map(|s| [s.groups; NEW_STAGES]));
        let kept: usize = evaluations.iter().map(|&n| field.sensitivity_len(n)).sum();
        let mut sensitivities = std::mem::take(&mut self.sensitivities);
        sensitivities.resize(kept.max(sensitivities.len()), T::zero());
        let mut end = kept;
        for &step in steps.iter().rev() {
            let start = end - NEW_STAGES * field.sensitivity_len(step.groups);
            let place = &mut sensitivities[start..end];
            match step.content {
                Content::Records(at) => {
                    let records = tape.records(at, NEW_STAGES * field.record_len(step.groups));
                    self.through_step(field, tape, step, records, place);
                }
                Content::States(at) => {
                    let states = tape.states(at, step.groups * field.width());
                    let mut restaged = std::mem::take(&mut self.restaged);
                    restaged.run(field, states, tape.step_sizes(step));
                    let records = &restaged.records;
                    self.through_step(field, tape, step, records, place);
                    field.add_gradient(&[step.groups; NEW_STAGES], records, place, gradient);
                    self.restaged = restaged;
                }
            }
            end = start;
        }
        if head > 0 {
            self.through_start(field, tape, &mut sensitivities[..end]);
        }
        let (first, counted) = match steps[0].content {
            Content::Records(at) => (if head > 0 { 0 } else { at }, evaluations.len()),
            // The step itself is added above.
            Content::States(_) => (0, usize::from(head > 0)),
        };
        let counted = &evaluations[..counted];
        let records: usize = counted.iter().map(|&n| field.record_len(n)).sum();
        let kept: usize = counted.iter().map(|&n| field.sensitivity_len(n)).sum();
        let records = tape.records(first, records);
        field.add_gradient(counted, records, &sensitivities[..kept], gradient);
        (self.evaluations, self.sensitivities) = (evaluations, sensitivities);
    }

    fn through_step<F: Differentiable<T> + ?Sized>(
        &mut self,
        field: &mut View<'_, T, F>,
        tape: &Tape<T>,
        step: Step,
        records: &[T],
        sensitivities: &mut [T],
    ) {
        let (width, groups) = (field.width(), step.groups);
        let (record, kept) = (field.record_len(groups), field.sensitivity_len(groups));
        for buffer in self
            .bars
            .iter_mut()
            .chain([&mut self.upstream, &mut self.last])
        {
            buffer.resize(groups * width, T::zero());
        }
        for (at, &group) in tape.step_groups(step).iter().enumerate() {
            let (at, from) = (at * width..(at + 1) * width, group * width..);
            self.bars[STAGES - 1][at.clone()].copy_from_slice(&self.y_bar[from.clone()][..width]);
            self.upstream[at].copy_from_slice(&self.slope_bar[from][..width]);
        }
        let last = NEW_STAGES - 1;
        let place = &mut sensitivities[last * kept..];
        if self.upstream.iter().all(|u| *u == T::zero()) {
            // The slope at the very end is used by nobody.
            place.fill(T::zero());
        } else {
            field.pull_back(
                &records[last * record..],
                &self.upstream,
                &mut self.last,
                place,
            );
            for (bar, &z) in self.bars[STAGES - 1].iter_mut().zip(&self.last) {
                *bar += z;
            }
        }
        for stage in (0..STAGES - 1).rev() {
            let (before, after) = self.bars.split_at_mut(stage + 1);
            let weights: [f64; STAGES] = std::array::from_fn(|j| A[j][stage.min(STAGES - 2)]);
            vectorised(Combine {
                lanes: field.lanes(),
                width,
                base: &[],
                slopes: after,
                weights: &weights[stage + 1..],
                steps: tape.step_sizes(step),
                out: &mut self.upstream,
            });
            if stage > 0 {
                let at = stage - 1;
                let place = &mut sensitivities[at * kept..(at + 1) * kept];
                field.pull_back(
                    &records[at * record..(at + 1) * record],
                    &self.upstream,
                    &mut before[stage],
                    place,
                );
            }
        }
        for (at, &group) in tape.step_groups(step).iter().enumerate() {
            let (at, to) = (at * width..(at + 1) * width, group * width..);
            self.slope_bar[to.clone()][..width].copy_from_slice(&self.upstream[at.clone()]);
            let y_bar = &mut self.y_bar[to][..width];
            y_bar.fill(T::zero());
            for bar in &self.bars[1..] {
                for (y_bar, &bar) in y_bar.iter_mut().zip(&bar[at.clone()]) {
                    *y_bar += bar;
                }
            }
        }
    }

    fn through_start<F: Differentiable<T> + ?Sized>(
        &mut self,
        field: &mut View<'_, T, F>,
        tape: &Tape<T>,
        place: &mut [T],
    ) {
        self.last.resize(self.slope_bar.len(), T::zero());
        let records = tape.records(0, field.record_len(tape.started()));
        field.pull_back(records, &self.slope_bar, &mut self.last, place);
        for (y_bar, &z) in self.y_bar.iter_mut().zip(&self.last) {
            *y_bar += z;
        }
    }
}

impl<T: Real> Restaged<T> {
    /// Evaluates the stages of one step again, as the solve did.
    pub(super) fn run<F: Recorded<T> + ?Sized>(
        &mut self,
        field: &mut View<'_, T, F>,
        y: &[T],
        steps: &[T],
    ) {
        let (lanes, width) = (field.lanes(), field.width());
        let record = field.record_len(y.len() / width);
        for buffer in self.slopes.iter_mut().chain([&mut self.state]) {
            buffer.resize(y.len(), T::zero());
        }
        self.records.resize(NEW_STAGES * record, T::zero());
        field.eval(y, &mut self.slopes[0]);
        for stage in 1..STAGES {
            let (before, after) = self.slopes.split_at_mut(stage);
            let weights = &A[stage][..stage];
            vectorised(Combine {
                lanes,
                width,
                base: y,
                slopes: before,
                weights,
                steps,
                out: &mut self.state,
            });
            field.eval_recorded(
                &self.state,
                &mut after[0],
                &mut self.records[(stage - 1) * record..stage * record],
            );
        }
    }
}
