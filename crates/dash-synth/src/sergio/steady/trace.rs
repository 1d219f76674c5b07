//! A run with given random numbers, for comparison with other implementations.

use ndarray::{Array3, Array4};

use super::config::SteadyConfig;
use super::run::{Run, Setup};
use super::{Steady, setup};
use crate::error::{Error, Result};
use crate::sergio::draws::Given;
use crate::sergio::rates::padded;
use crate::sergio::system::System;

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
/// As `simulate_steady`, and draws whose shape does not fit.
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

fn check_draws(system: &System, config: &SteadyConfig, draws: &SteadyDraws) -> Result<()> {
    let (genes, steps, terms, types) = draws.normals.dim();
    let fewest = config.noise_type.fewest_terms();
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
