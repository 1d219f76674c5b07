//! Experiments: one TOML file per table or figure, expanded into rows and jobs.

pub(crate) mod builtin;
pub(crate) mod check;
pub(crate) mod choose;
pub(crate) mod file;
pub(crate) mod hint;
mod like;
pub(crate) mod plan;
pub(crate) mod rows;
mod sections;
pub(crate) mod tune;
pub(crate) mod tuned;

pub(crate) use file::{Experiment, Profile, describe};
pub(crate) use plan::Plan;
