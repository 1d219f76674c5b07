//! `SynFlow`: prunes before training, by synaptic flow and without looking at data.
//!
//! Every matrix is pruned to the schedule's target by itself, as all strategies here do. A weight that is exactly zero
//! at the start carries no flow: 95% of the first layers of PHOENIX are. It scores 0, as do the weights of a unit that has
//! lost its outputs, and goes before all that carry any.
//!
//! # Reference
//! H. Tanaka et al., *Pruning neural networks without any data by iteratively conserving synaptic flow*, `NeurIPS` 2020.

use dash_ode::{Change, Parameters, Real, Strategy, StrategyError};
use ndarray::Array2;

use super::pruning::{Pruning, Survivors};
use super::scorer::{Masks, Scorer, masked};
use super::{Entry, target};
use crate::penalty::path_sum;
use crate::{PruneSchedule, Result};

/// Rounds before training.
///
/// # Reference
/// Tanaka et al. 2020, Algorithm 1 and its experiments.
const ROUNDS: usize = 100;

pub(super) fn entry<T: Real>() -> Entry<T> {
    Entry {
        name: "SynFlow",
        uses_prior: false,
        prunes: true,
        takes: &[],
        build: |settings, problem| {
            let schedule = PruneSchedule::exponential(0, 1, ROUNDS, target(&settings.schedule));
            let scorer = Box::new(SynapticFlow);
            let pruning = Pruning::new(schedule, scorer, Survivors::Continue, problem);
            Ok(Box::new(BeforeTraining { pruning }))
        },
    }
}

/// `|w · ∂R/∂w|` with `R = 1ᵀ (Π |W_l|) 1` of the branch that a weight belongs to.
struct SynapticFlow;

impl<T: Real> Scorer<T> for SynapticFlow {
    fn scores(&mut self, parameters: &Parameters<T>, masks: &Masks) -> Result<Vec<Array2<f64>>> {
        let magnitude = |block: usize| parameters.block_at(block).mapv(|w| w.f64().abs());
        let mut scores: Vec<Array2<f64>> =
            masked(masks).map(|(block, _)| magnitude(block)).collect();
        for branch in parameters.layout().branches() {
            let layers: Vec<_> = branch.layers.iter().map(|&b| magnitude(b)).collect();
            let views: Vec<_> = layers.iter().map(|w| w.view()).collect();
            let flow = path_sum(&views);
            for (l, &block) in branch.layers.iter().enumerate() {
                let Some(place) = masked(masks).position(|(b, _)| b == block) else {
                    continue;
                };
                for ((r, c), score) in scores[place].indexed_iter_mut() {
                    *score *= flow.after[l][r] * flow.before[l][c];
                }
            }
        }
        Ok(scores)
    }
}

/// Does all rounds of a pruning before the first epoch.
struct BeforeTraining<T> {
    pruning: Pruning<T>,
}

impl<T: Real> Strategy<T> for BeforeTraining<T> {
    fn acts_between_epochs(&self) -> bool {
        true
    }

    fn kept(&self) -> Option<&[bool]> {
        self.pruning.kept()
    }

    fn before_epoch(
        &mut self,
        epoch: usize,
        raw: &mut Parameters<T>,
    ) -> Result<Change, StrategyError> {
        let mut change = Change::default();
        if epoch == 0 {
            for round in 0..ROUNDS {
                change.pruned |= self.pruning.before_epoch(round, raw)?.pruned;
            }
        }
        Ok(change)
    }
}
