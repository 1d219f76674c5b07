//! A strategy whose loss has a prior part too: τ × MSE + (1 − τ) × prior loss.

use dash_ode::{Change, Parameters, Real, Strategy, StrategyError, stream};
use rand::Rng as _;
use rand_chacha::ChaCha8Rng;

use super::{Entry, Problem, StrategySettings, required};
use crate::penalty::PriorLoss;
use crate::{Result, check, streams};

/// τ where the settings have none.
///
/// # Reference
/// The published code's weight for the PINN, `loss_lambda` = 0.99.
const TAU: f64 = 0.99;

/// Random states γ per optimiser step. The published code takes 10,000. A fresh batch every step estimates the same
/// gradient without bias; few rows keep a step from being spent on the prior.
const ROWS: usize = 64;

/// Adds the prior loss to another strategy.
pub(super) struct PriorInformed<T: Real> {
    inner: Box<dyn Strategy<T>>,
    tau: f64,
    loss: PriorLoss<T>,
    rng: ChaCha8Rng,
    states: Vec<T>,
}

impl<T: Real> PriorInformed<T> {
    /// The strategy of `inner`, with the prior loss of `settings.tau`.
    pub(super) fn build(
        name: &'static str,
        inner: &Entry<T>,
        settings: &StrategySettings,
        problem: &Problem<'_, T>,
    ) -> Result<Box<dyn Strategy<T>>> {
        let prior = required(problem, name)?;
        let tau = settings.tau.unwrap_or(TAU);
        check::positive_share("tau", tau)?;
        Ok(Box::new(Self {
            inner: (inner.build)(settings, problem)?,
            tau,
            loss: PriorLoss::new(problem.field, &prior.p)?,
            rng: stream(problem.seed, streams::PRIOR_STATES),
            states: vec![T::zero(); ROWS * problem.field.dim()],
        }))
    }
}

impl<T: Real> Strategy<T> for PriorInformed<T> {
    fn auxiliary(&self) -> Vec<T> {
        self.inner.auxiliary()
    }

    fn before_step(&mut self, raw: &mut [T]) {
        let rng = &mut self.rng;
        let states = self.states.iter_mut();
        states.for_each(|x| *x = T::of(rng.random::<f64>() - 0.5));
        self.inner.before_step(raw);
    }

    fn data_weight(&self) -> f64 {
        self.tau * self.inner.data_weight()
    }

    fn reparameterise(&mut self, raw: &[T], effective: &mut [T]) {
        self.inner.reparameterise(raw, effective);
    }

    fn evaluate(&mut self, raw: &[T], effective: &mut [T]) {
        self.inner.evaluate(raw, effective);
    }

    fn kept(&self) -> Option<&[bool]> {
        self.inner.kept()
    }

    fn pull_back(&mut self, raw: &[T], gradient: &mut [T]) {
        self.inner.pull_back(raw, gradient);
    }

    fn penalise(&mut self, effective: &[T], gradient: &mut [T]) -> f64 {
        let weight = 1.0 - self.tau;
        // At τ = 1 the prior has no say, and its loss costs nothing.
        let own = if weight > 0.0 {
            let kept = self.inner.kept();
            let states = &self.states;
            self.loss.add(weight, states, effective, kept, gradient)
        } else {
            0.0
        };
        own + self.inner.penalise(effective, gradient)
    }

    fn regularise(&mut self, raw: &[T], gradient: &mut [T]) -> f64 {
        self.inner.regularise(raw, gradient)
    }

    fn before_epoch(
        &mut self,
        epoch: usize,
        raw: &mut Parameters<T>,
    ) -> Result<Change, StrategyError> {
        self.inner.before_epoch(epoch, raw)
    }

    fn prunes_after(&self, epoch: usize) -> bool {
        self.inner.prunes_after(epoch)
    }
}
