//! Ranges of what a job is configured with, so that nothing out of range ever starts.

use anyhow::{Context as _, bail};
use dash_prune::{Setting, registry};

use crate::experiment::hint;
use crate::job::config::{
    BASELINES, DataConfig, JobConfig, LAYERS, ModelConfig, ModelKind, Source, StrategyConfig,
};

/// Trajectories of the published training and test files.
const PUBLISHED: (usize, usize) = (150, 10);

/// The strategy whose λ cross-validation chooses.
const SEARCHED: &str = "DASH";

/// Checks every value of a configuration.
///
/// # Errors
/// When a value is out of range; the message names its key.
pub(crate) fn check(config: &JobConfig) -> anyhow::Result<()> {
    check_data(config)?;
    check_strategy(&config.strategy, config.selection.is_some())?;
    config.training.check().context("training")?;
    check_model(&config.model)?;
    if let Some(influence) = &config.pathways {
        at_least_one("pathways.draws", influence.draws)?;
        at_least_one("pathways.times", influence.times)?;
    }
    let Some(schedule) = &config.schedule else {
        return Ok(());
    };
    schedule.check().context("schedule")?;
    at_least_one("schedule.first_epoch", schedule.first_epoch)?;
    if schedule.first_epoch >= config.training.epochs {
        bail!(
            "schedule.first_epoch = {} lies beyond training.epochs = {}: nothing would be pruned",
            schedule.first_epoch,
            config.training.epochs
        );
    }
    Ok(())
}

fn check_model(model: &ModelConfig) -> anyhow::Result<()> {
    let name = model.kind.name();
    match model.hidden {
        Some(0) => bail!("models: hidden = 0: {name} needs hidden units"),
        Some(_) if !model.kind.has_hidden() => {
            bail!("models: {name} has no hidden units: leave `hidden` out")
        }
        _ => {}
    }
    if let Some(layers) = model.layers {
        if model.kind != ModelKind::Mlp {
            bail!("models: `layers` means nothing to {name}: leave it out");
        }
        if !LAYERS.contains(&layers) {
            let (least, most) = (LAYERS.start(), LAYERS.end());
            bail!("models: layers = {layers} is outside {least}..={most}");
        }
    }
    Ok(())
}

/// Settings that a strategy would ignore are refused too: they would tell one job from another for nothing.
fn check_strategy(strategy: &StrategyConfig, chooses_lambda: bool) -> anyhow::Result<()> {
    let name = strategy.name();
    let known: Vec<&str> = registry::<f32>()
        .iter()
        .map(|entry| entry.name)
        .chain(BASELINES)
        .collect();
    if !known.contains(&name) {
        let hint = hint::nearest(name, known.iter().copied())
            .map(|near| format!("; did you mean `{near}`?"))
            .unwrap_or_default();
        bail!(
            "strategy.name = `{name}` is unknown{hint} (known: {})",
            known.join(", ")
        );
    }
    let takes = strategy.entry().map_or(&[][..], |entry| entry.takes);
    let given = [
        ("lambda", Setting::Lambda, strategy.lambda.is_some()),
        ("mode", Setting::Conventions, strategy.mode.is_some()),
        (
            "product_magnitude",
            Setting::Conventions,
            strategy.product_magnitude.is_some(),
        ),
        ("strength", Setting::Strength, strategy.strength.is_some()),
        ("tau", Setting::Tau, strategy.tau.is_some()),
        ("evidence", Setting::Evidence, strategy.evidence.is_some()),
    ];
    for (key, setting, given) in given {
        if given && !takes.contains(&setting) {
            bail!("strategy.{key} means nothing to {name}: leave it out");
        }
    }
    if chooses_lambda && name != SEARCHED {
        bail!("tune.cross_validation: λ is chosen for {SEARCHED} alone, not for {name}");
    }
    if chooses_lambda && strategy.evidence.is_some() {
        bail!(
            "tune.cross_validation: strategy.evidence takes the place of λ: leave out one of them"
        );
    }
    match strategy.lambda {
        Some((first, second)) => {
            within("strategy.lambda[0]", first, 0.0, 1.0)?;
            within("strategy.lambda[1]", second, 0.0, 1.0)?;
        }
        None if takes.contains(&Setting::Lambda)
            && !chooses_lambda
            && strategy.evidence.is_none() =>
        {
            bail!("strategy.lambda is missing: {name} needs [λ₁, λ₂], each in 0..=1")
        }
        None => {}
    }
    if let Some(strength) = strategy.strength {
        within("strategy.strength", strength, 0.0, f64::MAX)?;
    }
    if let Some(tau) = strategy.tau {
        within("strategy.tau", tau, f64::MIN_POSITIVE, 1.0)?;
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
    if data.dataset.is_measured() {
        return check_measured(data);
    }
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

/// What was measured is taken as it is.
fn check_measured(data: &DataConfig) -> anyhow::Result<()> {
    if data.noise != 0.0 || data.prior_corruption != 0.0 {
        bail!(
            "levels: {} was measured, neither noise nor moved edges are added: set both to 0",
            data.dataset.name()
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

fn within(key: &str, value: f64, low: f64, high: f64) -> anyhow::Result<()> {
    if !(low..=high).contains(&value) {
        bail!("{key} = {value} is outside {low}..={high}");
    }
    Ok(())
}
