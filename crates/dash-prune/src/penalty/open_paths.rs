//! The expected number of open paths between two genes (`PathReg`).

use dash_ode::{Branch, Layout, Real};

use super::Penalty;
use crate::gate::hard_concrete::{Gate, TEMPERATURE, open_probability};
use crate::gate::{InputGates, Layer};

/// Mean over input and output genes of Σ over paths of the product of the gates along the path, and its derivative
/// with respect to every gate.
///
/// `layers` holds, from the input genes on, one gate per input unit of every layer. The sum over paths is the product
/// `Π G_l` of layers whose rows of gates are repeated for every output; it factorises into `mean(g₁) · Π_{l>1} Σ g_l`, so
/// no k × k matrix is formed.
///
/// # Reference
/// H. Aliee et al., *Sparsity in continuous-depth neural networks*, `NeurIPS` 2022 (`PathReg`).
pub fn open_paths(layers: &[&[f64]]) -> (f64, Vec<Vec<f64>>) {
    let factor = |(l, gates): (usize, &&[f64])| {
        let sum: f64 = gates.iter().sum();
        if l == 0 {
            sum / gates.len() as f64
        } else {
            sum
        }
    };
    let factors: Vec<f64> = layers.iter().enumerate().map(factor).collect();
    let slopes = layers.iter().enumerate().map(|(l, gates)| {
        let others = factors.iter().enumerate().filter(|(other, _)| *other != l);
        let others: f64 = others.map(|(_, f)| f).product();
        let of_own = if l == 0 {
            1.0 / gates.len() as f64
        } else {
            1.0
        };
        vec![others * of_own; gates.len()]
    });
    (factors.iter().product(), slopes.collect())
}

/// [`open_paths`] of all branches, with gates replaced by their probabilities to be open.
pub(crate) struct OpenPaths {
    gates: InputGates,
    branches: Vec<Branch>,
}

impl OpenPaths {
    pub(crate) fn new(gates: InputGates, layout: &Layout) -> Self {
        let branches = layout.branches().to_vec();
        Self { gates, branches }
    }
}

impl<T: Real> Penalty<T> for OpenPaths {
    fn add(&self, strength: f64, raw: &[T], gradient: &mut [T]) -> f64 {
        let mut total = 0.0;
        for branch in &self.branches {
            let open = |l: &Layer| -> Vec<Gate> {
                let logits = raw[l.logits.clone()].iter();
                logits
                    .map(|x| open_probability(x.f64(), TEMPERATURE))
                    .collect()
            };
            let gates: Vec<Vec<Gate>> = self.gates.of_branch(branch).map(open).collect();
            let values: Vec<Vec<f64>> = gates
                .iter()
                .map(|layer| layer.iter().map(|g| g.value).collect())
                .collect();
            let values: Vec<&[f64]> = values.iter().map(Vec::as_slice).collect();
            let (value, slopes) = open_paths(&values);
            total += strength * value;
            for ((layer, gates), slopes) in self.gates.of_branch(branch).zip(&gates).zip(slopes) {
                let bars = gradient[layer.logits.clone()].iter_mut();
                for ((bar, gate), slope) in bars.zip(gates).zip(slopes) {
                    *bar += T::of(strength * slope * gate.slope);
                }
            }
        }
        total
    }
}
