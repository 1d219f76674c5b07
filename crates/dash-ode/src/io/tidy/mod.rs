//! A tidy table: columns `trajectory`, `time`, `gene` and `value`, one value a row.
//!
//! Columns and rows may stand in any order. A value that is empty or `NA` is missing, and so is one whose row is missing
//! while other genes have a value at its time.

mod read;
mod write;

#[cfg(test)]
mod tests;

pub use read::read_tidy;
pub use write::write_tidy;

/// The columns; files may have them in any order.
const COLUMNS: [&str; 4] = ["trajectory", "time", "gene", "value"];
