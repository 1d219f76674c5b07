//! Predicts what a job will cost.

use serde_json::Value;

use crate::job::config::JobConfig;
use crate::job::dataset::Dataset;
use crate::store::Record;

/// Where a prediction comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Basis {
    /// Finished runs of the same strategy on the same data and model.
    SameStrategy,
    /// Finished runs of other strategies on the same data and model.
    OtherStrategies,
    /// A stated figure.
    Stated,
}

impl Basis {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::SameStrategy => "from finished runs",
            Self::OtherStrategies => "from finished runs of other strategies",
            Self::Stated => "from a stated figure",
        }
    }
}

/// What a job will take, in CPU seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Prediction {
    pub(crate) expected: f64,
    /// If training never stops by itself.
    pub(crate) at_most: f64,
    pub(crate) basis: Basis,
}

/// Predicts by finished runs on the same data, where there are any. An epoch and the influence of genes cost what they did
/// there; training is expected to stop as [`expected_epochs`] says.
pub(crate) fn predict(config: &JobConfig, finished: &[Record]) -> Prediction {
    if !config.strategy.is_trained() {
        return Prediction {
            expected: UNTRAINED,
            at_most: UNTRAINED,
            basis: Basis::Stated,
        };
    }
    let alike: Vec<&Record> = finished
        .iter()
        .filter(|record| is_alike(config, record))
        .collect();
    let strategy = Value::from(config.strategy.name());
    let same: Vec<&Record> = alike
        .iter()
        .filter(|record| record.setting("/strategy/name") == Some(&strategy))
        .copied()
        .collect();
    let (rate, basis) = if let Some(rate) = mean(same.iter().filter_map(|record| rate(record))) {
        (rate, Basis::SameStrategy)
    } else if let Some(rate) = mean(alike.iter().filter_map(|record| rate(record))) {
        (rate, Basis::OtherStrategies)
    } else {
        (stated_rate(config.data.dataset), Basis::Stated)
    };
    let trajectories = match &config.selection {
        // Every point of the grid trains on all folds but one, as often as there are folds.
        Some(grid) => config.data.train * grid.points().len() * grid.folds.saturating_sub(1),
        None => config.data.train,
    };
    let per_epoch = rate * trajectories as f64;
    let influence = influence(config, &same, &alike);
    Prediction {
        expected: per_epoch * expected_epochs(config, &same) + influence,
        at_most: per_epoch * config.training.epochs as f64 + influence,
        basis,
    }
}

/// CPU seconds of a row that is only judged.
const UNTRAINED: f64 = 0.5;

/// Epochs until training stops: as many as runs under the same rules took. Where there are none: until the last pruning
/// step, and twice the patience from there, since the validation error falls for a while before it stalls.
fn expected_epochs(config: &JobConfig, same: &[&Record]) -> f64 {
    let limit = config.training.epochs;
    let by_same_rules = |record: &&&Record| {
        let own = |pointer: &str| record.setting(pointer).cloned();
        own("/training/patience") == Some(Value::from(config.training.patience))
            && own("/training/epochs") == Some(Value::from(limit))
            && own("/schedule").unwrap_or_default()
                == serde_json::to_value(&config.schedule).unwrap_or_default()
    };
    let epochs = |record: &&Record| record.history.len() as f64;
    let known = same.iter().filter(by_same_rules).map(epochs);
    mean(known.filter(|epochs| *epochs > 0.0)).unwrap_or_else(|| {
        let last_step = config.schedule.as_ref().map_or(0, |schedule| {
            match schedule.steps_until(limit).checked_sub(1) {
                Some(rounds) => schedule.first_epoch + rounds * schedule.every,
                None => 0,
            }
        });
        (last_step + 2 * config.training.patience).min(limit) as f64
    })
}

/// CPU seconds in which the influence of all genes is found, where a job does that: in proportion to the starting states
/// drawn.
fn influence(config: &JobConfig, same: &[&Record], alike: &[&Record]) -> f64 {
    let Some(wanted) = &config.pathways else {
        return 0.0;
    };
    let per_draw = |records: &[&Record]| {
        mean(records.iter().filter_map(|record| {
            let draws = record.setting("/pathways/draws")?.as_f64()?;
            let training = record.timings.get("cpu_seconds")?;
            Some((record.cost.cpu_seconds? - training) / draws)
        }))
    };
    let per_draw = per_draw(same)
        .or_else(|| per_draw(alike))
        .unwrap_or_else(|| stated_influence(config.data.dataset));
    per_draw * wanted.draws as f64
}

/// CPU seconds per epoch and training trajectory (or point) where nothing has been measured yet.
fn stated_rate(dataset: Dataset) -> f64 {
    match dataset {
        Dataset::Sim350 | Dataset::New350 => 0.15 / 140.0,
        Dataset::Sim690 | Dataset::New690 => 0.45 / 140.0,
        Dataset::Brca500 => 0.02 / 170.0,
        Dataset::Brca2000 => 0.15 / 170.0,
        Dataset::Brca11165 => 10.0 / 170.0,
        Dataset::Yeast500 => 0.03 / 19.0,
        Dataset::Yeast3551 => 0.2 / 19.0,
        Dataset::HemaEryth | Dataset::HemaMono | Dataset::HemaB => 0.08,
    }
}

/// CPU seconds per starting state where nothing has been measured yet.
fn stated_influence(dataset: Dataset) -> f64 {
    match dataset {
        Dataset::Brca2000 => 2.0,
        Dataset::Yeast3551 => 30.0,
        Dataset::Brca11165 => 300.0,
        _ => 0.1,
    }
}

fn is_alike(config: &JobConfig, record: &Record) -> bool {
    let whole = |value: Option<usize>| value.map(Value::from);
    record.setting("/data/dataset") == Some(&Value::from(config.data.dataset.name()))
        && record.setting("/model/kind") == Some(&Value::from(config.model.kind.name()))
        && record.setting("/model/hidden") == whole(config.model.hidden).as_ref()
        && record.setting("/model/layers") == whole(config.model.layers).as_ref()
}

/// CPU seconds of training per epoch and training trajectory of a finished run.
fn rate(record: &Record) -> Option<f64> {
    let whole = record.cost.cpu_seconds.unwrap_or(record.cost.wall_seconds);
    let training = record.timings.get("cpu_seconds").copied();
    let trajectories = record.setting("/data/train")?.as_f64()?;
    let work = record.history.len() as f64 * trajectories;
    (work > 0.0).then(|| training.unwrap_or(whole) / work)
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (count, sum) = values.fold((0_usize, 0.0), |(count, sum), value| {
        (count + 1, sum + value)
    });
    (count > 0).then(|| sum / count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::config::InfluenceConfig;
    use crate::testing::{config, record};

    #[test]
    fn finished_runs_of_the_same_strategy_come_first() {
        let config = config("DASH");
        let stated = predict(&config, &[]);
        assert_eq!(stated.basis, Basis::Stated);
        assert!((stated.at_most - 75.0).abs() < 1e-9, "{stated:?}");

        let mut other = record("IMP", 1, 0.5);
        other.timings.insert("cpu_seconds".into(), 5.0);
        let mut same = record("DASH", 2, 0.5);
        same.timings.insert("cpu_seconds".into(), 10.0);
        // Both ran 5 of 500 epochs.
        let by_other = predict(&config, std::slice::from_ref(&other));
        assert_eq!(by_other.basis, Basis::OtherStrategies);
        assert!((by_other.at_most - 500.0).abs() < 1e-9, "{by_other:?}");
        let by_same = predict(&config, &[other, same]);
        assert_eq!(by_same.basis, Basis::SameStrategy);
        assert!((by_same.at_most - 1000.0).abs() < 1e-9, "{by_same:?}");
    }

    #[test]
    fn training_is_expected_to_stop_as_it_did() {
        let mut config = config("DASH");
        let schedule = config.schedule.as_mut().unwrap();
        schedule.target_sparsity = None;
        schedule.rounds = Some(5);
        let last_step = schedule.first_epoch + 4 * schedule.every;
        let nothing_known = predict(&config, &[]);
        let epochs = (last_step + 2 * config.training.patience) as f64;
        let share = nothing_known.expected / nothing_known.at_most;
        assert!((share - epochs / 500.0).abs() < 1e-9, "{nothing_known:?}");

        let mut run = record("DASH", 1, 0.5);
        run.config = serde_json::to_value(&config).unwrap();
        let known = predict(&config, std::slice::from_ref(&run));
        assert!(
            (known.expected / known.at_most - 0.01).abs() < 1e-9,
            "5 of 500: {known:?}"
        );
        config.training.patience += 1;
        let other_rules = predict(&config, &[run]);
        assert!(
            other_rules.expected > 2.0 * known.expected,
            "{other_rules:?}"
        );
    }

    #[test]
    fn influence_costs_by_starting_states() {
        let mut config = config("DASH");
        let without = predict(&config, &[]);
        config.pathways = Some(InfluenceConfig { draws: 8, times: 5 });
        let mut run = record("DASH", 1, 0.5);
        run.config = serde_json::to_value(&config).unwrap();
        run.timings.insert("cpu_seconds".into(), 10.0);
        run.cost.cpu_seconds = Some(26.0);
        config.pathways = Some(InfluenceConfig {
            draws: 200,
            times: 5,
        });
        let with = predict(&config, &[run]);
        assert!((with.at_most - (1000.0 + 400.0)).abs() < 1e-9, "{with:?}");
        let stated = predict(&config, &[]);
        assert!(
            (stated.expected - without.expected - 20.0).abs() < 1e-9,
            "{stated:?}"
        );
    }
}
