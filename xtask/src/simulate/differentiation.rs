//! Cells that differentiate, and the mean of their snapshots over time.

use dash_synth::sergio::{DifferentiationConfig, Lineage, System, simulate_differentiation};
use dash_synth::{Cells, lineage_paths, mean_trajectories, series_of, side_by_side, snapshots};
use ndarray::Array2;

use super::conditions::held_out;
use super::config::Config;
use super::{CellData, CellLabel, SeriesData, TrajectoryLabel, technical};

/// Cells (unspliced and spliced together, and apart), trajectories of every lineage, half responses.
pub(super) fn simulate(
    system: &System,
    lineage: &Lineage,
    settings: &DifferentiationConfig,
    config: &Config,
) -> anyhow::Result<(CellData, SeriesData, Vec<f64>)> {
    let result = simulate_differentiation(system, lineage, settings)?;
    let times = result.pseudotime(lineage);
    let (mut names, mut labels) = (Vec::new(), Vec::new());
    for ((cell_type, cell), &time) in times.indexed_iter() {
        names.push(format!("type{cell_type}.cell{}", cell + 1));
        labels.push(CellLabel {
            condition: 0,
            cell_type: Some(cell_type),
            time: Some(time),
            held_out: false,
        });
    }
    let table = |values| Cells::new(system.genes().names().to_vec(), names.clone(), values);
    let total = |unspliced: &Array2<f64>, spliced: &Array2<f64>| table(unspliced + spliced);
    let mut unspliced = side_by_side(&result.unspliced);
    let mut spliced = side_by_side(&result.spliced);
    let mut clean = None;
    let layers = [&result.unspliced, &result.spliced];
    if let Some(measured) = technical::measured_layers(layers, config)? {
        clean = Some(total(&unspliced, &spliced)?);
        [unspliced, spliced] = measured.each_ref().map(side_by_side);
    }
    let paths = lineage_paths(lineage);
    let mut data = CellData {
        cells: total(&unspliced, &spliced)?,
        clean,
        pseudotime: Some(on_paths(&labels, &paths)),
        labels,
        layers: vec![
            ("unspliced", table(unspliced)?),
            ("spliced", table(spliced)?),
        ],
        snapshots: Vec::new(),
    };
    let series = series(&mut data, &paths, config)?;
    Ok((data, series, result.half_response))
}

/// Time of every cell on every path, `cells × paths`; NaN where its type is not on the path.
fn on_paths(labels: &[CellLabel], paths: &[Vec<usize>]) -> Array2<f64> {
    Array2::from_shape_fn((labels.len(), paths.len()), |(cell, path)| {
        let label = &labels[cell];
        let is_on = label.cell_type.is_some_and(|t| paths[path].contains(&t));
        label.time.filter(|_| is_on).unwrap_or(f64::NAN)
    })
}

fn series(
    data: &mut CellData,
    paths: &[Vec<usize>],
    config: &Config,
) -> anyhow::Result<SeriesData> {
    let settings = &config.series;
    let (mut trajectories, mut labels) = (Vec::new(), Vec::new());
    let times = data.pseudotime.as_ref().map(|t| t.columns().into_iter());
    for (path, times) in paths.iter().zip(times.into_iter().flatten()) {
        let types: Vec<String> = path.iter().map(ToString::to_string).collect();
        let name = format!("lineage{}", types.join("-"));
        let cut = snapshots(&times.to_vec(), settings.snapshots)?;
        trajectories.extend(mean_trajectories(
            &data.cells,
            &name,
            &cut,
            settings.replicates,
        )?);
        data.snapshots.push((name, cut));
    }
    // The same replicates of all lineages, for they share cells.
    let replicates: Vec<String> = (1..=settings.replicates).map(|r| r.to_string()).collect();
    let names: Vec<&str> = replicates.iter().map(String::as_str).collect();
    let held_out = held_out(&names, config.split.trajectories, config.seed);
    for (number, trajectory) in trajectories.iter().enumerate() {
        labels.push(TrajectoryLabel {
            condition: 0,
            source: trajectory.name.clone(),
            held_out: held_out[number % settings.replicates],
        });
    }
    Ok(SeriesData {
        series: series_of(&data.cells, trajectories)?,
        clean: None,
        labels,
    })
}
