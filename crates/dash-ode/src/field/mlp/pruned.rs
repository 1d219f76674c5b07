//! The perceptron after pruning.

use std::ops::Range;

use super::{Place, places};
use crate::Real;
use crate::field::Layout;
use crate::field::grouped::{Buffers, Grouped, Kept, SUMS, Sums};
use crate::field::surviving::Surviving;
use crate::linalg::Sparse;
use crate::linalg::sums::{add_lanes, total};

/// The surviving weights. Records and sensitivities are those of the whole field, groups in place of rows.
#[derive(Clone, Debug, Default)]
pub(in crate::field) struct Pruned<T> {
    genes: usize,
    layers: Vec<Layer<T>>,
}

/// The surviving weights of one layer, held by what there is less of: its outputs, or its inputs.
#[derive(Clone, Debug)]
struct Layer<T> {
    inputs: usize,
    outputs: usize,
    from: usize,
    to: usize,
    by_output: bool,
    weights: Sparse<T>,
    bias: Vec<T>,
    /// Where the bias lies among the survivors.
    bias_at: Range<usize>,
}

impl<T: Real> Layer<T> {
    fn of(place: &Place, surviving: &Surviving) -> Self {
        let (n, m, start) = (place.inputs, place.outputs, place.weights.start);
        let by_output = m <= n;
        let (lines, others) = if by_output { (m, n) } else { (n, m) };
        let mut weights = Sparse::default();
        for line in 0..lines {
            let at = |other: usize| {
                let (o, i) = if by_output {
                    (line, other)
                } else {
                    (other, line)
                };
                Some((other, surviving.rank(start + o * n + i)?))
            };
            weights.add_line((0..others).filter_map(at));
        }
        weights.arrange(others);
        Self {
            inputs: n,
            outputs: m,
            from: place.from,
            to: place.to,
            by_output,
            weights,
            bias: Vec::new(),
            bias_at: surviving.range(&place.bias),
        }
    }

    /// `out += W x`.
    #[inline(always)]
    fn forward<const L: usize>(&self, x: &[[T; L]], out: &mut [[T; L]]) {
        if self.by_output {
            self.weights.gather(x, |i, sum| add_to(&mut out[i], sum));
        } else {
            self.weights.scatter(x, |i, sum| add_to(&mut out[i], sum));
        }
    }

    /// `out += Wᵀ d`.
    #[inline(always)]
    fn back<const L: usize>(&self, d: &[[T; L]], out: &mut [[T; L]]) {
        if self.by_output {
            self.weights.scatter(d, |i, sum| add_to(&mut out[i], sum));
        } else {
            self.weights.gather(d, |i, sum| add_to(&mut out[i], sum));
        }
    }
}

#[inline(always)]
fn add_to<T: Real, const L: usize>(out: &mut [T; L], sum: [T; L]) {
    for (out, sum) in out.iter_mut().zip(sum) {
        *out += sum;
    }
}

impl<T: Real> Grouped<T> for Pruned<T> {
    fn dim(&self) -> usize {
        self.genes
    }

    fn keep(&mut self, layout: &Layout, surviving: &Surviving) {
        self.genes = layout.genes();
        let places = places(layout);
        let layers = places.iter().map(|place| Layer::of(place, surviving));
        self.layers = layers.collect();
    }

    fn load(&mut self, values: &[T]) {
        for layer in &mut self.layers {
            layer.weights.load(values);
            layer.bias.clear();
            let bias = &values[layer.bias_at.clone()];
            layer.bias.extend_from_slice(bias);
        }
    }

    fn features(&self) -> (usize, usize) {
        let width = self.layers.iter().map(|layer| layer.inputs).sum();
        (width, width)
    }

    #[inline(always)]
    fn eval<const L: usize>(
        &self,
        _buffers: &mut Buffers<T>,
        y: &[[T; L]],
        dydt: &mut [[T; L]],
        record: &mut [[T; L]],
    ) {
        let Some((last, inner)) = self.layers.split_last() else {
            return;
        };
        record[..self.genes].copy_from_slice(y);
        for layer in inner {
            let (before, out) = record.split_at_mut(layer.to);
            let out = &mut out[..layer.outputs];
            for (out, &bias) in out.iter_mut().zip(&layer.bias) {
                *out = [bias; L];
            }
            layer.forward(&before[layer.from..], out);
            for x in out.as_flattened_mut() {
                let below = x.exp_fast() - T::one();
                *x = if *x > T::zero() { *x } else { below };
            }
        }
        for (dydt, (y, &bias)) in dydt.iter_mut().zip(y.iter().zip(&last.bias)) {
            *dydt = y.map(|y| bias - y);
        }
        last.forward(&record[last.from..], dydt);
    }

    #[inline(always)]
    fn pull_back<const L: usize>(
        &self,
        _buffers: &mut Buffers<T>,
        record: &[[T; L]],
        sensitivity: &mut [[T; L]],
        y_bar: &mut [[T; L]],
    ) {
        let Some((first, later)) = self.layers.split_first() else {
            return;
        };
        for (y_bar, upstream) in y_bar.iter_mut().zip(&sensitivity[..self.genes]) {
            *y_bar = upstream.map(|u| -u);
        }
        for layer in later.iter().rev() {
            // What enters the layer lies between the upstream derivative and what leaves an inner layer.
            let inputs = layer.from..layer.from + layer.inputs;
            sensitivity[inputs.clone()].fill([T::zero(); L]);
            let (before, after) = sensitivity.split_at_mut(inputs.end);
            let (upstream, signal) = before.split_at_mut(inputs.start);
            let outputs = match layer.to {
                0 => &upstream[..layer.outputs],
                to => &after[to - inputs.end..][..layer.outputs],
            };
            layer.back(outputs, signal);
            let activations = record[inputs].as_flattened().iter();
            for (s, &c) in signal.as_flattened_mut().iter_mut().zip(activations) {
                // ELU′ is 1 above zero and ELU + 1 below.
                *s *= T::one() + c.min(T::zero());
            }
        }
        let outputs = &sensitivity[first.to..][..first.outputs];
        first.back(outputs, y_bar);
    }

    /// Weights and biases of every layer.
    fn sizes(&self) -> [usize; SUMS] {
        let sizes = |layer: &Layer<T>| [layer.weights.len(), layer.outputs];
        let mut sizes = self.layers.iter().flat_map(sizes);
        std::array::from_fn(|_| sizes.next().unwrap_or(0))
    }

    #[inline(always)]
    fn add_to_sums<const L: usize, const G: usize>(
        &self,
        groups: [Kept<'_, T, L>; G],
        sums: &mut Sums<T>,
    ) {
        for (layer, sums) in self.layers.iter().zip(sums.as_chunks_mut::<2>().0) {
            let inputs = groups.map(|(record, _)| &record[layer.from..][..layer.inputs]);
            let outputs = groups.map(|(_, s)| &s[layer.to..][..layer.outputs]);
            let (lines, others) = if layer.by_output {
                (outputs, inputs)
            } else {
                (inputs, outputs)
            };
            layer.weights.add_outer(lines, others, &mut sums[0]);
            for outputs in outputs {
                for (sum, output) in sums[1].iter_mut().zip(outputs) {
                    add_lanes(output, sum);
                }
            }
        }
    }

    fn finish(&self, sums: &Sums<T>, gradient: &mut [T]) {
        for (layer, sums) in self.layers.iter().zip(sums.as_chunks::<2>().0) {
            layer.weights.add_totals(&sums[0], |_| T::one(), gradient);
            let bias = gradient[layer.bias_at.clone()].iter_mut();
            for (gradient, sum) in bias.zip(sums[1].iter()) {
                *gradient += total(sum);
            }
        }
    }
}
