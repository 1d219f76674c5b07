//! Technical noise on simulated cells.

use dash_synth::sergio::TechnicalNoise;
use ndarray::{Array3, Axis, concatenate, s};

use super::config::Config;

/// The cells of all conditions as an experiment would see them, `types × genes × cells` each; `None` where no noise is asked
/// for. It is one experiment: outlier genes and the midpoint of dropout are the same for all conditions.
///
/// # Errors
/// A name of no preset.
pub(super) fn measured(
    conditions: &[Array3<f64>],
    config: &Config,
) -> anyhow::Result<Option<Vec<Array3<f64>>>> {
    let Some(name) = &config.noise.technical else {
        return Ok(None);
    };
    let mut all = joined(conditions)?;
    TechnicalNoise::preset(name)?.apply(&mut [&mut all], config.seed)?;
    Ok(Some(parted(&all, conditions)))
}

/// Unspliced and spliced RNA of the same cells, as [`measured`].
///
/// # Errors
/// A name of no preset.
pub(super) fn measured_layers(
    layers: &[Vec<Array3<f64>>; 2],
    config: &Config,
) -> anyhow::Result<Option<[Vec<Array3<f64>>; 2]>> {
    let Some(name) = &config.noise.technical else {
        return Ok(None);
    };
    let (mut unspliced, mut spliced) = (joined(&layers[0])?, joined(&layers[1])?);
    TechnicalNoise::preset(name)?.apply(&mut [&mut unspliced, &mut spliced], config.seed)?;
    Ok(Some([
        parted(&unspliced, &layers[0]),
        parted(&spliced, &layers[1]),
    ]))
}

/// The cells of all conditions in one table.
fn joined(conditions: &[Array3<f64>]) -> anyhow::Result<Array3<f64>> {
    let views: Vec<_> = conditions.iter().map(|cells| cells.view()).collect();
    Ok(concatenate(Axis(2), &views)?)
}

/// The same, apart again.
fn parted(all: &Array3<f64>, conditions: &[Array3<f64>]) -> Vec<Array3<f64>> {
    let mut start = 0;
    let part = |cells: &Array3<f64>| {
        let end = start + cells.dim().2;
        let own = all.slice(s![.., .., start..end]).to_owned();
        start = end;
        own
    };
    conditions.iter().map(part).collect()
}
