//! The configuration of a fit, a TOML file.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use dash_ode::{BatchRule, TrainConfig};
use dash_prune::{EvidenceOptions, LambdaGrid, PruneSchedule};
use serde::{Deserialize, Serialize};

use crate::experiment::hint::meant;
use crate::job::config::{ModelConfig, ModelKind};

/// A fit, as its user states it. What is left out has a default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FitConfig {
    /// Heading of the report.
    #[serde(default)]
    pub(crate) title: String,
    /// How often the network is fitted, each time on another part of the training data.
    #[serde(default = "default_seeds")]
    pub(crate) seeds: u64,
    pub(crate) expression: Expression,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) prior: Option<PriorFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) interactions: Option<Interactions>,
    #[serde(default)]
    pub(crate) hold_out: HoldOut,
    #[serde(default)]
    pub(crate) stability: Stability,
    #[serde(default)]
    pub(crate) model: Model,
    /// For the direct model.
    #[serde(default)]
    pub(crate) evidence: EvidenceOptions,
    /// For the factorised model.
    #[serde(default)]
    pub(crate) lambda: Lambda,
    /// For the factorised model.
    #[serde(default = "default_schedule")]
    pub(crate) schedule: PruneSchedule,
    #[serde(default)]
    pub(crate) training: Training,
}

/// The expression data.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expression {
    pub(crate) file: PathBuf,
    pub(crate) format: ExpressionFormat,
    /// Gene names of a file in the published format.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) gene_names: Option<PathBuf>,
    /// The second file of BEELINE's pair.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pseudotime: Option<PathBuf>,
    /// Column of `obs` with the pseudotime, of a .h5ad file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pseudotime_column: Option<String>,
    /// Column of `obs` whose values tell lineages apart, of a .h5ad file; absent: all cells are one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) lineage_column: Option<String>,
    /// Layer of a .h5ad file; absent: X.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) layer: Option<String>,
    /// Points that the cells of a lineage are averaged into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) points: Option<usize>,
    #[serde(default)]
    pub(crate) scale: Scaling,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ExpressionFormat {
    #[default]
    Tidy,
    Published,
    Beeline,
    H5ad,
}

/// How expression is brought to where the models work best, 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Scaling {
    /// As `unit`, unless all values lie near there already (−0.25 to 1.25).
    #[default]
    Auto,
    /// Every gene by its smallest and largest training value.
    Unit,
    /// As it is.
    None,
}

/// A prior network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PriorFile {
    pub(crate) file: PathBuf,
    #[serde(default)]
    pub(crate) format: PriorFormat,
    /// Whether `Sox2` and `SOX2` are one gene.
    #[serde(default)]
    pub(crate) ignore_case: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PriorFormat {
    /// `from,to`, with a sign or weight or none.
    #[default]
    Edges,
    /// PANDA's motif file: transcription factor, gene and value, without header.
    Panda,
}

/// Interactions between genes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Interactions {
    pub(crate) file: PathBuf,
    #[serde(default)]
    pub(crate) format: InteractionFormat,
    /// Least combined score of STRING, 0 to 1000.
    #[serde(default = "default_score")]
    pub(crate) min_score: u32,
    /// STRING's `protein.info` file, which names the genes of its identifiers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) names: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum InteractionFormat {
    #[default]
    String,
    Pairs,
}

/// Which data judge the model, and which end its training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct HoldOut {
    /// Share held out to test.
    pub(crate) test: f64,
    /// Share held out to end training.
    pub(crate) validation: f64,
    /// Trajectories to test on, in place of the share.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) test_trajectories: Vec<String>,
    /// Seed of the choice.
    pub(crate) seed: u64,
}

impl Default for HoldOut {
    fn default() -> Self {
        Self {
            test: 0.2,
            validation: 0.1,
            test_trajectories: Vec::new(),
            seed: 1,
        }
    }
}

/// How the stability of edges is measured and used.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Stability {
    /// Share of the training data that every fit but the first sees.
    pub(crate) share: f64,
    /// Least share of the fits that must keep an edge for the consensus network to have it.
    pub(crate) least: f64,
}

impl Default for Stability {
    fn default() -> Self {
        Self {
            share: 0.8,
            least: 0.5,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Model {
    pub(crate) kind: ModelKind,
    /// Hidden units of the factorised model.
    pub(crate) hidden: usize,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            kind: ModelKind::Direct,
            hidden: 40,
        }
    }
}

/// How λ of factorised DASH is found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Lambda {
    /// Stated, (λ₁, λ₂).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fixed: Option<(f64, f64)>,
    /// Or chosen by cross-validation from these.
    pub(crate) grid: LambdaGrid,
}

impl Default for Lambda {
    fn default() -> Self {
        Self {
            fixed: None,
            grid: LambdaGrid {
                lambda1: vec![0.2, 0.5, 0.8],
                lambda2: vec![0.2, 0.5, 0.8],
                folds: 3,
            },
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Training {
    /// Epochs at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) epochs: Option<usize>,
    /// Epochs without improvement after which training ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) patience: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) learning_rate: Option<f64>,
}

fn default_seeds() -> u64 {
    10
}

fn default_score() -> u32 {
    400
}

pub(super) fn default_schedule() -> PruneSchedule {
    PruneSchedule {
        target_sparsity: Some(0.95),
        ..PruneSchedule::default()
    }
}

/// Intervals of an optimiser step where there are too few trajectories to take one of them.
const BATCH: usize = 8;

impl FitConfig {
    /// Reads and checks a configuration file.
    ///
    /// # Errors
    /// A file that cannot be read; text that is no TOML; unknown keys; values out of range.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(path).with_context(|| {
            format!(
                "cannot read {}; write one with `cargo xtask fit --init FILES…`",
                path.display()
            )
        })?;
        let place = || path.display().to_string();
        let config: Self = toml::from_str(&text)
            .map_err(|error| {
                let hint = meant(error.message()).map(|name| format!("; did you mean `{name}`?"));
                anyhow::anyhow!("{error}{}", hint.unwrap_or_default())
            })
            .with_context(place)?;
        config.check().with_context(place)?;
        Ok(config)
    }

    /// All files, by role.
    pub(crate) fn files(&self) -> Vec<(&'static str, &Path)> {
        let interactions = self.interactions.as_ref();
        let optional = [
            ("expression.gene_names", self.expression.gene_names.as_ref()),
            ("expression.pseudotime", self.expression.pseudotime.as_ref()),
            ("prior.file", self.prior.as_ref().map(|prior| &prior.file)),
            ("interactions.file", interactions.map(|i| &i.file)),
            (
                "interactions.names",
                interactions.and_then(|i| i.names.as_ref()),
            ),
        ];
        let mut files = vec![("expression.file", self.expression.file.as_path())];
        files.extend(
            optional
                .into_iter()
                .filter_map(|(role, file)| Some((role, file?.as_path()))),
        );
        files
    }

    /// What a fit depends on: without title, number of seeds, paths and the cut-off of the consensus.
    pub(crate) fn identity(&self) -> Self {
        let mut identity = self.clone();
        identity.title = String::new();
        identity.seeds = 1;
        identity.stability.least = 1.0;
        identity.expression.file = PathBuf::new();
        for file in [
            &mut identity.expression.gene_names,
            &mut identity.expression.pseudotime,
        ] {
            *file = file.as_ref().map(|_| PathBuf::new());
        }
        if let Some(prior) = &mut identity.prior {
            prior.file = PathBuf::new();
        }
        if let Some(interactions) = &mut identity.interactions {
            interactions.file = PathBuf::new();
            interactions.names = interactions.names.as_ref().map(|_| PathBuf::new());
        }
        identity
    }

    /// The same with the defaults of `training`, which depend on the model.
    pub(crate) fn stated(&self) -> Self {
        let used = self.train_config(0);
        Self {
            training: Training {
                epochs: Some(used.epochs),
                patience: Some(used.patience),
                learning_rate: Some(used.learning_rate),
            },
            ..self.clone()
        }
    }

    /// How to train on so many trajectories.
    pub(crate) fn train_config(&self, trajectories: usize) -> TrainConfig {
        let default = TrainConfig::default();
        // The direct model starts from its fitted targets, and only refines them.
        let epochs = if self.is_direct() { 60 } else { 300 };
        let batch = if trajectories < FEW_TRAJECTORIES {
            BatchRule::Intervals(BATCH)
        } else {
            BatchRule::Trajectory
        };
        TrainConfig {
            epochs: self.training.epochs.unwrap_or(epochs),
            patience: self.training.patience.unwrap_or(default.patience),
            learning_rate: self.training.learning_rate.unwrap_or(default.learning_rate),
            batch,
            ..default
        }
    }

    pub(crate) fn is_direct(&self) -> bool {
        self.model.kind == ModelKind::Direct
    }

    /// The model, with initial weights of this seed.
    pub(crate) fn model_config(&self, seed: u64) -> ModelConfig {
        ModelConfig {
            kind: self.model.kind,
            hidden: (!self.is_direct()).then_some(self.model.hidden),
            layers: None,
            seed,
        }
    }
}

/// Below so many trajectories, blocks of points are held out and left out instead of trajectories.
pub(crate) const FEW_TRAJECTORIES: usize = 5;
