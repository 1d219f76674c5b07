//! The random streams of one seed that this crate draws from, each for one purpose.
//!
//! They count down from the end: initial parameters come from stream 0, and training shuffles by those from 1 upwards, one per epoch.

/// Deals trajectories to folds.
pub(crate) const FOLDS: u64 = u64::MAX;
/// Draws the initial gates.
pub(crate) const INITIAL_GATES: u64 = u64::MAX - 1;
/// Draws the gates of training.
pub(crate) const GATES: u64 = u64::MAX - 2;
/// Draws the states at which the prior loss is taken.
pub(crate) const PRIOR_STATES: u64 = u64::MAX - 3;
