//! Parameters that are pruned: the trainer holds them at zero, without gradient.

use std::ops::Range;

use dash_ode::Real;

/// Of every parameter, whether it is kept.
pub(super) struct Silenced {
    kept: Vec<bool>,
    any: bool,
}

impl Silenced {
    /// Nothing is pruned of `n` parameters.
    pub(super) fn none(n: usize) -> Self {
        Self {
            kept: vec![true; n],
            any: false,
        }
    }

    /// Sets which parameters of a block are kept.
    pub(super) fn set(&mut self, block: Range<usize>, kept: impl Iterator<Item = bool>) {
        self.any = true;
        for (flag, kept) in self.kept[block].iter_mut().zip(kept) {
            *flag = kept;
        }
    }

    /// Which parameters are kept, once any block was set.
    pub(super) fn kept(&self) -> Option<&[bool]> {
        self.any.then_some(&self.kept)
    }

    /// Sets the pruned ones of the model's parameters to zero.
    pub(super) fn apply<T: Real>(&self, values: &mut [T]) {
        for (value, &kept) in values.iter_mut().zip(&self.kept) {
            *value = if kept { *value } else { T::zero() };
        }
    }
}
