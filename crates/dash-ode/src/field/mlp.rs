//! The plain multilayer perceptron that PHOENIX is compared with.

use ndarray::Array2;
use rand::Rng;

use super::phoenix::uniform;
use super::{Branch, Differentiable, Initialise, Layout, Parameters, Recorded, Role, VectorField};
use crate::error::{check_setting, check_size};
use crate::linalg::tile::Lanes;
use crate::linalg::{Kernel, Panels, add_transposed_product, vectorised};
use crate::random::stream;
use crate::{Real, Result};

/// Names of the layers' weights and biases, from the input genes to the output genes.
const NAMES: [(&str, &str); 5] = [
    ("a1", "a1_bias"),
    ("a2", "a2_bias"),
    ("a3", "a3_bias"),
    ("a4", "a4_bias"),
    ("a5", "a5_bias"),
];

/// dx/dt = `A_L ELU(… ELU(A₁ x + a₁) …) + a_L − x` for k genes and L − 1 = 1 to 4 layers of hidden units.
///
/// # Shapes
/// Layer l maps `n` values to `m`: `a1`, `a2`, … are m × n, `a1_bias`, `a2_bias`, … are m. The first layer has k inputs
/// and the last one k outputs.
///
/// # Reference
/// With one hidden layer the MLP ablation of the DASH paper (Tables 7 and 10).
#[derive(Clone, Debug)]
pub struct Mlp<T> {
    layout: Layout,
    genes: usize,
    hidden: Vec<usize>,
    layers: Vec<Layer<T>>,
    record: Vec<T>,
    /// One layer's outputs before the activation, or their derivatives.
    through: Vec<T>,
    panel: Vec<Lanes<T>>,
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

impl<T: Real> Mlp<T> {
    /// A field of `genes` genes and one layer of `hidden` units (at least one of each) with all parameters zero.
    ///
    /// # Errors
    /// [`crate::Error::Setting`] if there is no gene or no hidden unit.
    pub fn new(genes: usize, hidden: usize) -> Result<Self> {
        Self::deep(genes, &[hidden])
    }

    /// A field of `genes` genes and as many hidden layers as `hidden` has sizes, from the input side to the output side,
    /// with all parameters zero.
    ///
    /// # Errors
    /// [`crate::Error::Setting`] if there is no gene, a hidden layer without units, no hidden layer, or more than 4.
    pub fn deep(genes: usize, hidden: &[usize]) -> Result<Self> {
        check_setting("genes", genes as f64, genes > 0, "at least 1")?;
        let depth = hidden.len();
        let within = (1..NAMES.len()).contains(&depth);
        check_setting("number of hidden layers", depth as f64, within, "1 to 4")?;
        let smallest = hidden.iter().copied().min().unwrap_or(0);
        check_setting("hidden", smallest as f64, smallest > 0, "at least 1")?;
        let layout = layout(genes, hidden);
        let zeros = vec![T::zero(); layout.len()];
        let mut field = Self {
            layers: layers(genes, hidden),
            layout,
            genes,
            hidden: hidden.to_vec(),
            record: Vec::new(),
            through: Vec::new(),
            panel: Vec::new(),
        };
        field.load(&zeros);
        Ok(field)
    }

    /// A field with given parameters.
    ///
    /// # Errors
    /// [`crate::Error::Setting`] or [`crate::Error::Shape`] if the parameters are not those of such a field.
    pub fn with_parameters(parameters: &Parameters<T>) -> Result<Self> {
        let block = |(name, _): &(&str, &str)| parameters.layout().block(name);
        let outputs: Vec<usize> = NAMES.iter().map_while(block).map(|b| b.rows).collect();
        let hidden = &outputs[..outputs.len().saturating_sub(1)];
        let mut field = Self::deep(parameters.layout().genes(), hidden)?;
        check_size(
            "number of MLP parameters",
            field.layout.len(),
            parameters.values().len(),
        )?;
        field.load(parameters.values());
        Ok(field)
    }

    /// Number of units of each hidden layer, from the input side to the output side.
    pub fn hidden(&self) -> &[usize] {
        &self.hidden
    }

    /// Values of a row's record: its state and all hidden activations.
    fn width(&self) -> usize {
        self.genes + self.hidden.iter().sum::<usize>()
    }

    /// The size of one hidden layer whose parameter count comes closest to that of PHOENIX with `phoenix_hidden` units.
    ///
    /// PHOENIX: 4km + 2m + k; this field: 2km' + m' + k.
    pub fn comparable_hidden(phoenix_hidden: usize) -> usize {
        2 * phoenix_hidden
    }
}

/// (inputs, outputs) of every layer.
fn sizes(genes: usize, hidden: &[usize]) -> impl Iterator<Item = (usize, usize)> {
    let inputs = std::iter::once(genes).chain(hidden.iter().copied());
    let outputs = hidden.iter().copied().chain(std::iter::once(genes));
    inputs.zip(outputs)
}

fn layout(genes: usize, hidden: &[usize]) -> Layout {
    let mut blocks = Vec::new();
    for ((weights, bias), (inputs, outputs)) in NAMES.into_iter().zip(sizes(genes, hidden)) {
        blocks.push((weights, outputs, inputs, Role::Weights));
        blocks.push((bias, outputs, 1, Role::Bias));
    }
    let branch = Branch {
        layers: (0..blocks.len()).step_by(2).collect(),
        log_space: false,
        gain: None,
    };
    Layout::new(genes, &blocks, vec![branch])
}

fn layers<T: Real>(genes: usize, hidden: &[usize]) -> Vec<Layer<T>> {
    let mut end = 0;
    let mut layers: Vec<Layer<T>> = sizes(genes, hidden)
        .map(|(inputs, outputs)| {
            let from = end;
            end += inputs;
            Layer {
                inputs,
                outputs,
                from,
                to: end,
                forward: Panels::default(),
                back: Panels::default(),
                bias: Vec::new(),
            }
        })
        .collect();
    // What comes from outside stands first in a sensitivity, as the state does in a record.
    if let Some(last) = layers.last_mut() {
        last.to = 0;
    }
    layers
}

impl<T: Real> VectorField<T> for Mlp<T> {
    fn dim(&self) -> usize {
        self.genes
    }

    fn eval(&mut self, y: &[T], dydt: &mut [T]) {
        let mut record = std::mem::take(&mut self.record);
        record.resize(self.record_len(y.len() / self.genes), T::zero());
        self.eval_recorded(y, dydt, &mut record);
        self.record = record;
    }
}

/// A record is the state x followed by the activations of every hidden layer.
impl<T: Real> Recorded<T> for Mlp<T> {
    fn record_len(&self, rows: usize) -> usize {
        rows * self.width()
    }

    fn eval_recorded(&mut self, y: &[T], dydt: &mut [T], record: &mut [T]) {
        let (k, stride) = (self.genes, self.width());
        let rows = y.len() / k;
        let Some((last, inner)) = self.layers.split_last().filter(|_| rows > 0) else {
            return;
        };
        for (record, y) in record.chunks_exact_mut(stride).zip(y.chunks_exact(k)) {
            record[..k].copy_from_slice(y);
        }
        for layer in inner {
            self.through.clear();
            self.through.resize(rows * layer.outputs, T::zero());
            let (inputs, apart) = match layer.from {
                0 => (y, k),
                from => (&record[from..], stride),
            };
            layer
                .forward
                .add_product(rows, inputs, apart, &mut self.through, layer.outputs);
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
}

/// A sensitivity is the derivative with respect to dx/dt, followed by those with respect to what enters each ELU.
impl<T: Real> Differentiable<T> for Mlp<T> {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn load(&mut self, parameters: &[T]) {
        let mut blocks = self.layout.blocks().iter().map(|b| b.range.clone());
        for layer in &mut self.layers {
            let (n, m) = (layer.inputs, layer.outputs);
            if let (Some(weights), Some(bias)) = (blocks.next(), blocks.next()) {
                let weights = &parameters[weights];
                layer.forward.pack_transposed(n, m, weights);
                layer.back.pack(m, n, weights);
                layer.bias = parameters[bias].to_vec();
            }
        }
    }

    fn boxed(&self) -> Box<dyn Differentiable<T>> {
        Box::new(self.clone())
    }

    fn sensitivity_len(&self, rows: usize) -> usize {
        rows * self.width()
    }

    fn pull_back(&mut self, record: &[T], upstream: &[T], y_bar: &mut [T], sensitivity: &mut [T]) {
        let (k, stride) = (self.genes, self.width());
        let rows = upstream.len() / k;
        let Some((first, later)) = self.layers.split_first().filter(|_| rows > 0) else {
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
            self.through.clear();
            self.through.resize(rows * n, T::zero());
            let (outputs, apart) = match layer.to {
                0 => (upstream, k),
                to => (&sensitivity[to..], stride),
            };
            layer
                .back
                .add_product(rows, outputs, apart, &mut self.through, n);
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
        _evaluations: &[usize],
        records: &[T],
        sensitivities: &[T],
        gradient: &mut [T],
    ) {
        let stride = self.width();
        let rows = records.len() / stride;
        if rows == 0 {
            return;
        }
        let blocks = self.layout.blocks();
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

impl<T: Real> Initialise for Mlp<T> {
    /// Every weight and bias of a layer with n inputs U(−1/√n, 1/√n), as PyTorch's linear layer does.
    fn initialise(&self, seed: u64) -> Parameters<f64> {
        let mut rng = stream(seed, 0);
        let mut parameters = Parameters::zeros(self.layout.clone());
        for (layer, (weights, bias)) in self.layers.iter().zip(NAMES) {
            for (name, columns) in [(weights, layer.inputs), (bias, 1)] {
                let values = drawn(layer.outputs, columns, layer.inputs, &mut rng);
                if let Some(mut block) = parameters.matrix_mut(name) {
                    block.assign(&values);
                }
            }
        }
        parameters
    }
}

fn drawn(rows: usize, columns: usize, inputs: usize, rng: &mut impl Rng) -> Array2<f64> {
    let bound = 1.0 / (inputs as f64).sqrt();
    uniform(rows * columns, bound, rng)
        .into_shape_with_order((rows, columns))
        .expect("as many values as the shape has entries")
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

#[cfg(test)]
mod tests;
