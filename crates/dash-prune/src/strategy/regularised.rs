//! A strategy with penalties on the raw parameters.

use std::ops::Range;

use dash_ode::{Change, Layout, Parameters, Real, Strategy, StrategyError};

use crate::penalty::Penalty;

/// Magnitude below which a weight that a path penalty has shrunk counts as zero in the evaluated model.
///
/// A penalty on magnitudes makes weights small, but the optimiser leaves them hopping around 0 by about a step. A
/// weight smaller than one step of Adam at its starting rate (1e-3) cannot be told from 0.
pub(super) const FLOOR: f64 = 1e-3;

/// Adds penalties on the raw parameters to another strategy.
pub(super) struct Regularised<T> {
    inner: Box<dyn Strategy<T>>,
    /// Each with its strength.
    penalties: Vec<(f64, Box<dyn Penalty<T>>)>,
    /// Weights that are set to zero below [`FLOOR`] in the evaluated model.
    floored: Vec<Range<usize>>,
}

impl<T: Real> Regularised<T> {
    pub(super) fn new(
        inner: Box<dyn Strategy<T>>,
        penalties: Vec<(f64, Box<dyn Penalty<T>>)>,
    ) -> Self {
        Self {
            inner,
            penalties,
            floored: Vec::new(),
        }
    }

    /// The same, with weights below [`FLOOR`] set to zero in the evaluated model.
    pub(super) fn with_floor(self, layout: &Layout) -> Self {
        let weights = layout.prunable();
        let floored = weights.map(|b| layout.blocks()[b].range.clone());
        Self {
            floored: floored.collect(),
            ..self
        }
    }
}

impl<T: Real> Strategy<T> for Regularised<T> {
    fn auxiliary(&self) -> Vec<T> {
        self.inner.auxiliary()
    }

    fn before_step(&mut self, raw: &mut [T]) {
        self.inner.before_step(raw);
    }

    fn data_weight(&self) -> f64 {
        self.inner.data_weight()
    }

    fn reparameterise(&mut self, raw: &[T], effective: &mut [T]) {
        self.inner.reparameterise(raw, effective);
    }

    fn evaluate(&mut self, raw: &[T], effective: &mut [T]) {
        self.inner.evaluate(raw, effective);
        for range in &self.floored {
            for weight in &mut effective[range.clone()] {
                *weight = if weight.abs() < T::of(FLOOR) {
                    T::zero()
                } else {
                    *weight
                };
            }
        }
    }

    fn kept(&self) -> Option<&[bool]> {
        self.inner.kept()
    }

    fn pull_back(&mut self, raw: &[T], gradient: &mut [T]) {
        self.inner.pull_back(raw, gradient);
    }

    fn penalise(&mut self, effective: &[T], gradient: &mut [T]) -> f64 {
        self.inner.penalise(effective, gradient)
    }

    fn regularise(&mut self, raw: &[T], gradient: &mut [T]) -> f64 {
        let penalties = self.penalties.iter();
        let own: f64 = penalties
            .map(|(strength, penalty)| penalty.add(*strength, raw, gradient))
            .sum();
        own + self.inner.regularise(raw, gradient)
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
