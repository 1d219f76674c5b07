//! The exact gradient of the discrete solution: reverse accumulation through the accepted steps.
//!
//! Step sizes count as constants. A step's last slope is also the first slope of the next one, so the way back
//! carries two quantities per row: the derivative with respect to the state, and to the slope at that state.

use std::ops::Range;

use super::attempt::Combine;
use super::integrator::Integrator;
use super::tableau::{A, STAGES};
use super::tape::{Content, NEW_STAGES, Step, Tape};
use crate::error::check_size;
use crate::field::{Differentiable, Recorded};
use crate::linalg::vectorised;
use crate::{Real, Result};

/// Rows of records that are gathered before they are multiplied into the gradient: enough for the product to be worth
/// the way through the gradient, and few enough for a panel of them to stay in the first cache.
const GATHER: usize = 256;

/// Work space of a way back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Back<T> {
    /// Derivative with respect to the slope at the current state, rows × dim.
    slope_bar: Vec<T>,
    /// For the rows of one step: derivatives with respect to the states of stages 2 … 6 (places 1 … 5), and with
    /// respect to the new state (place 6).
    bars: [Vec<T>; STAGES],
    upstream: Vec<T>,
    last: Vec<T>,
    sensitivities: Vec<T>,
    /// Rows of every evaluation of a group of steps.
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
        self.back.slope_bar.clear();
        self.back.slope_bar.resize(y_bar.len(), T::zero());
        let mut end = self.tape.steps.len();
        while end > 0 {
            let group = group_before(&self.tape, end);
            end = group.start;
            self.back
                .through_group(field, &self.tape, group, y_bar, gradient);
        }
        Ok(())
    }
}

/// The longest run of steps up to `end` that can share one product: records side by side, and not too many.
fn group_before<T>(tape: &Tape<T>, end: usize) -> Range<usize> {
    let mut start = end - 1;
    let mut rows = NEW_STAGES * tape.steps[start].rows;
    let recorded = |step: Step| matches!(step.content, Content::Records(_));
    while start > 0
        && recorded(tape.steps[start])
        && recorded(tape.steps[start - 1])
        && rows < GATHER
    {
        start -= 1;
        rows += NEW_STAGES * tape.steps[start].rows;
    }
    start..end
}

impl<T: Real> Back<T> {
    fn through_group<F: Differentiable<T> + ?Sized>(
        &mut self,
        field: &mut F,
        tape: &Tape<T>,
        group: Range<usize>,
        y_bar: &mut [T],
        gradient: &mut [T],
    ) {
        let head = if group.start == 0 { tape.started } else { 0 };
        let steps = &tape.steps[group];
        let mut evaluations = std::mem::take(&mut self.evaluations);
        evaluations.clear();
        evaluations.extend((head > 0).then_some(head));
        evaluations.extend(steps.iter().flat_map(|s| [s.rows; NEW_STAGES]));
        let kept: usize = evaluations.iter().map(|&n| field.sensitivity_len(n)).sum();
        let mut sensitivities = std::mem::take(&mut self.sensitivities);
        sensitivities.resize(kept.max(sensitivities.len()), T::zero());
        let mut end = kept;
        for &step in steps.iter().rev() {
            let start = end - NEW_STAGES * field.sensitivity_len(step.rows);
            let place = &mut sensitivities[start..end];
            match step.content {
                Content::Records(at) => {
                    let records = tape.records(at, NEW_STAGES * field.record_len(step.rows));
                    self.through_step(field, tape, step, records, y_bar, place);
                }
                Content::States(at) => {
                    let states = tape.step_states(step, at, field.dim());
                    let mut restaged = std::mem::take(&mut self.restaged);
                    restaged.run(field, states, tape.step_sizes(step));
                    let records = &restaged.records;
                    self.through_step(field, tape, step, records, y_bar, place);
                    field.add_gradient(&[step.rows; NEW_STAGES], records, place, gradient);
                    self.restaged = restaged;
                }
            }
            end = start;
        }
        if head > 0 {
            self.through_start(field, tape, y_bar, &mut sensitivities[..end]);
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
        field: &mut F,
        tape: &Tape<T>,
        step: Step,
        records: &[T],
        y_bar: &mut [T],
        sensitivities: &mut [T],
    ) {
        let (k, rows) = (field.dim(), step.rows);
        let (record, width) = (field.record_len(rows), field.sensitivity_len(rows));
        let steps = tape.step_sizes(step);
        for buffer in self
            .bars
            .iter_mut()
            .chain([&mut self.upstream, &mut self.last])
        {
            buffer.resize(rows * k, T::zero());
        }
        for (row, &id) in tape.step_ids(step).iter().enumerate() {
            self.bars[STAGES - 1][row * k..][..k].copy_from_slice(&y_bar[id * k..][..k]);
            self.upstream[row * k..][..k].copy_from_slice(&self.slope_bar[id * k..][..k]);
        }
        let last = NEW_STAGES - 1;
        let place = &mut sensitivities[last * width..];
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
            let weights = &weights[stage + 1..];
            vectorised(Combine {
                dim: k,
                base: &[],
                slopes: after,
                weights,
                steps,
                out: &mut self.upstream,
            });
            if stage > 0 {
                let at = stage - 1;
                let place = &mut sensitivities[at * width..(at + 1) * width];
                field.pull_back(
                    &records[at * record..(at + 1) * record],
                    &self.upstream,
                    &mut before[stage],
                    place,
                );
            }
        }
        for (row, &id) in tape.step_ids(step).iter().enumerate() {
            let at = row * k..(row + 1) * k;
            self.slope_bar[id * k..][..k].copy_from_slice(&self.upstream[at.clone()]);
            let y_bar = &mut y_bar[id * k..][..k];
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
        field: &mut F,
        tape: &Tape<T>,
        y_bar: &mut [T],
        place: &mut [T],
    ) {
        let k = field.dim();
        self.upstream.resize(tape.started * k, T::zero());
        self.last.resize(tape.started * k, T::zero());
        for (row, &id) in tape.start_ids().iter().enumerate() {
            self.upstream[row * k..][..k].copy_from_slice(&self.slope_bar[id * k..][..k]);
        }
        field.pull_back(
            tape.records(0, field.record_len(tape.started)),
            &self.upstream,
            &mut self.last,
            place,
        );
        for (row, &id) in tape.start_ids().iter().enumerate() {
            for (y_bar, &z) in y_bar[id * k..][..k]
                .iter_mut()
                .zip(&self.last[row * k..][..k])
            {
                *y_bar += z;
            }
        }
    }
}

impl<T: Real> Restaged<T> {
    /// Evaluates the stages of one step again, as the solve did.
    pub(super) fn run<F: Recorded<T> + ?Sized>(&mut self, field: &mut F, y: &[T], steps: &[T]) {
        let (k, record) = (field.dim(), field.record_len(steps.len()));
        for buffer in self.slopes.iter_mut().chain([&mut self.state]) {
            buffer.resize(y.len(), T::zero());
        }
        self.records.resize(NEW_STAGES * record, T::zero());
        field.eval(y, &mut self.slopes[0]);
        for stage in 1..STAGES {
            let (before, after) = self.slopes.split_at_mut(stage);
            let weights = &A[stage][..stage];
            vectorised(Combine {
                dim: k,
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
