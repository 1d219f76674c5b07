//! `SparseFlow`: iterative magnitude pruning; the survivors go on from where they are.
//!
//! # Reference
//! Liebenwein et al., *Sparse Flows*, `NeurIPS` 2021.

use dash_ode::Real;

use super::pruning::{Pruning, Survivors};
use super::scorer::Magnitude;
use super::{Entry, Setting};

pub(super) fn entry<T: Real>() -> Entry<T> {
    Entry {
        name: "SparseFlow",
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
                Survivors::Continue,
                problem,
            )))
        },
    }
}
