//! IMP: iterative magnitude pruning; after every round the survivors go back to their initial values.
//!
//! # Reference
//! J. Frankle & M. Carbin, *The lottery ticket hypothesis*, ICLR 2019.

use dash_ode::Real;

use super::pruning::{Pruning, Survivors};
use super::scorer::Magnitude;
use super::{Entry, Setting};

pub(super) fn entry<T: Real>() -> Entry<T> {
    Entry {
        name: "IMP",
        uses_prior: false,
        prunes: true,
        takes: &[Setting::Conventions],
        build: |settings, problem| {
            let scorer = Magnitude {
                conventions: settings.conventions,
            };
            let schedule = settings.schedule.clone();
            Ok(Box::new(Pruning::new(
                schedule,
                Box::new(scorer),
                Survivors::Rewind,
                problem,
            )))
        },
    }
}
