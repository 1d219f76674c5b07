//! The perceptron with all its weights: one row after the other.

use super::{Place, places};
use crate::Real;
use crate::field::Layout;
use crate::field::arrangement::Arrangement;
use crate::linalg::{Aligned, Kernel, Panels, add_transposed_product, vectorised};

/// The layers, arranged for products forward and back.
///
/// A record is the state x followed by the activations of every hidden layer; a sensitivity the derivative with respect to
/// dx/dt, followed by those with respect to what enters each ELU.
#[derive(Clone, Debug, Default)]
pub(in crate::field) struct Dense<T> {
    genes: usize,
    layers: Vec<Layer<T>>,
    /// One layer's outputs before the activation, or their derivatives.
    through: Vec<T>,
    panel: Aligned<T>,
}

/// An affine map in the form that products want.
#[derive(Clone, Debug)]
struct Layer<T> {
    inputs: usize,
    outputs: usize,
    /// Where in a record its inputs lie.
    from: usize,
    /// Where in a sensitivity the derivatives with respect to its outputs lie.
    to: usize,
    forward: Panels<T>,
    back: Panels<T>,
    bias: Vec<T>,
}

impl<T: Real> Dense<T> {
    /// Values of a row's record: its state and all hidden activations.
    fn width(&self) -> usize {
        self.layers.iter().map(|layer| layer.inputs).sum()
    }
}

impl<T: Real> Layer<T> {
    fn at(place: &Place) -> Self {
        Self {
            inputs: place.inputs,
            outputs: place.outputs,
            from: place.from,
            to: place.to,
            forward: Panels::default(),
            back: Panels::default(),
            bias: Vec::new(),
        }
    }
}

impl<T: Real> Arrangement<T> for Dense<T> {
    fn boxed(&self) -> Box<dyn Arrangement<T>> {
        Box::new(self.clone())
    }

    fn load(&mut self, layout: &Layout, parameters: &[T]) {
        self.genes = layout.genes();
        let places = places(layout);
        if self.layers.len() != places.len() {
            self.layers = places.iter().map(Layer::at).collect();
        }
        for (layer, place) in self.layers.iter_mut().zip(&places) {
            let (n, m) = (layer.inputs, layer.outputs);
            let weights = &parameters[place.weights.clone()];
            layer.forward.pack_transposed(n, m, weights);
            layer.back.pack(m, n, weights);
            layer.bias = parameters[place.bias.clone()].to_vec();
        }
    }

    fn record_len(&self, rows: usize) -> usize {
        rows * self.width()
    }

    fn eval(&mut self, y: &[T], dydt: &mut [T], record: &mut [T]) {
        let (k, stride) = (self.genes, self.width());
        let rows = y.len() / k;
        let Some((last, inner)) = self.layers.split_last() else {
            return;
        };
        for (record, y) in record.chunks_exact_mut(stride).zip(y.chunks_exact(k)) {
            record[..k].copy_from_slice(y);
        }
        for layer in inner {
            self.through.resize(rows * layer.outputs, T::zero());
            let (inputs, apart) = match layer.from {
                0 => (y, k),
                from => (&record[from..], stride),
            };
            layer
                .forward
                .product(rows, inputs, apart, &mut self.through, layer.outputs);
            vectorised(Elu {
                through: &self.through,
                bias: &layer.bias,
                record,
                stride,
                to: layer.to,
            });
        }
        for (dydt, y) in dydt.chunks_exact_mut(k).zip(y.chunks_exact(k)) {
            for ((dydt, &y), &bias) in dydt.iter_mut().zip(y).zip(&last.bias) {
                *dydt = bias - y;
            }
        }
        last.forward
            .add_product(rows, &record[last.from..], stride, dydt, k);
    }

    fn sensitivity_len(&self, rows: usize) -> usize {
        rows * self.width()
    }

    fn pull_back(&mut self, record: &[T], upstream: &[T], y_bar: &mut [T], sensitivity: &mut [T]) {
        let (k, stride) = (self.genes, self.width());
        let rows = upstream.len() / k;
        let Some((first, later)) = self.layers.split_first() else {
            return;
        };
        for (sensitivity, upstream) in sensitivity
            .chunks_exact_mut(stride)
            .zip(upstream.chunks_exact(k))
        {
            sensitivity[..k].copy_from_slice(upstream);
        }
        for layer in later.iter().rev() {
            let n = layer.inputs;
            self.through.resize(rows * n, T::zero());
            let (outputs, apart) = match layer.to {
                0 => (upstream, k),
                to => (&sensitivity[to..], stride),
            };
            layer
                .back
                .product(rows, outputs, apart, &mut self.through, n);
            let records = record.chunks_exact(stride);
            for ((sensitivity, record), through) in sensitivity
                .chunks_exact_mut(stride)
                .zip(records)
                .zip(self.through.chunks_exact(n))
            {
                let inputs = layer.from..layer.from + n;
                let activations = through.iter().zip(&record[inputs.clone()]);
                for (s, (&bar, &c)) in sensitivity[inputs].iter_mut().zip(activations) {
                    // ELU′ is 1 above zero and ELU + 1 below.
                    *s = bar * (T::one() + c.min(T::zero()));
                }
            }
        }
        for (y_bar, &upstream) in y_bar.iter_mut().zip(upstream) {
            *y_bar = -upstream;
        }
        first
            .back
            .add_product(rows, &sensitivity[first.to..], stride, y_bar, k);
    }

    fn add_gradient(
        &mut self,
        layout: &Layout,
        _evaluations: &[usize],
        (records, sensitivities): (&[T], &[T]),
        gradient: &mut [T],
    ) {
        let stride = self.width();
        let rows = records.len() / stride;
        let blocks = layout.blocks();
        for (layer, blocks) in self.layers.iter().zip(blocks.chunks_exact(2)) {
            add_transposed_product(
                rows,
                (&sensitivities[layer.to..], stride, layer.outputs),
                (&records[layer.from..], stride, layer.inputs),
                &mut gradient[blocks[0].range.clone()],
                &mut self.panel,
            );
        }
        // All biases in one pass: the sensitivities are larger than the cache.
        for sensitivity in sensitivities.chunks_exact(stride) {
            for (layer, blocks) in self.layers.iter().zip(blocks.chunks_exact(2)) {
                let bias = &mut gradient[blocks[1].range.clone()];
                for (db, s) in bias.iter_mut().zip(&sensitivity[layer.to..]) {
                    *db += *s;
                }
            }
        }
    }
}

/// Keeps the activations of a layer in the record, from `to` on.
struct Elu<'a, T> {
    through: &'a [T],
    bias: &'a [T],
    record: &'a mut [T],
    stride: usize,
    to: usize,
}

impl<T: Real> Kernel for Elu<'_, T> {
    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        let m = self.bias.len();
        let records = self.record.chunks_exact_mut(self.stride);
        for (record, through) in records.zip(self.through.chunks_exact(m)) {
            let hidden = &mut record[self.to..][..m];
            for ((hidden, &through), &bias) in hidden.iter_mut().zip(through).zip(self.bias) {
                let x = through + bias;
                *hidden = if x > T::zero() {
                    x
                } else {
                    x.exp_fast() - T::one()
                };
            }
        }
    }
}
