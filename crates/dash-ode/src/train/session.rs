//! One epoch of training, with all its buffers.

use std::ops::Range;

use super::batches::Rows;
use super::evaluate::squared_error;
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
        let simple = strategy.acts_between_epochs();
        for chosen in steps {
            data.gather(chosen, &mut self.rows);
            let (loss, penalty, solves) = if simple {
                self.simple_gradient(field, strategy.kept(), state)?
            } else {
                strategy.before_step(&mut state.raw);
                self.gradient(field, strategy, &state.raw)?
            };
            state.adam.step(&mut state.raw, &self.gradient, rates);
            losses.train += loss / steps.len() as f64;
            losses.penalty += penalty / steps.len() as f64;
            losses.solves += solves;
        }
        Ok(losses)
    }

    /// As [`Session::gradient`], of a strategy without reparameterisation and penalty: pruned parameters, which are zero, are
    /// not touched, nor is their gradient.
    fn simple_gradient<F: Differentiable<T> + ?Sized>(
        &mut self,
        field: &mut F,
        kept: Option<&[bool]>,
        state: &State<T>,
    ) -> Result<(f64, f64, Statistics)> {
        match kept {
            Some(kept) => field.load_pruned(&state.raw, kept),
            None => field.load(&state.raw),
        }
        let moving = state.adam.moving();
        match moving {
            Some(places) => {
                for &place in places {
                    self.gradient[place as usize] = T::zero();
                }
            }
            None => self.gradient.fill(T::zero()),
        }
        let (loss, solves) = self.data_gradient(field, 1.0)?;
        let bad = match moving {
            Some(places) => {
                let mut places = places.iter().map(|&place| place as usize);
                places.find(|&place| !self.gradient[place].is_finite())
            }
            None => first_not_finite(&self.gradient),
        };
        bad.map_or(Ok((loss, 0.0, solves)), |place| {
            Err(self.not_finite(place, field.dim()))
        })
    }

    /// A gradient that is not finite, at this parameter.
    fn not_finite(&self, place: usize, genes: usize) -> Error {
        Error::NonFinite {
            row: 0,
            time: self.rows.spans.first().map_or(0.0, |s| s.end),
            gene: place % genes,
        }
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
        self.gradient.fill(T::zero());
        let (loss, solves) = self.data_gradient(field, strategy.data_weight())?;
        let (of_model, _) = self.gradient.split_at_mut(self.effective.len());
        let mut penalty = strategy.penalise(&self.effective, of_model);
        strategy.pull_back(raw, &mut self.gradient);
        penalty += strategy.regularise(raw, &mut self.gradient);
        match first_not_finite(&self.gradient) {
            None => Ok((loss, penalty, solves)),
            Some(place) => Err(self.not_finite(place, field.dim())),
        }
    }

    /// Data loss of the gathered rows; adds its derivative, times `weight`, with respect to the effective parameters.
    fn data_gradient<F: Differentiable<T> + ?Sized>(
        &mut self,
        field: &mut F,
        weight: f64,
    ) -> Result<(f64, Statistics)> {
        let Rows {
            starts,
            targets,
            spans,
        } = &self.rows;
        self.ends.resize(starts.len(), T::zero());
        let (of_model, _) = self.gradient.split_at_mut(self.effective.len());
        let scale = T::of(2.0 * weight / starts.len() as f64);
        let genes = field.dim();
        let derivative = |rows: Range<usize>, ends: &[T], bars: &mut [T]| {
            let targets = &targets[rows.start * genes..rows.end * genes];
            for (bar, (end, target)) in bars.iter_mut().zip(ends.iter().zip(targets)) {
                *bar = scale * (*end - *target);
            }
        };
        let ends = &mut self.ends;
        let solves = self
            .integrator
            .gradient(field, starts, spans, ends, derivative, of_model)?;
        let loss = squared_error(ends, targets) / starts.len() as f64;
        Ok((loss, solves))
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
