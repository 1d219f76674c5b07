//! Settings of a simulation of differentiating cells.

use serde::{Deserialize, Serialize};

use crate::sergio::langevin::NoiseType;
use crate::sergio::settings::PerGene;

/// A simulation of differentiating cells. Noise amplitudes, decay and splice ratio default to those of the published data;
/// [`DifferentiationConfig::v1`] has the published semantics too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DifferentiationConfig {
    /// Cells per type, at least 1 (300).
    pub cells: usize,
    /// Which reactions of unspliced RNA are noisy (both, independently: `dpd`).
    pub noise_type: NoiseType,
    /// Which reactions of spliced RNA are noisy (as for unspliced RNA).
    pub splice_noise_type: Option<NoiseType>,
    /// Noise amplitude of unspliced RNA, at least 0 (0.3).
    pub noise: PerGene,
    /// Noise amplitude of spliced RNA, at least 0 (0.07).
    pub splice_noise: PerGene,
    /// Decay rate λ of unspliced RNA, above 0 (0.8).
    pub decay: PerGene,
    /// Spliced over unspliced RNA at rest, above 0 (4).
    pub splice_ratio: PerGene,
    /// Euler–Maruyama step, above 0 and at most 1/λ (0.01).
    pub dt: f64,
    /// Step of spliced RNA, a whole part of `dt` (`dt`).
    pub dt_splice: Option<f64>,
    /// Paths of every type, at least 1 (SERGIO's rule: migration rate × cells, and about 20 for roots). With paths and
    /// `least_points` given, the values of a cell do not depend on how many cells there are.
    pub paths: Option<usize>,
    /// How long it goes on at rest, as a multiple of the way there, at least 0 (1); SERGIO's `sampling_state`.
    #[serde(alias = "sampling_state")]
    pub extra: f64,
    /// What `extra` counts (points of all paths together).
    pub extra_run: ExtraRun,
    /// Points of a path before it may be at rest (the number of cells).
    pub least_points: Option<usize>,
    /// Points of a path after which a type that does not come to rest is an error (1 000 000).
    pub most_points: usize,
    /// Whether genes move together or one after the other (together).
    pub update: Update,
    /// Through what regulators act (unspliced RNA).
    pub regulation: Regulation,
    /// Seed (0).
    pub seed: u64,
}

impl Default for DifferentiationConfig {
    fn default() -> Self {
        Self {
            cells: 300,
            noise_type: NoiseType::Independent,
            splice_noise_type: None,
            noise: PerGene::All(0.3),
            splice_noise: PerGene::All(0.07),
            decay: PerGene::All(0.8),
            splice_ratio: PerGene::All(4.0),
            dt: 0.01,
            dt_splice: None,
            paths: None,
            extra: 1.0,
            extra_run: ExtraRun::AllPaths,
            least_points: None,
            most_points: 1_000_000,
            update: Update::Synchronous,
            regulation: Regulation::Unspliced,
            seed: 0,
        }
    }
}

impl DifferentiationConfig {
    /// The semantics of SERGIO's first version: genes move one after the other.
    pub fn v1() -> Self {
        Self {
            update: Update::Sequential,
            ..Self::default()
        }
    }
}

/// What the run at rest is measured by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExtraRun {
    /// Points of all paths together, as SERGIO does: the more paths, the shorter.
    #[default]
    AllPaths,
    /// Points of every path, as SERGIO's manual says.
    EachPath,
}

/// In which order genes move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Update {
    /// All at once.
    #[default]
    Synchronous,
    /// In gene order; a target sees where regulators before it have gone in the same step. Without effect where
    /// regulators act through spliced RNA.
    Sequential,
}

/// Which RNA of a regulator acts on its targets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Regulation {
    /// Unspliced RNA.
    #[default]
    Unspliced,
    /// Spliced RNA over the splice ratio, so that the steady state is the same.
    Spliced,
}
