//! Laws that hold for every input.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod networks;
mod pathways;
