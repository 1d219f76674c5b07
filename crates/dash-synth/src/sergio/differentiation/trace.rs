//! A simulation with given random numbers, for comparison with other implementations.

use ndarray::{Array3, Array5, Axis};

use super::Differentiation;
use super::chosen::Chosen;
use super::config::DifferentiationConfig;
use super::lineage::Lineage;
use super::population::State;
use super::setup::Setup;
use crate::error::{Error, Result};
use crate::sergio::draws::Given;
use crate::sergio::langevin::NoiseType;
use crate::sergio::rates::padded;
use crate::sergio::system::System;

/// Random numbers of a simulation, all given.
#[derive(Clone, Debug, PartialEq)]
pub struct DifferentiationDraws {
    /// Those of every type.
    pub types: Vec<TypeDraws>,
}

/// Random numbers of one type.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeDraws {
    /// Standard normals of the start, `genes × 2 × paths`: unspliced, then spliced RNA.
    pub start: Array3<f64>,
    /// Standard normals of the steps, `steps × genes × 2 × terms × paths`: one term, or two for independent noise.
    pub normals: Array5<f64>,
    /// The cells: path · points + point, with one point more than steps.
    pub cells: Vec<usize>,
}

/// All that a simulation went through.
#[derive(Clone, Debug, PartialEq)]
pub struct DifferentiationTrace {
    /// The cells.
    pub differentiation: Differentiation,
    /// Every type's way.
    pub types: Vec<TypeTrace>,
}

/// The way of one type.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeTrace {
    /// Unspliced RNA, `genes × paths × points`.
    pub unspliced: Array3<f64>,
    /// Spliced RNA, `genes × paths × points`.
    pub spliced: Array3<f64>,
    /// Number of points when it was found to rest.
    pub rested_at: usize,
}

/// Simulates with given random numbers, and keeps the trajectories: for comparison with other implementations.
///
/// # Errors
/// As `simulate_differentiation`; `Error::Draws` for draws whose shape does not fit, or that last for more or fewer points
/// than the types run for.
pub fn trace_differentiation(
    system: &System,
    lineage: &Lineage,
    config: &DifferentiationConfig,
    draws: &DifferentiationDraws,
) -> Result<DifferentiationTrace> {
    let setup = Setup::new(system, lineage, config, &[])?;
    setup.check_draws(draws)?;
    let mut result = setup.empty();
    let mut types = Vec::with_capacity(draws.types.len());
    for (cell_type, draws) in draws.types.iter().enumerate() {
        let (steps, genes, _, _, paths) = draws.normals.dim();
        let start = setup.start(cell_type, paths, &mut |gene, spliced, path| {
            draws.start[[gene, spliced, path]]
        });
        let group = |rna| {
            let normals = draws.normals.index_axis(Axis(2), rna);
            normals.permuted_axes([1, 0, 2, 3])
        };
        let mut noise = Given::new(vec![group(0), group(1)]);
        let mut chosen = Chosen::listed(&draws.cells, genes, paths, steps + 1);
        let mut trace = TypeTrace {
            unspliced: Array3::zeros((genes, paths, steps + 1)),
            spliced: Array3::zeros((genes, paths, steps + 1)),
            rested_at: 0,
        };
        let width = padded(paths);
        let mut watch = |point: usize, state: &State| {
            chosen.see(point, state);
            for gene in 0..genes {
                for path in 0..paths {
                    let place = gene * width + path;
                    trace.unspliced[[gene, path, point]] = state.unspliced[place];
                    trace.spliced[[gene, path, point]] = state.spliced[place];
                }
            }
        };
        let limited = setup.limited(steps + 1);
        let (points, rested_at) = limited.run(cell_type, paths, start, &mut noise, &mut watch)?;
        if points != steps + 1 {
            return Err(Error::Draws {
                problem: format!(
                    "type {cell_type} ran for {points} points, not {}",
                    steps + 1
                ),
            });
        }
        trace.rested_at = rested_at;
        types.push(trace);
        setup.enter(&mut result, cell_type, &chosen, points);
    }
    Ok(DifferentiationTrace {
        differentiation: result,
        types,
    })
}

impl Setup<'_> {
    fn check_draws(&self, draws: &DifferentiationDraws) -> Result<()> {
        let genes = self.splice_ratio.len();
        let refuse = |problem| Err(Error::Draws { problem });
        if self.splice_steps != 1 {
            return refuse("dt_splice must be dt where draws are given".into());
        }
        if draws.types.len() != self.system.types() {
            return refuse(format!("for {} cell types", draws.types.len()));
        }
        let fewest = self.noise_types().map(NoiseType::fewest_terms);
        let fewest = fewest[0].max(fewest[1]);
        for (cell_type, draws) in draws.types.iter().enumerate() {
            let (steps, found, rna, terms, paths) = draws.normals.dim();
            let expected = self.paths(cell_type, &mut || paths as f64);
            if (found, rna, paths) != (genes, 2, expected) {
                return refuse(format!(
                    "type {cell_type}: normals {:?}, but there are {genes} genes and {expected} paths",
                    draws.normals.shape()
                ));
            }
            // With one term, the same normal would drive both reactions: another law.
            if terms < fewest {
                return refuse(format!(
                    "type {cell_type}: {terms} terms of normals where {fewest} are needed"
                ));
            }
            if draws.start.dim() != (genes, 2, paths) || draws.cells.len() != self.config.cells {
                return refuse(format!("type {cell_type}: start or cells of another size"));
            }
            if draws.cells.iter().any(|cell| *cell >= paths * (steps + 1)) {
                return refuse(format!("type {cell_type}: a cell beyond all paths"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;

    use super::*;
    use crate::sergio::testing::chain;

    fn traced(config: &DifferentiationConfig, terms: usize) -> Result<DifferentiationTrace> {
        let lineage = Lineage::new(&arr2(&[[0.0, 0.2], [0.0, 0.0]])).unwrap();
        let (genes, paths, steps) = (4, 2, 3);
        let draws = TypeDraws {
            start: Array3::zeros((genes, 2, paths)),
            normals: Array5::zeros((steps, genes, 2, terms, paths)),
            cells: vec![0],
        };
        let draws = DifferentiationDraws {
            types: vec![draws.clone(), draws],
        };
        trace_differentiation(&chain(), &lineage, config, &draws)
    }

    #[test]
    fn independent_noise_needs_two_terms_of_normals() {
        use NoiseType::{Common, Independent};
        for (unspliced, spliced, fewest) in [
            (Independent, None, 2),
            (Independent, Some(Common), 2),
            (Common, Some(Independent), 2),
            (Common, None, 1),
        ] {
            let config = DifferentiationConfig {
                cells: 1,
                paths: Some(2),
                noise_type: unspliced,
                splice_noise_type: spliced,
                ..DifferentiationConfig::default()
            };
            let message = traced(&config, fewest - 1).unwrap_err().to_string();
            let says = format!(
                "type 0: {} terms of normals where {fewest} are needed",
                fewest - 1
            );
            assert!(message.contains(&says), "{message}");
            // With enough of them the draws are taken; three steps are too few to come to rest.
            let message = traced(&config, fewest).map(|_| ()).unwrap_err().to_string();
            assert!(message.contains("rest after 4 points"), "{message}");
        }
    }
}
