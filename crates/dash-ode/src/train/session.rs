//! One epoch of training, with all its buffers.

use super::batches::Rows;
use super::evaluate::mean_squared_error;
use super::passes::{first_not_finite, silence};
use super::{Adam, Intervals, Strategy};
use crate::error::Error;
use crate::{Differentiable, Integrator, Real, Result, Statistics};

/// What changes from step to step, and can be put back.
#[derive(Clone, Debug)]
pub(super) struct State<T> {
    pub(super) raw: Vec<T>,
    pub(super) adam: Adam<T>,
}

/// Mean losses of an epoch, and its cost.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Losses {
    pub(super) train: f64,
    pub(super) penalty: f64,
    pub(super) solves: Statistics,
}

#[derive(Clone)]
pub(super) struct Session<T> {
    integrator: Integrator<T>,
    rows: Rows<T>,
    ends: Vec<T>,
    bars: Vec<T>,
    effective: Vec<T>,
    gradient: Vec<T>,
}

impl<T: Real> Session<T> {
    pub(super) fn new(integrator: Integrator<T>, model: usize, raw: usize) -> Self {
        let zeros = |n: usize| vec![T::zero(); n];
        Self {
            integrator,
            rows: Rows {
                starts: Vec::new(),
                targets: Vec::new(),
                spans: Vec::new(),
            },
            ends: Vec::new(),
            bars: Vec::new(),
            effective: zeros(model),
            gradient: zeros(raw),
        }
    }

    /// One epoch of the given optimiser steps.
    pub(super) fn epoch<F: Differentiable<T> + ?Sized>(
        &mut self,
        field: &mut F,
        strategy: &mut dyn Strategy<T>,
        data: &Intervals<T>,
        steps: &[Vec<usize>],
        state: &mut State<T>,
        rates: &[(usize, f64)],
    ) -> Result<Losses> {
        let mut losses = Losses::default();
        for chosen in steps {
            data.gather(chosen, &mut self.rows);
            strategy.before_step(&mut state.raw);
            let (loss, penalty, solves) = self.gradient(field, strategy, &state.raw)?;
            state.adam.step(&mut state.raw, &self.gradient, rates);
            losses.train += loss / steps.len() as f64;
            losses.penalty += penalty / steps.len() as f64;
            losses.solves += solves;
        }
        Ok(losses)
    }

    /// Data loss of the gathered rows and penalty; leaves the derivative of what is minimised with respect to the raw
    /// parameters.
    fn gradient<F: Differentiable<T> + ?Sized>(
        &mut self,
        field: &mut F,
        strategy: &mut dyn Strategy<T>,
        raw: &[T],
    ) -> Result<(f64, f64, Statistics)> {
        strategy.reparameterise(raw, &mut self.effective);
        load(field, strategy, &mut self.effective);
        let Rows {
            starts,
            targets,
            spans,
        } = &self.rows;
        self.ends.resize(starts.len(), T::zero());
        let solves = self
            .integrator
            .record(field, starts, spans, &mut self.ends)?;
        let loss = mean_squared_error(&self.ends, targets);
        let scale = T::of(2.0 * strategy.data_weight() / starts.len() as f64);
        self.bars.clear();
        self.bars.extend(
            self.ends
                .iter()
                .zip(targets)
                .map(|(end, target)| scale * (*end - *target)),
        );
        self.gradient.fill(T::zero());
        let (of_model, _) = self.gradient.split_at_mut(self.effective.len());
        self.integrator.pull_back(field, &mut self.bars, of_model)?;
        let mut penalty = strategy.penalise(&self.effective, of_model);
        strategy.pull_back(raw, &mut self.gradient);
        penalty += strategy.regularise(raw, &mut self.gradient);
        if let Some(kept) = strategy.kept() {
            silence(&mut self.gradient, kept);
        }
        if let Some(gene) = first_not_finite(&self.gradient) {
            let end = spans.first().map_or(0.0, |s| s.end);
            return Err(Error::NonFinite {
                row: 0,
                time: end,
                gene: gene % field.dim(),
            });
        }
        Ok((loss, penalty, solves))
    }
}

/// Sets the effective parameters that are pruned to zero, and gives them to the field.
pub(super) fn load<T: Real, F: Differentiable<T> + ?Sized>(
    field: &mut F,
    strategy: &dyn Strategy<T>,
    effective: &mut [T],
) {
    match strategy.kept() {
        Some(kept) => {
            silence(effective, kept);
            field.load_pruned(effective, kept);
        }
        None => field.load(effective),
    }
}
