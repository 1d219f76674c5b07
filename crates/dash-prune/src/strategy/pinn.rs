//! PINN: the loss holds the model to its prior, and nothing is pruned.
//!
//! # Reference
//! Hossain et al., *Biologically informed `NeuralODEs` for genome-wide regulatory dynamics*, Genome Biology 25:127
//! (2024).

use dash_ode::Real;

use super::prior_informed::PriorInformed;
use super::{Entry, Setting, phoenix};

pub(super) fn entry<T: Real>() -> Entry<T> {
    Entry {
        name: "PINN",
        uses_prior: true,
        takes: &[Setting::Tau],
        build: |settings, problem| {
            PriorInformed::build("PINN", &phoenix::entry(), settings, problem)
        },
        ..phoenix::entry()
    }
}
