//! The direct field with all its weights: one row after the other.

use super::{A, B, BETA, PROD, SUM, V, Vectors};
use crate::Real;
use crate::field::Layout;
use crate::field::arrangement::Arrangement;
use crate::field::phoenix::{Activate, ActivateBack};
use crate::linalg::{Aligned, Kernel, Panels, add_transposed_product, vectorised};

/// The parameters, arranged for products forward and back.
///
/// A record holds, row by row, `φ_Σ`, `φ_Π`, the exponential and joint − x; a sensitivity the upstream derivative, and
/// those with respect to the sum and to the exponent.
#[derive(Clone, Debug, Default)]
pub(in crate::field) struct Dense<T> {
    forward: [Panels<T>; 2],
    back: [Panels<T>; 2],
    vectors: Vectors<T>,
    delta: Vec<T>,
    scaled: Vec<T>,
    through: [Vec<T>; 2],
    panel: Aligned<T>,
}

impl<T: Real> Dense<T> {
    fn genes(&self) -> usize {
        self.vectors.v.len()
    }
}

impl<T: Real> Arrangement<T> for Dense<T> {
    fn boxed(&self) -> Box<dyn Arrangement<T>> {
        Box::new(self.clone())
    }

    fn load(&mut self, layout: &Layout, parameters: &[T]) {
        let k = layout.genes();
        for (branch, block) in [SUM, PROD].into_iter().enumerate() {
            let weights = &parameters[layout.blocks()[block].range.clone()];
            self.forward[branch].pack_transposed(k, k, weights);
            self.back[branch].pack(k, k, weights);
        }
        self.vectors = Vectors::of(Vectors::<T>::places(layout), parameters);
    }

    fn record_len(&self, rows: usize) -> usize {
        rows * 4 * self.genes()
    }

    fn sensitivity_len(&self, rows: usize) -> usize {
        rows * 3 * self.genes()
    }

    fn eval(&mut self, y: &[T], dydt: &mut [T], record: &mut [T]) {
        let (k, stride) = (self.genes(), self.record_len(1));
        let rows = y.len() / k;
        vectorised(Activate {
            genes: k,
            y,
            record,
            stride,
        });
        let exponents = &mut self.scaled;
        exponents.resize(rows * k, T::zero());
        for (dydt, exponents) in dydt.chunks_exact_mut(k).zip(exponents.chunks_exact_mut(k)) {
            dydt.copy_from_slice(&self.vectors.a);
            exponents.copy_from_slice(&self.vectors.b);
        }
        self.forward[0].add_product(rows, record, stride, dydt, k);
        self.forward[1].add_product(rows, &record[k..], stride, exponents, k);
        vectorised(Join {
            vectors: &self.vectors,
            exponents,
            y,
            dydt,
            record,
        });
    }

    fn pull_back(&mut self, record: &[T], upstream: &[T], y_bar: &mut [T], sensitivity: &mut [T]) {
        let (k, width) = (self.genes(), self.sensitivity_len(1));
        let rows = upstream.len() / k;
        self.delta.resize(rows * k, T::zero());
        self.scaled.resize(rows * k, T::zero());
        vectorised(Part {
            vectors: &self.vectors,
            record,
            upstream,
            delta: &mut self.delta,
            scaled: &mut self.scaled,
            sensitivity,
            width,
        });
        let signals = [&self.delta, &self.scaled];
        let products = self.through.iter_mut().zip(signals).zip(&self.back);
        for ((through, signal), back) in products {
            through.resize(rows * k, T::zero());
            back.product(rows, signal, k, through, k);
        }
        vectorised(ActivateBack {
            genes: k,
            record,
            stride: 4 * k,
            delta: &self.delta,
            through: [&self.through[0], &self.through[1]],
            y_bar,
        });
    }

    fn add_gradient(
        &mut self,
        layout: &Layout,
        _evaluations: &[usize],
        (records, sensitivities): (&[T], &[T]),
        gradient: &mut [T],
    ) {
        let (k, stride, width) = (self.genes(), self.record_len(1), self.sensitivity_len(1));
        let rows = records.len() / stride;
        let range = |block: usize| layout.blocks()[block].range.clone();
        for (branch, block) in [SUM, PROD].into_iter().enumerate() {
            let signal = (&sensitivities[(branch + 1) * k..], width, k);
            let activation = (&records[branch * k..], stride, k);
            let gradient = &mut gradient[range(block)];
            add_transposed_product(rows, signal, activation, gradient, &mut self.panel);
        }
        for (record, sensitivity) in records
            .chunks_exact(stride)
            .zip(sensitivities.chunks_exact(width))
        {
            let (upstream, signals) = sensitivity.split_at(k);
            let (delta, scaled) = signals.split_at(k);
            add(&mut gradient[range(A)], delta);
            add(&mut gradient[range(B)], scaled);
            for (i, beta) in gradient[range(BETA)].iter_mut().enumerate() {
                *beta += delta[i] * record[2 * k + i];
            }
            for (i, v) in gradient[range(V)].iter_mut().enumerate() {
                if self.vectors.v[i] > T::zero() {
                    *v += upstream[i] * record[3 * k + i];
                }
            }
        }
    }
}

fn add<T: Real>(sum: &mut [T], terms: &[T]) {
    for (sum, &term) in sum.iter_mut().zip(terms) {
        *sum += term;
    }
}

/// dy/dt from the sums (in `dydt`) and the exponents of the product branch; keeps the exponentials and joint − y.
struct Join<'a, T> {
    vectors: &'a Vectors<T>,
    exponents: &'a [T],
    y: &'a [T],
    dydt: &'a mut [T],
    record: &'a mut [T],
}

impl<T: Real> Kernel for Join<'_, T> {
    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        let Vectors { beta, relu_v, .. } = self.vectors;
        let k = beta.len();
        let rows = self.y.chunks_exact(k).zip(self.dydt.chunks_exact_mut(k));
        let rows = rows.zip(self.exponents.chunks_exact(k));
        for (((y, dydt), exponents), record) in rows.zip(self.record.chunks_exact_mut(4 * k)) {
            let (powers, drift) = record[2 * k..].split_at_mut(k);
            for (power, &exponent) in powers.iter_mut().zip(exponents) {
                *power = exponent.exp_fast();
            }
            for i in 0..k {
                drift[i] = beta[i].fma(powers[i], dydt[i]) - y[i];
                dydt[i] = relu_v[i] * drift[i];
            }
        }
    }
}

/// δ = ReLU(v) ⊙ upstream and δ ⊙ β ⊙ exp, both kept for the gradient together with the upstream.
struct Part<'a, T> {
    vectors: &'a Vectors<T>,
    record: &'a [T],
    upstream: &'a [T],
    delta: &'a mut [T],
    scaled: &'a mut [T],
    sensitivity: &'a mut [T],
    width: usize,
}

impl<T: Real> Kernel for Part<'_, T> {
    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        let Vectors { beta, relu_v, .. } = self.vectors;
        let k = beta.len();
        let rows = self.upstream.chunks_exact(k);
        let rows = rows.zip(self.record.chunks_exact(4 * k));
        let outs = self.delta.chunks_exact_mut(k);
        let outs = outs.zip(self.scaled.chunks_exact_mut(k));
        let outs = outs.zip(self.sensitivity.chunks_exact_mut(self.width));
        for ((upstream, record), ((delta, scaled), kept)) in rows.zip(outs) {
            let powers = &record[2 * k..][..k];
            for i in 0..k {
                delta[i] = relu_v[i] * upstream[i];
                scaled[i] = delta[i] * beta[i] * powers[i];
            }
            kept[..k].copy_from_slice(upstream);
            kept[k..2 * k].copy_from_slice(delta);
            kept[2 * k..].copy_from_slice(scaled);
        }
    }
}
