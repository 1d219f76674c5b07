//! `PathReg`: gates on the inputs of every layer, a price on open paths between genes, and that of C-NODE on strong
//! ones.
//!
//! The setting `strength` is that of open paths; that of strong paths is C-NODE's default. As for C-NODE, weights of a
//! magnitude below 1e-3 are zero in the evaluated model.
//!
//! # Reference
//! H. Aliee et al., *Sparsity in continuous-depth neural networks*, `NeurIPS` 2022.

use dash_ode::Real;

use super::gated::Gated;
use super::regularised::Regularised;
use super::{Entry, Setting, c_node, strength};
use crate::gate::InputGates;
use crate::penalty::{OpenPaths, PathStrength};

/// Strength of the published code.
const STRENGTH: f64 = 1e-4;

pub(super) fn entry<T: Real>() -> Entry<T> {
    Entry {
        name: "PathReg",
        uses_prior: false,
        prunes: false,
        takes: &[Setting::Strength],
        build: |settings, problem| {
            let strength = strength(settings, STRENGTH)?;
            let layout = problem.initial.layout();
            let gates = InputGates::new(layout);
            let gated = Gated::new(gates.clone(), problem);
            let open = OpenPaths::new(gates, layout);
            let strong = PathStrength::new(layout);
            Ok(Box::new(
                Regularised::new(
                    Box::new(gated),
                    vec![
                        (strength, Box::new(open)),
                        (c_node::STRENGTH, Box::new(strong)),
                    ],
                )
                .with_floor(layout),
            ))
        },
    }
}
