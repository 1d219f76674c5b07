//! PINN+DASH: the loss of the PINN, pruned by DASH. The prior speaks through the loss and through the score.

use dash_ode::Real;

use super::prior_informed::PriorInformed;
use super::{Entry, Setting, dash};

pub(super) fn entry<T: Real>() -> Entry<T> {
    Entry {
        name: "PINN+DASH",
        takes: &[Setting::Lambda, Setting::Conventions, Setting::Tau],
        build: |settings, problem| {
            PriorInformed::build("PINN+DASH", &dash::entry(), settings, problem)
        },
        ..dash::entry()
    }
}
