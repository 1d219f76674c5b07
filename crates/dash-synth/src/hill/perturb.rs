//! Knock-outs, knock-downs and over-expression in Hill systems.

use super::parameters::Regulation;
use super::simulate::{Simulated, SimulationConfig, initial_states, integrate};
use super::system::System;
use crate::error::{Error, Result, check_setting};
use crate::sergio::Perturbation;

/// Simulates with changed genes, from the same initial states as the wild type ([`simulate`](crate::simulate)): the change
/// happens at the first time.
///
/// A regulated gene is produced at `factor` times its rate (0: knock-out); above 1 it is held at full expression, 1, for this is
/// what its production is scaled to. An input is held at `factor` times its value, 1 at most. The network of the result is that
/// of the wild type.
///
/// # Errors
/// As [`simulate`](crate::simulate); [`Error::UnknownGene`] and a factor that is negative or not finite.
pub fn simulate_perturbed(
    system: &System,
    config: &SimulationConfig,
    perturbations: &[Perturbation],
) -> Result<Simulated> {
    config.check()?;
    let mut initial = initial_states(system, config);
    let mut changed = system.clone();
    for &Perturbation { gene, factor } in perturbations {
        if gene >= system.genes().len() {
            return Err(Error::UnknownGene {
                gene: gene.to_string(),
            });
        }
        check_setting(
            "factor of a perturbation",
            factor,
            factor >= 0.0 && factor.is_finite(),
            "at least 0 and finite",
        )?;
        let mut start = initial.column_mut(gene);
        if system.is_input(gene) {
            start.mapv_inplace(|x| (factor * x).min(1.0));
        } else if factor > 1.0 {
            changed = changed.retain_edges(|edge: &Regulation| edge.to != gene);
            start.fill(1.0);
        } else {
            changed = changed.with_production(gene, factor)?;
        }
    }
    let (times, output) = (&config.times, config.output);
    Ok(Simulated {
        series: integrate(&changed, initial.view(), times, output, &config.solver)?,
        network: system.network(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NetworkConfig, SystemConfig, generate_network, simulate};

    fn system() -> System {
        let network = generate_network(&NetworkConfig::yeast_like(40)).unwrap();
        System::random(&network, &SystemConfig::default()).unwrap()
    }

    fn config() -> SimulationConfig {
        SimulationConfig {
            samples: 3,
            times: vec![0.0, 1.0, 40.0],
            ..SimulationConfig::default()
        }
    }

    fn values(gene: usize, factor: f64, of: usize) -> Vec<f64> {
        let change = [Perturbation { gene, factor }];
        let simulated = simulate_perturbed(&system(), &config(), &change).unwrap();
        let first = &simulated.series.trajectories()[0].values;
        first.column(of).to_vec()
    }

    #[test]
    fn a_factor_of_one_is_the_wild_type() {
        let wild_type = simulate(&system(), &config()).unwrap();
        let same = simulate_perturbed(
            &system(),
            &config(),
            &[Perturbation {
                gene: 39,
                factor: 1.0,
            }],
        );
        for (a, b) in wild_type
            .series
            .trajectories()
            .iter()
            .zip(same.unwrap().series.trajectories())
        {
            assert_eq!(a.values, b.values);
        }
    }

    #[test]
    fn regulated_genes_fall_silent_or_are_held() {
        let gene = (0..40).find(|&g| !system().is_input(g)).unwrap();
        let knocked = values(gene, 0.0, gene);
        // Nothing but decay, at rate 1.
        assert!((knocked[1] / knocked[0] - (-1.0_f64).exp()).abs() < 1e-6);
        assert!(
            values(gene, 2.0, gene)
                .iter()
                .all(|x| (x - 1.0).abs() < 1e-12)
        );
        let half = values(gene, 0.5, gene)[2] / values(gene, 1.0, gene)[2];
        assert!((half - 0.5).abs() < 1e-3, "{half}");
    }

    #[test]
    fn inputs_are_held_and_their_targets_answer() {
        let network = system().network();
        let edge = network
            .edges()
            .iter()
            .find(|e| system().is_input(e.from))
            .unwrap();
        let input = values(edge.from, 0.0, edge.from);
        assert!(input.iter().all(|x| *x == 0.0));
        let answer = values(edge.from, 0.0, edge.to)[2] - values(edge.from, 1.0, edge.to)[2];
        assert!(
            answer.abs() > 1e-3 && (answer < 0.0) == (edge.weight > 0.0),
            "{answer}"
        );
        let message = simulate_perturbed(
            &system(),
            &config(),
            &[Perturbation {
                gene: 40,
                factor: 0.0,
            }],
        );
        assert!(matches!(message, Err(Error::UnknownGene { .. })));
    }
}
