//! Perturbations: knock-outs, knock-downs, over-expression, and screens of them.

use serde::{Deserialize, Serialize};

use super::config::{HalfResponse, SteadyConfig};
use super::{Steady, simulate_perturbed, simulate_steady};
use crate::error::{Error, Result};
use crate::random::{Purpose, seed_of};
use crate::sergio::settings::Range;
use crate::sergio::system::System;

/// A change of the production rate of one gene.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Perturbation {
    /// Number of the gene.
    pub gene: usize,
    /// Factor on its production rate: 0 knock-out, below 1 knock-down, above 1 over-expression.
    pub factor: f64,
}

/// The wild type and what becomes of it under every condition of a screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Screen {
    /// Cells without a perturbation.
    pub wild_type: Steady,
    /// Cells of every condition, in order.
    pub perturbed: Vec<Steady>,
}

/// Simulates a perturbation screen: the wild type, and every condition with cells of its own. Half responses are those of the
/// wild type throughout, sampled ones too, for with others it would be another system.
///
/// A condition changes several genes at once if it lists several. Its cells do not depend on the other conditions.
///
/// # Errors
/// As [`simulate_perturbed`].
pub fn simulate_screen(
    system: &System,
    config: &SteadyConfig,
    conditions: &[Vec<Perturbation>],
) -> Result<Screen> {
    for perturbations in conditions {
        factors(system, perturbations)?;
    }
    let wild_type = simulate_steady(system, config)?;
    // NaN marks genes without targets, whose half response has no effect.
    let known = wild_type
        .half_response
        .iter()
        .map(|h| if h.is_nan() { 0.0 } else { *h });
    let half_response = HalfResponse::Given(known.collect());
    let condition = |(number, perturbations): (usize, &Vec<Perturbation>)| {
        let config = SteadyConfig {
            seed: seed_of(config.seed, Purpose::Conditions, number),
            half_response: half_response.clone(),
            ..config.clone()
        };
        simulate_perturbed(system, &config, perturbations)
    };
    let perturbed = conditions.iter().enumerate().map(condition);
    Ok(Screen {
        perturbed: perturbed.collect::<Result<_>>()?,
        wild_type,
    })
}

/// Factors on the production rates of all genes.
pub(crate) fn factors(system: &System, perturbations: &[Perturbation]) -> Result<Vec<f64>> {
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

#[cfg(test)]
mod tests {
    use ndarray::{Axis, s};

    use super::*;
    use crate::sergio::testing::{chain, circle};

    fn config() -> SteadyConfig {
        SteadyConfig {
            cells: 200,
            spacing: 100,
            noise: crate::sergio::settings::PerGene::All(0.2),
            seed: 6,
            ..SteadyConfig::default()
        }
    }

    fn change(gene: usize, factor: f64) -> Vec<Perturbation> {
        vec![Perturbation { gene, factor }]
    }

    #[test]
    fn a_screen_moves_targets_the_right_way_and_keeps_the_half_responses() {
        let conditions = [change(1, 0.0), change(1, 0.5), change(1, 3.0), vec![]];
        for half_response in [HalfResponse::Deterministic, HalfResponse::Sampled] {
            let config = SteadyConfig {
                half_response,
                ..config()
            };
            let screen = simulate_screen(&chain(), &config, &conditions).unwrap();
            let mean =
                |steady: &Steady, gene| steady.expression.index_axis(Axis(1), gene).mean().unwrap();
            // Gene 1 activates gene 2, which activates gene 3.
            for gene in [1, 2, 3] {
                let means = screen.perturbed.iter().map(|steady| mean(steady, gene));
                let means: Vec<f64> = means.collect();
                let wild_type = mean(&screen.wild_type, gene);
                assert!(means[0] < means[1] && means[1] < wild_type && wild_type < means[2]);
                assert!(
                    (means[3] / wild_type - 1.0).abs() < 0.12,
                    "{means:?} {wild_type}"
                );
            }
            let silent = screen.perturbed[0].expression.slice(s![.., 1, ..]);
            assert!(silent.iter().all(|x| *x == 0.0));
            for perturbed in &screen.perturbed {
                assert_eq!(
                    perturbed.half_response[..3],
                    screen.wild_type.half_response[..3]
                );
            }
        }
    }

    #[test]
    fn a_condition_does_not_depend_on_the_others() {
        let all = [change(0, 0.5), change(2, 0.0), change(3, 0.0)];
        let screen = simulate_screen(&circle(), &config(), &all).unwrap();
        let two = simulate_screen(&circle(), &config(), &all[..2]).unwrap();
        assert_eq!(two.perturbed, screen.perturbed[..2]);
        assert_eq!(two.wild_type, screen.wild_type);
        let error = simulate_screen(&circle(), &config(), &[change(9, 0.0)]).unwrap_err();
        assert!(error.to_string().contains("gene 9 is unknown"), "{error}");
    }
}
