//! What cross-validation measured, and what it says.

use dash_ode::EpochRecord;
use serde::{Deserialize, Serialize};

use crate::{Error, PruneSchedule, Result, StrategySettings};

/// One training of a search: one λ, one fold held out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FoldCurve {
    /// (λ₁, λ₂).
    pub lambda: (f64, f64),
    /// The fold held out, from 0.
    pub fold: usize,
    /// Its pruning levels, from dense to sparse. Where training diverged they end before the level it had reached.
    pub levels: Vec<FoldLevel>,
}

/// The best epoch between one pruning step and the next.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FoldLevel {
    /// Rounds of the schedule done; 0 is before pruning.
    pub round: usize,
    /// Effective sparsity at that epoch.
    pub sparsity: f64,
    /// Error on the fold held out (MSE one interval ahead).
    pub error: f64,
}

impl FoldLevel {
    /// The levels of a training run, one for every stretch between two pruning steps.
    pub(super) fn of(history: &[EpochRecord], schedule: &PruneSchedule) -> Vec<Self> {
        history
            .chunk_by(|_, next| !next.pruned)
            .filter_map(|stretch| {
                let first = stretch.first().filter(|r| r.pruned);
                let best = stretch
                    .iter()
                    .min_by(|a, b| a.validation.total_cmp(&b.validation))?;
                Some(Self {
                    round: first.map_or(0, |r| round_at(schedule, r.epoch)),
                    sparsity: best.sparsity,
                    error: best.validation,
                })
            })
            .collect()
    }
}

/// Rounds due up to and including an epoch at which one is due.
fn round_at(schedule: &PruneSchedule, epoch: usize) -> usize {
    epoch.saturating_sub(schedule.first_epoch) / schedule.every.max(1) + 1
}

/// Held-out errors over (λ₁, λ₂) and sparsity, and the choice that follows from them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LambdaCurve {
    /// The points of the grid, λ₂ changing fastest.
    pub points: Vec<LambdaPoint>,
    /// The lowest mean error.
    pub best: LambdaChoice,
    /// The sparsest level whose mean error is within one standard error of the lowest; of several λ the one of
    /// lowest error.
    pub chosen: LambdaChoice,
}

/// One λ with its pruning levels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LambdaPoint {
    /// (λ₁, λ₂).
    pub lambda: (f64, f64),
    /// Levels that every fold reached, from dense to sparse.
    pub levels: Vec<LambdaLevel>,
}

/// One pruning level of one λ, over the folds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LambdaLevel {
    /// Rounds of the schedule done; 0 is before pruning.
    pub round: usize,
    /// Mean effective sparsity.
    pub sparsity: f64,
    /// Error of each fold.
    pub errors: Vec<f64>,
    /// Their mean.
    pub mean: f64,
    /// Standard error of the mean: their standard deviation (n − 1) over √n.
    pub standard_error: f64,
}

/// A level of a point: what to train with.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LambdaChoice {
    /// (λ₁, λ₂).
    pub lambda: (f64, f64),
    /// Rounds of the schedule after which to stop pruning.
    pub round: usize,
    /// Mean effective sparsity there.
    pub sparsity: f64,
    /// Mean error on held-out folds.
    pub mean: f64,
    /// Its standard error.
    pub standard_error: f64,
}

impl LambdaChoice {
    /// The settings of a search with the λ chosen, and with its schedule ending at the level chosen.
    #[must_use]
    pub fn settings(&self, searched: &StrategySettings) -> StrategySettings {
        let mut settings = searched.clone();
        settings.lambda = self.lambda;
        settings.schedule.rounds = Some(self.round);
        if settings.schedule.check().is_err() {
            // A level before the target: the rounds end the schedule now.
            settings.schedule.target_sparsity = None;
        }
        settings
    }
}

impl LambdaCurve {
    /// Puts the trainings of `folds` folds together, in whatever order they come; points keep the order of `lambdas`.
    ///
    /// Pruning levels compare by rounds of the schedule, not by measured sparsity: all points prune the same number
    /// of weights, and effective sparsity differs between them only by the genes that ReLU(v) happens to close.
    ///
    /// # Errors
    /// [`Error::TooFewFolds`] for fewer than 2 folds; [`Error::NoLevel`] if no pruning level of any point was reached by every fold.
    pub fn new(lambdas: &[(f64, f64)], folds: usize, curves: &[FoldCurve]) -> Result<Self> {
        if folds < 2 {
            return Err(Error::TooFewFolds { folds });
        }
        let points: Vec<LambdaPoint> = lambdas
            .iter()
            .map(|&lambda| LambdaPoint {
                lambda,
                levels: levels(lambda, folds, curves),
            })
            .collect();
        let (best, chosen) = choose(&points).ok_or(Error::NoLevel { folds })?;
        Ok(Self {
            points,
            best,
            chosen,
        })
    }
}

/// The levels of a point that every fold reached.
fn levels(lambda: (f64, f64), folds: usize, curves: &[FoldCurve]) -> Vec<LambdaLevel> {
    let of_fold = |fold| {
        curves
            .iter()
            .find(|c: &&FoldCurve| c.fold == fold && c.lambda == lambda)
    };
    let Some(curves) = (0..folds).map(of_fold).collect::<Option<Vec<_>>>() else {
        return Vec::new();
    };
    let at = |curve: &FoldCurve, round| curve.levels.iter().copied().find(|l| l.round == round);
    let rounds = curves.iter().take(1).flat_map(|c| &c.levels);
    rounds
        .filter_map(|level| {
            let reached: Option<Vec<FoldLevel>> =
                curves.iter().map(|curve| at(curve, level.round)).collect();
            reached.map(|reached| LambdaLevel::over(level.round, &reached))
        })
        .collect()
}

impl LambdaLevel {
    fn over(round: usize, folds: &[FoldLevel]) -> Self {
        let n = folds.len() as f64;
        let mean_of = |value: &dyn Fn(&FoldLevel) -> f64| folds.iter().map(value).sum::<f64>() / n;
        let mean = mean_of(&|l| l.error);
        let variance = mean_of(&|l| (l.error - mean) * (l.error - mean)) * n / (n - 1.0);
        Self {
            round,
            sparsity: mean_of(&|l| l.sparsity),
            errors: folds.iter().map(|l| l.error).collect(),
            mean,
            standard_error: (variance / n).sqrt(),
        }
    }
}

/// (Lowest error, sparsest within one standard error of it); of equals the first.
fn choose(points: &[LambdaPoint]) -> Option<(LambdaChoice, LambdaChoice)> {
    let all = || {
        points.iter().flat_map(|point| {
            point.levels.iter().map(|level| LambdaChoice {
                lambda: point.lambda,
                round: level.round,
                sparsity: level.sparsity,
                mean: level.mean,
                standard_error: level.standard_error,
            })
        })
    };
    let best = all().min_by(|a, b| a.mean.total_cmp(&b.mean))?;
    let chosen = all()
        .filter(|level| level.mean <= best.mean + best.standard_error)
        .min_by(|a, b| b.round.cmp(&a.round).then(a.mean.total_cmp(&b.mean)))?;
    Some((best, chosen))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(lambda: f64, fold: usize, errors: &[f64]) -> FoldCurve {
        let level = |(round, &error): (usize, &f64)| FoldLevel {
            round,
            sparsity: 0.5 + 0.1 * round as f64,
            error,
        };
        FoldCurve {
            lambda: (lambda, 0.5),
            fold,
            levels: errors.iter().enumerate().map(level).collect(),
        }
    }

    const LAMBDAS: [(f64, f64); 2] = [(0.0, 0.5), (0.8, 0.5)];

    #[test]
    fn the_sparsest_within_one_standard_error_of_the_best_is_chosen() {
        // Best: λ₁ = 0 at round 1, mean 2 and standard error 1. Within 3: round 2 of both, the second one lower.
        let curves = [
            curve(0.8, 1, &[9.0, 4.0, 2.0, 3.1]),
            curve(0.0, 0, &[9.0, 1.0, 2.5, 9.0]),
            curve(0.8, 0, &[9.0, 4.0, 3.0, 3.1]),
            curve(0.0, 1, &[9.0, 3.0, 3.5, 9.0]),
        ];
        let found = LambdaCurve::new(&LAMBDAS, 2, &curves).unwrap();
        let best = found.best;
        assert_eq!((best.lambda, best.round), ((0.0, 0.5), 1));
        assert!((best.mean - 2.0).abs() < 1e-15 && (best.standard_error - 1.0).abs() < 1e-15);
        assert_eq!((found.chosen.lambda, found.chosen.round), ((0.8, 0.5), 2));
        assert_eq!(found.points[1].levels[2].errors, [3.0, 2.0]);
        assert!((found.points[1].levels[2].sparsity - 0.7).abs() < 1e-15);
    }

    #[test]
    fn levels_that_a_fold_did_not_reach_are_no_choice() {
        let curves = [
            curve(0.0, 0, &[5.0, 5.0, 0.1]),
            curve(0.0, 1, &[5.0, 5.0]),
            curve(0.8, 0, &[0.1, 0.1, 0.1]),
        ];
        let found = LambdaCurve::new(&LAMBDAS, 2, &curves).unwrap();
        assert_eq!(found.points[0].levels.len(), 2);
        assert!(found.points[1].levels.is_empty());
        assert_eq!((found.chosen.lambda, found.chosen.round), (LAMBDAS[0], 1));
        let error = LambdaCurve::new(&LAMBDAS, 2, &curves[1..]).unwrap_err();
        assert!(matches!(error, Error::NoLevel { folds: 2 }));
        let error = LambdaCurve::new(&LAMBDAS, 1, &curves).unwrap_err();
        assert!(matches!(error, Error::TooFewFolds { folds: 1 }));
    }

    #[test]
    fn a_choice_ends_the_schedule_at_its_level() {
        let searched = StrategySettings {
            schedule: PruneSchedule {
                target_sparsity: Some(0.75),
                ..PruneSchedule::default()
            },
            ..StrategySettings::default()
        };
        for round in 0..=3 {
            let choice = LambdaChoice {
                lambda: (0.2, 0.4),
                round,
                sparsity: 0.0,
                mean: 0.0,
                standard_error: 0.0,
            };
            let settings = choice.settings(&searched);
            settings.schedule.check().unwrap();
            assert_eq!(settings.lambda, (0.2, 0.4));
            let (found, full) = (
                settings.schedule.sparsity_after(50),
                searched.schedule.sparsity_after(round),
            );
            assert!((found - full).abs() < 1e-12, "{found} for {full}");
        }
    }
}
