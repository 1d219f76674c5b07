//! Cells that differentiate: unspliced and spliced RNA along a lineage.

mod chosen;
mod config;
mod lineage;
mod population;
mod rest;
mod setup;
mod trace;

use ndarray::{Array2, Array3};

use crate::error::Result;
use crate::random::{Purpose, standard_normal, stream};
use crate::sergio::draws::Random;
use crate::sergio::steady::Perturbation;
use crate::sergio::system::System;
use chosen::Chosen;
use setup::Setup;

pub use config::{DifferentiationConfig, ExtraRun, Regulation, Update};
pub use lineage::Lineage;
pub use trace::{
    DifferentiationDraws, DifferentiationTrace, TypeDraws, TypeTrace, trace_differentiation,
};

/// Differentiating cells.
#[derive(Clone, Debug, PartialEq)]
pub struct Differentiation {
    /// Unspliced RNA, `types × genes × cells`.
    pub unspliced: Array3<f64>,
    /// Spliced RNA, `types × genes × cells`.
    pub spliced: Array3<f64>,
    /// Time of every cell since its type left the parent, `types × cells`.
    pub times: Array2<f64>,
    /// Time that every type was simulated for.
    pub durations: Vec<f64>,
    /// h of every gene that regulates others, NaN for the rest.
    pub half_response: Vec<f64>,
}

impl Differentiation {
    /// Time of every cell since its root: its own, and what its ancestors took; `types × cells`.
    ///
    /// # Panics
    /// If the lineage has other types.
    pub fn pseudotime(&self, lineage: &Lineage) -> Array2<f64> {
        let mut times = self.times.clone();
        for (cell_type, mut cells) in times.outer_iter_mut().enumerate() {
            let before: f64 = lineage
                .ancestors(cell_type)
                .map(|ancestor| self.durations[ancestor])
                .sum();
            cells += before;
        }
        times
    }
}

/// Simulates differentiating cells. Every type starts from where its parent rests, with as many paths as the migration rate
/// says, and runs until it rests itself and for a while longer; its cells are random points of all that.
///
/// # Errors
/// Settings out of range, a lineage of other types (`Error::CellTypes`), `Error::NoSteadyState`, `Error::NeverRests`.
///
/// # Reference
/// P. Dibaeinia & S. Sinha, Cell Systems 11 (2020) 252–271.
pub fn simulate_differentiation(
    system: &System,
    lineage: &Lineage,
    config: &DifferentiationConfig,
) -> Result<Differentiation> {
    simulate_perturbed_differentiation(system, lineage, config, &[])
}

/// The same with production rates that are changed from the roots on. Half responses are those of the wild type, which is what no
/// perturbation gives. With the seed of the wild type, both share their random numbers.
///
/// # Errors
/// As [`simulate_differentiation`]; a factor below 0 or not finite, and a gene that the system does not have.
pub fn simulate_perturbed_differentiation(
    system: &System,
    lineage: &Lineage,
    config: &DifferentiationConfig,
    perturbations: &[Perturbation],
) -> Result<Differentiation> {
    let setup = Setup::new(system, lineage, config, perturbations)?;
    let mut result = setup.empty();
    for cell_type in 0..system.types() {
        let mut rng = stream(config.seed, Purpose::StartPopulation, cell_type);
        let paths = setup.paths(cell_type, &mut || 20.0 + 5.0 * standard_normal(&mut rng));
        let start = setup.start(cell_type, paths, &mut |_, _, _| standard_normal(&mut rng));
        let genes = system.genes().len();
        let rng = stream(config.seed, Purpose::CellPoints, cell_type);
        let mut chosen = Chosen::at_random(config.cells, genes, paths, rng);
        let mut noise = Random::new(config.seed, 2 * cell_type);
        let (points, _) = setup.run(cell_type, paths, start, &mut noise, &mut |point, state| {
            chosen.see(point, state);
        })?;
        setup.enter(&mut result, cell_type, &chosen, points);
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use dash_ode::{SolverOptions, VectorField, solve_at};
    use ndarray::{Array2, arr2, s};

    use super::*;
    use crate::error::Error;
    use crate::sergio::settings::PerGene;
    use crate::sergio::testing::{chain, circle, interaction, system};

    fn two_types() -> Lineage {
        Lineage::new(&arr2(&[[0.0, 0.2], [0.0, 0.0]])).unwrap()
    }

    fn short(seed: u64) -> DifferentiationConfig {
        DifferentiationConfig {
            cells: 40,
            most_points: 20_000,
            seed,
            ..DifferentiationConfig::default()
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_cells() {
        for config in [
            short(1),
            DifferentiationConfig {
                cells: 40,
                ..DifferentiationConfig::v1()
            },
        ] {
            let run = || simulate_differentiation(&chain(), &two_types(), &config).unwrap();
            let cells = run();
            assert_eq!(cells.unspliced.dim(), (2, 4, 40));
            let shown = |d: &Differentiation| format!("{d:?}");
            assert_eq!(shown(&cells), shown(&run()));
            let times = cells.pseudotime(&two_types());
            let late = times
                .slice(s![1, ..])
                .iter()
                .all(|t| *t >= cells.durations[0]);
            assert!(
                late && cells
                    .times
                    .iter()
                    .all(|t| *t <= cells.durations[1].max(cells.durations[0]))
            );
        }
    }

    #[test]
    fn perturbations_change_production_and_leave_half_responses() {
        let run = |factor| {
            let change = [Perturbation { gene: 1, factor }];
            simulate_perturbed_differentiation(&chain(), &two_types(), &short(4), &change)
        };
        let wild_type = simulate_differentiation(&chain(), &two_types(), &short(4)).unwrap();
        let shown = |d: &Differentiation| format!("{d:?}");
        assert_eq!(shown(&run(1.0).unwrap()), shown(&wild_type));
        let (out, over) = (run(0.0).unwrap(), run(3.0).unwrap());
        for layer in [&out.unspliced, &out.spliced] {
            assert!(layer.slice(s![.., 1, ..]).iter().all(|x| *x == 0.0));
        }
        let mean = |d: &Differentiation| d.unspliced.slice(s![.., 1, ..]).mean().unwrap();
        assert!((mean(&over) / mean(&wild_type) - 3.0).abs() < 0.5);
        // Gene 0 is above gene 1 and does not feel it.
        let first = |d: &Differentiation| d.unspliced.slice(s![.., 0, ..]).mean().unwrap();
        assert!((first(&out) / first(&wild_type) - 1.0).abs() < 0.3);
        for perturbed in [&out, &over] {
            assert_eq!(perturbed.half_response[..3], wild_type.half_response[..3]);
        }
        assert!(run(-1.0).is_err());
    }

    #[test]
    fn more_cells_change_none_with_paths_and_points_given() {
        let with = |cells| {
            let config = DifferentiationConfig {
                cells,
                paths: Some(10),
                least_points: Some(100),
                ..short(2)
            };
            simulate_differentiation(&chain(), &two_types(), &config).unwrap()
        };
        let (few, many) = (with(20), with(70));
        assert_eq!(few.unspliced, many.unspliced.slice(s![.., .., ..20]));
        assert_eq!(few.spliced, many.spliced.slice(s![.., .., ..20]));
        assert_eq!(few.times, many.times.slice(s![.., ..20]));
    }

    #[test]
    fn circles_and_silent_genes_come_to_rest() {
        let cells = simulate_differentiation(&circle(), &two_types(), &short(3)).unwrap();
        assert!(cells.spliced.iter().all(|x| x.is_finite()));
        // Nothing is made in the second type: SERGIO waits for ever.
        let silent = system(&[Some(vec![2.0, 0.0]), None], &[interaction(0, 1, 1.0)]);
        let cells = simulate_differentiation(&silent, &two_types(), &short(4)).unwrap();
        assert!(cells.unspliced.iter().all(|x| x.is_finite()));
    }

    #[test]
    fn regulation_by_spliced_rna_and_finer_splicing_rest_at_the_same_means() {
        let mean = |config: DifferentiationConfig| {
            let config = DifferentiationConfig {
                cells: 2000,
                extra: 20.0,
                extra_run: ExtraRun::EachPath,
                paths: Some(20),
                least_points: Some(1500),
                noise: PerGene::All(0.1),
                most_points: 100_000,
                ..config
            };
            let cells = simulate_differentiation(&chain(), &two_types(), &config).unwrap();
            cells.spliced.slice(s![0, 3, ..]).mean().unwrap()
        };
        let plain = mean(short(5));
        let by_spliced = mean(DifferentiationConfig {
            regulation: Regulation::Spliced,
            ..short(5)
        });
        let finer = mean(DifferentiationConfig {
            dt_splice: Some(0.0025),
            ..short(5)
        });
        assert!(
            (by_spliced / plain - 1.0).abs() < 0.03,
            "{by_spliced} {plain}"
        );
        assert!((finer / plain - 1.0).abs() < 0.03, "{finer} {plain}");
    }

    #[test]
    fn what_cannot_be_simulated_is_named() {
        let refused = |lineage: &Array2<f64>, config: DifferentiationConfig| {
            let lineage = Lineage::new(lineage).unwrap();
            simulate_differentiation(&chain(), &lineage, &config).unwrap_err()
        };
        let two = arr2(&[[0.0, 0.2], [0.0, 0.0]]);
        let error = refused(&Array2::zeros((3, 3)), short(0));
        assert!(
            error.to_string().contains("3 cell types where there are 2"),
            "{error}"
        );
        let far = DifferentiationConfig {
            most_points: 50,
            ..short(0)
        };
        assert!(matches!(
            refused(&two, far),
            Error::NeverRests { points: 50 }
        ));
        let endless = DifferentiationConfig {
            extra: 1e300,
            ..short(0)
        };
        assert!(matches!(refused(&two, endless), Error::NeverRests { .. }));
        let uneven = DifferentiationConfig {
            dt_splice: Some(0.004),
            ..short(0)
        };
        let error = refused(&two, uneven);
        assert!(
            error.to_string().contains("dt / dt_splice = 2.5"),
            "{error}"
        );
    }

    /// dx/dt = P(x) − λx of [`chain`] in its second type, written out.
    struct Chain {
        half_response: Vec<f64>,
    }

    impl VectorField<f64> for Chain {
        fn dim(&self) -> usize {
            4
        }

        fn eval(&mut self, y: &[f64], dydt: &mut [f64]) {
            let hill = |gene: usize| {
                let (x, h) = (y[gene], self.half_response[gene]);
                x * x / (h * h + x * x)
            };
            let production = [
                2.0,
                3.0 * hill(0),
                2.0 * hill(1) + 1.5 * (1.0 - hill(0)),
                4.0 * hill(2),
            ];
            for gene in 0..4 {
                dydt[gene] = production[gene] - 0.8 * y[gene];
            }
        }
    }

    /// From the rest of the first type towards that of the second, without noise: at the time 2 and 5.
    fn path(dt: f64) -> (Vec<f64>, [Vec<f64>; 2]) {
        let config = DifferentiationConfig {
            noise: PerGene::All(0.0),
            splice_noise: PerGene::All(0.0),
            dt,
            least_points: Some((6.0 / dt) as usize),
            most_points: 1_000_000,
            ..short(0)
        };
        let (system, lineage) = (chain(), two_types());
        let setup = Setup::new(&system, &lineage, &config, &[]).unwrap();
        let start = setup.start(1, 1, &mut |_, _, _| 0.0);
        let first: Vec<f64> = start.unspliced.iter().step_by(4).copied().collect();
        let mut seen = [Vec::new(), Vec::new()];
        let mut watch = |point: usize, state: &population::State| {
            for (seen, time) in seen.iter_mut().zip([2.0, 5.0]) {
                if point == (time / dt).round() as usize {
                    seen.extend(state.unspliced.iter().step_by(4));
                }
            }
        };
        setup
            .run(1, 1, start, &mut Random::new(0, 0), &mut watch)
            .unwrap();
        (first, seen)
    }

    #[test]
    fn without_noise_it_is_the_differential_equation() {
        let setup_h = simulate_differentiation(&chain(), &two_types(), &short(0)).unwrap();
        let mut field = Chain {
            half_response: setup_h.half_response,
        };
        let (start, coarse) = path(0.01);
        let (_, fine) = path(0.005);
        let y0 = Array2::from_shape_vec((1, 4), start).unwrap();
        let options = SolverOptions {
            rtol: 1e-10,
            atol: 1e-10,
            ..SolverOptions::default()
        };
        let exact = solve_at(&mut field, y0.view(), &[0.0, 2.0, 5.0], &options).unwrap();
        for (place, (coarse, fine)) in coarse.iter().zip(&fine).enumerate() {
            for gene in 0..4 {
                let exact = exact[[place + 1, 0, gene]];
                let (first, second) = (coarse[gene] - exact, fine[gene] - exact);
                // Order 1: the error halves, and what is left after extrapolation is of second order.
                assert!(first.abs() < 0.03, "{first}");
                assert!((2.0 * second - first).abs() < 2e-4, "{first} {second}");
            }
        }
    }
}
