//! What a fitted model predicts.

use anyhow::Context as _;
use dash_ode::{
    Differentiable, Direct, Integrator, Intervals, Parameters, Phoenix, SolverOptions, TimeSeries,
    Trajectory, solve_at,
};
use ndarray::{Array2, ArrayView1, Axis};

use super::Model;

type Field = Box<dyn Differentiable<f64>>;

fn field(parameters: &Parameters<f64>) -> anyhow::Result<Field> {
    Ok(if parameters.layout().block("gain").is_some() {
        Box::new(Direct::with_parameters(parameters)?)
    } else {
        Box::new(Phoenix::with_parameters(parameters)?)
    })
}

/// Predictions of the ends of all intervals of a series in the model's units, intervals × genes.
pub(crate) fn one_interval_ahead(
    model: &Model,
    series: &TimeSeries,
) -> anyhow::Result<Array2<f64>> {
    let intervals = Intervals::<f64>::of(series, "test")?;
    let mut field = field(&model.parameters.cast())?;
    let mut ends = vec![0.0; intervals.starts().len()];
    let mut integrator = Integrator::new(SolverOptions::default())?;
    integrator.solve(
        &mut *field,
        intervals.starts(),
        intervals.spans(),
        &mut ends,
    )?;
    Ok(Array2::from_shape_vec(
        (intervals.len(), intervals.genes()),
        ends,
    )?)
}

/// The first complete state of a trajectory that has a point after it.
fn start(trajectory: &Trajectory) -> Option<usize> {
    let is_complete = |state: ArrayView1<'_, f64>| !state.iter().any(|v| v.is_nan());
    let before_last = trajectory.times.len().saturating_sub(1);
    let mut states = trajectory.values.outer_iter().take(before_last);
    states.position(is_complete)
}

/// The trajectories that [`courses`] can simulate, and the names of the others.
///
/// # Errors
/// Where none is left.
pub(crate) fn with_a_start(observed: &TimeSeries) -> anyhow::Result<(TimeSeries, Vec<String>)> {
    let all = observed.trajectories();
    let (with, without): (Vec<usize>, Vec<usize>) =
        (0..all.len()).partition(|&t| start(&all[t]).is_some());
    let names = without.iter().map(|&t| all[t].name.clone()).collect();
    let series = observed.select(&with).context(
        "no trajectory has a complete state with a point after it; fill in missing values",
    )?;
    Ok((series, names))
}

/// The course of every trajectory from its first complete state, in the units of the data, without the genes in
/// `without`; `steps` points between the first and the last time, or the observed times.
///
/// A gene that is knocked out is 0 in the units of the data, and does not change.
///
/// # Errors
/// A trajectory without a complete state before its last point (see [`with_a_start`]); a solve that fails, which names the
/// gene.
pub(crate) fn courses(
    model: &Model,
    observed: &TimeSeries,
    without: &[usize],
    steps: Option<usize>,
) -> anyhow::Result<TimeSeries> {
    let mut parameters = model.parameters.cast::<f64>();
    if let Some(mut v) = parameters.matrix_mut("v") {
        for &gene in without {
            v[[gene, 0]] = 0.0;
        }
    }
    let mut field = field(&parameters)?;
    let scale = &model.scale;
    let mut simulated = Vec::new();
    for trajectory in observed.trajectories() {
        let first = start(trajectory).with_context(|| {
            format!(
                "trajectory {}: no point before the last is without missing values; there is no state to start from",
                trajectory.name
            )
        })?;
        let state = trajectory.values.row(first);
        let mut start: Vec<f64> = state
            .indexed_iter()
            .map(|(gene, v)| scale.value_in(gene, *v))
            .collect();
        for &gene in without {
            start[gene] = scale.value_in(gene, 0.0);
        }
        let times = times(&trajectory.times[first..], steps);
        let inner: Vec<f64> = times.iter().map(|time| time / scale.time_unit).collect();
        let start = Array2::from_shape_vec((1, start.len()), start)?;
        let states = solve_at(&mut *field, start.view(), &inner, &SolverOptions::default())
            .map_err(|error| named(&error, model))
            .with_context(|| format!("trajectory {}", trajectory.name))?;
        let mut values = states.index_axis_move(Axis(1), 0);
        for ((_, gene), value) in values.indexed_iter_mut() {
            *value = scale.value_out(gene, *value);
        }
        simulated.push(Trajectory {
            name: trajectory.name.clone(),
            times,
            values,
        });
    }
    Ok(TimeSeries::new(observed.genes().to_vec(), simulated)?)
}

/// The times that were seen, or `steps` equally far from each other between the first and the last of them.
fn times(seen: &[f64], steps: Option<usize>) -> Vec<f64> {
    let (Some(steps), [a, .., b]) = (steps, seen) else {
        return seen.to_vec();
    };
    (0..steps)
        .map(|step| a + (b - a) * step as f64 / (steps - 1) as f64)
        .collect()
}

/// A solver's error with the name of the gene.
fn named(error: &dash_ode::Error, model: &Model) -> anyhow::Error {
    use dash_ode::Error::{NonFinite, StepUnderflow, TooManySteps};
    match error {
        NonFinite { gene, .. } | StepUnderflow { gene, .. } | TooManySteps { gene, .. } => {
            anyhow::anyhow!("{error} ({})", model.genes.name(*gene))
        }
        _ => anyhow::anyhow!("{error}"),
    }
}
