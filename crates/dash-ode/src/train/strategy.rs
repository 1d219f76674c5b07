//! What a pruning or regularising strategy may do to a training run.

use crate::{Parameters, Real};

/// Error of a strategy, whatever its type.
pub type StrategyError = Box<dyn std::error::Error + Send + Sync>;

/// What a strategy did between two epochs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Weights were pruned: the learning rate and the wait for a better validation error start anew.
    pub pruned: bool,
    /// Parameters were set to other values: the optimiser forgets its moments.
    pub moved: bool,
}

/// A strategy, as the trainer sees it: a reparameterisation, a penalty, and what happens between epochs.
///
/// Raw parameters are what is trained: those of the model, followed by [`Strategy::auxiliary`] ones. The model
/// computes with effective parameters. Every method has a default that does nothing, so a strategy is the few that
/// it needs. Training minimises [`Strategy::data_weight`] × the data loss + both penalties; an optimiser step calls, in
/// this order, `before_step`, `reparameterise`, `penalise`, `pull_back` and `regularise`, each once — none of them if
/// [`Strategy::acts_between_epochs`] alone.
///
/// # Reference
/// `docs/decisions/0002-strategies.md`.
pub trait Strategy<T: Real> {
    /// Initial values of parameters that are trained beside the model's own (gates, thresholds).
    fn auxiliary(&self) -> Vec<T> {
        Vec::new()
    }

    /// Whether all that the strategy does is done between epochs: no auxiliary parameters, no reparameterisation, no penalty,
    /// nothing before a step. The trainer then passes over the surviving parameters alone.
    fn acts_between_epochs(&self) -> bool {
        false
    }

    /// Called before every optimiser step with all raw parameters, the auxiliary ones last; may mend them.
    fn before_step(&mut self, raw: &mut [T]) {
        let _ = raw;
    }

    /// Weight of the data loss in what is minimised, in [0, 1].
    fn data_weight(&self) -> f64 {
        1.0
    }

    /// Effective parameters from raw ones (which are at least as many), for a training step.
    fn reparameterise(&mut self, raw: &[T], effective: &mut [T]) {
        effective.copy_from_slice(&raw[..effective.len()]);
    }

    /// Effective parameters for validation and for the final model; deterministic.
    fn evaluate(&mut self, raw: &[T], effective: &mut [T]) {
        self.reparameterise(raw, effective);
    }

    /// Which of the model's parameters are kept, if any are pruned: asked for after `before_epoch`. The trainer holds the
    /// others at zero, without gradient, and lets the field leave them out.
    fn kept(&self) -> Option<&[bool]> {
        None
    }

    /// Turns, in place, the derivative with respect to the effective parameters (followed by zeros for the auxiliary
    /// ones) into that with respect to all raw ones, at the values that `reparameterise` saw last.
    fn pull_back(&mut self, raw: &[T], gradient: &mut [T]) {
        let _ = (raw, gradient);
    }

    /// Value of the penalty on effective parameters; *adds* its derivative with respect to them to `gradient`.
    fn penalise(&mut self, effective: &[T], gradient: &mut [T]) -> f64 {
        let _ = (effective, gradient);
        0.0
    }

    /// Value of the penalty on raw parameters, the auxiliary ones included; *adds* its derivative with respect to them
    /// to `gradient`.
    fn regularise(&mut self, raw: &[T], gradient: &mut [T]) -> f64 {
        let _ = (raw, gradient);
        0.0
    }

    /// Called before epoch `epoch` (0 is the first), when that many epochs are done. May change the raw parameters of
    /// the model, seen through their layout.
    ///
    /// # Errors
    /// Whatever keeps the strategy from doing its work.
    fn before_epoch(
        &mut self,
        epoch: usize,
        raw: &mut Parameters<T>,
    ) -> Result<Change, StrategyError> {
        let _ = (epoch, raw);
        Ok(Change::default())
    }

    /// Whether more pruning is to come after `epoch` epochs: early stopping waits for it.
    fn prunes_after(&self, epoch: usize) -> bool {
        let _ = epoch;
        false
    }
}

/// Train as it is: no pruning, no penalty.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoStrategy;

impl<T: Real> Strategy<T> for NoStrategy {
    fn acts_between_epochs(&self) -> bool {
        true
    }
}
