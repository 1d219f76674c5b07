//! Scores that rank the weights of a matrix; the lowest are pruned first.

mod blend;
mod conventions;
mod dash;
mod deep;
mod magnitude;
mod one_layer;
mod random;

pub use conventions::Conventions;
pub use dash::{Branch, BranchScores, BranchWeights, Dash, DashState};
pub use deep::{DeepState, DeepWeights};
pub use magnitude::{ProductMagnitude, input_magnitude, output_magnitude, product_magnitude};
pub use one_layer::one_layer;
pub use random::random;
