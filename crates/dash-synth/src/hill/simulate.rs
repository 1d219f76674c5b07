//! From a system to expression over time.

use dash_ode::{SolverOptions, TimeSeries, Trajectory, VectorField as _, solve_at};
use dash_prior::Network;
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use super::field::HillField;
use super::initial_values::initial_values;
use super::inputs::{InputConfig, input_values};
use super::system::System;
use crate::error::{Error, Result, check_setting};

/// What is simulated. The default is the design of the published data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SimulationConfig {
    /// Number of trajectories, at least 1 (160).
    pub samples: usize,
    /// Times of observation, increasing; the first is that of the initial state (0, 2, 3, 7, 9).
    pub times: Vec<f64>,
    /// How input genes are drawn.
    pub inputs: InputConfig,
    /// Factor v on the variance of initial values, in 0.001..=1000 (1): they are Beta(2/v, 2/v) before their shift.
    pub initial_variance_factor: f64,
    /// Expression, or its derivative (expression).
    pub output: Output,
    /// Tolerances of the integration (`rtol` 1e-9, `atol` 1e-11). A configuration file that sets one of them leaves the others
    /// at the defaults of [`SolverOptions`], so set both.
    pub solver: SolverOptions,
    /// Seed (0).
    pub seed: u64,
}

impl Default for SimulationConfig {
    fn default() -> Self {
        Self {
            samples: 160,
            times: vec![0.0, 2.0, 3.0, 7.0, 9.0],
            inputs: InputConfig::default(),
            initial_variance_factor: 1.0,
            output: Output::Expression,
            solver: SolverOptions {
                rtol: 1e-9,
                atol: 1e-11,
                ..SolverOptions::default()
            },
            seed: 0,
        }
    }
}

impl SimulationConfig {
    /// Checks the ranges.
    ///
    /// # Errors
    /// [`Error::Setting`] that names the setting and its range.
    pub fn check(&self) -> Result<()> {
        check_setting(
            "samples",
            self.samples as f64,
            self.samples > 0,
            "at least 1",
        )?;
        check_setting(
            "number of times",
            self.times.len() as f64,
            !self.times.is_empty(),
            "at least 1",
        )?;
        self.inputs.check()?;
        let factor = self.initial_variance_factor;
        check_setting(
            "initial_variance_factor",
            factor,
            (1e-3..=1e3).contains(&factor),
            "in 0.001..=1000",
        )?;
        Ok(self.solver.check()?)
    }
}

/// What a simulated series holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Output {
    /// Expression x(t).
    #[default]
    Expression,
    /// Derivative dx/dt at x(t); 0 for inputs.
    Derivative,
}

/// A simulated data set with its truth.
#[derive(Clone, Debug)]
pub struct Simulated {
    /// Noise-free trajectories, genes in the order of the system.
    pub series: TimeSeries,
    /// The true network.
    pub network: Network,
}

/// Draws initial states and integrates the system from them.
///
/// Inputs, initial values and everything else random have streams of their own, and every sample too: sample s depends on
/// the seed and s alone, not on how many samples are drawn (unless inputs are correlated).
///
/// # Errors
/// Settings out of range, times that do not increase, or an integration that fails.
///
/// # Reference
/// Bhuva et al., Genome Biology 20:236 (2019), in the variant for time series.
pub fn simulate(system: &System, config: &SimulationConfig) -> Result<Simulated> {
    config.check()?;
    let initial = initial_states(system, config);
    let series = integrate(
        system,
        initial.view(),
        &config.times,
        config.output,
        &config.solver,
    )?;
    Ok(Simulated {
        series,
        network: system.network(),
    })
}

/// Integrates the system from given initial states (samples × genes, genes in the order of the system).
///
/// # Errors
/// Times that do not increase, a state of the wrong width or not finite, or an integration that fails.
pub fn integrate(
    system: &System,
    initial: ArrayView2<'_, f64>,
    times: &[f64],
    output: Output,
    solver: &SolverOptions,
) -> Result<TimeSeries> {
    let genes = system.genes();
    if initial.ncols() != genes.len() {
        return Err(Error::Length {
            what: "initial state",
            found: initial.ncols(),
            genes: genes.len(),
        });
    }
    let mut field = system.field();
    let mut trajectories = Vec::with_capacity(initial.nrows());
    for (sample, start) in initial.outer_iter().enumerate() {
        // One row at a time: what comes out cannot depend on the other samples, not even in the last bit.
        let start = start.insert_axis(ndarray::Axis(0));
        let states = solve_at(&mut field, start, times, solver)?;
        let states = states.index_axis_move(ndarray::Axis(1), 0);
        let values = match output {
            Output::Expression => states,
            Output::Derivative => derivative(&mut field, &states),
        };
        trajectories.push(Trajectory {
            name: format!("sample{}", sample + 1),
            times: times.to_vec(),
            values,
        });
    }
    let series = TimeSeries::new(genes.names().to_vec(), trajectories);
    Ok(series.map_err(dash_ode::Error::from)?)
}

/// Initial states, samples × genes.
pub(super) fn initial_states(system: &System, config: &SimulationConfig) -> Array2<f64> {
    let (samples, seed) = (config.samples, config.seed);
    let (inputs, others): (Vec<usize>, Vec<usize>) =
        (0..system.genes().len()).partition(|&gene| system.is_input(gene));
    let constant = input_values(inputs.len(), samples, &config.inputs, seed);
    let free = initial_values(others.len(), samples, config.initial_variance_factor, seed);
    let mut states = Array2::zeros((samples, system.genes().len()));
    for (sample, mut state) in states.outer_iter_mut().enumerate() {
        for (genes, values) in [(&inputs, &constant[sample]), (&others, &free[sample])] {
            for (&gene, &value) in genes.iter().zip(values) {
                state[gene] = value;
            }
        }
    }
    states
}

/// The field at every state (times × genes).
fn derivative(field: &mut HillField<f64>, states: &Array2<f64>) -> Array2<f64> {
    let mut slopes = vec![0.0; states.len()];
    let rows: Vec<f64> = states.iter().copied().collect();
    field.eval(&rows, &mut slopes);
    Array2::from_shape_vec(states.raw_dim(), slopes).expect("one slope per state")
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "constant means the same bits")]
mod tests {
    use super::*;
    use crate::{NetworkConfig, SystemConfig, generate_network};

    fn system(genes: usize) -> System {
        let network = generate_network(&NetworkConfig::yeast_like(genes)).unwrap();
        System::random(&network, &SystemConfig::default()).unwrap()
    }

    fn values(simulated: &Simulated, sample: usize) -> &Array2<f64> {
        &simulated.series.trajectories()[sample].values
    }

    #[test]
    fn inputs_are_constant_and_states_stay_in_the_unit_interval() {
        let system = system(120);
        let simulated = simulate(
            &system,
            &SimulationConfig {
                samples: 10,
                ..Default::default()
            },
        )
        .unwrap();
        assert_eq!(simulated.series.genes(), system.genes().names());
        for sample in 0..10 {
            let x = values(&simulated, sample);
            assert_eq!(x.dim(), (5, 120));
            assert!(x.iter().all(|v| (-1e-9..=1.0 + 1e-9).contains(v)));
            for gene in (0..120).filter(|&g| system.is_input(g)) {
                assert!(x.column(gene).iter().all(|v| *v == x[[0, gene]]));
            }
        }
        assert_ne!(values(&simulated, 0), values(&simulated, 1));
    }

    #[test]
    fn a_sample_does_not_know_how_many_there_are() {
        let system = system(60);
        let with = |samples, seed| {
            simulate(
                &system,
                &SimulationConfig {
                    samples,
                    seed,
                    ..Default::default()
                },
            )
            .unwrap()
        };
        let (few, many) = (with(2, 5), with(7, 5));
        assert_eq!(values(&few, 1), values(&many, 1));
        assert_ne!(values(&few, 0), values(&with(2, 6), 0));
    }

    #[test]
    fn a_lone_gene_is_an_input() {
        let simulated = simulate(
            &system(1),
            &SimulationConfig {
                samples: 1,
                ..Default::default()
            },
        )
        .unwrap();
        assert_eq!(values(&simulated, 0).dim(), (5, 1));
        assert!(simulated.network.edges().is_empty());
    }

    #[test]
    fn derivatives_are_those_of_the_field_at_the_states() {
        let system = system(40);
        let config = SimulationConfig {
            samples: 2,
            ..Default::default()
        };
        let states = simulate(&system, &config).unwrap();
        let slopes = simulate(
            &system,
            &SimulationConfig {
                output: Output::Derivative,
                ..config
            },
        )
        .unwrap();
        let mut slope = vec![0.0; 40];
        let state = values(&states, 1).row(3).to_vec();
        system.field().eval(&state, &mut slope);
        assert_eq!(values(&slopes, 1).row(3).to_vec(), slope);
        assert!((0..40).all(|g| !system.is_input(g) || slope[g] == 0.0));
    }

    #[test]
    fn the_solution_follows_a_known_one() {
        // One gene activated by nothing but a constant: x(t) = c + (x0 - c) e^(-t).
        let system = system(2);
        let start = ndarray::array![[0.3, 0.9]];
        let solver = SimulationConfig::default().solver;
        let series = integrate(
            &system,
            start.view(),
            &[0.0, 1.5],
            Output::Expression,
            &solver,
        )
        .unwrap();
        let mut slope = [0.0; 2];
        system.field().eval(&[0.3, 0.9], &mut slope);
        let rest = slope[1] + 0.9;
        let expected = rest + (0.9 - rest) * libm::exp(-1.5);
        assert!((series.trajectories()[0].values[[1, 1]] - expected).abs() < 1e-7);
        let wide = ndarray::array![[0.3]];
        let error =
            integrate(&system, wide.view(), &[0.0], Output::Expression, &solver).unwrap_err();
        assert!(error.to_string().contains("1 entries for 2 genes"));
    }

    #[test]
    fn settings_out_of_range_name_the_range() {
        let system = system(3);
        let base = SimulationConfig::default();
        let inputs = |inputs| SimulationConfig {
            inputs,
            ..SimulationConfig::default()
        };
        let cases = [
            (
                SimulationConfig {
                    samples: 0,
                    ..base.clone()
                },
                "samples = 0: must be at least 1",
            ),
            (
                SimulationConfig {
                    times: vec![],
                    ..base.clone()
                },
                "number of times = 0: must be at least 1",
            ),
            (
                SimulationConfig {
                    times: vec![0.0, 2.0, 1.0],
                    ..base.clone()
                },
                "from time 2 to 1",
            ),
            (
                SimulationConfig {
                    initial_variance_factor: 0.0,
                    ..base.clone()
                },
                "in 0.001..=1000",
            ),
            (
                inputs(InputConfig {
                    bimodal_probability: 2.0,
                    ..Default::default()
                }),
                "in 0..=1",
            ),
            (
                inputs(InputConfig {
                    variance_factor: -1.0,
                    ..Default::default()
                }),
                "in 0..=100",
            ),
            (
                inputs(InputConfig {
                    correlation: Some(0.0),
                    ..Default::default()
                }),
                "in 0.001..=1000",
            ),
            (
                SimulationConfig {
                    solver: SolverOptions {
                        rtol: 0.0,
                        ..base.solver
                    },
                    ..base
                },
                "rtol = 0",
            ),
        ];
        for (config, says) in cases {
            let message = simulate(&system, &config).unwrap_err().to_string();
            assert!(message.contains(says), "{message}");
        }
    }
}
