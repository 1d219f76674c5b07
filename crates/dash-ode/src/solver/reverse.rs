//! The exact gradient of the discrete solution: reverse accumulation through the accepted steps.
//!
//! Step sizes count as constants. A step's last slope is also the first slope of the next one, so the way back
//! carries two quantities per row: the derivative with respect to the state, and to the slope at that state.

use std::ops::Range;

use super::attempt::Combine;
use super::integrator::Integrator;
use super::place::Place;
use super::tableau::{A, STAGES};
use super::tape::{Content, NEW_STAGES, Step, Tape};
use super::view::View;
use crate::error::check_size;
use crate::field::{Differentiable, Recorded};
use crate::linalg::vectorised;
use crate::{Real, Result};

/// Work space of a way back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Back<T> {
    at: Place<T>,
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
    /// with respect to the initial states; the derivative with respect to the parameters, or to the
    /// [`Differentiable::survivors`] alone, is *added* to `gradient`.
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
        check_gradient(field, gradient)?;
        let mut view = View::of(field, self.tape.moving.len());
        check_size("rows side by side", self.tape.lanes, view.lanes())?;
        let k = view.width() / view.lanes();
        let Self { tape, back, .. } = self;
        back.at.enter(k, &tape.moving, y_bar);
        let mut end = tape.steps.len();
        while end > 0 {
            let run = run_before(tape, end, view.gathered());
            end = run.start;
            back.through_run(&mut view, tape, run, gradient);
        }
        view.take_sums(gradient);
        back.at.leave(&tape.moving, y_bar);
        Ok(())
    }
}

/// Checks that a gradient has one value per parameter, or per survivor.
pub(super) fn check_gradient<T: Real, F: Differentiable<T> + ?Sized>(
    field: &F,
    gradient: &[T],
) -> Result<()> {
    match field.survivors() {
        Some(places) if places.len() == gradient.len() => Ok(()),
        _ => check_size("gradient", field.layout().len(), gradient.len()),
    }
}

/// The longest run of steps up to `end` that can share one product: records side by side, and not too many.
fn run_before<T>(tape: &Tape<T>, end: usize, gathered: usize) -> Range<usize> {
    let mut start = end - 1;
    let rows_of = |step: Step| NEW_STAGES * step.groups * step.lanes;
    let mut rows = rows_of(tape.steps[start]);
    let recorded = |step: Step| matches!(step.content, Content::Records(_));
    while start > 0
        && recorded(tape.steps[start])
        && recorded(tape.steps[start - 1])
        && tape.steps[start].lanes == tape.steps[start - 1].lanes
        && rows < gathered
    {
        start -= 1;
        rows += rows_of(tape.steps[start]);
    }
    start..end
}

impl<T: Real> Back<T> {
    fn through_run<F: Differentiable<T> + ?Sized>(
        &mut self,
        field: &mut View<'_, T, F>,
        tape: &Tape<T>,
        run: Range<usize>,
        gradient: &mut [T],
    ) {
        let head = if run.start == 0 { tape.started() } else { 0 };
        let steps = &tape.steps[run];
        field.set_lanes(steps[0].lanes);
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
        self.at.arrange(step.lanes, tape.step_slots(step));
        let (width, groups) = (field.width(), step.groups);
        let (record, kept) = (field.record_len(groups), field.sensitivity_len(groups));
        for buffer in self
            .bars
            .iter_mut()
            .chain([&mut self.upstream, &mut self.last])
        {
            buffer.resize(groups * width, T::zero());
        }
        std::mem::swap(&mut self.bars[STAGES - 1], &mut self.at.y);
        std::mem::swap(&mut self.upstream, &mut self.at.slope);
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
        std::mem::swap(&mut self.at.slope, &mut self.upstream);
        let y = &mut self.at.y[..];
        let bars: [_; NEW_STAGES] = std::array::from_fn(|j| &self.bars[j + 1][..y.len()]);
        for i in 0..y.len() {
            y[i] = bars.iter().fold(T::zero(), |sum, bar| sum + bar[i]);
        }
    }

    fn through_start<F: Differentiable<T> + ?Sized>(
        &mut self,
        field: &mut View<'_, T, F>,
        tape: &Tape<T>,
        place: &mut [T],
    ) {
        self.at.arrange_start(tape);
        self.last.resize(self.at.slope.len(), T::zero());
        let records = tape.records(0, field.record_len(tape.started()));
        field.pull_back(records, &self.at.slope, &mut self.last, place);
        for (y, &z) in self.at.y.iter_mut().zip(&self.last) {
            *y += z;
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
