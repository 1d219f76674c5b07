//! The configuration file of `simulate`.

mod effect;
mod read;
mod values;

use std::path::PathBuf;

use dash_synth::sergio::{DifferentiationConfig, SteadyConfig};
use dash_synth::{
    KineticsConfig, NetworkConfig, ScaleFreeConfig, SimulationConfig, SystemConfig, ToyModel,
};
use serde::{Deserialize, Serialize};

/// What is simulated.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// Seed of everything random.
    #[serde(default)]
    pub(super) seed: u64,
    pub(super) network: NetworkSource,
    pub(super) simulator: Simulator,
    /// Which published semantics the defaults of a SERGIO simulator are.
    #[serde(default)]
    pub(super) semantics: Semantics,
    /// Random kinetics of a bare network, for single cells.
    pub(super) kinetics: Option<KineticsConfig>,
    /// Random kinetics of a bare network, for `hill-ode`.
    pub(super) hill: Option<SystemConfig>,
    pub(super) lineage: Option<LineageSource>,
    pub(super) perturbations: Option<Perturbations>,
    #[serde(default)]
    pub(super) split: Split,
    #[serde(default)]
    pub(super) noise: Noise,
    #[serde(default)]
    pub(super) series: Series,
    #[serde(default)]
    pub(super) output: Output,
}

/// Where the network comes from.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum NetworkSource {
    /// SERGIO's own files.
    SergioFiles {
        targets: PathBuf,
        masters: PathBuf,
        shared_exponent: Option<f64>,
    },
    /// `from,to,sign` or `from,to,weight`.
    EdgeList {
        file: PathBuf,
    },
    /// A published Hill system.
    HillFiles {
        equations: PathBuf,
        edge_properties: PathBuf,
    },
    ScaleFree(ScaleFreeConfig),
    YeastLike(NetworkConfig),
    Toy {
        model: ToyModel,
    },
}

/// What moves.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Simulator {
    SergioSteady(SteadyConfig),
    SergioDifferentiation(DifferentiationConfig),
    HillOde(SimulationConfig),
}

impl Simulator {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::SergioSteady(_) => "sergio-steady",
            Self::SergioDifferentiation(_) => "sergio-differentiation",
            Self::HillOde(_) => "hill-ode",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Semantics {
    #[default]
    Dash,
    V1,
    V2,
}

/// Which cell type turns into which.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum LineageSource {
    /// SERGIO's bifurcation matrix, tab-separated.
    File(PathBuf),
    /// The same, row by row.
    Transitions(Vec<Vec<f64>>),
}

/// Which genes are changed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Perturbations {
    /// One condition per gene of a group.
    pub(super) screen: Option<Screen>,
    /// Factor on the production of the genes of the screen.
    pub(super) factor: f64,
    /// Single conditions.
    pub(super) list: Vec<Change>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Screen {
    /// Genes that regulate others.
    Regulators,
    AllGenes,
}

/// One changed condition.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    pub(super) gene: String,
    /// 0 knock-out, below 1 knock-down, above 1 over-expression.
    pub(super) factor: f64,
}

/// What is kept for testing.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Split {
    /// Share of the changed conditions; 1 trains on the wild type alone.
    pub(super) perturbations: f64,
    /// Share of the samples (replicates) of every condition; resting cells have none.
    pub(super) trajectories: f64,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Noise {
    /// Standard deviation of what is added to every value of time series that solve equations.
    pub(super) measurement_sd: f64,
    /// Preset of technical noise on cells, such as `10x-a`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) technical: Option<String>,
}

/// Time series made from cells.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Series {
    /// Snapshots along every lineage.
    pub(super) snapshots: usize,
    /// Trajectories per lineage, each from cells of its own.
    pub(super) replicates: usize,
    /// Times at which the response to a perturbation is seen, which is made at 0.
    pub(super) times: Vec<f64>,
}

impl Default for Series {
    fn default() -> Self {
        Self {
            snapshots: 10,
            replicates: 5,
            times: vec![0.0, 0.5, 1.0, 2.0, 4.0, 8.0],
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Output {
    pub(super) formats: Vec<Format>,
}

impl Default for Output {
    fn default() -> Self {
        Self {
            formats: Format::ALL.to_vec(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Format {
    /// `expression.csv.gz`, genes × cells.
    Dense,
    /// Matrix Market in the layout of 10x.
    #[serde(rename = "10x")]
    TenX,
    Beeline,
    /// `series.csv`.
    Tidy,
    /// `published.csv` and `gene_names.csv`.
    Published,
}

impl Format {
    const ALL: [Self; 5] = [
        Self::Dense,
        Self::TenX,
        Self::Beeline,
        Self::Tidy,
        Self::Published,
    ];
}
