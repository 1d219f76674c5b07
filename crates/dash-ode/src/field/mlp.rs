//! The plain multilayer perceptron that PHOENIX is compared with.

mod dense;
mod pruned;

use std::ops::Range;

pub(super) use dense::Dense;
use ndarray::Array2;
pub(super) use pruned::Pruned;
use rand::Rng;

use super::arrangement::Kind;
use super::held::{Held, field_of_held};
use super::phoenix::uniform;
use super::{Block, Branch, Initialise, Layout, Parameters, Role};
use crate::error::{check_setting, check_size};
use crate::random::stream;
use crate::{Real, Result};

/// Share of surviving weights below which a pruned field is held sparse: where both ways take the same time with the 4
/// rows of a trajectory (`docs/benchmarks`).
const SPARSE_BELOW: f64 = 0.15;

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
    held: Held<T>,
    hidden: Vec<usize>,
}

/// Where a layer lies.
struct Place {
    inputs: usize,
    outputs: usize,
    /// In a record, its inputs.
    from: usize,
    /// In a sensitivity, the derivatives with respect to its outputs.
    to: usize,
    /// In the parameter vector.
    weights: Range<usize>,
    bias: Range<usize>,
}

/// The layers, from the input genes to the output genes.
fn places(layout: &Layout) -> Vec<Place> {
    let mut end = 0;
    let layers = layout.blocks().chunks_exact(2);
    let last = layers.len() - 1;
    let place = |(number, blocks): (usize, &[Block])| {
        let from = end;
        end += blocks[0].columns;
        Place {
            inputs: blocks[0].columns,
            outputs: blocks[0].rows,
            from,
            // The derivatives with respect to dx/dt lie first in a sensitivity.
            to: if number == last { 0 } else { end },
            weights: blocks[0].range.clone(),
            bias: blocks[1].range.clone(),
        }
    };
    layers.enumerate().map(place).collect()
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
        Ok(Self {
            held: Held::new(Kind::Mlp, layout(genes, hidden), SPARSE_BELOW),
            hidden: hidden.to_vec(),
        })
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
            field.held.layout().len(),
            parameters.values().len(),
        )?;
        field.held.load(parameters.values());
        Ok(field)
    }

    /// Number of units of each hidden layer, from the input side to the output side.
    pub fn hidden(&self) -> &[usize] {
        &self.hidden
    }

    /// The size of one hidden layer whose parameter count comes closest to that of PHOENIX with `phoenix_hidden` units.
    ///
    /// PHOENIX: 4km + 2m + k; this field: 2km' + m' + k.
    pub fn comparable_hidden(phoenix_hidden: usize) -> usize {
        2 * phoenix_hidden
    }
}

field_of_held!(Mlp);

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

impl<T: Real> Initialise for Mlp<T> {
    /// Every weight and bias of a layer with n inputs U(−1/√n, 1/√n), as PyTorch's linear layer does.
    fn initialise(&self, seed: u64) -> Parameters<f64> {
        let mut rng = stream(seed, 0);
        let mut parameters = Parameters::zeros(self.held.layout().clone());
        let sizes = sizes(self.held.layout().genes(), &self.hidden);
        for ((inputs, outputs), (weights, bias)) in sizes.zip(NAMES) {
            for (name, columns) in [(weights, inputs), (bias, 1)] {
                let values = drawn(outputs, columns, inputs, &mut rng);
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

#[cfg(test)]
mod tests;
