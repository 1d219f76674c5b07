//! Mean expression over time after a perturbation of resting cells.

use dash_ode::{FnField, SolverOptions, Trajectory, solve_at};
use ndarray::{ArrayView1, Axis};

use crate::error::{Error, Result};
use crate::sergio::{PerGene, Perturbation, Range, System, factors};

/// What a response is computed for.
#[derive(Clone, Copy, Debug)]
pub struct Response<'a> {
    /// Half response of every regulator, as [`Steady`](crate::sergio::Steady) holds them; those of other genes have no effect.
    pub half_response: &'a [f64],
    /// Decay rates λ.
    pub decay: &'a PerGene,
    /// The cell type.
    pub cell_type: usize,
    /// Changed production rates, from the first time on.
    pub perturbations: &'a [Perturbation],
    /// Times, increasing; the first is that of the start.
    pub times: &'a [f64],
}

/// Expression without noise from a start on: dx/dt = P(x) − λ x, the equation whose noisy form [`simulate_steady`] integrates.
///
/// # Errors
/// [`Error::Length`] for lists of other genes, [`Error::Setting`] for a factor, decay or half response out of range,
/// [`Error::UnknownGene`], [`Error::CellTypes`] for a type that is not there, [`Error::Ode`] for times that decrease.
///
/// [`simulate_steady`]: crate::sergio::simulate_steady
pub fn response(
    system: &System,
    name: &str,
    start: ArrayView1<'_, f64>,
    response: &Response<'_>,
) -> Result<Trajectory> {
    let genes = system.genes().len();
    let decay = response.decay.values("decay", genes, Range::Positive)?;
    for (what, found) in [
        ("half responses", response.half_response.len()),
        ("start", start.len()),
    ] {
        if found != genes {
            return Err(Error::Length { what, found, genes });
        }
    }
    if response.cell_type >= system.types() {
        return Err(Error::CellTypes {
            what: format!("a response in type {}", response.cell_type),
            found: system.types(),
            expected: response.cell_type + 1,
        });
    }
    for interaction in system.interactions() {
        let half_response = response.half_response[interaction.regulator];
        Range::NotNegative.check("half_response", half_response)?;
    }
    let factors = factors(system, response.perturbations)?;
    let mut field = FnField::new(genes, |x: &[f64], slope: &mut [f64]| {
        for gene in 0..genes {
            let production = match system.basal(gene) {
                Some(rates) => rates[response.cell_type],
                None => regulated(system, gene, x, response.half_response),
            };
            slope[gene] = factors[gene] * production - decay[gene] * x[gene];
        }
    });
    let options = SolverOptions {
        rtol: 1e-8,
        atol: 1e-10,
        ..SolverOptions::default()
    };
    let start = start.insert_axis(Axis(0));
    let states = solve_at(&mut field, start, response.times, &options)?;
    Ok(Trajectory {
        name: name.to_owned(),
        times: response.times.to_vec(),
        values: states.index_axis_move(Axis(1), 0),
    })
}

/// The production rate of a regulated gene.
fn regulated(system: &System, gene: usize, x: &[f64], half_response: &[f64]) -> f64 {
    let contribution = |i: &crate::sergio::Interaction| {
        let x = x[i.regulator].max(0.0);
        let power = libm::pow(x, i.exponent);
        let a = if x == 0.0 {
            0.0
        } else {
            power / (libm::pow(half_response[i.regulator], i.exponent) + power)
        };
        i.strength.abs() * if i.strength > 0.0 { a } else { 1.0 - a }
    };
    system.regulators(gene).iter().map(contribution).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sergio::testing::chain;
    use crate::sergio::{HalfResponse, SteadyConfig, simulate_perturbed, simulate_steady};
    use crate::{KineticsConfig, ScaleFreeConfig, random_kinetics, scale_free_network};

    #[test]
    fn what_no_simulation_takes_is_refused() {
        let system = chain();
        let refused = |factor, decay, half_response: &[f64]| {
            let task = Response {
                half_response,
                decay: &PerGene::All(decay),
                cell_type: 0,
                perturbations: &[Perturbation { gene: 1, factor }],
                times: &[0.0, 1.0],
            };
            let start = ndarray::Array1::ones(4);
            response(&system, "x", start.view(), &task).map_err(|error| error.to_string())
        };
        // The last gene regulates none, so that its half response has no effect.
        let half = [1.0, 1.0, 1.0, f64::NAN];
        for (factor, decay, half_response, says) in [
            (
                -1.0,
                0.8,
                half,
                "factor of a perturbation = -1: must be at least 0",
            ),
            (f64::NAN, 0.8, half, "factor of a perturbation = NaN"),
            (1.0, -0.5, half, "decay = -0.5: must be above 0"),
            (1.0, 0.0, half, "decay = 0: must be above 0"),
            (1.0, f64::INFINITY, half, "decay = inf"),
            (1.0, 0.8, [-1.0, 1.0, 1.0, f64::NAN], "half_response = -1"),
            (
                1.0,
                0.8,
                [1.0, f64::NAN, 1.0, f64::NAN],
                "half_response = NaN",
            ),
        ] {
            let message = refused(factor, decay, &half_response).unwrap_err();
            assert!(message.contains(says), "{says:?} is not in: {message}");
        }
        assert!(refused(0.0, 0.8, &half).is_ok());
    }

    #[test]
    fn it_ends_where_perturbed_cells_rest() {
        let network = scale_free_network(&ScaleFreeConfig::default()).unwrap();
        let system = random_kinetics(&network, &KineticsConfig::default()).unwrap();
        let config = SteadyConfig {
            cells: 1,
            noise: PerGene::All(0.0),
            burn_in: 6000,
            ..SteadyConfig::default()
        };
        let wild_type = simulate_steady(&system, &config).unwrap();
        let half: Vec<f64> = wild_type.half_response.clone();
        let known = half
            .iter()
            .map(|h| if h.is_nan() { 0.0 } else { *h })
            .collect();
        let change = [Perturbation {
            gene: 0,
            factor: 0.0,
        }];
        let knocked = SteadyConfig {
            half_response: HalfResponse::Given(known),
            ..config
        };
        let knocked = simulate_perturbed(&system, &knocked, &change).unwrap();
        for cell_type in 0..3 {
            let of = |expression: &ndarray::Array3<f64>| {
                expression.slice(ndarray::s![cell_type, .., 0]).to_owned()
            };
            let task = Response {
                half_response: &half,
                decay: &PerGene::All(0.8),
                cell_type,
                perturbations: &change,
                times: &[0.0, 1.0, 60.0],
            };
            let start = of(&wild_type.expression);
            let there = response(&system, "ko", start.view(), &task).unwrap();
            let end = there.values.row(2).to_owned();
            let worst = (&end - &of(&knocked.expression))
                .mapv(f64::abs)
                .into_iter()
                .fold(0.0, f64::max);
            assert!(worst < 1e-6, "{worst}");
            let moved = (&end - &start)
                .mapv(f64::abs)
                .into_iter()
                .fold(0.0, f64::max);
            assert!(moved > 0.1, "{moved}");
            // Knocked out, it decays at its rate alone.
            assert!((there.values[[1, 0]] / start[0] - (-0.8_f64).exp()).abs() < 1e-7);
            let still = response(
                &system,
                "wt",
                start.view(),
                &Response {
                    perturbations: &[],
                    ..task
                },
            );
            let worst = (&still.unwrap().values.row(2) - &start)
                .mapv(f64::abs)
                .into_iter()
                .fold(0.0, f64::max);
            assert!(worst < 1e-6, "{worst}");
        }
    }
}
