//! Cells that differentiate, and the mean of their snapshots over time.

use dash_synth::sergio::{
    Differentiation, DifferentiationConfig, Lineage, System, simulate_perturbed_differentiation,
};
use dash_synth::{Cells, lineage_paths, mean_trajectories, series_of, side_by_side, snapshots};
use ndarray::{Array2, Array3, Axis, concatenate};

use super::conditions::{Condition, held_out};
use super::config::Config;
use super::key::seed_of;
use super::{CellData, CellLabel, Observe, SeriesData, TrajectoryLabel, technical};

/// Cells of all conditions (unspliced and spliced together, and apart), trajectories of every lineage, half responses of the
/// wild type.
pub(super) fn simulate(
    system: &System,
    lineage: &Lineage,
    settings: &DifferentiationConfig,
    config: &Config,
    conditions: &[Condition],
    observer: &mut dyn Observe,
) -> anyhow::Result<(CellData, SeriesData, Vec<f64>)> {
    let mut results = Vec::new();
    for (number, condition) in conditions.iter().enumerate() {
        let seed = if number == 0 {
            settings.seed
        } else {
            seed_of(settings.seed, &condition.name)
        };
        let settings = DifferentiationConfig {
            seed,
            ..settings.clone()
        };
        let changes = &condition.changes;
        results.push(simulate_perturbed_differentiation(
            system, lineage, &settings, changes,
        )?);
        observer.simulated(&condition.name);
    }
    let (names, labels) = labels(&results, lineage, conditions);
    let table = |values| Cells::new(system.genes().names().to_vec(), names.clone(), values);
    let total = |layers: &[Array2<f64>; 2]| table(&layers[0] + &layers[1]);
    let layer = |of: &dyn Fn(&Differentiation) -> Array3<f64>| results.iter().map(of).collect();
    let simulated: [Vec<Array3<f64>>; 2] = [
        layer(&|r| r.unspliced.clone()),
        layer(&|r| r.spliced.clone()),
    ];
    let mut layers = joined(&simulated)?;
    let mut clean = None;
    if let Some(measured) = technical::measured_layers(&simulated, config)? {
        clean = Some(total(&layers)?);
        layers = joined(&measured)?;
    }
    let paths = lineage_paths(lineage);
    let cells = total(&layers)?;
    let [unspliced, spliced] = layers;
    let mut data = CellData {
        cells,
        clean,
        pseudotime: Some(on_paths(&labels, &paths)),
        labels,
        layers: vec![
            ("unspliced", table(unspliced)?),
            ("spliced", table(spliced)?),
        ],
        snapshots: Vec::new(),
    };
    let series = series(&mut data, &paths, config, conditions)?;
    Ok((data, series, results.swap_remove(0).half_response))
}

/// Before the name of a cell or lineage: its condition, where there are several.
fn prefix(conditions: &[Condition], number: usize) -> String {
    if conditions.len() == 1 {
        String::new()
    } else {
        format!("{}.", conditions[number].name)
    }
}

fn labels(
    results: &[Differentiation],
    lineage: &Lineage,
    conditions: &[Condition],
) -> (Vec<String>, Vec<CellLabel>) {
    let (mut names, mut labels) = (Vec::new(), Vec::new());
    for (number, result) in results.iter().enumerate() {
        let prefix = prefix(conditions, number);
        for ((cell_type, cell), &time) in result.pseudotime(lineage).indexed_iter() {
            names.push(format!("{prefix}type{cell_type}.cell{}", cell + 1));
            labels.push(CellLabel {
                condition: number,
                cell_type: Some(cell_type),
                time: Some(time),
                held_out: conditions[number].held_out,
            });
        }
    }
    (names, labels)
}

/// Both layers of all conditions side by side, `genes × cells`.
fn joined(layers: &[Vec<Array3<f64>>; 2]) -> anyhow::Result<[Array2<f64>; 2]> {
    let join = |conditions: &Vec<Array3<f64>>| {
        let tables: Vec<Array2<f64>> = conditions.iter().map(side_by_side).collect();
        let views: Vec<_> = tables.iter().map(|table| table.view()).collect();
        concatenate(Axis(1), &views)
    };
    Ok([join(&layers[0])?, join(&layers[1])?])
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
    conditions: &[Condition],
) -> anyhow::Result<SeriesData> {
    let settings = &config.series;
    // The same replicates of all lineages, for they share cells.
    let replicates: Vec<String> = (1..=settings.replicates).map(|r| r.to_string()).collect();
    let names: Vec<&str> = replicates.iter().map(String::as_str).collect();
    let held_out = held_out(&names, config.split.trajectories, config.seed);
    let (mut trajectories, mut labels) = (Vec::new(), Vec::new());
    let times = data.pseudotime.clone().unwrap_or_default();
    for (number, condition) in conditions.iter().enumerate() {
        for (path, times) in paths.iter().zip(times.columns()) {
            let types: Vec<String> = path.iter().map(ToString::to_string).collect();
            let name = format!("{}lineage{}", prefix(conditions, number), types.join("-"));
            // A time of NaN leaves the cells of other conditions out.
            let of_condition = times.iter().zip(&data.labels).map(|(time, label)| {
                if label.condition == number {
                    *time
                } else {
                    f64::NAN
                }
            });
            let of_condition: Vec<f64> = of_condition.collect();
            let cut = snapshots(&of_condition, settings.snapshots)?;
            let means = mean_trajectories(&data.cells, &name, &cut, settings.replicates)?;
            for (trajectory, is_held_out) in means.into_iter().zip(&held_out) {
                labels.push(TrajectoryLabel {
                    condition: number,
                    source: trajectory.name.clone(),
                    held_out: condition.held_out || *is_held_out,
                });
                trajectories.push(trajectory);
            }
            data.snapshots.push((name, cut));
        }
    }
    Ok(SeriesData {
        series: series_of(&data.cells, trajectories)?,
        clean: None,
        labels,
    })
}
