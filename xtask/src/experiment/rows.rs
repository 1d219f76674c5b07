//! Expands an experiment into the configurations of its rows.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use dash_ode::TrainConfig;
use dash_prune::{LambdaChoice, PruneSchedule, StrategySettings};
use toml::{Table, Value};

use crate::experiment::check::check;
use crate::experiment::file::{
    ExperimentFile, Level, ModelEntry, Profile, ProfileEntry, RowEntry, RowProfile, SetEntry,
    SetProfile,
};
use crate::experiment::hint::nearest;
use crate::experiment::sections::section;
use crate::experiment::tune::{Rule, SettingEntry, Tuning};
use crate::job::config::{
    BASELINES, DataConfig, InfluenceConfig, JobConfig, ModelConfig, Source, StrategyConfig,
};
use crate::job::dataset::Dataset;
use crate::job::seeds::{data_seed, init_seed, job_seed};

/// One row of a table.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) label: String,
    /// With the settings that the row states, for every seed number from 1.
    pub(crate) configs: Vec<JobConfig>,
    /// How other settings may take their place.
    pub(crate) tuning: Option<RowTuning>,
}

/// The runs that settings are chosen by.
#[derive(Clone, Debug)]
pub(crate) enum RowTuning {
    Grid {
        rule: Rule,
        points: Vec<GridPoint>,
    },
    /// The job that chooses λ, on the data of the first seed number.
    CrossValidation(Box<JobConfig>),
}

/// One setting of a grid.
#[derive(Clone, Debug)]
pub(crate) struct GridPoint {
    pub(crate) setting: serde_json::Value,
    pub(crate) repeats: usize,
    /// For every seed number and every repeat, from 1. The runs that settings are chosen by are those of the first seed
    /// numbers: what the row needs of the chosen setting is not run twice, unless pathways are tested by it.
    pub(crate) configs: Vec<JobConfig>,
}

/// The rows of an experiment: data set by data set, level by level, model by model, baselines last. Rows with a model
/// of their own come once, with the first of the experiment's models.
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
            for (position, model) in file.models.iter().enumerate() {
                for (label, entry) in &entries {
                    let is_own = entry.model.is_some() || is_baseline(entry);
                    let sets = entry.datasets.as_ref();
                    let is_left_out = sets.is_some_and(|sets| !sets.contains(&dataset));
                    if is_left_out || (is_own && position > 0) {
                        continue;
                    }
                    let place = Place {
                        file,
                        profile,
                        source,
                        dataset,
                        level,
                        model: entry.model.as_ref().unwrap_or(model),
                    };
                    let row = place
                        .row(label, entry, seeds)
                        .with_context(|| format!("row {label}, profile {}", profile.name()))?;
                    rows.push(row);
                }
            }
        }
    }
    Ok(rows)
}

/// The rows as written, then one per baseline, with their labels; no two may look the same.
fn entries(file: &ExperimentFile) -> anyhow::Result<Vec<(String, RowEntry)>> {
    let mut entries: Vec<(String, RowEntry)> = Vec::new();
    for entry in file
        .rows
        .iter()
        .cloned()
        .map(Ok)
        .chain(file.baselines.iter().map(|name| baseline(name)))
    {
        let entry = entry?;
        let name = section::<StrategyConfig>("strategy", &[&entry.strategy])?.name;
        let label = entry.label.clone().unwrap_or(name);
        if entries.iter().any(|(other, _)| *other == label) {
            bail!("two rows are called {label}; give one of them a `label`");
        }
        entries.push((label, entry));
    }
    let Some(only) = &file.only_rows else {
        return Ok(entries);
    };
    only.iter()
        .map(|wanted| {
            let found = entries.iter().find(|(label, _)| label == wanted);
            let labels = entries.iter().map(|(label, _)| label.as_str());
            found.cloned().with_context(|| {
                let hint = nearest(wanted, labels)
                    .map(|near| format!("; did you mean `{near}`?"))
                    .unwrap_or_default();
                format!("only_rows: no row is called {wanted}{hint}")
            })
        })
        .collect()
}

fn baseline(name: &str) -> anyhow::Result<RowEntry> {
    if !BASELINES.contains(&name) {
        bail!(
            "baselines: {name} is none of {}; name trained strategies in [[rows]]",
            BASELINES.join(", ")
        );
    }
    Ok(RowEntry {
        label: None,
        datasets: None,
        model: None,
        strategy: Table::from_iter([("name".to_owned(), Value::from(name))]),
        training: Table::new(),
        schedule: Table::new(),
        pathways: Vec::new(),
        tune: None,
        profiles: BTreeMap::new(),
    })
}

fn is_baseline(entry: &RowEntry) -> bool {
    let name = entry.strategy.get("name").and_then(Value::as_str);
    name.is_some_and(|name| BASELINES.contains(&name))
}

/// The configuration of a row with the λ and the sparsity that cross-validation has chosen.
///
/// # Errors
/// When the choice is out of range, as in a record that was tampered with.
pub(crate) fn with_choice(
    config: &JobConfig,
    number: u64,
    choice: &LambdaChoice,
) -> anyhow::Result<JobConfig> {
    let searched = StrategySettings {
        schedule: config.schedule.clone().unwrap_or_default(),
        ..StrategySettings::default()
    };
    let settings = choice.settings(&searched);
    let mut config = config.clone();
    config.strategy.lambda = Some(settings.lambda);
    config.schedule = Some(settings.schedule);
    check(&config)?;
    config.seed = job_seed(&config, number)?;
    Ok(config)
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
    fn row(&self, label: &str, entry: &RowEntry, seeds: u64) -> anyhow::Result<Row> {
        let none = SettingEntry::default();
        let all = |setting: &SettingEntry, count: u64| -> anyhow::Result<Vec<JobConfig>> {
            (1..=count)
                .map(|number| self.config(entry, setting, number))
                .collect()
        };
        let own = entry.profiles.get(&self.profile);
        let limits = own
            .and_then(|own| own.tune)
            .unwrap_or(self.file.profiles[&self.profile].tune);
        let tuning = match &entry.tune {
            Some(tune) => tune.under(limits)?,
            None => None,
        };
        let tuning = match tuning {
            None => None,
            Some(Tuning::Grid(grid)) => {
                let points = grid
                    .settings
                    .iter()
                    .map(|setting| {
                        let mut configs = all(setting, seeds.max(grid.repeats))?;
                        for config in &mut configs {
                            config.pathways = None;
                        }
                        Ok(GridPoint {
                            setting: serde_json::to_value(setting)?,
                            repeats: usize::try_from(grid.repeats)?,
                            configs,
                        })
                    })
                    .collect::<anyhow::Result<_>>()?;
                Some(RowTuning::Grid {
                    rule: grid.rule,
                    points,
                })
            }
            Some(Tuning::CrossValidation(grid)) => {
                let mut config = self.config(entry, &none, 1)?;
                config.strategy.lambda = None;
                config.selection = Some(grid);
                config.pathways = None;
                check(&config)?;
                config.seed = job_seed(&config, 1)?;
                Some(RowTuning::CrossValidation(Box::new(config)))
            }
        };
        Ok(Row {
            label: label.to_owned(),
            configs: all(&none, seeds)?,
            tuning,
        })
    }

    /// The configuration of a row with one of its settings.
    fn config(
        &self,
        entry: &RowEntry,
        setting: &SettingEntry,
        number: u64,
    ) -> anyhow::Result<JobConfig> {
        let profile = &self.file.profiles[&self.profile];
        let none = RowProfile::default();
        let own = entry.profiles.get(&self.profile).unwrap_or(&none);
        let (set, set_profile) = self.set();
        let strategy: StrategyConfig = section("strategy", &[&entry.strategy, &setting.strategy])?;
        let training = section::<TrainConfig>(
            "training",
            &[
                &self.file.training,
                &profile.training,
                &set.training,
                &set_profile.training,
                &entry.training,
                &own.training,
                &setting.training,
            ],
        )?;
        let schedule = section::<PruneSchedule>(
            "schedule",
            &[
                &self.file.schedule,
                &profile.schedule,
                &set.schedule,
                &set_profile.schedule,
                &entry.schedule,
                &own.schedule,
                &setting.schedule,
            ],
        )?;
        let mut config = JobConfig {
            data: self.data(&profile.data, number)?,
            model: self.model(number)?,
            schedule: strategy.is_pruned().then_some(schedule),
            strategy,
            training,
            selection: None,
            // The figures show the first seed.
            pathways: match number {
                1 => self.pathways(entry, profile)?,
                _ => None,
            },
            seed: 0,
        };
        check(&config)?;
        config.seed = job_seed(&config, number)?;
        Ok(config)
    }

    /// How this row tests pathways on this data set, where it does.
    fn pathways(
        &self,
        entry: &RowEntry,
        profile: &ProfileEntry,
    ) -> anyhow::Result<Option<InfluenceConfig>> {
        if !entry.pathways.contains(&self.dataset) {
            return Ok(None);
        }
        let (set, set_profile) = self.set();
        let parts = [
            &self.file.pathways,
            &profile.pathways,
            &set.pathways,
            &set_profile.pathways,
        ];
        section("pathways", &parts).map(Some)
    }

    /// What the experiment sets anew for this data set, and what for it in this profile.
    fn set(&self) -> (SetEntry, SetProfile) {
        let set = self.file.sets.get(&self.dataset).cloned();
        let set = set.unwrap_or_default();
        let profile = set.profiles.get(&self.profile).cloned();
        (set, profile.unwrap_or_default())
    }

    fn data(&self, profile: &Table, number: u64) -> anyhow::Result<DataConfig> {
        let seed = data_seed(self.dataset, self.level.noise, number);
        let source = if self.dataset.is_new() {
            Source::Embedded
        } else if self.dataset.is_measured() {
            Source::Official
        } else {
            self.source
        };
        let (set, set_profile) = self.set();
        let place = Table::from_iter([
            ("dataset".to_owned(), Value::from(self.dataset.name())),
            ("source".to_owned(), Value::from(source.name())),
            ("noise".to_owned(), Value::from(self.level.noise)),
            (
                "prior_corruption".to_owned(),
                Value::from(self.level.prior_corruption),
            ),
            ("seed".to_owned(), Value::Integer(i64::try_from(seed)?)),
        ]);
        for key in place.keys() {
            let parts = [&self.file.data, profile, &set.data, &set_profile.data];
            if parts.iter().any(|part| part.contains_key(key)) {
                bail!("[data] must not set `{key}`: it follows from data set, level and seed");
            }
        }
        section(
            "data",
            &[
                &self.file.data,
                profile,
                &set.data,
                &set_profile.data,
                &place,
            ],
        )
    }

    fn model(&self, number: u64) -> anyhow::Result<ModelConfig> {
        let kind = self.model.kind;
        let (model, set) = (kind.name(), self.dataset.name());
        let hidden = self.model.hidden.get(&self.dataset).copied();
        if kind.has_hidden() && hidden.is_none() {
            bail!("models: `hidden` of {model} does not say how many units {set} has");
        }
        Ok(ModelConfig {
            kind,
            hidden,
            layers: self.model.layers,
            seed: init_seed(self.dataset, self.level.noise, number),
        })
    }
}
