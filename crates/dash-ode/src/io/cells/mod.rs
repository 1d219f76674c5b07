//! Single cells in pseudotime, one row a cell, and the trajectory that the published files make of them.

mod prepare;
mod read;
#[cfg(test)]
mod tests;

pub use read::{Cells, read_cells};
