//! Simulated data from a configuration: a network, a simulator, conditions, and folders of files with the truth beside them.

mod bounds;
mod conditions;
mod config;
mod differentiation;
mod hill;
mod key;
mod place;
mod source;
mod steady;
mod technical;
mod write;

pub(crate) use config::Config;
pub(crate) use key::key;
pub(crate) use place::{Place, holds};
pub(crate) use write::write;

use anyhow::Context;
use dash_ode::TimeSeries;
use dash_synth::Cells;
use ndarray::Array2;

use conditions::Condition;
use config::Simulator;
use source::Source;

/// A commented configuration that runs.
pub(crate) const EXAMPLE: &str = include_str!("example.toml");

/// What is said while it works.
pub(crate) trait Observe {
    /// So many conditions will be simulated.
    fn expect(&mut self, conditions: usize);
    /// One more is.
    fn simulated(&mut self, condition: &str);
}

/// All that was simulated.
pub(crate) struct Simulation {
    source: Source,
    conditions: Vec<Condition>,
    cells: Option<CellData>,
    series: Option<SeriesData>,
    /// Half responses that were simulated with.
    half_response: Option<Vec<f64>>,
}

/// Cells of all conditions.
struct CellData {
    /// As they would be measured.
    cells: Cells,
    /// Without technical noise, where there is any.
    clean: Option<Cells>,
    labels: Vec<CellLabel>,
    /// `cells × lineages`, NaN where a cell is not on a lineage.
    pseudotime: Option<Array2<f64>>,
    /// Other tables of the same cells, by name.
    layers: Vec<(&'static str, Cells)>,
    /// Per lineage its name and, by time, its snapshots.
    snapshots: Vec<(String, Vec<dash_synth::Snapshot>)>,
}

/// What a cell is.
struct CellLabel {
    condition: usize,
    cell_type: Option<usize>,
    time: Option<f64>,
    held_out: bool,
}

/// Time series of all conditions.
struct SeriesData {
    /// As it would be measured.
    series: TimeSeries,
    /// Without noise, where it is known.
    clean: Option<TimeSeries>,
    labels: Vec<TrajectoryLabel>,
}

/// What a trajectory is.
struct TrajectoryLabel {
    condition: usize,
    /// Sample, cell type, or lineage and replicate.
    source: String,
    held_out: bool,
}

/// Checks the configuration, reads what it names, and simulates.
///
/// # Errors
/// Files that cannot be read, settings out of range, parts that do not fit each other.
pub(crate) fn simulate(config: &Config, observer: &mut dyn Observe) -> anyhow::Result<Simulation> {
    bounds::check_network(&config.network)?;
    let mut source = Source::read(config)?;
    let conditions = conditions::plan(config, &source.network)?;
    observer.expect(conditions.len());
    let (cells, series, half_response) = match &config.simulator {
        Simulator::SergioSteady(settings) => {
            bounds::check_resting(settings, config, &source, conditions.len())?;
            let system = source.sergio(config)?;
            let (cells, series, half) =
                steady::simulate(system, settings, config, &conditions, observer)
                    .context("[simulator.sergio-steady]")?;
            (Some(cells), series, Some(half))
        }
        Simulator::SergioDifferentiation(settings) => {
            let lineage = source.lineage(config)?;
            let number = conditions.len();
            bounds::check_differentiating(settings, &lineage, config, &source, number)?;
            let system = source.sergio(config)?;
            let (cells, series, half) = differentiation::simulate(
                system,
                &lineage,
                settings,
                config,
                &conditions,
                observer,
            )
            .context("[simulator.sergio-differentiation]")?;
            (Some(cells), Some(series), Some(half))
        }
        Simulator::HillOde(settings) => {
            bounds::check_solutions(settings, &source, conditions.len())?;
            let system = source.hill(config)?;
            let (cells, series) = hill::simulate(system, settings, config, &conditions, observer)
                .context("[simulator.hill-ode]")?;
            (Some(cells), Some(series), None)
        }
    };
    Ok(Simulation {
        source,
        conditions,
        cells,
        series,
        half_response,
    })
}

impl Simulation {
    /// One line: what there is.
    pub(crate) fn summary(&self) -> String {
        let network = &self.source.network;
        let mut text = format!(
            "{} genes, {} edges, {} conditions",
            network.genes().len(),
            network.edges().len(),
            self.conditions.len()
        );
        let mut add = |part: &str| text.push_str(part);
        if let Some(data) = &self.cells {
            add(&format!(", {} cells", data.labels.len()));
        }
        match &self.series {
            Some(data) => add(&format!(", {} trajectories", data.labels.len())),
            None => {
                add(", no time series (resting cells have no time; ask for [perturbations])");
            }
        }
        text
    }
}
