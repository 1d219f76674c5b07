//! What can go wrong in this crate.

use crate::io::DataError;

/// Error of a solve, a gradient, a model or a training run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The field, or the state that it led to, is not finite.
    #[error(
        "row {row}: gene {gene} is not finite at time {time}; check the initial state and the parameters, or lower the learning rate"
    )]
    NonFinite {
        /// Row of the batch.
        row: usize,
        /// Time reached by that row.
        time: f64,
        /// Index of the first gene concerned.
        gene: usize,
    },
    /// The step that the tolerance asks for is below the resolution of time.
    #[error(
        "row {row}: the step fell to {step:e} at time {time} because of gene {gene}; loosen rtol or atol, or check whether that gene diverges"
    )]
    StepUnderflow {
        /// Row of the batch.
        row: usize,
        /// Time reached by that row.
        time: f64,
        /// The step tried last.
        step: f64,
        /// Index of the gene with the largest error.
        gene: usize,
    },
    /// A row needed more steps than allowed.
    #[error(
        "row {row}: {max_steps} steps reached time {time} only, gene {gene} is the stiffest; raise max_steps or loosen rtol"
    )]
    TooManySteps {
        /// Row of the batch.
        row: usize,
        /// Time reached by that row.
        time: f64,
        /// Index of the gene with the largest error.
        gene: usize,
        /// The limit.
        max_steps: usize,
    },
    /// The derivative of the loss with respect to a parameter is not finite.
    #[error(
        "the gradient with respect to {block}, row {row}, column {column}, is not finite; lower the learning rate, or check the parameters and the data"
    )]
    NonFiniteGradient {
        /// Block of the parameter, as in [`crate::Layout`]; `auxiliary` for parameters of a strategy.
        block: &'static str,
        /// Row in the block, from 0; the index of an auxiliary parameter.
        row: usize,
        /// Column in the block, from 0.
        column: usize,
    },
    /// Two sizes that must agree do not.
    #[error("{what}: expected {expected}, found {found}")]
    Shape {
        /// What has a wrong size.
        what: &'static str,
        /// The size that fits.
        expected: usize,
        /// The size given.
        found: usize,
    },
    /// A span of integration that has no meaning.
    #[error(
        "row {row}: cannot integrate from time {start} to {end}; give finite times that do not decrease"
    )]
    Span {
        /// Row of the batch, or index of the time.
        row: usize,
        /// Start of the span.
        start: f64,
        /// End of the span.
        end: f64,
    },
    /// A setting outside its range.
    #[error("{name} = {value}: must be {range}")]
    Setting {
        /// The setting.
        name: &'static str,
        /// Its value.
        value: f64,
        /// The values allowed.
        range: &'static str,
    },
    /// There is nothing to train or to validate on.
    #[error(
        "the {part} data hold no interval: a trajectory needs two consecutive points without missing values"
    )]
    NoIntervals {
        /// Which part of the data.
        part: &'static str,
    },
    /// A training run was ended before its first epoch.
    #[error("no epoch was trained: train at least one before finishing")]
    NoEpoch,
    /// An interval was asked for that the data do not hold.
    #[error("interval {index} was asked for, the data hold {count}")]
    NoSuchInterval {
        /// The index, from 0.
        index: usize,
        /// Number of intervals.
        count: usize,
    },
    /// Bytes that are not the model file they should be.
    #[cfg(feature = "safetensors")]
    #[error("not a model file: {reason}; take one that this program wrote")]
    ModelFile {
        /// What is wrong.
        reason: String,
    },
    /// Training diverged again after the allowed number of recoveries.
    #[error(
        "epoch {epoch}: training diverged {times} times, each time restarted from the last good state at half the learning rate; start with a smaller learning_rate"
    )]
    Diverged {
        /// Epoch of the last failure.
        epoch: usize,
        /// How often it had been tried again.
        times: usize,
        /// The failure.
        #[source]
        cause: Box<Error>,
    },
    /// A strategy could not do its work between two epochs.
    #[error("epoch {epoch}: {cause}")]
    Strategy {
        /// The epoch.
        epoch: usize,
        /// What the strategy said.
        #[source]
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Data could not be read, written or used.
    #[error(transparent)]
    Data(#[from] DataError),
}

impl Error {
    /// The same failure in a batch in which `first` rows come before those that were counted.
    pub(crate) fn counted_from(mut self, first: usize) -> Self {
        if let Self::NonFinite { row, .. }
        | Self::StepUnderflow { row, .. }
        | Self::TooManySteps { row, .. }
        | Self::Span { row, .. } = &mut self
        {
            *row += first;
        }
        self
    }
}

/// Result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// `Ok` if the size is the one expected.
pub(crate) fn check_size(what: &'static str, expected: usize, found: usize) -> Result<()> {
    if expected == found {
        Ok(())
    } else {
        Err(Error::Shape {
            what,
            expected,
            found,
        })
    }
}

/// `Ok` if a setting is in its range.
pub(crate) fn check_setting(
    name: &'static str,
    value: f64,
    within: bool,
    range: &'static str,
) -> Result<()> {
    if within {
        Ok(())
    } else {
        Err(Error::Setting { name, value, range })
    }
}
