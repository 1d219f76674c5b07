//! Ranges of what a job is configured with, so that nothing out of range ever starts.

use anyhow::bail;

use crate::job::config::{JobConfig, ScheduleConfig, Source, StrategyConfig};

/// Trajectories of the published training and test files.
const PUBLISHED: (usize, usize) = (150, 10);

/// Checks every value of a configuration.
///
/// # Errors
/// When a value is out of range; the message names its key.
pub(crate) fn check(config: &JobConfig) -> anyhow::Result<()> {
    check_data(config)?;
    check_training(config)?;
    if config.model.hidden == 0 {
        bail!("models: hidden = 0: a model needs hidden units");
    }
    if let StrategyConfig::Dash { lambda, .. } = &config.strategy {
        for (layer, value) in lambda.iter().enumerate() {
            within(&format!("strategy.lambda[{layer}]"), *value, 0.0, 1.0)?;
        }
    }
    if let Some(schedule) = &config.schedule {
        check_schedule(schedule, config.training.epochs)?;
    }
    Ok(())
}

fn check_data(config: &JobConfig) -> anyhow::Result<()> {
    let data = &config.data;
    within("levels.noise", data.noise, 0.0, 1.0)?;
    within("levels.prior_corruption", data.prior_corruption, 0.0, 1.0)?;
    for (key, count) in [
        ("data.train", data.train),
        ("data.validation", data.validation),
        ("data.test", data.test),
    ] {
        at_least_one(key, count)?;
    }
    let (training, test) = PUBLISHED;
    if data.source == Source::Official
        && (data.train + data.validation > training || data.test > test)
    {
        bail!(
            "data: train + validation = {} and test = {}, but the published files have {training} and {test} trajectories",
            data.train + data.validation,
            data.test
        );
    }
    Ok(())
}

fn check_training(config: &JobConfig) -> anyhow::Result<()> {
    let training = &config.training;
    at_least_one("training.epochs", training.epochs)?;
    at_least_one("training.patience", training.patience)?;
    at_least_one("training.plateau.patience", training.plateau.patience)?;
    positive("training.learning_rate", training.learning_rate)?;
    positive("training.multiplier_rate", training.multiplier_rate)?;
    positive("training.rtol", training.rtol)?;
    positive("training.atol", training.atol)?;
    within(
        "training.plateau.factor",
        training.plateau.factor,
        f64::MIN_POSITIVE,
        1.0,
    )?;
    within(
        "training.plateau.threshold",
        training.plateau.threshold,
        0.0,
        f64::MAX,
    )?;
    within(
        "training.plateau.floor",
        training.plateau.floor,
        0.0,
        training.learning_rate,
    )
}

fn check_schedule(schedule: &ScheduleConfig, epochs: usize) -> anyhow::Result<()> {
    at_least_one("schedule.first_epoch", schedule.first_epoch)?;
    at_least_one("schedule.every", schedule.every)?;
    for (key, value) in [
        ("schedule.first_fraction", schedule.first_fraction),
        ("schedule.fraction", schedule.fraction),
        ("schedule.target", schedule.target),
    ] {
        positive(key, value)?;
        if value >= 1.0 {
            bail!("{key} = {value} would prune everything; it must be below 1");
        }
    }
    if schedule.first_epoch > epochs {
        bail!(
            "schedule.first_epoch = {} lies beyond training.epochs = {epochs}: nothing would be pruned",
            schedule.first_epoch
        );
    }
    Ok(())
}

fn at_least_one(key: &str, count: usize) -> anyhow::Result<()> {
    if count == 0 {
        bail!("{key} = 0 must be at least 1");
    }
    Ok(())
}

fn positive(key: &str, value: f64) -> anyhow::Result<()> {
    if !(value > 0.0 && value.is_finite()) {
        bail!("{key} = {value} must be a positive number");
    }
    Ok(())
}

fn within(key: &str, value: f64, low: f64, high: f64) -> anyhow::Result<()> {
    if !(low..=high).contains(&value) {
        bail!("{key} = {value} is outside {low}..={high}");
    }
    Ok(())
}
