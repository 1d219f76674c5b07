//! What all pruning strategies share: masks that only shrink, at the epochs of a schedule.

use dash_ode::{Change, Parameters, Real, Strategy, StrategyError};

use super::Problem;
use super::scorer::{Masks, Scorer, masked};
use super::silenced::Silenced;
use crate::{Mask, PruneSchedule, Result};

/// What happens to the surviving weights after a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Survivors {
    /// They go on from where they are.
    Continue,
    /// They, the biases and the multipliers go back to their initial values.
    Rewind,
}

/// Prunes by a score at the epochs of a schedule.
pub(super) struct Pruning<T> {
    schedule: PruneSchedule,
    scorer: Box<dyn Scorer<T>>,
    survivors: Survivors,
    initial: Vec<T>,
    masks: Masks,
    pruned: Silenced,
}

impl<T: Real> Pruning<T> {
    pub(super) fn new(
        schedule: PruneSchedule,
        scorer: Box<dyn Scorer<T>>,
        survivors: Survivors,
        problem: &Problem<'_, T>,
    ) -> Self {
        let layout = problem.initial.layout();
        let mut masks: Masks = vec![None; layout.blocks().len()];
        for index in layout.prunable() {
            let block = &layout.blocks()[index];
            masks[index] = Some(Mask::full(block.rows, block.columns));
        }
        let initial = problem.initial.values().to_vec();
        let pruned = Silenced::none(initial.len());
        Self {
            schedule,
            scorer,
            survivors,
            initial,
            masks,
            pruned,
        }
    }

    /// The share to prune of each masked block in a round, if a weight of any is to be pruned: a target that is no whole number
    /// of weights always lacks a part of one. The last weight of a block stays, as without it nothing would pass the layer.
    fn fractions(&self, round: usize) -> Option<Vec<f64>> {
        let share = |mask: &Mask| {
            let share = self.schedule.fraction_of_round(round, mask.sparsity());
            let share = share.map(|share| share.min(mask.all_but_one()));
            share.filter(|&share| mask.whole(share) > 0)
        };
        let shares: Vec<Option<f64>> = masked(&self.masks).map(|(_, mask)| share(mask)).collect();
        let any = shares.iter().any(Option::is_some);
        any.then(|| shares.iter().map(|share| share.unwrap_or(0.0)).collect())
    }

    fn prune(&mut self, parameters: &Parameters<T>, fractions: &[f64]) -> Result<()> {
        let scores = self.scorer.scores(parameters, &self.masks)?;
        let masks = self.masks.iter_mut().zip(parameters.layout().blocks());
        let masks = masks.filter_map(|(mask, block)| mask.as_mut().map(|mask| (mask, block)));
        for (((mask, block), scores), &fraction) in masks.zip(&scores).zip(fractions) {
            mask.prune_lowest(scores.view(), fraction)?;
            let kept = mask.as_slice().iter().copied();
            self.pruned.set(block.range.clone(), kept);
        }
        Ok(())
    }
}

impl<T: Real> Strategy<T> for Pruning<T> {
    fn acts_between_epochs(&self) -> bool {
        true
    }

    fn kept(&self) -> Option<&[bool]> {
        self.pruned.kept()
    }

    fn before_epoch(
        &mut self,
        epoch: usize,
        raw: &mut Parameters<T>,
    ) -> Result<Change, StrategyError> {
        let round = self.schedule.round_at(epoch);
        let Some(fractions) = round.and_then(|round| self.fractions(round)) else {
            return Ok(Change::default());
        };
        self.prune(raw, &fractions)?;
        let rewind = self.survivors == Survivors::Rewind;
        if rewind {
            raw.values_mut().copy_from_slice(&self.initial);
        }
        self.pruned.apply(raw.values_mut());
        Ok(Change {
            pruned: true,
            moved: rewind,
        })
    }

    fn prunes_after(&self, epoch: usize) -> bool {
        let mut rounds = self.schedule.telling_rounds(epoch);
        rounds.any(|round| self.fractions(round).is_some())
    }
}
