//! Cells of a stationary population.

mod by_level;
mod cells;
mod config;
#[cfg(test)]
mod convergence;
mod run;
mod sampling;
mod screen;
mod trace;

use ndarray::Array3;

use crate::error::{Result, check_setting};
use crate::sergio::draws::Random;
use crate::sergio::settings::{PerGene, Range, check_count, check_dt};
use crate::sergio::system::System;
use run::{Run, Setup};

pub use config::{HalfResponse, SteadyConfig};
pub use sampling::Sampling;
pub(crate) use screen::factors;
pub use screen::{Perturbation, Screen, simulate_screen};
pub use trace::{SteadyDraws, SteadyTrace, trace_steady};

/// Points of a run that could still be counted, though no machine would come to their end.
const MOST_POINTS: f64 = 1e15;

/// Simulated cells.
#[derive(Clone, Debug, PartialEq)]
pub struct Steady {
    /// `types × genes × cells`.
    pub expression: Array3<f64>,
    /// h of every gene that regulates others, NaN for the rest.
    pub half_response: Vec<f64>,
}

/// Simulates stationary cells.
///
/// # Errors
/// Settings out of range; `Error::Circle` for sampled half responses of a network with circles; `Error::NoSteadyState`.
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
/// As [`simulate_steady`]; `Error::UnknownGene` and a factor that is negative or not finite.
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

fn setup<'a>(
    system: &'a System,
    config: &'a SteadyConfig,
    perturbations: &[Perturbation],
) -> Result<Setup<'a>> {
    let genes = system.genes().len();
    check_count("cells", config.cells)?;
    check_count("spacing", config.spacing)?;
    let points = config.burn_in as f64 + config.cells as f64 * config.spacing as f64;
    check_setting(
        "burn_in + cells × spacing",
        points,
        points <= MOST_POINTS,
        "at most 1e15",
    )?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::sergio::langevin::NoiseType;
    use crate::sergio::testing::{chain, circle};

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
                crate::sergio::steady_state::steady_state(&system, &[0.8; 4], &[1.0; 4], None)
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
        let message = refused(SteadyConfig {
            spacing: usize::MAX,
            ..short(0)
        });
        assert!(
            message.contains("burn_in + cells × spacing = 36893"),
            "{message}"
        );
        let noise = PerGene::Each(vec![1.0]);
        let message = refused(SteadyConfig { noise, ..short(0) });
        assert!(
            message.contains("noise: 1 entries for 4 genes"),
            "{message}"
        );
    }
}
