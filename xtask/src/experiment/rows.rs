//! Expands an experiment into the configurations of its rows.

use anyhow::{Context, bail};
use dash_ode::TrainConfig;
use dash_prune::PruneSchedule;
use toml::{Table, Value};

use crate::experiment::check::check;
use crate::experiment::file::{ExperimentFile, Level, ModelEntry, Profile, RowEntry, describe};
use crate::experiment::hint;
use crate::job::config::{
    BASELINES, DataConfig, Dataset, JobConfig, ModelConfig, Source, StrategyConfig,
};
use crate::job::seeds::{data_seed, init_seed, job_seed};

/// One row of a table: a configuration for every seed number, from 1.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) label: String,
    pub(crate) configs: Vec<JobConfig>,
}

/// The rows of an experiment: data set by data set, level by level, model by model, baselines last.
///
/// # Errors
/// When a key is unknown or missing, or a value is out of range.
pub(crate) fn rows(
    file: &ExperimentFile,
    profile: Profile,
    source: Source,
    seeds: Option<u64>,
) -> anyhow::Result<Vec<Row>> {
    let entries = entries(file)?;
    let seeds = seeds.unwrap_or(file.profiles[&profile].seeds);
    let mut rows = Vec::new();
    for &dataset in &file.datasets {
        for &level in &file.levels {
            for model in &file.models {
                for entry in &entries {
                    let place = Place {
                        file,
                        profile,
                        source,
                        dataset,
                        level,
                        model,
                    };
                    let strategy = strategy(entry)?;
                    let label = entry
                        .label
                        .clone()
                        .unwrap_or_else(|| strategy.name().to_owned());
                    let configs = (1..=seeds)
                        .map(|number| place.config(entry, &strategy, number))
                        .collect::<anyhow::Result<_>>()
                        .with_context(|| format!("row {label}, profile {}", profile.name()))?;
                    rows.push(Row { label, configs });
                }
            }
        }
    }
    Ok(rows)
}

/// The rows as written, then one per baseline; no two may look the same.
fn entries(file: &ExperimentFile) -> anyhow::Result<Vec<RowEntry>> {
    let mut entries = file.rows.clone();
    for name in &file.baselines {
        let entry = RowEntry {
            label: None,
            strategy: Table::from_iter([("name".to_owned(), Value::from(name.as_str()))]),
            training: Table::new(),
            schedule: Table::new(),
        };
        if !BASELINES.contains(&name.as_str()) {
            bail!(
                "baselines: {name} is none of {}; name trained strategies in [[rows]]",
                BASELINES.join(", ")
            );
        }
        entries.push(entry);
    }
    let mut labels = Vec::new();
    for entry in &entries {
        let name = strategy(entry)?.name;
        let label = entry.label.clone().unwrap_or(name);
        if labels.contains(&label) {
            bail!("two rows are called {label}; give one of them a `label`");
        }
        labels.push(label);
    }
    Ok(entries)
}

fn strategy(entry: &RowEntry) -> anyhow::Result<StrategyConfig> {
    section("strategy", &[&entry.strategy])
}

/// One cell of data set × level × model.
struct Place<'a> {
    file: &'a ExperimentFile,
    profile: Profile,
    source: Source,
    dataset: Dataset,
    level: Level,
    model: &'a ModelEntry,
}

impl Place<'_> {
    fn config(
        &self,
        entry: &RowEntry,
        strategy: &StrategyConfig,
        number: u64,
    ) -> anyhow::Result<JobConfig> {
        let profile = &self.file.profiles[&self.profile];
        let training = section::<TrainConfig>(
            "training",
            &[&self.file.training, &profile.training, &entry.training],
        )?;
        let schedule = section::<PruneSchedule>(
            "schedule",
            &[&self.file.schedule, &profile.schedule, &entry.schedule],
        )?;
        let mut config = JobConfig {
            data: self.data(&profile.data, number)?,
            model: self.model(number)?,
            strategy: strategy.clone(),
            training,
            schedule: strategy.is_pruned().then_some(schedule),
            seed: 0,
        };
        check(&config)?;
        config.seed = job_seed(&config, number)?;
        Ok(config)
    }

    fn data(&self, profile: &Table, number: u64) -> anyhow::Result<DataConfig> {
        let seed = data_seed(self.dataset, self.level.noise, number);
        let place = Table::from_iter([
            ("dataset".to_owned(), Value::from(self.dataset.name())),
            ("source".to_owned(), Value::from(self.source.name())),
            ("noise".to_owned(), Value::from(self.level.noise)),
            (
                "prior_corruption".to_owned(),
                Value::from(self.level.prior_corruption),
            ),
            ("seed".to_owned(), Value::Integer(i64::try_from(seed)?)),
        ]);
        for key in place.keys() {
            if self.file.data.contains_key(key) || profile.contains_key(key) {
                bail!("[data] must not set `{key}`: it follows from data set, level and seed");
            }
        }
        section("data", &[&self.file.data, profile, &place])
    }

    fn model(&self, number: u64) -> anyhow::Result<ModelConfig> {
        let kind = self.model.kind;
        let name = self.dataset.name();
        let hidden = self.model.hidden.get(&self.dataset);
        Ok(ModelConfig {
            kind,
            hidden: *hidden.with_context(|| {
                format!(
                    "models: `hidden` of {} does not say how many units {name} has",
                    kind.name()
                )
            })?,
            seed: init_seed(self.dataset, self.level.noise, number),
        })
    }
}

/// Reads a section from tables of which later ones set keys anew.
fn section<T: serde::de::DeserializeOwned>(name: &str, tables: &[&Table]) -> anyhow::Result<T> {
    let mut merged = Table::new();
    for table in tables {
        merge(&mut merged, table);
    }
    merged
        .try_into()
        .map_err(|error| describe(&error, None))
        .with_context(|| format!("[{name}]"))
}

fn merge(into: &mut Table, from: &Table) {
    for (key, value) in from {
        match (into.get_mut(key), value) {
            (Some(Value::Table(old)), Value::Table(new)) => merge(old, new),
            _ => {
                into.insert(key.clone(), value.clone());
            }
        }
    }
}

/// Says which of the built-in or given experiments was meant by an unknown id.
pub(crate) fn unknown_id(id: &str, known: &[&str]) -> anyhow::Error {
    let hint = hint::nearest(id, known.iter().copied())
        .map(|name| format!("; did you mean `{name}`?"))
        .unwrap_or_default();
    anyhow::anyhow!("no experiment `{id}`; known: {}{hint}", known.join(", "))
}
