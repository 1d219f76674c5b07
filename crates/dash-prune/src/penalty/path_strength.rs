//! The strength of all paths from input to output genes (C-NODE, `SynFlow`).

use dash_ode::{Branch, Layout, Real};
use ndarray::ArrayView2;

use super::Penalty;

/// `R = 1ᵀ (Π |W_l|) 1`: the sum, over all paths of a branch, of the product of the magnitudes along the path.
#[derive(Clone, Debug, PartialEq)]
pub struct PathSum<T> {
    /// R.
    pub total: T,
    /// Of every layer, what enters its columns: `|W_{l−1}| ⋯ |W_1| 1`.
    pub before: Vec<Vec<T>>,
    /// Of every layer, what follows its rows: `1ᵀ |W_L| ⋯ |W_{l+1}|`.
    pub after: Vec<Vec<T>>,
}

/// R of a branch and what its derivative takes: `∂R/∂|W_l[r, c]| = after[l][r] · before[l][c]`.
///
/// `layers` are the matrices `W_l` (outputs × inputs) from the input genes on. Costs two passes over the weights; the
/// k × k matrix of paths is never formed.
///
/// # Reference
/// H. Tanaka et al., *Pruning neural networks without any data by iteratively conserving synaptic flow*, `NeurIPS` 2020.
pub fn path_sum<T: Real>(layers: &[ArrayView2<'_, T>]) -> PathSum<T> {
    let mut before = Vec::with_capacity(layers.len());
    let mut reached = vec![T::one(); layers.first().map_or(0, ArrayView2::ncols)];
    for weights in layers {
        let through = weights.rows().into_iter().map(|row| {
            let terms = row.iter().zip(&reached);
            terms.fold(T::zero(), |sum, (w, x)| sum + w.abs() * *x)
        });
        let through = through.collect();
        before.push(std::mem::replace(&mut reached, through));
    }
    let mut after = Vec::with_capacity(layers.len());
    let mut follows = vec![T::one(); layers.last().map_or(0, ArrayView2::nrows)];
    for weights in layers.iter().rev() {
        let mut through = vec![T::zero(); weights.ncols()];
        for (row, &y) in weights.rows().into_iter().zip(&follows) {
            let columns = through.iter_mut().zip(row);
            columns.for_each(|(sum, w)| *sum += w.abs() * y);
        }
        after.push(std::mem::replace(&mut follows, through));
    }
    after.reverse();
    PathSum {
        total: reached.into_iter().fold(T::zero(), |sum, x| sum + x),
        before,
        after,
    }
}

/// Mean of `Π |W_l|` over output and input genes, summed over the branches.
///
/// # Reference
/// H. Aliee et al., *Sparsity in continuous-depth neural networks*, `NeurIPS` 2022 (C-NODE).
pub(crate) struct PathStrength {
    layout: Layout,
}

impl PathStrength {
    pub(crate) fn new(layout: &Layout) -> Self {
        let layout = layout.clone();
        Self { layout }
    }

    fn weights<'a, T: Real>(&self, block: usize, raw: &'a [T]) -> ArrayView2<'a, T> {
        let block = &self.layout.blocks()[block];
        ArrayView2::from_shape((block.rows, block.columns), &raw[block.range.clone()])
            .expect("a block's range has its shape's size")
    }

    fn add_branch<T: Real>(
        &self,
        branch: &Branch,
        strength: f64,
        raw: &[T],
        gradient: &mut [T],
    ) -> f64 {
        let blocks = self.layout.blocks();
        let pairs = blocks[branch.last()].rows * blocks[branch.first()].columns;
        let share = T::of(strength / pairs as f64);
        let layers: Vec<_> = branch
            .layers
            .iter()
            .map(|&block| self.weights(block, raw))
            .collect();
        let sum = path_sum(&layers);
        for ((&block, before), after) in branch.layers.iter().zip(&sum.before).zip(&sum.after) {
            let range = blocks[block].range.clone();
            let weights = raw[range.clone()].chunks_exact(before.len());
            let rows = gradient[range].chunks_exact_mut(before.len());
            for ((row, weights), &after) in rows.zip(weights).zip(after) {
                for ((bar, &w), &before) in row.iter_mut().zip(weights).zip(before) {
                    *bar += share * after * before * sign(w);
                }
            }
        }
        (share * sum.total).f64()
    }
}

impl<T: Real> Penalty<T> for PathStrength {
    fn add(&self, strength: f64, raw: &[T], gradient: &mut [T]) -> f64 {
        let branches = self.layout.branches().iter();
        branches
            .map(|branch| self.add_branch(branch, strength, raw, gradient))
            .sum()
    }
}

/// The subgradient of |w| that leaves a weight of 0 where it is.
fn sign<T: Real>(w: T) -> T {
    if w == T::zero() { w } else { w.signum() }
}
