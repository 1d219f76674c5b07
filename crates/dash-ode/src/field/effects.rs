//! What a model says about regulation: its effects, its network, its sparsity.

use ndarray::{Array1, Array2, ArrayView2, Axis};

use super::{Branch, Parameters};
use crate::Real;

/// The effect matrix D: over the branches, the sum of the products of their matrices, each row times the branch's gain
/// (PHOENIX: `U_Σ W_Σ + U_Π W_Π`; direct field: A + diag(β exp(b)) B).
///
/// # Shapes
/// k × k, [target, regulator].
///
/// # Reference
/// PHOENIX, Genome Biology 25:127 (2024); `docs/method.md`, "From weights to a network".
pub fn effects<T: Real>(parameters: &Parameters<T>) -> Array2<f64> {
    let layout = parameters.layout();
    let mut total = Array2::zeros((layout.genes(), layout.genes()));
    for branch in layout.branches() {
        let mut product = wide(parameters, branch.first());
        for &layer in &branch.layers[1..] {
            product = sparse_product(wide(parameters, layer).view(), product.view());
        }
        scale_by_gain(parameters, branch, &mut product);
        total += &product;
    }
    total
}

fn wide<T: Real>(parameters: &Parameters<T>, block: usize) -> Array2<f64> {
    parameters.block_at(block).mapv(Real::f64)
}

/// A product that skips zeros: it keeps exact zeros exact, and is cheap for pruned matrices.
fn sparse_product(left: ArrayView2<'_, f64>, right: ArrayView2<'_, f64>) -> Array2<f64> {
    let mut out = Array2::zeros((left.nrows(), right.ncols()));
    for (row, mut out) in left.axis_iter(Axis(0)).zip(out.axis_iter_mut(Axis(0))) {
        for (&weight, right) in row
            .iter()
            .zip(right.axis_iter(Axis(0)))
            .filter(|(w, _)| **w != 0.0)
        {
            out.scaled_add(weight, &right);
        }
    }
    out
}

fn scale_by_gain<T: Real>(parameters: &Parameters<T>, branch: &Branch, product: &mut Array2<f64>) {
    let Some((factor, exponent)) = branch.gain else {
        return;
    };
    let (factor, exponent) = (wide(parameters, factor), wide(parameters, exponent));
    for ((mut row, beta), b) in product.rows_mut().into_iter().zip(&factor).zip(&exponent) {
        row *= beta * libm::exp(*b);
    }
}

/// The regulatory network D̃: effects times ReLU(v) of the target, every row divided by the sum of its magnitudes
/// (a row of zeros stays zero).
///
/// # Shapes
/// k × k, [target, regulator]. The edge j → i exists where entry (i, j) is not zero; its magnitude ranks it.
///
/// # Reference
/// `docs/method.md`, "From weights to a network".
pub fn regulatory_network<T: Real>(parameters: &Parameters<T>) -> Array2<f64> {
    let mut network = effects(parameters);
    for (mut row, v) in network
        .axis_iter_mut(Axis(0))
        .zip(rectified_multipliers(parameters))
    {
        row.mapv_inplace(|d| d * v);
        let sum: f64 = row.iter().map(|d| d.abs()).sum();
        if sum > 0.0 {
            row.mapv_inplace(|d| d / sum);
        }
    }
    network
}

/// Share of exact zeros among all weights, where the rows of the last matrices count as zero if ReLU(v) is 0.
/// Biases and v itself are not counted.
///
/// # Reference
/// `docs/method.md`, "Sparsity".
pub fn effective_sparsity<T: Real>(parameters: &Parameters<T>) -> f64 {
    let layout = parameters.layout();
    let alive = rectified_multipliers(parameters).mapv(|v| v > 0.0);
    let lasts: Vec<usize> = layout.branches().iter().map(Branch::last).collect();
    let (mut zeros, mut total) = (0_usize, 0_usize);
    for index in layout.prunable() {
        let block = parameters.block_at(index);
        total += block.len();
        for (row, &alive) in block
            .axis_iter(Axis(0))
            .zip(alive.iter().chain(std::iter::repeat(&true)))
        {
            let silent = lasts.contains(&index) && !alive;
            zeros += if silent {
                row.len()
            } else {
                row.iter().filter(|w| **w == T::zero()).count()
            };
        }
    }
    zeros as f64 / total as f64
}

/// ReLU(v), or ones for a model without multipliers.
pub(super) fn rectified_multipliers<T: Real>(parameters: &Parameters<T>) -> Array1<f64> {
    let layout = parameters.layout();
    layout.multiplier().map_or_else(
        || Array1::ones(layout.genes()),
        |v| {
            parameters.values()[v.range.clone()]
                .iter()
                .map(|v| v.f64().max(0.0))
                .collect()
        },
    )
}
