//! A search against trainings done one by one.

use std::sync::Mutex;

use dash_ode::{
    EpochRecord, Initialise, Intervals, Parameters, Phoenix, TimeSeries, TrainConfig, Trajectory,
    train,
};
use dash_prior::{PriorMatrix, co_regulation};
use ndarray::Array2;

use super::folds::folds;
use super::{FoldCurve, FoldLevel, LambdaCurve, LambdaGrid, LambdaSearch, select_lambda};
use crate::{Error, Prior, Problem, PruneSchedule, Result, StrategySettings, build_strategy};

const GENES: usize = 8;
const SEED: u64 = 4;

struct Case {
    series: TimeSeries,
    prior: Prior,
    settings: StrategySettings,
    training: TrainConfig,
    field: Phoenix<f64>,
    initial: Parameters<f64>,
}

impl Case {
    fn new(trajectories: usize, points: usize) -> Self {
        let trajectory = |t: usize| Trajectory {
            name: format!("t{t}"),
            times: (0..points).map(|i| 0.7 * i as f64).collect(),
            values: Array2::from_shape_fn((points, GENES), |(i, g)| {
                0.5 + 0.3 * ((t + g) as f64 + 0.4 * i as f64).sin()
            }),
        };
        let edges = (2..GENES).map(|i| (i, i % 2, 1.0));
        let p = PriorMatrix::from_triplets(GENES, edges).unwrap();
        let field = Phoenix::new(GENES, 5).unwrap();
        Self {
            series: TimeSeries::new(
                (0..GENES).map(|g| format!("g{g}")).collect(),
                (0..trajectories).map(trajectory).collect(),
            )
            .unwrap(),
            prior: Prior {
                c: co_regulation(&p),
                p,
            },
            settings: StrategySettings {
                schedule: PruneSchedule {
                    first_epoch: 3,
                    every: 2,
                    target_sparsity: Some(0.775), // 9 of 40 weights remain
                    ..PruneSchedule::default()
                },
                ..StrategySettings::default()
            },
            training: TrainConfig {
                epochs: 12,
                patience: 3,
                ..TrainConfig::default()
            },
            initial: field.initialise(5),
            field,
        }
    }

    fn search(&self, threads: usize) -> LambdaSearch<'_, f64, Phoenix<f64>> {
        LambdaSearch {
            field: &self.field,
            initial: &self.initial,
            prior: &self.prior,
            series: &self.series,
            settings: &self.settings,
            training: &self.training,
            seed: SEED,
            threads,
        }
    }

    fn run(&self, grid: &LambdaGrid, threads: usize) -> Result<(LambdaCurve, Vec<FoldCurve>)> {
        let seen = Mutex::new(Vec::new());
        let curve = select_lambda(&self.search(threads), grid, &[], &|training| {
            seen.lock().unwrap().push(training.clone());
        })?;
        Ok((curve, seen.into_inner().unwrap()))
    }

    /// One training from the start, by the ordinary way.
    fn history(&self, lambda: (f64, f64), folds_of: usize, fold: usize) -> Vec<EpochRecord> {
        let all = Intervals::of(&self.series, "training").unwrap();
        let fold = folds(&all, folds_of, SEED).unwrap().swap_remove(fold);
        let settings = StrategySettings {
            lambda,
            ..self.settings.clone()
        };
        let problem = Problem {
            prior: Some(&self.prior),
            ..Problem::new(&self.field, &self.initial, SEED)
        };
        let mut dash = build_strategy("DASH", &settings, &problem).unwrap();
        let fit = train(
            &mut self.field.clone(),
            &self.initial,
            dash.as_mut(),
            &fold.training,
            &fold.held_out,
            &self.training,
            SEED,
            &mut |_| {},
        );
        fit.unwrap().history
    }
}

fn grid(folds: usize) -> LambdaGrid {
    LambdaGrid {
        lambda1: vec![0.0, 0.9],
        lambda2: vec![0.5],
        folds,
    }
}

#[test]
fn every_point_equals_its_training_from_the_start_bit_for_bit() {
    for case in [Case::new(5, 3), Case::new(1, 7)] {
        let (curve, _) = case.run(&grid(3), 2).unwrap();
        for point in &curve.points {
            let rounds: Vec<usize> = point.levels.iter().map(|l| l.round).collect();
            assert_eq!(rounds, [0, 1, 2, 3, 4]);
            for fold in 0..3 {
                let history = case.history(point.lambda, 3, fold);
                for level in &point.levels {
                    let first = [0, 3, 5, 7, 9][level.round];
                    let end = [3, 5, 7, 9, history.len()][level.round];
                    let errors = history[first..end].iter().map(|r| r.validation);
                    let best = errors.fold(f64::INFINITY, f64::min);
                    assert_eq!(level.errors[fold].to_bits(), best.to_bits());
                }
            }
        }
        assert_ne!(
            curve.points[0].levels[1].errors, curve.points[1].levels[1].errors,
            "λ matters"
        );
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let case = Case::new(4, 3);
    let (alone, _) = case.run(&grid(2), 1).unwrap();
    let (together, seen) = case.run(&grid(2), 3).unwrap();
    assert_eq!(alone, together);
    assert_eq!(seen.len(), 4);
}

#[test]
fn a_search_goes_on_from_what_was_finished() {
    let case = Case::new(4, 3);
    let (whole, mut seen) = case.run(&grid(2), 1).unwrap();
    // As read back from disk.
    let text = serde_json::to_string(&seen.split_off(1)).unwrap();
    let finished: Vec<FoldCurve> = serde_json::from_str(&text).unwrap();
    let again = Mutex::new(Vec::new());
    let resumed = select_lambda(&case.search(2), &grid(2), &finished, &|training| {
        again.lock().unwrap().push(training.clone());
    });
    assert_eq!(resumed.unwrap(), whole);
    assert_eq!(again.into_inner().unwrap(), seen);
}

#[test]
fn a_schedule_that_prunes_before_the_first_epoch_has_no_dense_level() {
    let mut case = Case::new(4, 3);
    case.settings.schedule.first_epoch = 0;
    let (curve, _) = case.run(&grid(2), 1).unwrap();
    assert_eq!(curve.points[0].levels[0].round, 1);
    assert!(curve.points[0].levels[0].sparsity >= 0.7);
}

#[test]
fn a_point_that_diverges_ends_the_curve_and_not_the_search() {
    let mut case = Case::new(4, 3);
    case.training.learning_rate = 1e200;
    case.training.recoveries = 0;
    let error = case.run(&grid(2), 1).unwrap_err();
    assert!(matches!(error, Error::NoLevel { folds: 2 }), "{error}");
}

#[test]
fn a_stretch_between_pruning_steps_is_a_level() {
    let record = |epoch: usize, validation: f64| EpochRecord {
        epoch,
        train_loss: 0.0,
        penalty: 0.0,
        validation,
        learning_rate: 0.0,
        sparsity: epoch as f64 / 10.0,
        pruned: [3, 5].contains(&epoch),
        recoveries: 0,
        solves: dash_ode::Statistics::default(),
    };
    let errors = [5.0, 4.0, 4.5, 9.0, 8.0, 7.0, 6.0, 6.5];
    let history: Vec<EpochRecord> = (0..8).map(|e| record(e, errors[e])).collect();
    let schedule = Case::new(1, 3).settings.schedule;
    let found: Vec<(usize, f64, f64)> = FoldLevel::of(&history, &schedule)
        .iter()
        .map(|l| (l.round, l.sparsity, l.error))
        .collect();
    assert_eq!(found, [(0, 0.1, 4.0), (1, 0.4, 8.0), (2, 0.6, 6.0)]);
}

#[test]
fn what_cannot_be_searched_is_refused() {
    let case = Case::new(3, 3);
    let error = |grid: &LambdaGrid| case.run(grid, 1).unwrap_err();
    for folds in [0, 1] {
        assert!(matches!(error(&grid(folds)), Error::TooFewFolds { .. }));
    }
    assert!(matches!(error(&grid(4)), Error::Folds { .. }));
    let mut empty = grid(2);
    empty.lambda2.clear();
    assert!(matches!(
        error(&empty),
        Error::EmptyGrid { name: "lambda2" }
    ));
    let mut outside = grid(2);
    outside.lambda1.push(1.2);
    assert!(matches!(
        error(&outside),
        Error::OutOfRange {
            name: "lambda1",
            ..
        }
    ));
}

#[test]
fn evidence_leaves_no_lambda_to_choose() {
    let mut case = Case::new(4, 4);
    case.settings.evidence = Some(crate::EvidenceOptions::default());
    let grid = LambdaGrid {
        lambda1: vec![0.5],
        lambda2: vec![0.5],
        folds: 2,
    };
    let error = select_lambda(&case.search(1), &grid, &[], &|_| {}).unwrap_err();
    assert!(matches!(error, Error::EvidenceHasNoLambda));
}
