//! What the tests share: a configuration, a record, a computation that only pretends.

use std::collections::BTreeMap;

use dash_ode::TrainConfig;
use dash_prune::{FoldCurve, FoldLevel, LambdaCurve, PruneSchedule};

use crate::job::Job;
use crate::job::config::{DataConfig, JobConfig, ModelConfig, ModelKind, Source, StrategyConfig};
use crate::job::dataset::Dataset;
use crate::job::inputs::Inputs;
use crate::job::key::{CODE, key};
use crate::science::{EpochRecord, Observe, Outcome, Progress};
use crate::store::Record;
use crate::store::record::Cost;

/// A sound configuration of the strategy of this name.
pub(crate) fn config(strategy: &str) -> JobConfig {
    let strategy = StrategyConfig {
        name: strategy.to_owned(),
        lambda: (strategy == "DASH").then_some((0.8, 0.5)),
        mode: None,
        product_magnitude: None,
        strength: None,
        tau: None,
        evidence: None,
    };
    JobConfig {
        data: DataConfig {
            dataset: Dataset::Sim350,
            source: Source::Embedded,
            noise: 0.05,
            prior_corruption: 0.05,
            train: 140,
            validation: 10,
            test: 10,
            seed: 11,
        },
        model: ModelConfig {
            kind: ModelKind::Phoenix,
            hidden: Some(40),
            layers: None,
            seed: 12,
        },
        strategy,
        training: TrainConfig::default(),
        schedule: Some(PruneSchedule {
            target_sparsity: Some(0.95),
            ..PruneSchedule::default()
        }),
        selection: None,
        pathways: None,
        seed: 13,
    }
}

/// A job of that configuration.
pub(crate) fn job(strategy: &str, seed_number: u64) -> Job {
    let mut config = config(strategy);
    config.seed = seed_number;
    Job {
        key: key(&config, &BTreeMap::new(), CODE).unwrap(),
        config,
        seed_number,
        inputs: Inputs::default(),
    }
}

/// A finished job whose balanced accuracy is `value`.
pub(crate) fn record(strategy: &str, seed_number: u64, value: f64) -> Record {
    let job = job(strategy, seed_number);
    let mut outcome = pretend(&job.config, &job.inputs, &|_| ()).unwrap();
    outcome.metrics.insert("balanced_accuracy".into(), value);
    outcome.timings.insert("cpu_seconds".into(), 2.0);
    Record::new(&job, outcome, Cost::default()).unwrap()
}

/// A result that depends on the configuration alone and costs nothing.
#[expect(clippy::unnecessary_wraps, reason = "has the type of a computation")]
pub(crate) fn pretend(
    config: &JobConfig,
    _inputs: &Inputs,
    progress: &Observe<'_>,
) -> anyhow::Result<Outcome> {
    let spread = |salt: u64| (config.seed.wrapping_mul(salt) % 1000) as f64 / 1000.0;
    let level = match config.strategy.name() {
        "PHOENIX" => 0.1,
        "Prior" | "Block" => 0.99,
        name => 0.8 + name.len() as f64 / 100.0,
    };
    let sparsity = level + 0.01 * spread(7);
    let epochs = 5;
    let history = (1..=epochs)
        .map(|epoch| {
            let validation = 0.01 / epoch as f64 + 0.001 * spread(3);
            progress(Progress {
                epoch,
                epochs,
                validation,
                sparsity,
            });
            EpochRecord {
                epoch,
                train_loss: 0.9 * validation,
                validation,
                learning_rate: 1e-3,
                sparsity: if epoch < 3 { 0.0 } else { sparsity },
                pruned: epoch == 3 && config.schedule.is_some(),
            }
        })
        .collect();
    let curve = config.selection.as_ref().map(|grid| {
        // The error falls towards λ = (1, 1); a fold costs a little.
        let curves: Vec<FoldCurve> = (0..grid.folds)
            .flat_map(|fold| grid.points().into_iter().map(move |lambda| (fold, lambda)))
            .map(|(fold, lambda)| FoldCurve {
                lambda,
                fold,
                levels: vec![FoldLevel {
                    round: 2,
                    sparsity: 0.9,
                    error: 1e-3 * (3.0 - lambda.0 - lambda.1) + 1e-5 * fold as f64,
                }],
            })
            .collect();
        LambdaCurve::new(&grid.points(), grid.folds, &curves).unwrap()
    });
    let mut metrics = BTreeMap::from([
        ("sparsity".to_owned(), sparsity),
        (
            "balanced_accuracy".to_owned(),
            0.55 + 0.4 * level * spread(5),
        ),
        ("auprc".to_owned(), 0.3 + 0.1 * spread(11)),
        ("auprc_chance".to_owned(), 0.0045),
    ]);
    if config.strategy.is_trained() {
        metrics.insert("test_mse".to_owned(), 1e-3 + 1e-4 * spread(13));
        metrics.insert("validation_mse".to_owned(), 1e-3 + 1e-4 * spread(17));
        metrics.insert("epochs".to_owned(), epochs as f64);
    }
    Ok(Outcome {
        metrics,
        history,
        timings: BTreeMap::from([("cpu_seconds".to_owned(), 1.5)]),
        network: Some("from,to,weight,rank\nA,B,1,1\n".to_owned()),
        curve,
        ..Outcome::default()
    })
}
