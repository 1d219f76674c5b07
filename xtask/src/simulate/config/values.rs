//! Values that no simulator could work with.

use anyhow::{Context, bail};
use dash_synth::sergio::TechnicalNoise;

use super::Config;

/// # Errors
/// The first value out of its range, by its key.
pub(super) fn check(config: &Config) -> anyhow::Result<()> {
    let sd = config.noise.measurement_sd;
    if !(sd >= 0.0 && sd.is_finite()) {
        bail!("noise.measurement_sd = {sd}: must be at least 0 and finite");
    }
    if let Some(preset) = &config.noise.technical {
        TechnicalNoise::preset(preset).context("noise.technical")?;
    }
    check_times(&config.series.times)
}

/// The change is at time 0: nothing is seen before, and nothing twice.
fn check_times(times: &[f64]) -> anyhow::Result<()> {
    if times.is_empty() {
        bail!("series.times is empty: give the times of the response, or leave it out");
    }
    if let Some(time) = times.iter().find(|t| !(**t >= 0.0 && t.is_finite())) {
        bail!("series.times: {time} must be at least 0, when the change is made, and finite");
    }
    if let Some([before, after]) = times.array_windows().find(|[a, b]| a >= b) {
        bail!("series.times: {after} comes after {before}, but times must increase");
    }
    Ok(())
}
