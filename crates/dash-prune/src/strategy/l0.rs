//! L0: gates on the inputs of every layer, and a price on every weight that is open.
//!
//! # Reference
//! C. Louizos, M. Welling & D. P. Kingma, *Learning sparse neural networks through L0 regularization*, ICLR 2018.

use dash_ode::Real;

use super::gated::Gated;
use super::regularised::Regularised;
use super::{Entry, Setting, strength};
use crate::gate::InputGates;
use crate::penalty::ExpectedDensity;

/// Price of a fully open network, in units of the MSE: about the error of a well-fitted one.
const STRENGTH: f64 = 1e-3;

pub(super) fn entry<T: Real>() -> Entry<T> {
    Entry {
        name: "L0",
        uses_prior: false,
        prunes: false,
        takes: &[Setting::Strength],
        build: |settings, problem| {
            let strength = strength(settings, STRENGTH)?;
            let gates = InputGates::new(problem.initial.layout());
            let gated = Gated::new(gates.clone(), problem);
            let density = ExpectedDensity { gates };
            Ok(Box::new(Regularised::new(
                Box::new(gated),
                vec![(strength, Box::new(density))],
            )))
        },
    }
}
