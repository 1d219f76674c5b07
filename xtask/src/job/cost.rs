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

/// CPU seconds that a job is expected to take if no epoch is saved by stopping early.
pub(crate) fn predict(config: &JobConfig, finished: &[Record]) -> (f64, Basis) {
    if !config.strategy.is_trained() {
        return (0.5, Basis::Stated);
    }
    let trajectories = match &config.selection {
        // Every point of the grid trains on all folds but one, as often as there are folds.
        Some(grid) => config.data.train * grid.points().len() * grid.folds.saturating_sub(1),
        None => config.data.train,
    };
    let work = config.training.epochs as f64 * trajectories as f64;
    let strategy = Value::from(config.strategy.name());
    let alike: Vec<&Record> = finished
        .iter()
        .filter(|record| is_alike(config, record))
        .collect();
    let same = alike
        .iter()
        .filter(|record| record.setting("/strategy/name") == Some(&strategy));
    if let Some(rate) = mean(same.filter_map(|record| rate(record))) {
        return (rate * work, Basis::SameStrategy);
    }
    if let Some(rate) = mean(alike.iter().filter_map(|record| rate(record))) {
        return (rate * work, Basis::OtherStrategies);
    }
    (stated_rate(config.data.dataset) * work, Basis::Stated)
}

/// CPU seconds per epoch and training trajectory (or point) where nothing has been measured yet.
fn stated_rate(dataset: Dataset) -> f64 {
    match dataset {
        Dataset::Sim350 | Dataset::New350 => 0.3 / 140.0,
        Dataset::Sim690 | Dataset::New690 => 0.6 / 140.0,
        Dataset::Brca500 => 0.1 / 170.0,
        Dataset::Brca2000 => 0.5 / 170.0,
        Dataset::Brca11165 => 10.0 / 170.0,
        Dataset::Yeast500 => 0.05 / 19.0,
        Dataset::Yeast3551 => 0.5 / 19.0,
        Dataset::HemaEryth | Dataset::HemaMono | Dataset::HemaB => 0.5,
    }
}

fn is_alike(config: &JobConfig, record: &Record) -> bool {
    let whole = |value: Option<usize>| value.map(Value::from);
    record.setting("/data/dataset") == Some(&Value::from(config.data.dataset.name()))
        && record.setting("/model/kind") == Some(&Value::from(config.model.kind.name()))
        && record.setting("/model/hidden") == whole(config.model.hidden).as_ref()
        && record.setting("/model/layers") == whole(config.model.layers).as_ref()
}

/// CPU seconds per epoch and training trajectory of a finished run.
fn rate(record: &Record) -> Option<f64> {
    let seconds = record.cost.cpu_seconds.unwrap_or(record.cost.wall_seconds);
    let trajectories = record.setting("/data/train")?.as_f64()?;
    let work = record.history.len() as f64 * trajectories;
    (work > 0.0).then(|| seconds / work)
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
    use crate::testing::{config, record};

    #[test]
    fn finished_runs_of_the_same_strategy_come_first() {
        let config = config("DASH");
        let (stated, basis) = predict(&config, &[]);
        assert_eq!(basis, Basis::Stated);
        assert!((stated - 150.0).abs() < 1e-9, "{stated}");

        let mut other = record("IMP", 1, 0.5);
        other.cost.cpu_seconds = Some(5.0);
        let mut same = record("DASH", 2, 0.5);
        same.cost.cpu_seconds = Some(10.0);
        // Both ran 5 of 500 epochs.
        let (seconds, basis) = predict(&config, std::slice::from_ref(&other));
        assert_eq!(basis, Basis::OtherStrategies);
        assert!((seconds - 500.0).abs() < 1e-9, "{seconds}");
        let (seconds, basis) = predict(&config, &[other, same]);
        assert_eq!(basis, Basis::SameStrategy);
        assert!((seconds - 1000.0).abs() < 1e-9, "{seconds}");
    }
}
