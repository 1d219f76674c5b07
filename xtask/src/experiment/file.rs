//! The layout of an experiment file.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use toml::Table;

use crate::experiment::tune::{TuneEntry, TuneLimits};
use crate::experiment::{hint, like};
use crate::job::config::ModelKind;
use crate::job::dataset::Dataset;
use crate::render::columns;

/// Repetitions at most.
pub(crate) const SEEDS: u64 = 1000;

/// An experiment with the text and the place it comes from.
#[derive(Clone, Debug)]
pub(crate) struct Experiment {
    pub(crate) file: ExperimentFile,
    pub(crate) origin: String,
    /// With everything that it takes over from another.
    pub(crate) text: String,
}

/// One table of the paper, with the figures drawn from it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExperimentFile {
    /// Name of the files written: lower-case letters, digits, `-` and `_`.
    pub(crate) id: String,
    pub(crate) title: String,
    /// Where in the paper.
    pub(crate) paper: String,
    pub(crate) datasets: Vec<Dataset>,
    pub(crate) models: Vec<ModelEntry>,
    pub(crate) levels: Vec<Level>,
    /// Names of untrained strategies shown beside the trained ones.
    #[serde(default)]
    pub(crate) baselines: Vec<String>,
    /// Metrics shown, in order.
    pub(crate) columns: Vec<String>,
    #[serde(default)]
    pub(crate) figures: Vec<FigureEntry>,
    /// What all rows and profiles share; a profile, then a row, may set it anew key by key.
    pub(crate) data: Table,
    pub(crate) training: Table,
    pub(crate) schedule: Table,
    /// How pathways are tested, for the rows that do.
    #[serde(default)]
    pub(crate) pathways: Table,
    pub(crate) profiles: BTreeMap<Profile, ProfileEntry>,
    /// What single data sets set anew, over the profile and under the rows.
    #[serde(default)]
    pub(crate) sets: BTreeMap<Dataset, SetEntry>,
    pub(crate) rows: Vec<RowEntry>,
    /// Labels of the rows that are kept, in this order; absent: all. For experiments that take over the rows of another.
    pub(crate) only_rows: Option<Vec<String>>,
}

/// A model and its hidden units by data set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModelEntry {
    pub(crate) kind: ModelKind,
    /// Units of every hidden layer; none for a model without hidden layers.
    #[serde(default)]
    pub(crate) hidden: BTreeMap<Dataset, usize>,
    /// Hidden layers of an MLP (one).
    pub(crate) layers: Option<usize>,
}

/// Expression noise and the share of moved prior edges.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Level {
    pub(crate) noise: f64,
    pub(crate) prior_corruption: f64,
}

/// One trained strategy with its parameters.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RowEntry {
    /// Shown in place of the strategy's name where a table has it more than once.
    pub(crate) label: Option<String>,
    /// The data sets that it is run on; absent: all of the experiment.
    pub(crate) datasets: Option<Vec<Dataset>>,
    /// Its own model, in place of those of the experiment.
    pub(crate) model: Option<ModelEntry>,
    /// `name` and the parameters of this strategy.
    pub(crate) strategy: Table,
    #[serde(default)]
    pub(crate) training: Table,
    #[serde(default)]
    pub(crate) schedule: Table,
    /// The data sets on which pathways are tested by what it finds.
    #[serde(default)]
    pub(crate) pathways: Vec<Dataset>,
    /// How its settings are chosen on validation data.
    pub(crate) tune: Option<TuneEntry>,
    /// What single profiles set anew for this row.
    #[serde(default)]
    pub(crate) profiles: BTreeMap<Profile, RowProfile>,
}

/// What is set anew for one data set.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetEntry {
    #[serde(default)]
    pub(crate) data: Table,
    #[serde(default)]
    pub(crate) training: Table,
    #[serde(default)]
    pub(crate) schedule: Table,
    #[serde(default)]
    pub(crate) pathways: Table,
    /// What single profiles set anew for it.
    #[serde(default)]
    pub(crate) profiles: BTreeMap<Profile, SetProfile>,
}

/// What a profile sets anew for one data set.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetProfile {
    #[serde(default)]
    pub(crate) data: Table,
    #[serde(default)]
    pub(crate) training: Table,
    #[serde(default)]
    pub(crate) schedule: Table,
    #[serde(default)]
    pub(crate) pathways: Table,
}

/// What a profile sets anew for one row.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RowProfile {
    #[serde(default)]
    pub(crate) training: Table,
    #[serde(default)]
    pub(crate) schedule: Table,
    /// In place of the profile's.
    pub(crate) tune: Option<TuneLimits>,
}

/// How much is run.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProfileEntry {
    /// Number of repetitions.
    pub(crate) seeds: u64,
    #[serde(default)]
    pub(crate) data: Table,
    #[serde(default)]
    pub(crate) training: Table,
    #[serde(default)]
    pub(crate) schedule: Table,
    #[serde(default)]
    pub(crate) pathways: Table,
    #[serde(default)]
    pub(crate) tune: TuneLimits,
}

/// A picture of a table's rows.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum FigureEntry {
    /// One metric over another, a point per row, a panel per data set.
    Scatter {
        id: String,
        title: String,
        x: String,
        y: String,
    },
    /// The networks of the first seed as heat maps: a panel per level and row, the row `reference` first.
    Effects {
        id: String,
        title: String,
        reference: String,
        rows: Vec<String>,
    },
    /// The pathways of influential genes as a heat map, a column a row of the table, of the first seed.
    Pathways {
        id: String,
        title: String,
        dataset: Dataset,
        rows: Vec<String>,
    },
}

impl FigureEntry {
    /// Name of its files.
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Scatter { id, .. } | Self::Effects { id, .. } | Self::Pathways { id, .. } => id,
        }
    }

    pub(crate) fn title(&self) -> &str {
        match self {
            Self::Scatter { title, .. }
            | Self::Effects { title, .. }
            | Self::Pathways { title, .. } => title,
        }
    }
}

/// How much of the paper's protocol is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Profile {
    /// Under a minute: does everything work?
    Smoke,
    /// Minutes: fewer seeds and epochs than the paper.
    Quick,
    /// The paper's protocol.
    Full,
}

impl Profile {
    pub(crate) const ALL: [Self; 3] = [Self::Smoke, Self::Quick, Self::Full];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Smoke => "smoke",
            Self::Quick => "quick",
            Self::Full => "full",
        }
    }
}

impl Experiment {
    /// Reads an experiment and checks what does not need its expansion.
    ///
    /// # Errors
    /// When the text is not TOML, a key is unknown or missing, or a name is not known.
    pub(crate) fn parse(origin: &str, text: &str) -> anyhow::Result<Self> {
        let text = like::resolve(text).with_context(|| origin.to_owned())?;
        let file: ExperimentFile = toml::from_str(&text)
            .map_err(|error| describe(&error, Some(&text)))
            .with_context(|| origin.to_owned())?;
        check(&file).with_context(|| origin.to_owned())?;
        Ok(Self {
            file,
            origin: origin.to_owned(),
            text,
        })
    }
}

/// An error of the TOML reader as one line: where, what, and which key was probably meant.
pub(crate) fn describe(error: &toml::de::Error, text: Option<&str>) -> anyhow::Error {
    let message = error.message();
    let place = match (error.span(), text) {
        (Some(span), Some(text)) => {
            let line = text[..span.start.min(text.len())].matches('\n').count() + 1;
            format!("line {line}: ")
        }
        _ => String::new(),
    };
    match hint::meant(message) {
        Some(name) => anyhow::anyhow!("{place}{message}; did you mean `{name}`?"),
        None => anyhow::anyhow!("{place}{message}"),
    }
}

fn check(file: &ExperimentFile) -> anyhow::Result<()> {
    let figures = file.figures.iter().map(FigureEntry::id);
    for id in figures.chain([file.id.as_str()]) {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
        if id.is_empty() || !id.chars().all(plain) {
            bail!("id `{id}` must be lower-case letters, digits, `-` and `_`: it names files");
        }
    }
    let shown = file.figures.iter().flat_map(|figure| match figure {
        FigureEntry::Scatter { x, y, .. } => vec![x, y],
        FigureEntry::Effects { .. } | FigureEntry::Pathways { .. } => Vec::new(),
    });
    for name in file.columns.iter().chain(shown) {
        columns::known(name)?;
    }
    for profile in Profile::ALL {
        let Some(entry) = file.profiles.get(&profile) else {
            bail!("[profiles.{}] is missing", profile.name());
        };
        if !(1..=SEEDS).contains(&entry.seeds) {
            let name = profile.name();
            bail!("profiles.{name}.seeds = {}: from 1 to {SEEDS}", entry.seeds);
        }
    }
    for (name, is_empty) in [
        ("datasets", file.datasets.is_empty()),
        ("models", file.models.is_empty()),
        ("levels", file.levels.is_empty()),
        ("columns", file.columns.is_empty()),
        ("rows", file.rows.is_empty()),
    ] {
        if is_empty {
            bail!("`{name}` is empty: nothing would run");
        }
    }
    Ok(())
}
