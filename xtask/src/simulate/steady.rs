//! Resting cells, and how their mean answers to perturbations.

use dash_ode::TimeSeries;
use dash_synth::sergio::{
    HalfResponse, Steady, SteadyConfig, System, simulate_perturbed, simulate_steady,
};
use dash_synth::{Cells, Response, add_noise, response, side_by_side};
use ndarray::{Array2, Array3, Axis, concatenate, s};

use super::conditions::Condition;
use super::config::Config;
use super::key::seed_of;
use super::{CellData, CellLabel, Observe, SeriesData, TrajectoryLabel, technical};

/// Cells of all conditions; a trajectory per changed condition and cell type; half responses of the wild type.
pub(super) fn simulate(
    system: &System,
    settings: &SteadyConfig,
    config: &Config,
    conditions: &[Condition],
    observer: &mut dyn Observe,
) -> anyhow::Result<(CellData, Option<SeriesData>, Vec<f64>)> {
    let wild_type = simulate_steady(system, settings)?;
    observer.simulated(&conditions[0].name);
    let known = |h: &f64| if h.is_nan() { 0.0 } else { *h };
    let half_response: Vec<f64> = wild_type.half_response.iter().map(known).collect();
    let mut tables = vec![wild_type.expression.clone()];
    for condition in &conditions[1..] {
        let settings = SteadyConfig {
            half_response: HalfResponse::Given(half_response.clone()),
            seed: seed_of(settings.seed, &condition.name),
            ..settings.clone()
        };
        let cells = simulate_perturbed(system, &settings, &condition.changes)?;
        tables.push(cells.expression);
        observer.simulated(&condition.name);
    }
    let measured = technical::measured(&tables, config)?;
    let cells = cells(system, settings.cells, conditions, &tables, measured)?;
    let series = (conditions.len() > 1)
        .then(|| responses(system, settings, config, conditions, &wild_type))
        .transpose()?;
    Ok((cells, series, wild_type.half_response))
}

fn cells(
    system: &System,
    per_type: usize,
    conditions: &[Condition],
    clean: &[Array3<f64>],
    measured: Option<Vec<Array3<f64>>>,
) -> anyhow::Result<CellData> {
    let (mut names, mut labels) = (Vec::new(), Vec::new());
    for (number, condition) in conditions.iter().enumerate() {
        for cell_type in 0..system.types() {
            for cell in 1..=per_type {
                names.push(format!("{}.type{cell_type}.cell{cell}", condition.name));
                labels.push(CellLabel {
                    condition: number,
                    cell_type: Some(cell_type),
                    time: None,
                    held_out: condition.held_out,
                });
            }
        }
    }
    let table = |conditions: &[Array3<f64>]| -> anyhow::Result<Cells> {
        let tables: Vec<Array2<f64>> = conditions.iter().map(side_by_side).collect();
        let views: Vec<_> = tables.iter().map(|table| table.view()).collect();
        let values = concatenate(Axis(1), &views)?;
        let genes = system.genes().names().to_vec();
        Ok(Cells::new(genes, names.clone(), values)?)
    };
    let clean = table(clean)?;
    let (cells, clean) = match measured {
        Some(measured) => (table(&measured)?, Some(clean)),
        None => (clean, None),
    };
    Ok(CellData {
        cells,
        clean,
        labels,
        pseudotime: None,
        layers: Vec::new(),
        snapshots: Vec::new(),
    })
}

/// The noise-free mean from where the wild type rests, after every change.
fn responses(
    system: &System,
    settings: &SteadyConfig,
    config: &Config,
    conditions: &[Condition],
    wild_type: &Steady,
) -> anyhow::Result<SeriesData> {
    let (mut trajectories, mut labels) = (Vec::new(), Vec::new());
    let times = from_the_change(&config.series.times);
    let not_asked_for = times.len() - config.series.times.len();
    for (number, condition) in conditions.iter().enumerate().skip(1) {
        for cell_type in 0..system.types() {
            let cells = wild_type.expression.index_axis(Axis(0), cell_type);
            let start = cells.sum_axis(Axis(1)) / cells.ncols() as f64;
            let task = Response {
                half_response: &wild_type.half_response,
                decay: &settings.decay,
                cell_type,
                perturbations: &condition.changes,
                times: &times,
            };
            let source = format!("type{cell_type}");
            let name = format!("{}.{source}", condition.name);
            let mut trajectory = response(system, &name, start.view(), &task)?;
            trajectory.times.drain(..not_asked_for);
            trajectory.values = trajectory.values.slice_move(s![not_asked_for.., ..]);
            trajectories.push(trajectory);
            labels.push(TrajectoryLabel {
                condition: number,
                source,
                held_out: condition.held_out,
            });
        }
    }
    let clean = TimeSeries::new(system.genes().names().to_vec(), trajectories)?;
    Ok(SeriesData {
        series: add_noise(&clean, config.noise.measurement_sd, config.seed)?,
        clean: Some(clean),
        labels,
    })
}

/// These times, and 0 before them: the change is made there, whether it is asked what was there or not.
fn from_the_change(times: &[f64]) -> Vec<f64> {
    let starts = times.first().is_some_and(|first| *first <= 0.0);
    let zero = (!starts).then_some(0.0);
    zero.into_iter().chain(times.iter().copied()).collect()
}
