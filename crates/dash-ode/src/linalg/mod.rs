//! Products and elementary functions of the hot path.
//!
//! Activations are batch-major (`rows × features`). Weights are packed once per optimiser step into panels of
//! outputs, so that every product streams through them. A row's result does not depend on the other rows.

pub(crate) mod elementary;
mod matrix;
mod product;
mod simd;
mod sparse;
pub(crate) mod tile;

pub(crate) use matrix::Matrix;
pub(crate) use product::{Panels, add_transposed_product};
pub(crate) use simd::{Kernel, vectorised};
