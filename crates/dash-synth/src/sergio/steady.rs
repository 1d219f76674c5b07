//! Cells of a stationary population.

use ndarray::{Array3, Array4};
use serde::{Deserialize, Serialize};

use super::draws::{Given, Random};
use super::langevin::NoiseType;
use super::rates::padded;
use super::run::{Run, Setup};
use super::sampling::Sampling;
use super::settings::{PerGene, Range, check_count, check_dt};
use super::system::System;
use crate::error::{Error, Result};

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

/// Simulated cells.
#[derive(Clone, Debug, PartialEq)]
pub struct Steady {
    /// `types × genes × cells`.
    pub expression: Array3<f64>,
    /// h of every gene that regulates others, NaN for the rest.
    pub half_response: Vec<f64>,
}

/// A change of the production rate of one gene.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Perturbation {
    /// Number of the gene.
    pub gene: usize,
    /// Factor on its production rate: 0 knock-out, below 1 knock-down, above 1 over-expression.
    pub factor: f64,
}

/// Simulates stationary cells.
///
/// # Errors
/// Settings out of range; [`Error::Circle`] for sampled half responses of a network with circles; [`Error::NoSteadyState`].
///
/// # Reference
/// P. Dibaeinia & S. Sinha, Cell Systems 11 (2020) 252–271.
pub fn simulate_steady(system: &System, config: &SteadyConfig) -> Result<Steady> {
    simulate_perturbed(system, config, &[])
}

/// Simulates stationary cells with changed production rates. Give the half responses of the wild type, for with others it
/// would be another system: [`HalfResponse::Given`]; deterministic ones are those of the wild type in any case.
///
/// # Errors
/// As [`simulate_steady`]; [`Error::UnknownGene`] and a factor that is negative or not finite.
pub fn simulate_perturbed(
    system: &System,
    config: &SteadyConfig,
    perturbations: &[Perturbation],
) -> Result<Steady> {
    let setup = setup(system, config, perturbations)?;
    let points = config.sampling.points(
        system.types(),
        config.cells,
        config.burn_in,
        config.spacing,
        config.seed,
    );
    Run::new(&setup, &points).simulate(&mut Random::new(config.seed, 0), |_, _, _| {})
}

/// Random numbers of a run, all given.
#[derive(Clone, Debug, PartialEq)]
pub struct SteadyDraws {
    /// Standard normals, `genes × steps × terms × types`: one term, or two for independent noise (production, decay).
    pub normals: Array4<f64>,
    /// The points that become cells, `types × cells`.
    pub points: Vec<Vec<usize>>,
}

/// All that a run went through.
#[derive(Clone, Debug, PartialEq)]
pub struct SteadyTrace {
    /// The cells.
    pub steady: Steady,
    /// `genes × types × points`.
    pub trajectory: Array3<f64>,
}

/// Simulates with given random numbers, and keeps the trajectories: for comparison with other implementations.
///
/// The run has one point more than there are steps of normals; cells, spacing, burn-in, sampling and seed of `config` have no
/// effect.
///
/// # Errors
/// As [`simulate_steady`], and draws whose shape does not fit.
pub fn trace_steady(
    system: &System,
    config: &SteadyConfig,
    draws: &SteadyDraws,
) -> Result<SteadyTrace> {
    let (genes, steps, _, types) = draws.normals.dim();
    check_draws(system, config, draws)?;
    let setup = Setup {
        points: steps + 1,
        ..setup(system, config, &[])?
    };
    let mut trajectory = Array3::zeros((genes, types, steps + 1));
    let width = padded(types);
    let keep = |point, genes: &[usize], x: &[f64]| {
        for &gene in genes {
            for cell_type in 0..types {
                trajectory[[gene, cell_type, point]] = x[gene * width + cell_type];
            }
        }
    };
    let run = Run::new(&setup, &draws.points);
    let steady = run.simulate(&mut Given::new(vec![draws.normals.view()]), keep)?;
    Ok(SteadyTrace { steady, trajectory })
}

fn setup<'a>(
    system: &'a System,
    config: &'a SteadyConfig,
    perturbations: &[Perturbation],
) -> Result<Setup<'a>> {
    let genes = system.genes().len();
    check_count("cells", config.cells)?;
    check_count("spacing", config.spacing)?;
    let decay = config.decay.values("decay", genes, Range::Positive)?;
    check_dt(config.dt, &decay)?;
    if let HalfResponse::Given(values) = &config.half_response {
        PerGene::Each(values.clone()).values("half_response", genes, Range::NotNegative)?;
    }
    Ok(Setup {
        system,
        noise_type: config.noise_type,
        noise: config.noise.values("noise", genes, Range::NotNegative)?,
        decay,
        dt: config.dt,
        half_response: &config.half_response,
        factors: factors(system, perturbations)?,
        points: config.burn_in + config.cells * config.spacing,
    })
}

fn factors(system: &System, perturbations: &[Perturbation]) -> Result<Vec<f64>> {
    let mut factors = vec![1.0; system.genes().len()];
    for perturbation in perturbations {
        Range::NotNegative.check("factor of a perturbation", perturbation.factor)?;
        let factor = factors.get_mut(perturbation.gene);
        *factor.ok_or_else(|| Error::UnknownGene {
            gene: perturbation.gene.to_string(),
        })? *= perturbation.factor;
    }
    Ok(factors)
}

fn check_draws(system: &System, config: &SteadyConfig, draws: &SteadyDraws) -> Result<()> {
    let (genes, steps, terms, types) = draws.normals.dim();
    let fewest = if config.noise_type == NoiseType::Independent {
        2
    } else {
        1
    };
    let last = draws.points.iter().flatten().max().copied();
    let problem = if (genes, types) != (system.genes().len(), system.types()) {
        format!("normals for {genes} genes and {types} cell types")
    } else if terms < fewest {
        format!("{terms} terms of normals where {fewest} are needed")
    } else if draws.points.len() != types
        || draws
            .points
            .iter()
            .any(|p| p.len() != draws.points[0].len())
    {
        "points that are not one list of the same length per cell type".to_string()
    } else if last.is_none_or(|last| last > steps) {
        format!("no point, or one beyond the {steps} steps")
    } else {
        return Ok(());
    };
    Err(Error::Draws { problem })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{chain, circle};
    use super::*;

    fn short(seed: u64) -> SteadyConfig {
        SteadyConfig {
            cells: 20,
            spacing: 5,
            burn_in: 30,
            seed,
            ..SteadyConfig::default()
        }
    }

    #[test]
    fn more_cells_change_none() {
        let with = |cells| {
            let config = SteadyConfig { cells, ..short(1) };
            simulate_steady(&chain(), &config).unwrap().expression
        };
        let (few, many) = (with(20), with(70));
        assert_eq!(few, many.slice(ndarray::s![.., .., ..20]));
        assert_ne!(
            few,
            simulate_steady(&chain(), &short(2)).unwrap().expression
        );
    }

    #[test]
    fn without_noise_cells_are_the_steady_state() {
        for (system, config) in [(chain(), SteadyConfig::v1()), (circle(), short(3))] {
            let config = SteadyConfig {
                noise: PerGene::All(0.0),
                ..config
            };
            let steady = simulate_steady(&system, &config).unwrap();
            let state =
                super::super::steady_state::steady_state(&system, &[0.8; 4], &[1.0; 4], None)
                    .unwrap();
            for ((b, gene, _), x) in steady.expression.indexed_iter() {
                assert!((x - state.x[2 * gene + b]).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn a_master_regulator_has_the_variance_of_the_scheme() {
        // q small: no clamping. Variance q² (P/λ) / (1 − λ dt/2), half of it with noise in production alone.
        for (noise_type, part) in [(NoiseType::Independent, 1.0), (NoiseType::Production, 0.5)] {
            let config = SteadyConfig {
                cells: 4000,
                spacing: 300,
                noise: PerGene::All(0.1),
                noise_type,
                dt: 0.05,
                ..SteadyConfig::default()
            };
            let steady = simulate_steady(&chain(), &config).unwrap();
            for (b, rate) in [0.5, 2.0].into_iter().enumerate() {
                let cells = steady.expression.slice(ndarray::s![b, 0, ..]);
                let expected = part * 0.01 * (rate / 0.8) / (1.0 - 0.02);
                let mean = cells.mean().unwrap();
                assert!((mean - rate / 0.8).abs() < 5.0 * (expected / 4000.0).sqrt());
                // The standard error of a variance is √(2/n) of it.
                assert!((cells.var(1.0) / expected - 1.0).abs() < 0.09);
            }
        }
    }

    #[test]
    fn a_knock_out_silences_and_keeps_the_half_responses() {
        let config = short(4);
        let wild_type = simulate_steady(&chain(), &config).unwrap();
        let knock_out = Perturbation {
            gene: 1,
            factor: 0.0,
        };
        let knocked = simulate_perturbed(&chain(), &config, &[knock_out]).unwrap();
        assert!(
            knocked
                .expression
                .slice(ndarray::s![.., 1, ..])
                .iter()
                .all(|x| *x == 0.0)
        );
        let same = |gene| {
            let of = |s: &Steady| s.expression.slice(ndarray::s![.., gene, ..]).to_owned();
            of(&wild_type) == of(&knocked)
        };
        assert!(same(0) && !same(2) && !same(3));
        assert_eq!(wild_type.half_response[..3], knocked.half_response[..3]);
    }

    #[test]
    fn sampled_half_responses_are_the_means_of_the_cells() {
        let config = SteadyConfig {
            half_response: HalfResponse::Sampled,
            ..short(5)
        };
        let steady = simulate_steady(&chain(), &config).unwrap();
        for gene in 0..3 {
            let cells = steady.expression.slice(ndarray::s![.., gene, ..]);
            let mean = cells.mean().unwrap();
            assert!((mean - steady.half_response[gene]).abs() < 1e-12);
        }
        assert!(steady.half_response[3].is_nan());
        let error = simulate_steady(&circle(), &config).unwrap_err();
        assert!(matches!(error, Error::Circle { .. }));
        simulate_steady(&circle(), &short(5)).unwrap();
    }

    #[test]
    fn bad_settings_are_named() {
        let refused = |config: SteadyConfig| {
            let error = simulate_steady(&chain(), &config).unwrap_err();
            error.to_string()
        };
        let message = refused(SteadyConfig {
            cells: 0,
            ..short(0)
        });
        assert!(
            message.contains("cells = 0: must be at least 1"),
            "{message}"
        );
        let message = refused(SteadyConfig {
            dt: 2.0,
            ..short(0)
        });
        assert!(message.contains("dt × largest decay = 1.6"), "{message}");
        let noise = PerGene::Each(vec![1.0]);
        let message = refused(SteadyConfig { noise, ..short(0) });
        assert!(
            message.contains("noise: 1 entries for 4 genes"),
            "{message}"
        );
    }
}
