//! The trajectory format of the published DASH and PHOENIX data.
//!
//! The first row is `genes,trajectories`, filled up with empty fields. Then come, for every trajectory, one row a gene, in the
//! order of a separate list of names, and one row of times. Trajectories may differ in length: shorter ones are filled up
//! with empty fields at the right. A missing value is an empty field at a point that has a time.

mod body;
mod digits;
mod read;
mod write;

#[cfg(test)]
mod tests;

pub use read::{Genes, read_published};
pub use write::{Digits, write_published, write_published_with};
