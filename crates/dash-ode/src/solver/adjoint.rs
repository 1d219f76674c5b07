//! The continuous adjoint: the gradient as the solution of a second differential equation, backwards in time.
//!
//! It needs no record of the forward solve, but its error is that of its own solve. For small systems the exact
//! discrete gradient is faster and better; this one is here for comparison and for systems too large to record.

use super::Statistics;
use super::integrator::Integrator;
use super::options::Span;
use super::reverse::{Restaged, check_gradient};
use super::tableau::{B, STAGES};
use super::tape::{Content, NEW_STAGES, Step, Tape};
use super::view::View;
use crate::error::check_size;
use crate::field::{Differentiable, Recorded, VectorField};
use crate::{Real, Result};

impl<T: Real> Integrator<T> {
    /// The gradient by the continuous adjoint, from the end states `y1` alone.
    ///
    /// `y_bar` and `gradient` are as in [`Integrator::pull_back`]. The error control looks at state and adjoint; the
    /// parameters' integral is a quadrature over the accepted steps.
    ///
    /// # Errors
    /// As [`Integrator::solve`].
    ///
    /// # Reference
    /// R. T. Q. Chen et al., *Neural ordinary differential equations*, `NeurIPS` 2018; P. Kidger, R. T. Q. Chen &
    /// T. Lyons, *"Hey, that's not an ODE"*, ICML 2021 (no error control on the quadrature).
    pub fn adjoint<F: Differentiable<T> + ?Sized>(
        &mut self,
        field: &mut F,
        y1: &[T],
        spans: &[Span],
        y_bar: &mut [T],
        gradient: &mut [T],
    ) -> Result<Statistics> {
        let k = field.dim();
        check_size("end states (rows × dim)", spans.len() * k, y1.len())?;
        check_size("end state derivatives (rows × dim)", y1.len(), y_bar.len())?;
        check_gradient(field, gradient)?;
        // The equation is linear in the adjoint: of size one, it is what the tolerances are made for.
        let scales: Vec<T> = y_bar.chunks_exact(k).map(size_of_row).collect();
        let mut start = Vec::with_capacity(2 * y1.len());
        for ((y, bar), &scale) in y1.chunks_exact(k).zip(y_bar.chunks_exact(k)).zip(&scales) {
            start.extend_from_slice(y);
            start.extend(bar.iter().map(|b| *b / scale));
        }
        let mut end = vec![T::zero(); start.len()];
        let mut backwards = Backwards {
            field,
            parts: Parts::default(),
        };
        let statistics = self.record(&mut backwards, &start, spans, &mut end)?;
        for ((end, bar), &scale) in end
            .chunks_exact(2 * k)
            .zip(y_bar.chunks_exact_mut(k))
            .zip(&scales)
        {
            for (bar, &a) in bar.iter_mut().zip(&end[k..]) {
                *bar = a * scale;
            }
        }
        quadrature(
            &mut backwards,
            &self.tape,
            &mut self.back.restaged,
            &scales,
            gradient,
        );
        Ok(statistics)
    }
}

fn size_of_row<T: Real>(row: &[T]) -> T {
    let largest = row.iter().fold(T::zero(), |m, x| m.max(x.abs()));
    if largest > T::zero() {
        largest
    } else {
        T::one()
    }
}

/// State and adjoint together, with time running backwards: y′ = −f(y), a′ = (∂f/∂y)ᵀ a.
struct Backwards<'a, T, F: ?Sized> {
    field: &'a mut F,
    parts: Parts<T>,
}

#[derive(Default)]
struct Parts<T> {
    record: Vec<T>,
    y: Vec<T>,
    dydt: Vec<T>,
    adjoint: Vec<T>,
    slope: Vec<T>,
    sensitivity: Vec<T>,
}

impl<T: Real, F: Differentiable<T> + ?Sized> VectorField<T> for Backwards<'_, T, F> {
    fn dim(&self) -> usize {
        2 * self.field.dim()
    }

    fn eval(&mut self, y: &[T], dydt: &mut [T]) {
        let mut record = std::mem::take(&mut self.parts.record);
        record.resize(self.record_len(y.len() / self.dim()), T::zero());
        self.eval_recorded(y, dydt, &mut record);
        self.parts.record = record;
    }
}

impl<T: Real, F: Differentiable<T> + ?Sized> Recorded<T> for Backwards<'_, T, F> {
    /// The field's own record, and the adjoint.
    fn record_len(&self, rows: usize) -> usize {
        self.field.record_len(rows) + rows * self.field.dim()
    }

    fn eval_recorded(&mut self, y: &[T], dydt: &mut [T], record: &mut [T]) {
        let k = self.field.dim();
        let rows = y.len() / (2 * k);
        let (inner, adjoint) = record.split_at_mut(self.field.record_len(rows));
        let p = &mut self.parts;
        for buffer in [&mut p.y, &mut p.dydt, &mut p.slope] {
            buffer.resize(rows * k, T::zero());
        }
        p.sensitivity
            .resize(self.field.sensitivity_len(rows), T::zero());
        for (row, y) in y.chunks_exact(2 * k).enumerate() {
            p.y[row * k..][..k].copy_from_slice(&y[..k]);
            adjoint[row * k..][..k].copy_from_slice(&y[k..]);
        }
        self.field.eval_recorded(&p.y, &mut p.dydt, inner);
        self.field
            .pull_back(inner, adjoint, &mut p.slope, &mut p.sensitivity);
        for (row, dydt) in dydt.chunks_exact_mut(2 * k).enumerate() {
            for i in 0..k {
                dydt[i] = -p.dydt[row * k + i];
                dydt[k + i] = p.slope[row * k + i];
            }
        }
    }
}

/// Adds ∫ aᵀ ∂f/∂θ dt with the solver's own weights; a slope shared by two steps has its weight in the later one.
fn quadrature<T: Real, F: Differentiable<T> + ?Sized>(
    field: &mut Backwards<'_, T, F>,
    tape: &Tape<T>,
    restaged: &mut Restaged<T>,
    scales: &[T],
    gradient: &mut [T],
) {
    let scales: Vec<T> = tape.moving.iter().map(|&row| scales[row]).collect();
    let mut shared = vec![T::zero(); scales.len()];
    for &step in tape.steps.iter().rev() {
        let records = match step.content {
            Content::Records(at) => tape.records(at, NEW_STAGES * field.record_len(step.groups)),
            Content::States(at) => {
                let states = tape.states(at, step.groups * field.dim());
                restaged.run(&mut View::of(field, 1), states, tape.step_sizes(step));
                &restaged.records
            }
        };
        let weights = step_weights(tape, step, &scales, &mut shared);
        let stages = records.chunks_exact(field.record_len(step.groups));
        for (record, weights) in stages.zip(weights.chunks_exact(step.groups)) {
            add_weighted(field, record, weights, gradient);
        }
    }
    let record = tape.records(0, field.record_len(tape.started()));
    add_weighted(field, record, &shared, gradient);
}

/// The weight of every record of a step; takes and leaves the weights of the slopes shared between steps.
fn step_weights<T: Real>(tape: &Tape<T>, step: Step, scales: &[T], shared: &mut [T]) -> Vec<T> {
    let (rows, sizes) = (
        tape.step_slots(step).iter().flatten(),
        tape.step_sizes(step),
    );
    let mut weights = Vec::with_capacity(NEW_STAGES * step.groups);
    for stage in 1..STAGES {
        for (&row, &h) in rows.clone().zip(sizes) {
            weights.push(
                B.get(stage)
                    .map_or(shared[row], |&b| T::of(b) * h * scales[row]),
            );
        }
    }
    for (&row, &h) in rows.zip(sizes) {
        shared[row] = T::of(B[0]) * h * scales[row];
    }
    weights
}

/// Adds the parameters' integrand at one evaluation, each row with its weight: it is linear in the adjoint.
fn add_weighted<T: Real, F: Differentiable<T> + ?Sized>(
    field: &mut Backwards<'_, T, F>,
    record: &[T],
    weights: &[T],
    gradient: &mut [T],
) {
    let Backwards { field, parts: p } = field;
    let rows = weights.len();
    let (inner, adjoint) = record.split_at(field.record_len(rows));
    p.adjoint.clear();
    for (row, &weight) in adjoint.chunks_exact(field.dim()).zip(weights) {
        p.adjoint.extend(row.iter().map(|a| *a * weight));
    }
    p.slope.resize(adjoint.len(), T::zero());
    p.sensitivity.resize(field.sensitivity_len(rows), T::zero());
    field.pull_back(inner, &p.adjoint, &mut p.slope, &mut p.sensitivity);
    field.add_gradient(&[rows], inner, &p.sensitivity, gradient);
}
