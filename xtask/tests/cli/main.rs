//! The command line from the outside, as its user calls it.

#![expect(clippy::unwrap_used, reason = "a test fails where a step of it fails")]

mod documented_commands;
mod evaluate;
mod fit;
mod reproduce;
mod screenshot;
mod simulate;
