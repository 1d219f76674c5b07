//! Experiments: one TOML file per table or figure, expanded into rows and jobs.

pub(crate) mod builtin;
pub(crate) mod check;
pub(crate) mod file;
pub(crate) mod hint;
pub(crate) mod plan;
pub(crate) mod rows;

pub(crate) use file::{Experiment, Profile};
pub(crate) use plan::Plan;
