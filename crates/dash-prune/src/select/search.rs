//! The trainings of a cross-validation over λ.

use dash_ode::{
    Differentiable, Intervals, Parameters, Real, Strategy, TimeSeries, TrainConfig, Trainer,
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::curve::{FoldCurve, FoldLevel, LambdaCurve};
use super::folds::{Fold, folds};
use crate::{Error, Prior, Problem, Result, StrategySettings, build_strategy, check};

/// Which (λ₁, λ₂) to try, and on how many folds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LambdaGrid {
    /// Values of λ₁, each in [0, 1].
    pub lambda1: Vec<f64>,
    /// Values of λ₂, each in [0, 1].
    pub lambda2: Vec<f64>,
    /// Folds K, from 2 to the number of trajectories (of intervals, if there is one trajectory).
    pub folds: usize,
}

impl LambdaGrid {
    /// All pairs, λ₂ changing fastest.
    pub fn points(&self) -> Vec<(f64, f64)> {
        let with = |&first: &f64| self.lambda2.iter().map(move |&second| (first, second));
        self.lambda1.iter().flat_map(with).collect()
    }

    /// Checks the grid, as far as it can be without data.
    ///
    /// # Errors
    /// No value of λ₁ or λ₂, a λ outside [0, 1], fewer than 2 folds.
    pub fn check(&self) -> Result<()> {
        if self.folds < 2 {
            return Err(Error::TooFewFolds { folds: self.folds });
        }
        for (name, values) in [("lambda1", &self.lambda1), ("lambda2", &self.lambda2)] {
            if values.is_empty() {
                return Err(Error::EmptyGrid { name });
            }
            for &value in values {
                check::unit_interval(name, value)?;
            }
        }
        Ok(())
    }
}

/// What λ is chosen for: a model, its prior, its training data, and how it will be trained.
pub struct LambdaSearch<'a, T, F> {
    /// The vector field.
    pub field: &'a F,
    /// The parameters that every training starts from.
    pub initial: &'a Parameters<T>,
    /// Prior knowledge.
    pub prior: &'a Prior,
    /// The TRAINING data; validation and test data play no part.
    pub series: &'a TimeSeries,
    /// Schedule and conventions of DASH; `lambda` is not looked at.
    pub settings: &'a StrategySettings,
    /// How to train; the fold held out serves as validation.
    pub training: &'a TrainConfig,
    /// Seed of folds, batches and Ω⁽⁰⁾.
    pub seed: u64,
    /// Trainings side by side; 0 is one per core. The result does not depend on it.
    pub threads: usize,
}

/// Chooses (λ₁, λ₂) and a sparsity by K-fold cross-validation on the training data.
///
/// For every point of the grid and every fold one training with DASH by the schedule, the fold held out serving as
/// validation. Along the way the best held-out error between each pruning step and the next is kept, so one training
/// gives a whole curve of error over sparsity. The dense epochs before the first pruning step do not depend on λ: a
/// fold trains them once and every point goes on from there, which changes no bit of the result.
///
/// Folds are whole trajectories; a single trajectory is cut into blocks of consecutive intervals.
///
/// `observe` is told of every training as soon as it is done, from several threads. Keep what it is told to survive
/// an interruption: trainings given in `finished` (of the SAME search) are not done again.
///
/// # Examples
/// ```
/// use dash_ode::{Initialise, Phoenix, TimeSeries, TrainConfig, Trajectory};
/// use dash_prior::{PriorMatrix, co_regulation};
/// use dash_prune::{LambdaGrid, LambdaSearch, Prior, PruneSchedule, StrategySettings, select_lambda};
/// use ndarray::array;
///
/// // Gene 0 is believed to act on gene 1.
/// let p = PriorMatrix::from_dense(array![[0.0, 0.0], [1.0, 0.0]].view())?;
/// let prior = Prior { c: co_regulation(&p), p };
/// let replicate = |name: &str, start: f64| Trajectory {
///     name: name.into(),
///     times: vec![0.0, 1.0, 2.0],
///     values: array![[start, 0.9], [start, 0.6], [start, 0.4]],
/// };
/// let series = TimeSeries::new(
///     vec!["SWI4".into(), "CLN2".into()],
///     vec![replicate("a", 0.2), replicate("b", 0.3), replicate("c", 0.4)],
/// )?;
/// let field = Phoenix::<f32>::new(2, 10)?;
/// let settings = StrategySettings {
///     schedule: PruneSchedule { every: 2, target_sparsity: Some(0.75), ..PruneSchedule::default() },
///     ..StrategySettings::default()
/// };
/// let search = LambdaSearch {
///     field: &field,
///     initial: &field.initialise(1).cast(),
///     prior: &prior,
///     series: &series,
///     settings: &settings,
///     training: &TrainConfig { epochs: 10, ..TrainConfig::default() },
///     seed: 1,
///     threads: 0,
/// };
/// let grid = LambdaGrid { lambda1: vec![0.5], lambda2: vec![0.0, 0.5], folds: 3 };
/// let curve = select_lambda(&search, &grid, &[], &|training| {
///     assert!(training.fold < 3, "a place to save it and to show progress");
/// })?;
/// // Train on all data with these.
/// let chosen = curve.chosen.settings(&settings);
/// assert!(curve.chosen.mean <= curve.best.mean + curve.best.standard_error);
/// # assert_eq!(chosen.lambda.0, 0.5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// An empty grid, a λ outside [0, 1], fewer than 2 folds or more than the data allow, settings with `evidence` (which takes the
/// place of λ), whatever keeps DASH from being built or trained. A training that diverges is no error: it ends the curve of that λ there, unless no level of any
/// λ was reached on all folds ([`Error::NoLevel`]).
///
/// # Reference
/// Hossain et al. 2024: λ by cross-validation. One-standard-error rule: Breiman et al., *Classification and
/// Regression Trees*, 1984, Section 3.4.3.
pub fn select_lambda<T: Real, F: Differentiable<T> + Clone + Sync>(
    search: &LambdaSearch<'_, T, F>,
    grid: &LambdaGrid,
    finished: &[FoldCurve],
    observe: &(dyn Fn(&FoldCurve) + Sync),
) -> Result<LambdaCurve> {
    grid.check()?;
    if search.settings.evidence.is_some() {
        return Err(Error::EvidenceHasNoLambda);
    }
    let lambdas = grid.points();
    let data = Intervals::of(search.series, "training")?;
    let folds = folds(&data, grid.folds, search.seed)?;
    let missing = |lambda, fold| {
        let mut known = finished.iter();
        !known.any(|curve| curve.lambda == lambda && curve.fold == fold)
    };
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(search.threads)
        .build()?;
    let trained = pool.install(|| {
        let open: Vec<usize> = (0..folds.len())
            .filter(|&fold| lambdas.iter().any(|&lambda| missing(lambda, fold)))
            .collect();
        let trunks: Vec<Trunk<'_, T>> = open
            .into_par_iter()
            .map(|fold| search.warm_up(fold, &folds[fold], lambdas[0]))
            .collect::<Result<_>>()?;
        let mut todo = Vec::new();
        for &lambda in &lambdas {
            todo.extend(trunks.iter().map(|trunk| (trunk, lambda)));
        }
        todo.retain(|&(trunk, lambda)| missing(lambda, trunk.number));
        todo.into_par_iter()
            .map(|(trunk, lambda)| {
                let curve = search.branch(trunk, lambda)?;
                observe(&curve);
                Ok(curve)
            })
            .collect::<Result<Vec<FoldCurve>>>()
    })?;
    LambdaCurve::new(&lambdas, grid.folds, &[finished, &trained].concat())
}

/// A fold trained up to the first pruning step.
struct Trunk<'a, T> {
    number: usize,
    trainer: Trainer<'a, T>,
    diverged: bool,
}

impl<T: Real, F: Differentiable<T> + Clone + Sync> LambdaSearch<'_, T, F> {
    /// Trains the epochs that are the same for every λ.
    fn warm_up<'a>(
        &self,
        number: usize,
        fold: &'a Fold<T>,
        any: (f64, f64),
    ) -> Result<Trunk<'a, T>> {
        let mut strategy = self.strategy(any)?;
        let (training, held_out) = (&fold.training, &fold.held_out);
        let mut trainer = Trainer::new(
            self.initial,
            strategy.as_ref(),
            training,
            held_out,
            self.training,
            self.seed,
        )?;
        let until = self.settings.schedule.first_epoch;
        let diverged = self.train(&mut trainer, strategy.as_mut(), until)?;
        Ok(Trunk {
            number,
            trainer,
            diverged,
        })
    }

    /// Goes on from the trunk with one λ.
    fn branch(&self, trunk: &Trunk<'_, T>, lambda: (f64, f64)) -> Result<FoldCurve> {
        let mut trainer = trunk.trainer.clone();
        let mut strategy = self.strategy(lambda)?;
        let diverged = trunk.diverged || self.train(&mut trainer, strategy.as_mut(), usize::MAX)?;
        let mut levels = FoldLevel::of(trainer.history(), &self.settings.schedule);
        if diverged {
            tracing::warn!(
                ?lambda,
                fold = trunk.number,
                "diverged: its curve ends there"
            );
            levels.pop();
        }
        Ok(FoldCurve {
            lambda,
            fold: trunk.number,
            levels,
        })
    }

    /// Trains to the end, at most `until` epochs in all; whether it diverged.
    fn train(
        &self,
        trainer: &mut Trainer<'_, T>,
        strategy: &mut dyn Strategy<T>,
        until: usize,
    ) -> Result<bool> {
        let mut field = self.field.clone();
        while trainer.history().len() < until && !trainer.is_finished(strategy) {
            match trainer.epoch(&mut field, strategy) {
                Ok(_) => {}
                Err(dash_ode::Error::Diverged { .. }) => return Ok(true),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(false)
    }

    fn strategy(&self, lambda: (f64, f64)) -> Result<Box<dyn Strategy<T>>> {
        let settings = StrategySettings {
            lambda,
            ..self.settings.clone()
        };
        let problem = Problem {
            prior: Some(self.prior),
            ..Problem::new(self.field, self.initial, self.seed)
        };
        build_strategy("DASH", &settings, &problem)
    }
}
