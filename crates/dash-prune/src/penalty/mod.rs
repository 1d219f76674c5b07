//! What a training loss can hold beside the data: each a value and its gradient.

mod density;
mod open_paths;
mod path_strength;
mod prior_loss;
mod threshold_decay;

pub(crate) use density::ExpectedDensity;
pub(crate) use open_paths::OpenPaths;
pub use open_paths::open_paths;
pub(crate) use path_strength::PathStrength;
pub use path_strength::{PathSum, path_sum};
pub use prior_loss::PriorLoss;
pub(crate) use threshold_decay::ThresholdDecay;

/// A penalty on the raw parameters of a model, the auxiliary ones included.
pub(crate) trait Penalty<T> {
    /// `strength` × its value; *adds* `strength` × its derivative to `gradient`.
    fn add(&self, strength: f64, raw: &[T], gradient: &mut [T]) -> f64;
}
