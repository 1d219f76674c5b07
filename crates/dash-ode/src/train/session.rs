//! One epoch of training, with all its buffers.

use std::ops::Range;

use super::batches::Rows;
use super::evaluate::squared_error;
use super::passes::{among, first_not_finite, put_back, silence, take_from};
use super::{Adam, Intervals, Strategy};
use crate::error::Error;
use crate::{Block, Differentiable, Integrator, Layout, Real, Result, Statistics};

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

impl Losses {
    /// Adds one of so many optimiser steps.
    fn add(&mut self, steps: usize, train: f64, penalty: f64, solves: Statistics) {
        self.train += train / steps as f64;
        self.penalty += penalty / steps as f64;
        self.solves += solves;
    }
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
        if strategy.acts_between_epochs() {
            return self.simple_epoch(field, strategy.kept(), data, steps, state, rates);
        }
        let mut losses = Losses::default();
        for chosen in steps {
            data.gather(chosen, &mut self.rows);
            strategy.before_step(&mut state.raw);
            let (loss, penalty, solves) = self.gradient(field, strategy, &state.raw)?;
            state.adam.step(&mut state.raw, &self.gradient, rates);
            losses.add(steps.len(), loss, penalty, solves);
        }
        Ok(losses)
    }

    /// As [`Session::epoch`], of a strategy without reparameterisation and penalty.
    fn simple_epoch<F: Differentiable<T> + ?Sized>(
        &mut self,
        field: &mut F,
        kept: Option<&[bool]>,
        data: &Intervals<T>,
        steps: &[Vec<usize>],
        state: &mut State<T>,
        rates: &[(usize, f64)],
    ) -> Result<Losses> {
        if let Some(kept) = kept {
            return self.epoch_of_survivors(field, kept, data, steps, state, rates);
        }
        let gradient = |this: &mut Self, field: &mut F, raw: &[T], gradient: &mut [T]| {
            field.load(raw);
            this.data_gradient(field, 1.0, gradient)
        };
        self.simple_steps(field, gradient, None, data, steps, state, rates)
    }

    /// The optimiser works on the survivors alone, and so does the field if that is faster.
    fn epoch_of_survivors<F: Differentiable<T> + ?Sized>(
        &mut self,
        field: &mut F,
        kept: &[bool],
        data: &Intervals<T>,
        steps: &[Vec<usize>],
        state: &mut State<T>,
        rates: &[(usize, f64)],
    ) -> Result<Losses> {
        field.load_pruned(&state.raw, kept);
        let survivors = field.survivors().map(<[u32]>::to_vec);
        let leaves_out = survivors.is_some();
        let places = survivors.unwrap_or_else(|| {
            let kept = (0..).zip(kept).filter(|&(_, &kept)| kept);
            kept.map(|(place, _)| place).collect()
        });
        let mut some = State {
            raw: among(&state.raw, &places),
            adam: state.adam.among(&places),
        };
        let rates = rates_among(rates, &places);
        let at = Some(&places[..]);
        let losses = if leaves_out {
            let kept: Vec<bool> = places.iter().map(|&place| kept[place as usize]).collect();
            let all = kept.iter().all(|&kept| kept);
            let gradient = |this: &mut Self, field: &mut F, raw: &[T], gradient: &mut [T]| {
                field.load_survivors(raw);
                let found = this.data_gradient(field, 1.0, gradient);
                if !all {
                    // The field counts parameters among the survivors that the strategy holds at zero.
                    silence(gradient, &kept);
                }
                found
            };
            self.simple_steps(field, gradient, at, data, steps, &mut some, &rates)?
        } else {
            let mut whole = state.raw.clone();
            let mut of_whole = vec![T::zero(); whole.len()];
            let gradient = |this: &mut Self, field: &mut F, raw: &[T], gradient: &mut [T]| {
                put_back(&mut whole, raw, &places);
                field.load(&whole);
                of_whole.fill(T::zero());
                let found = this.data_gradient(field, 1.0, &mut of_whole);
                take_from(&of_whole, &places, gradient);
                found
            };
            self.simple_steps(field, gradient, at, data, steps, &mut some, &rates)?
        };
        put_back(&mut state.raw, &some.raw, &places);
        state.adam.put_back(&some.adam, &places);
        Ok(losses)
    }

    /// The optimiser steps of an epoch. `gradient_of` writes the gradient with respect to the parameters of the state, which lie at
    /// these places of all.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is one independent part of an epoch"
    )]
    fn simple_steps<F: Differentiable<T> + ?Sized>(
        &mut self,
        field: &mut F,
        mut gradient_of: impl FnMut(&mut Self, &mut F, &[T], &mut [T]) -> Result<(f64, Statistics)>,
        places: Option<&[u32]>,
        data: &Intervals<T>,
        steps: &[Vec<usize>],
        state: &mut State<T>,
        rates: &[(usize, f64)],
    ) -> Result<Losses> {
        let mut losses = Losses::default();
        let mut gradient = vec![T::zero(); state.raw.len()];
        for chosen in steps {
            data.gather(chosen, &mut self.rows);
            gradient.fill(T::zero());
            let (loss, solves) = gradient_of(self, field, &state.raw, &mut gradient)?;
            check_finite(&gradient, places, field.layout())?;
            state.adam.step(&mut state.raw, &gradient, rates);
            losses.add(steps.len(), loss, 0.0, solves);
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
        let mut gradient = std::mem::take(&mut self.gradient);
        gradient.clear();
        gradient.resize(raw.len(), T::zero());
        let (of_model, _) = gradient.split_at_mut(self.effective.len());
        let (loss, solves) = self.data_gradient(field, strategy.data_weight(), of_model)?;
        let mut penalty = strategy.penalise(&self.effective, of_model);
        strategy.pull_back(raw, &mut gradient);
        penalty += strategy.regularise(raw, &mut gradient);
        if let Some(kept) = strategy.kept() {
            silence(&mut gradient, kept);
        }
        check_finite(&gradient, None, field.layout())?;
        self.gradient = gradient;
        Ok((loss, penalty, solves))
    }

    /// Data loss of the gathered rows; adds its derivative, times `weight`, with respect to the effective parameters, or to the
    /// survivors alone.
    fn data_gradient<F: Differentiable<T> + ?Sized>(
        &mut self,
        field: &mut F,
        weight: f64,
        gradient: &mut [T],
    ) -> Result<(f64, Statistics)> {
        let Rows {
            starts,
            targets,
            spans,
        } = &self.rows;
        self.ends.resize(starts.len(), T::zero());
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
            .gradient(field, starts, spans, ends, derivative, gradient)?;
        let loss = squared_error(ends, targets) / starts.len() as f64;
        Ok((loss, solves))
    }
}

/// An error if the gradient is not finite. It is one with respect to the parameters at these places, or to all of the model and
/// the auxiliary ones after them.
fn check_finite<T: Real>(gradient: &[T], places: Option<&[u32]>, layout: &Layout) -> Result<()> {
    let Some(index) = first_not_finite(gradient) else {
        return Ok(());
    };
    let place = places.map_or(index, |places| places[index] as usize);
    let within = |block: &&Block| block.range.contains(&place);
    let (block, row, column) = match layout.blocks().iter().find(within) {
        Some(block) => {
            let at = place - block.range.start;
            (block.name, at / block.columns, at % block.columns)
        }
        None => ("auxiliary", place - layout.len(), 0),
    };
    Err(Error::NonFiniteGradient { block, row, column })
}

/// The rates of the parameters at these places.
fn rates_among(rates: &[(usize, f64)], places: &[u32]) -> Vec<(usize, f64)> {
    let (mut end, mut before) = (0, 0);
    let rates = rates.iter().map(|&(count, rate)| {
        end += count;
        let among = places.partition_point(|&place| (place as usize) < end);
        let count = among - before;
        before = among;
        (count, rate)
    });
    rates.collect()
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
