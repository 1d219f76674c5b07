//! Tables of cells that other tools read.

mod beeline;
mod dense;
mod rows;
mod ten_x;
#[cfg(test)]
mod testing;

pub use beeline::{Beeline, read_beeline, write_beeline};
pub use dense::{read_expression, write_expression};
pub use ten_x::{read_10x, write_10x};
