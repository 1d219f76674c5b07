//! Settings of a simulation of stationary cells.

use serde::{Deserialize, Serialize};

use super::sampling::Sampling;
use crate::sergio::langevin::NoiseType;
use crate::sergio::settings::PerGene;

/// A simulation of stationary cells. The default is deterministic half responses, no cell twice, and none from the start of the
/// run; [`SteadyConfig::v1`] and [`SteadyConfig::v2`] are the two published semantics.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SteadyConfig {
    /// Cells per type, at least 1 (300).
    pub cells: usize,
    /// Which reactions are noisy (both, independently: `dpd`).
    pub noise_type: NoiseType,
    /// Noise amplitude q, at least 0 (1).
    pub noise: PerGene,
    /// Decay rate λ, above 0 (0.8).
    pub decay: PerGene,
    /// Euler–Maruyama step, above 0 and at most 1/λ (0.01).
    pub dt: f64,
    /// Points of the run per cell, at least 1 (15); SERGIO's `sampling_state`. Points 1/(λ dt) apart are nearly independent.
    #[serde(alias = "sampling_state")]
    pub spacing: usize,
    /// Points at the start of the run that never become cells (1000).
    pub burn_in: usize,
    /// How points become cells (windows).
    pub sampling: Sampling,
    /// Where half responses come from (deterministic).
    pub half_response: HalfResponse,
    /// Seed (0).
    pub seed: u64,
}

impl Default for SteadyConfig {
    fn default() -> Self {
        Self {
            cells: 300,
            noise_type: NoiseType::Independent,
            noise: PerGene::All(1.0),
            decay: PerGene::All(0.8),
            dt: 0.01,
            spacing: 15,
            burn_in: 1000,
            sampling: Sampling::Windows,
            half_response: HalfResponse::Deterministic,
            seed: 0,
        }
    }
}

impl SteadyConfig {
    /// The semantics of SERGIO's first version: half responses are means of sampled cells, so level after level is simulated;
    /// cells are the same points of the run in all types, with replacement and from its start.
    pub fn v1() -> Self {
        Self {
            burn_in: 0,
            sampling: Sampling::Shared,
            half_response: HalfResponse::Sampled,
            ..Self::default()
        }
    }

    /// The semantics of SERGIO's second version: deterministic half responses, all genes at once; cells are points of the run,
    /// with replacement, after the first 50.
    pub fn v2() -> Self {
        Self {
            spacing: 10,
            burn_in: 50,
            sampling: Sampling::PerType,
            ..Self::default()
        }
    }
}

/// Where the half responses h come from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HalfResponse {
    /// The mean over cell types of the noise-free steady state.
    #[default]
    Deterministic,
    /// The mean over cell types of the mean over the sampled cells, which depends on the seed and lies higher by the clamping
    /// at 0. Not for networks with circles.
    Sampled,
    /// Known, one per gene; those of genes without targets have no effect.
    Given(Vec<f64>),
}
