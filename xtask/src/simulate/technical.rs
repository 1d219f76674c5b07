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
    let (Some(name), Some(first)) = (&config.noise.technical, conditions.first()) else {
        return Ok(None);
    };
    let views: Vec<_> = conditions.iter().map(|cells| cells.view()).collect();
    let mut all = concatenate(Axis(2), &views)?;
    TechnicalNoise::preset(name)?.apply(&mut [&mut all], config.seed)?;
    let cells = first.dim().2;
    let of = |n: usize| all.slice(s![.., .., n * cells..(n + 1) * cells]).to_owned();
    Ok(Some((0..conditions.len()).map(of).collect()))
}

/// Unspliced and spliced RNA of the same cells, as [`measured`].
///
/// # Errors
/// A name of no preset.
pub(super) fn measured_layers(
    layers: [&Array3<f64>; 2],
    config: &Config,
) -> anyhow::Result<Option<[Array3<f64>; 2]>> {
    let Some(name) = &config.noise.technical else {
        return Ok(None);
    };
    let [mut unspliced, mut spliced] = layers.map(Clone::clone);
    TechnicalNoise::preset(name)?.apply(&mut [&mut unspliced, &mut spliced], config.seed)?;
    Ok(Some([unspliced, spliced]))
}
