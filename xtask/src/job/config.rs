//! The configuration of one job: everything that determines its result.

use serde::{Deserialize, Serialize};

/// Everything that determines a result, the code and the content of the input files aside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JobConfig {
    pub(crate) data: DataConfig,
    pub(crate) model: ModelConfig,
    pub(crate) strategy: StrategyConfig,
    pub(crate) training: TrainingConfig,
    /// `None` for what is never pruned.
    pub(crate) schedule: Option<ScheduleConfig>,
    /// Seed of everything random that is neither data nor initial weights (batch order, Ω⁰, gates, random scores).
    /// No two jobs share it.
    pub(crate) seed: u64,
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
    /// Number of training trajectories.
    pub(crate) train: usize,
    /// Number of validation trajectories.
    pub(crate) validation: usize,
    /// Number of test trajectories.
    pub(crate) test: usize,
    /// Seed of noise, split and moved edges. The same for all strategies, so that they are compared on the same data.
    pub(crate) seed: u64,
}

/// A data set of the paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Dataset {
    Sim350,
    Sim690,
}

impl Dataset {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sim350 => "sim350",
            Self::Sim690 => "sim690",
        }
    }
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
    /// Hidden units m.
    pub(crate) hidden: usize,
    /// Seed of the initial weights. The same for all strategies, so that they start from the same network.
    pub(crate) seed: u64,
}

/// A family of vector fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ModelKind {
    Phoenix,
    Mlp,
}

impl ModelKind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Phoenix => "phoenix",
            Self::Mlp => "mlp",
        }
    }
}

/// A row of a table: how weights are removed, with the parameters that only this way has. `Prior` and `Block` are
/// baselines that train nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", deny_unknown_fields)]
pub(crate) enum StrategyConfig {
    #[serde(rename = "PHOENIX")]
    Phoenix {},
    Random {},
    #[serde(rename = "MP")]
    Mp {},
    #[serde(rename = "IMP")]
    Imp {},
    SparseFlow {
        /// Epoch whose weights the survivors go back to after a pruning step; absent: they continue.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rewind_epoch: Option<usize>,
    },
    BioPrune {
        mode: ScoreMode,
    },
    #[serde(rename = "DASH")]
    Dash {
        /// Weights λ₁ (first layer) and λ₂ (second layer) of the prior term.
        lambda: [f64; 2],
        mode: ScoreMode,
    },
    Prior {},
    Block {},
}

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
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Phoenix {} => "PHOENIX",
            Self::Random {} => "Random",
            Self::Mp {} => "MP",
            Self::Imp {} => "IMP",
            Self::SparseFlow { .. } => "SparseFlow",
            Self::BioPrune { .. } => "BioPrune",
            Self::Dash { .. } => "DASH",
            Self::Prior {} => "Prior",
            Self::Block {} => "Block",
        }
    }

    /// Whether the result may depend on prior knowledge.
    pub(crate) fn uses_prior(&self) -> bool {
        matches!(
            self,
            Self::BioPrune { .. } | Self::Dash { .. } | Self::Prior {} | Self::Block {}
        )
    }

    /// Whether a model is trained at all.
    pub(crate) fn is_trained(&self) -> bool {
        !matches!(self, Self::Prior {} | Self::Block {})
    }

    /// Whether weights are removed, so that a schedule is needed.
    pub(crate) fn is_pruned(&self) -> bool {
        self.is_trained() && !matches!(self, Self::Phoenix {})
    }
}

/// The training loop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrainingConfig {
    /// Largest number of epochs.
    pub(crate) epochs: usize,
    /// Epochs without validation improvement after which training stops.
    pub(crate) patience: usize,
    pub(crate) learning_rate: f64,
    /// Learning rate of the gene multipliers v.
    pub(crate) multiplier_rate: f64,
    pub(crate) plateau: PlateauConfig,
    /// Relative tolerance of the solver.
    pub(crate) rtol: f64,
    /// Absolute tolerance of the solver.
    pub(crate) atol: f64,
}

/// When and how far the learning rate falls.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlateauConfig {
    pub(crate) factor: f64,
    /// Epochs without improvement before the rate falls.
    pub(crate) patience: usize,
    /// Smallest absolute change of the validation loss that counts as improvement.
    pub(crate) threshold: f64,
    /// Rate below which it does not fall.
    pub(crate) floor: f64,
}

/// When weights are removed and how many of those that remain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScheduleConfig {
    /// Epoch of the first pruning step.
    pub(crate) first_epoch: usize,
    /// Fraction of the weights removed then.
    pub(crate) first_fraction: f64,
    /// Epochs between later steps.
    pub(crate) every: usize,
    /// Fraction of the remaining weights removed at each later step.
    pub(crate) fraction: f64,
    /// Sparsity at which pruning ends.
    pub(crate) target: f64,
}
