//! Settings of a training run.

use serde::{Deserialize, Serialize};

use super::BatchRule;
use crate::error::check_setting;
use crate::{Result, SolverOptions};

/// How to train. The defaults are the paper's.
///
/// # Reference
/// `docs/method.md`, "Training".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrainConfig {
    /// Most epochs, ≥ 1.
    pub epochs: usize,
    /// Stop after this many epochs without an improvement (of at least `plateau.threshold`) of the validation error since
    /// the last pruning step, ≥ 1.
    pub patience: usize,
    /// Adam's learning rate at the start, > 0.
    pub learning_rate: f64,
    /// Factor on the learning rate of the gene multipliers v, > 0.
    pub multiplier_rate: f64,
    /// When the learning rate falls.
    pub plateau: Plateau,
    /// What one optimiser step sees.
    pub batch: BatchRule,
    /// Tolerances of the solver.
    pub solver: SolverOptions,
    /// How often a diverged epoch is tried again, each time at half the learning rate.
    pub recoveries: usize,
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            epochs: 500,
            patience: 40,
            learning_rate: 1e-3,
            multiplier_rate: 5.0,
            plateau: Plateau::default(),
            batch: BatchRule::Trajectory,
            solver: SolverOptions::default(),
            recoveries: 5,
        }
    }
}

/// A learning rate that falls when the validation error no longer does.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Plateau {
    /// Factor on the learning rate, in (0, 1].
    pub factor: f64,
    /// Epochs without improvement after which the rate falls, ≥ 1.
    pub patience: usize,
    /// An improvement is at least this much, absolute, ≥ 0.
    pub threshold: f64,
    /// The rate falls no further than this, ≥ 0.
    pub floor: f64,
}

impl Default for Plateau {
    fn default() -> Self {
        Self {
            factor: 0.9,
            patience: 3,
            threshold: 1e-6,
            floor: 4e-5,
        }
    }
}

impl TrainConfig {
    /// Checks the ranges.
    ///
    /// # Errors
    /// [`crate::Error::Setting`] that names the setting outside its range.
    pub fn check(&self) -> Result<()> {
        let positive = |x: f64| x > 0.0 && x.is_finite();
        let Plateau {
            factor,
            patience,
            threshold,
            floor,
        } = self.plateau;
        check_setting("epochs", self.epochs as f64, self.epochs > 0, "at least 1")?;
        check_setting(
            "patience",
            self.patience as f64,
            self.patience > 0,
            "at least 1",
        )?;
        check_setting(
            "learning_rate",
            self.learning_rate,
            positive(self.learning_rate),
            "finite and above 0",
        )?;
        check_setting(
            "multiplier_rate",
            self.multiplier_rate,
            positive(self.multiplier_rate),
            "finite and above 0",
        )?;
        check_setting(
            "plateau.factor",
            factor,
            factor > 0.0 && factor <= 1.0,
            "above 0 and at most 1",
        )?;
        check_setting(
            "plateau.patience",
            patience as f64,
            patience > 0,
            "at least 1",
        )?;
        check_setting(
            "plateau.threshold",
            threshold,
            threshold >= 0.0 && threshold.is_finite(),
            "finite and at least 0",
        )?;
        check_setting(
            "plateau.floor",
            floor,
            floor >= 0.0 && floor.is_finite(),
            "finite and at least 0",
        )?;
        if let BatchRule::Intervals(n) = self.batch {
            check_setting("batch.intervals", n as f64, n > 0, "at least 1")?;
        }
        self.solver.check()
    }
}
