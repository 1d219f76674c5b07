//! Products and elementary functions of the hot path.
//!
//! Dense weights are packed once per optimiser step into panels of outputs, and work on rows one after the other.
//! Weights that survive pruning are held sparse, and work on rows side by side. Either way a row's result does not
//! depend on the other rows.

mod across;
mod aligned;
pub(crate) mod elementary;
pub(crate) mod lanes;
mod lookup;
mod panels;
mod product;
pub(crate) mod simd;
mod sparse;
pub(crate) mod sums;
pub(crate) mod tile;

pub(crate) use aligned::Aligned;
pub(crate) use panels::Panels;
pub(crate) use product::add_transposed_product;
pub use simd::{Kernel, vectorised};
pub(crate) use sparse::Sparse;
