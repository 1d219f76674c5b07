//! Gates on the input units of a model's layers.

use std::ops::Range;

use dash_ode::{Branch, Layout, Normal, Real, stream};
use rand::Rng as _;
use rand::distr::Distribution as _;
use rand_chacha::ChaCha8Rng;

use super::hard_concrete::{Gate, TEMPERATURE, deterministic, sample};
use crate::streams;

/// Law of the initial ln α: every gate is open with probability 0.83.
///
/// # Reference
/// Louizos et al. 2018, appendix: an initial dropout rate of ½, and its small spread.
const INITIAL: Normal = Normal {
    mean: 0.0,
    sd: 0.01,
};

/// The gates of one weight matrix: one per column.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    /// Block of the matrix in the layout.
    pub(crate) block: usize,
    pub(crate) rows: usize,
    /// Where the matrix lies in the parameter vector.
    pub(crate) weights: Range<usize>,
    /// Where its ln α lie in the raw parameters, one per column.
    pub(crate) logits: Range<usize>,
}

/// Where the gates of a model lie: one per input unit of every prunable matrix, behind the model's own parameters.
#[derive(Clone, Debug)]
pub(crate) struct InputGates {
    layers: Vec<Layer>,
}

impl InputGates {
    pub(crate) fn new(layout: &Layout) -> Self {
        let mut end = layout.len();
        let layer = |block: usize| {
            let at = &layout.blocks()[block];
            let logits = end..end + at.columns;
            end = logits.end;
            Layer {
                block,
                rows: at.rows,
                weights: at.range.clone(),
                logits,
            }
        };
        Self {
            layers: layout.prunable().map(layer).collect(),
        }
    }

    pub(crate) fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// The layers of one branch, from the input genes on.
    pub(crate) fn of_branch<'a>(&'a self, branch: &'a Branch) -> impl Iterator<Item = &'a Layer> {
        let of_block = |block: &usize| self.layers.iter().find(move |l| l.block == *block);
        branch.layers.iter().filter_map(of_block)
    }

    /// Initial ln α of all gates, the same for the same seed.
    pub(crate) fn initial<T: Real>(&self, seed: u64) -> Vec<T> {
        let mut rng = stream(seed, streams::INITIAL_GATES);
        let count = self.layers.iter().map(|l| l.logits.len()).sum();
        let draws = INITIAL.sample_iter(&mut rng).take(count);
        draws.map(T::of).collect()
    }

    /// All gates of a training step, in the order of the raw parameters.
    pub(crate) fn draw<T: Real>(&self, raw: &[T], rng: &mut ChaCha8Rng) -> Vec<Gate> {
        // Louizos et al. keep u this far from 0 and 1, where its logit is infinite.
        let mut uniform = || rng.random_range(1e-6..1.0 - 1e-6);
        self.logits(raw)
            .map(|logit| sample(logit, uniform(), TEMPERATURE))
            .collect()
    }

    /// All gates of the model that is validated and kept.
    pub(crate) fn settled<T: Real>(&self, raw: &[T]) -> Vec<Gate> {
        self.logits(raw).map(deterministic).collect()
    }

    /// Multiplies every column by its gate.
    pub(crate) fn apply<T: Real>(&self, gates: &[Gate], values: &mut [T]) {
        self.columns(gates, |layer, gates| {
            let gates: Vec<T> = gates.iter().map(|g| T::of(g.value)).collect();
            for row in values[layer.weights.clone()].chunks_exact_mut(gates.len()) {
                row.iter_mut().zip(&gates).for_each(|(w, g)| *w *= *g);
            }
        });
    }

    /// Turns the derivative with respect to the gated weights into that with respect to weights and ln α.
    pub(crate) fn pull_back<T: Real>(&self, gates: &[Gate], raw: &[T], gradient: &mut [T]) {
        let of_model = self.layers.first().map_or(0, |l| l.logits.start);
        let (of_model, of_gates) = gradient.split_at_mut(of_model);
        let offset = of_model.len();
        self.columns(gates, |layer, gates| {
            let mut through = vec![T::zero(); gates.len()];
            let weights = raw[layer.weights.clone()].chunks_exact(gates.len());
            let rows = of_model[layer.weights.clone()].chunks_exact_mut(gates.len());
            for (weights, row) in weights.zip(rows) {
                for (((bar, w), gate), through) in
                    row.iter_mut().zip(weights).zip(gates).zip(&mut through)
                {
                    *through += *bar * *w;
                    *bar *= T::of(gate.value);
                }
            }
            let logits = &mut of_gates[layer.logits.start - offset..layer.logits.end - offset];
            for ((bar, through), gate) in logits.iter_mut().zip(through).zip(gates) {
                *bar += through * T::of(gate.slope);
            }
        });
    }

    fn logits<T: Real>(&self, raw: &[T]) -> impl Iterator<Item = f64> {
        let logits = self.layers.iter().flat_map(|l| &raw[l.logits.clone()]);
        logits.map(|l| l.f64())
    }

    /// Calls `with` for every layer and its gates.
    fn columns(&self, gates: &[Gate], mut with: impl FnMut(&Layer, &[Gate])) {
        let mut rest = gates;
        for layer in &self.layers {
            let (own, others) = rest.split_at(layer.logits.len());
            with(layer, own);
            rest = others;
        }
    }
}
