//! Cuts the one trajectory that there is into training and validation data.

use anyhow::bail;
use dash_ode::TimeSeries;

use crate::job::config::DataConfig;

/// Holds `config.validation` neighbouring points out, at a place that the seed draws; (training, validation, the first
/// point held out).
///
/// What remains stays one trajectory: one training interval spans the gap. Both its ends are observed, and no value
/// between them is seen.
///
/// # Errors
/// When the file has not as many points as are asked for.
pub(super) fn contiguous(
    series: &TimeSeries,
    config: &DataConfig,
) -> anyhow::Result<(TimeSeries, TimeSeries, usize)> {
    let points = series.trajectories()[0].times.len();
    let wanted = config.train + config.validation;
    if wanted != points || config.validation < 2 {
        bail!(
            "data: train = {} and validation = {}, but the trajectory of {} has {points} points, and a block held out needs two or more",
            config.train,
            config.validation,
            config.dataset.name()
        );
    }
    // The seed is a hash, so that its remainder is a fair draw.
    let start = usize::try_from(config.seed % (config.train as u64 + 1))?;
    let block = start..start + config.validation;
    let (train, validation) = series.split_block(0, block)?;
    Ok((train, validation, start))
}
