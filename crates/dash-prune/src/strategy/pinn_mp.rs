//! PINN+MP: the loss of the PINN, one-shot magnitude pruning, fine-tuning.
//!
//! # Reference
//! Hossain et al. 2024, a suggested baseline.

use dash_ode::Real;

use super::prior_informed::PriorInformed;
use super::{Entry, Setting, magnitude};

pub(super) fn entry<T: Real>() -> Entry<T> {
    Entry {
        name: "PINN+MP",
        uses_prior: true,
        takes: &[Setting::Conventions, Setting::Tau],
        build: |settings, problem| {
            PriorInformed::build("PINN+MP", &magnitude::entry(), settings, problem)
        },
        ..magnitude::entry()
    }
}
