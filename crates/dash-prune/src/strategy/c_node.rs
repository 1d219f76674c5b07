//! C-NODE: a price on the strength of every path from input to output genes.
//!
//! The penalty shrinks weights and never makes one exactly zero. Neither paper says where to cut; here weights of a
//! magnitude below 1e-3 are zero in the evaluated model.
//!
//! # Reference
//! H. Aliee et al., *Sparsity in continuous-depth neural networks*, `NeurIPS` 2022.

use dash_ode::{NoStrategy, Real};

use super::regularised::Regularised;
use super::{Entry, Setting, strength};
use crate::penalty::PathStrength;

/// Strength of the published code.
pub(super) const STRENGTH: f64 = 1e-3;

pub(super) fn entry<T: Real>() -> Entry<T> {
    Entry {
        name: "C-NODE",
        uses_prior: false,
        prunes: false,
        takes: &[Setting::Strength],
        build: |settings, problem| {
            let strength = strength(settings, STRENGTH)?;
            let layout = problem.initial.layout();
            let paths = PathStrength::new(layout);
            Ok(Box::new(
                Regularised::new(Box::new(NoStrategy), vec![(strength, Box::new(paths))])
                    .with_floor(layout),
            ))
        },
    }
}
