//! What opens and closes weights by gradient: hard-concrete gates and trainable thresholds.

pub mod hard_concrete;
mod input_gates;
pub mod threshold;

pub(crate) use input_gates::{InputGates, Layer};
