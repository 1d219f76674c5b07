//! Solutions of Hill equations.

use dash_ode::{TimeSeries, Trajectory};
use dash_synth::{Cells, SimulationConfig, System, add_noise, simulate_perturbed};
use ndarray::{Array2, Axis};

use super::conditions::{Condition, held_out};
use super::config::Config;
use super::{CellData, CellLabel, Observe, SeriesData, TrajectoryLabel};

/// A trajectory per condition and sample, and their points as cells.
pub(super) fn simulate(
    system: &System,
    settings: &SimulationConfig,
    config: &Config,
    conditions: &[Condition],
    observer: &mut dyn Observe,
) -> anyhow::Result<(CellData, SeriesData)> {
    let samples: Vec<String> = (1..=settings.samples)
        .map(|s| format!("sample{s}"))
        .collect();
    let names: Vec<&str> = samples.iter().map(String::as_str).collect();
    let held_out = held_out(&names, config.split.trajectories, config.seed);
    let (mut trajectories, mut labels) = (Vec::new(), Vec::new());
    for (number, condition) in conditions.iter().enumerate() {
        let simulated = simulate_perturbed(system, settings, &condition.changes)?;
        for (sample, trajectory) in simulated.series.trajectories().iter().enumerate() {
            trajectories.push(Trajectory {
                name: format!("{}.{}", condition.name, trajectory.name),
                ..trajectory.clone()
            });
            labels.push(TrajectoryLabel {
                condition: number,
                source: trajectory.name.clone(),
                held_out: condition.held_out || held_out[sample],
            });
        }
        observer.simulated(&condition.name);
    }
    let clean = TimeSeries::new(system.genes().names().to_vec(), trajectories)?;
    let series = SeriesData {
        series: add_noise(&clean, config.noise.measurement_sd, config.seed)?,
        clean: Some(clean),
        labels,
    };
    Ok((points(&series)?, series))
}

/// Every point of every trajectory as a cell.
fn points(data: &SeriesData) -> anyhow::Result<CellData> {
    let genes = data.series.genes();
    let (mut names, mut labels, mut columns) = (Vec::new(), Vec::new(), Vec::new());
    for (trajectory, label) in data.series.trajectories().iter().zip(&data.labels) {
        for (point, (&time, state)) in trajectory
            .times
            .iter()
            .zip(trajectory.values.outer_iter())
            .enumerate()
        {
            names.push(format!("{}.point{}", trajectory.name, point + 1));
            labels.push(CellLabel {
                condition: label.condition,
                cell_type: None,
                time: Some(time),
                held_out: label.held_out,
            });
            columns.extend(state.iter().copied());
        }
    }
    let values = Array2::from_shape_vec((names.len(), genes.len()), columns)?.reversed_axes();
    let times: Vec<f64> = labels
        .iter()
        .filter_map(|label: &CellLabel| label.time)
        .collect();
    Ok(CellData {
        cells: Cells::new(
            genes.to_vec(),
            names,
            values.as_standard_layout().into_owned(),
        )?,
        clean: None,
        pseudotime: Some(ndarray::Array1::from(times).insert_axis(Axis(1))),
        labels,
        layers: Vec::new(),
        snapshots: Vec::new(),
    })
}
