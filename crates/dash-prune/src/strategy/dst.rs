//! DST: every neuron has a trainable threshold, and its weights below it are masked.
//!
//! # Reference
//! J. Liu et al., *Dynamic sparse training: find efficient sparse network from scratch with trainable masked layers*,
//! ICLR 2020.

use std::ops::Range;

use dash_ode::{Layout, Real, Strategy};

use super::regularised::Regularised;
use super::{Entry, Setting, strength};
use crate::gate::threshold::{long_tailed_slope, survives};
use crate::penalty::ThresholdDecay;

/// α. The sum runs over some 800 thresholds (two branches of SIM350): together they weigh about as much as the MSE of
/// a well-fitted model.
const STRENGTH: f64 = 1e-6;

/// A matrix with no more than this share of its weights left starts anew with thresholds of 0.
///
/// # Reference
/// The published code of Liu et al. 2020.
const DEAD: f64 = 0.01;

pub(super) fn entry<T: Real>() -> Entry<T> {
    Entry {
        name: "DST",
        uses_prior: false,
        prunes: false,
        takes: &[Setting::Strength],
        build: |settings, problem| {
            let strength = strength(settings, STRENGTH)?;
            let masked = Thresholded::new(problem.initial.layout());
            let thresholds = masked.thresholds();
            Ok(Box::new(Regularised::new(
                Box::new(masked),
                vec![(strength, Box::new(ThresholdDecay { thresholds }))],
            )))
        },
    }
}

/// One weight matrix and its thresholds, one per row.
struct Layer {
    name: &'static str,
    columns: usize,
    weights: Range<usize>,
    thresholds: Range<usize>,
}

/// Masks, in every row of a matrix, the weights that are smaller than the row's threshold.
///
/// Thresholds start at 0 and lie behind the model's own parameters. A row may lose all its weights (a hidden unit or a
/// gene without inputs): the estimated slope reaches masked weights too, so it can come back. A matrix that has lost
/// nearly all would not: its thresholds are set back to 0, before the next step and in the evaluated model.
struct Thresholded {
    layers: Vec<Layer>,
    of_model: usize,
}

impl Thresholded {
    fn new(layout: &Layout) -> Self {
        let mut end = layout.len();
        let layer = |index: usize| {
            let block = &layout.blocks()[index];
            let thresholds = end..end + block.rows;
            end = thresholds.end;
            Layer {
                name: block.name,
                columns: block.columns,
                weights: block.range.clone(),
                thresholds,
            }
        };
        Self {
            layers: layout.prunable().map(layer).collect(),
            of_model: layout.len(),
        }
    }

    fn thresholds(&self) -> Range<usize> {
        let end = self.layers.last().map(|l| l.thresholds.end);
        self.of_model..end.unwrap_or(self.of_model)
    }
}

impl Layer {
    /// Calls `with` for every weight (its place) and its threshold (its place).
    fn places(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let rows = self.weights.clone().step_by(self.columns);
        rows.zip(self.thresholds.clone())
            .flat_map(|(start, t)| (start..start + self.columns).map(move |w| (w, t)))
    }

    fn is_dead<T: Real>(&self, raw: &[T]) -> bool {
        let left = self.places().filter(|&(w, t)| survives(raw[w], raw[t]));
        left.count() as f64 <= DEAD * self.weights.len() as f64
    }

    fn mask<T: Real>(&self, raw: &[T], effective: &mut [T]) {
        for (w, t) in self.places() {
            effective[w] = if survives(raw[w], raw[t]) {
                raw[w]
            } else {
                T::zero()
            };
        }
    }
}

impl<T: Real> Strategy<T> for Thresholded {
    fn auxiliary(&self) -> Vec<T> {
        vec![T::zero(); self.thresholds().len()]
    }

    fn before_step(&mut self, raw: &mut [T]) {
        for layer in &self.layers {
            if !layer.is_dead(raw) {
                continue;
            }
            tracing::warn!(
                matrix = layer.name,
                "nearly all weights were masked: its thresholds start anew at 0"
            );
            raw[layer.thresholds.clone()].fill(T::zero());
        }
    }

    fn reparameterise(&mut self, raw: &[T], effective: &mut [T]) {
        effective.copy_from_slice(&raw[..effective.len()]);
        self.layers.iter().for_each(|l| l.mask(raw, effective));
    }

    fn evaluate(&mut self, raw: &[T], effective: &mut [T]) {
        effective.copy_from_slice(&raw[..effective.len()]);
        // A dead matrix is evaluated with the thresholds that its next step would start from: none.
        let alive = self.layers.iter().filter(|l| !l.is_dead(raw));
        alive.for_each(|l| l.mask(raw, effective));
    }

    /// With w̃ = w · S(|w| − t) and the estimate H of S′: ∂w̃/∂w = S + |w| H, ∂w̃/∂t = −w H.
    fn pull_back(&mut self, raw: &[T], gradient: &mut [T]) {
        for layer in &self.layers {
            for (at, t) in layer.places() {
                let (bar, weight) = (gradient[at], raw[at]);
                let slope = long_tailed_slope(weight.abs() - raw[t]);
                let kept = if survives(weight, raw[t]) {
                    T::one()
                } else {
                    T::zero()
                };
                gradient[at] = bar * (kept + weight.abs() * slope);
                gradient[t] -= bar * weight * slope;
            }
        }
    }
}
