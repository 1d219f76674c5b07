//! Benches of the hot paths: what is measured, and how two versions are compared.
//!
//! A version is a program: the workloads of `benches/`, built and kept. Two versions are measured side by side in one
//! session, never across sessions; see `docs/decisions/0008-benches.md`.

pub(crate) mod measure;
pub(crate) mod page;
pub(crate) mod program;
pub(crate) mod record;
pub(crate) mod verdict;

mod callgrind;
mod criterion;
mod date;

use serde::{Deserialize, Serialize};

/// What is measured of a workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Quantity {
    /// Time of one call, in seconds.
    Seconds,
    /// Instructions of one call.
    Instructions,
}
