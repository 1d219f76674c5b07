//! The configuration of one job: everything that determines its result.

use dash_ode::TrainConfig;
use dash_prune::{Entry, EvidenceOptions, LambdaGrid, ProductMagnitude, PruneSchedule, registry};
use serde::{Deserialize, Serialize};

use crate::job::dataset::Dataset;

/// Everything that determines a result, the code and the content of the input files aside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JobConfig {
    pub(crate) data: DataConfig,
    pub(crate) model: ModelConfig,
    pub(crate) strategy: StrategyConfig,
    pub(crate) training: TrainConfig,
    /// `None` for what is never pruned.
    pub(crate) schedule: Option<PruneSchedule>,
    /// The job chooses λ from this grid by cross-validation, in place of training one model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) selection: Option<LambdaGrid>,
    /// How the influence of genes is found, by which pathways are tested; absent: it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pathways: Option<InfluenceConfig>,
    /// Seed of everything random that is neither data nor initial weights (batch order, Ω⁰, gates, random scores).
    /// No two jobs share it.
    pub(crate) seed: u64,
}

/// How the influence of every gene on the others is found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InfluenceConfig {
    /// Starting states, uniform on 0..1.
    pub(crate) draws: usize,
    /// Times at which states are compared, evenly spaced over the time of the training data.
    pub(crate) times: usize,
}

/// Which data are trained on, and how they are disturbed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DataConfig {
    pub(crate) dataset: Dataset,
    pub(crate) source: Source,
    /// Expression noise as the paper names it, a fraction of the mean expression ½: `0.05` is N(0, (1/40)²).
    pub(crate) noise: f64,
    /// Share of the prior's edges that are moved to random places.
    pub(crate) prior_corruption: f64,
    /// Number of training trajectories; where one trajectory is cut into training and validation data, of its points.
    pub(crate) train: usize,
    /// The same of the validation data.
    pub(crate) validation: usize,
    /// Number of test trajectories, or of points of the one that there is.
    pub(crate) test: usize,
    /// Seed of noise, split and moved edges. The same for all strategies, so that they are compared on the same data.
    pub(crate) seed: u64,
}

/// Where the data come from: simulated by `dash-synth`, or the published files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Source {
    Embedded,
    Official,
}

impl Source {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Official => "official",
        }
    }
}

/// The vector field that is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModelConfig {
    pub(crate) kind: ModelKind,
    /// Units m of every hidden layer; absent where a model has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hidden: Option<usize>,
    /// Number of hidden layers of an MLP; absent: one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) layers: Option<usize>,
    /// Seed of the initial weights. The same for all strategies, so that they start from the same network.
    pub(crate) seed: u64,
}

/// A family of vector fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ModelKind {
    Phoenix,
    Mlp,
    /// One layer: every gene has its own weights over regulators.
    Direct,
}

/// Hidden layers that an MLP may have.
pub(crate) const LAYERS: std::ops::RangeInclusive<usize> = 1..=4;

impl ModelConfig {
    /// `phoenix`, or `mlp, 3 hidden layers`.
    pub(crate) fn label(&self) -> String {
        let name = self.kind.name();
        match self.layers {
            Some(layers) if layers > 1 => format!("{name}, {layers} hidden layers"),
            _ => name.to_owned(),
        }
    }
}

impl ModelKind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Phoenix => "phoenix",
            Self::Mlp => "mlp",
            Self::Direct => "direct",
        }
    }

    /// Whether it has hidden units.
    pub(crate) fn has_hidden(self) -> bool {
        self != Self::Direct
    }
}

/// A row of a table: how weights are removed. The names are those of [`dash_prune::registry`] and of [`BASELINES`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StrategyConfig {
    pub(crate) name: String,
    /// Weights λ₁ (first layer) and λ₂ (second layer) of the prior term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) lambda: Option<(f64, f64)>,
    /// How the terms of a score are scaled; absent: balanced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) mode: Option<ScoreMode>,
    /// Magnitude on the product branch, in place of the mode's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) product_magnitude: Option<ProductMagnitude>,
    /// Strength of the penalty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) strength: Option<f64>,
    /// Weigh edges by their evidence in place of their magnitude.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) evidence: Option<EvidenceOptions>,
    /// τ: weight of the data in a loss that has a prior part too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tau: Option<f64>,
}

/// Rows that train nothing. As networks: the prior, every known regulator on every gene, every regulator of the reference
/// on every gene that has one in it, and the reference itself, which figures compare with. As predictions: what was
/// observed last, and the mean of the training data.
pub(crate) const BASELINES: [&str; 6] = [
    "Prior",
    "Regulators",
    "Block",
    "Truth",
    "Last value",
    "Training mean",
];

/// How the magnitude and the prior term of a score are scaled against each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ScoreMode {
    /// Both terms of both layers have unit sum.
    Balanced,
    /// The scaling of the published code.
    Reference,
}

impl StrategyConfig {
    /// The name under which tables and scripts know it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Its place among the trained strategies; `None` for a baseline and for an unknown name.
    pub(crate) fn entry(&self) -> Option<Entry<f32>> {
        registry().into_iter().find(|entry| entry.name == self.name)
    }

    /// Whether the result may depend on prior knowledge.
    pub(crate) fn uses_prior(&self) -> bool {
        match self.entry() {
            Some(entry) => entry.uses_prior,
            None => matches!(self.name.as_str(), "Prior" | "Regulators" | "Block"),
        }
    }

    /// Whether a model is trained at all.
    pub(crate) fn is_trained(&self) -> bool {
        self.entry().is_some()
    }

    /// Whether weights are removed, so that a schedule is needed.
    pub(crate) fn is_pruned(&self) -> bool {
        self.entry().is_some_and(|entry| entry.prunes)
    }
}
