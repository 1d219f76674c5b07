//! What a training run leaves.

use serde::{Deserialize, Serialize};

use crate::{Parameters, Statistics};

/// One epoch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// Number of the epoch, from 0.
    pub epoch: usize,
    /// Mean training loss (MSE), penalties and the weight of the data left out.
    pub train_loss: f64,
    /// Mean of the penalties, with their weights.
    pub penalty: f64,
    /// Validation error (MSE one interval ahead).
    pub validation: f64,
    /// Learning rate used.
    pub learning_rate: f64,
    /// Effective sparsity at its end.
    pub sparsity: f64,
    /// Whether weights were pruned before it.
    pub pruned: bool,
    /// How often it had diverged and was tried again.
    pub recoveries: usize,
    /// Cost of the solves.
    pub solves: Statistics,
}

/// Effective parameters at the end of an epoch.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint<T> {
    /// The epoch, from 0.
    pub epoch: usize,
    /// Its validation error.
    pub validation: f64,
    /// Effective parameters: what was pruned is exactly zero.
    pub parameters: Parameters<T>,
}

/// A finished training run.
#[derive(Clone, Debug)]
pub struct Fit<T> {
    /// The best validation error since the last pruning step: the model to report, with its final sparsity.
    pub best: Checkpoint<T>,
    /// The best validation error of the whole run, at whatever sparsity it had then.
    pub best_overall: Checkpoint<T>,
    /// Every epoch.
    pub history: Vec<EpochRecord>,
}
