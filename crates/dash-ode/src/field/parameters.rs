//! A model's parameter values with their layout.

use ndarray::{ArrayView2, ArrayViewMut2};

use super::{Block, Layout};
use crate::error::check_size;
use crate::{Real, Result};

/// Parameter values, one vector, seen through a [`Layout`].
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters<T> {
    layout: Layout,
    values: Vec<T>,
}

impl<T: Real> Parameters<T> {
    /// Values for a layout.
    ///
    /// # Errors
    /// [`crate::Error::Shape`] if their number is not the layout's.
    pub fn new(layout: Layout, values: Vec<T>) -> Result<Self> {
        check_size("number of parameters", layout.len(), values.len())?;
        Ok(Self { layout, values })
    }

    /// All zero.
    pub fn zeros(layout: Layout) -> Self {
        let values = vec![T::zero(); layout.len()];
        Self { layout, values }
    }

    /// Names, shapes and roles.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// All values.
    pub fn values(&self) -> &[T] {
        &self.values
    }

    /// All values, to change.
    pub fn values_mut(&mut self) -> &mut [T] {
        &mut self.values
    }

    /// Whether each value is other than zero: what a fitted model kept, for [`crate::Differentiable::load_pruned`].
    pub fn nonzero(&self) -> Vec<bool> {
        self.values.iter().map(|v| *v != T::zero()).collect()
    }

    /// Values in another precision.
    pub fn cast<S: Real>(&self) -> Parameters<S> {
        Parameters {
            layout: self.layout.clone(),
            values: self.values.iter().map(|v| S::of(v.f64())).collect(),
        }
    }

    /// The block of that name as a matrix (a vector is a matrix of one column).
    pub fn matrix(&self, name: &str) -> Option<ArrayView2<'_, T>> {
        self.layout.block(name).map(|b| self.block(b))
    }

    /// The block of that name as a matrix, to change.
    pub fn matrix_mut(&mut self, name: &str) -> Option<ArrayViewMut2<'_, T>> {
        let block = self.layout.block(name)?;
        let shape = (block.rows, block.columns);
        ArrayViewMut2::from_shape(shape, &mut self.values[block.range.clone()]).ok()
    }

    /// A block of this layout as a matrix.
    pub(crate) fn block(&self, block: &Block) -> ArrayView2<'_, T> {
        ArrayView2::from_shape(
            (block.rows, block.columns),
            &self.values[block.range.clone()],
        )
        .expect("a block's range has its shape's size")
    }

    /// Block number `index` of the layout as a matrix.
    pub fn block_at(&self, index: usize) -> ArrayView2<'_, T> {
        self.block(&self.layout.blocks()[index])
    }
}
