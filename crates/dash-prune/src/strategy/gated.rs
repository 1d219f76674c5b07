//! Weights behind hard-concrete gates, one per input unit of every layer.

use dash_ode::{Real, Strategy, stream};
use rand_chacha::ChaCha8Rng;

use super::Problem;
use crate::gate::InputGates;
use crate::gate::hard_concrete::Gate;
use crate::streams;

/// Multiplies every weight by the gate of its input unit.
///
/// In training the gates are drawn once per optimiser step, so that all evaluations of a solve see one and the same
/// vector field. The evaluated model has deterministic gates; where one is 0, its column is exactly zero.
pub(super) struct Gated<T> {
    gates: InputGates,
    initial: Vec<T>,
    rng: ChaCha8Rng,
    drawn: Vec<Gate>,
}

impl<T: Real> Gated<T> {
    pub(super) fn new(gates: InputGates, problem: &Problem<'_, T>) -> Self {
        Self {
            initial: gates.initial(problem.seed),
            gates,
            rng: stream(problem.seed, streams::GATES),
            drawn: Vec::new(),
        }
    }
}

impl<T: Real> Strategy<T> for Gated<T> {
    fn auxiliary(&self) -> Vec<T> {
        self.initial.clone()
    }

    fn reparameterise(&mut self, raw: &[T], effective: &mut [T]) {
        self.drawn = self.gates.draw(raw, &mut self.rng);
        effective.copy_from_slice(&raw[..effective.len()]);
        self.gates.apply(&self.drawn, effective);
    }

    fn evaluate(&mut self, raw: &[T], effective: &mut [T]) {
        effective.copy_from_slice(&raw[..effective.len()]);
        self.gates.apply(&self.gates.settled(raw), effective);
    }

    fn pull_back(&mut self, raw: &[T], gradient: &mut [T]) {
        self.gates.pull_back(&self.drawn, raw, gradient);
    }
}
