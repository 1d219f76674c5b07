//! Fields after pruning: groups of rows side by side, surviving weights alone.

mod gradient;
mod in_groups;

use std::fmt::Debug;

pub(super) use in_groups::InGroups;

use super::Layout;
use super::surviving::Surviving;
use crate::Real;
use crate::linalg::sums::PARTS;

/// Most sums that make up a gradient: weights and biases of five layers.
pub(super) const SUMS: usize = 10;
/// Buffers that a field may use for one group.
const BUFFERS: usize = 3;

/// What a field computes of one group of L rows. All slices are features × lanes.
///
/// The first `dim` features of a sensitivity are the upstream derivative.
pub(super) trait Grouped<T: Real>: Clone + Debug + Default + Send + Sync + 'static {
    fn dim(&self) -> usize;
    /// Arranges the surviving weights.
    fn keep(&mut self, layout: &Layout, surviving: &Surviving);
    /// Takes the values of all survivors.
    fn load(&mut self, values: &[T]);
    /// Features of a record and of a sensitivity.
    fn features(&self) -> (usize, usize);

    fn eval<const L: usize>(
        &self,
        buffers: &mut Buffers<T>,
        y: &[[T; L]],
        dydt: &mut [[T; L]],
        record: &mut [[T; L]],
    );

    fn pull_back<const L: usize>(
        &self,
        buffers: &mut Buffers<T>,
        record: &[[T; L]],
        sensitivity: &mut [[T; L]],
        y_bar: &mut [[T; L]],
    );

    /// Sizes of the sums over rows that a gradient is made of.
    fn sizes(&self) -> [usize; SUMS];

    /// Adds what G groups (record, sensitivity) contribute to the sums.
    fn add_to_sums<const L: usize, const G: usize>(
        &self,
        groups: [Kept<'_, T, L>; G],
        sums: &mut Sums<T>,
    );

    /// Adds the sums to the gradient with respect to the survivors.
    fn finish(&self, sums: &Sums<T>, gradient: &mut [T]);
}

/// Record and sensitivity of one group.
pub(super) type Kept<'a, T, const L: usize> = (&'a [[T; L]], &'a [[T; L]]);

/// The sums that a gradient is made of.
pub(super) type Sums<T> = [Vec<[T; PARTS]>; SUMS];

/// Buffers for one group.
#[derive(Clone, Debug, Default)]
pub(super) struct Buffers<T>([Vec<T>; BUFFERS]);

impl<T: Real> Buffers<T> {
    /// Buffers of the given numbers of features, with whatever they hold.
    #[inline(always)]
    pub(super) fn take<const L: usize>(
        &mut self,
        sizes: [usize; BUFFERS],
    ) -> [&mut [[T; L]]; BUFFERS] {
        let mut sizes = sizes.into_iter();
        self.0
            .each_mut()
            .map(|buffer| sized(buffer, sizes.next().unwrap_or(0)))
    }
}

/// The first `n` features of a buffer, grown to hold them.
#[inline(always)]
fn sized<T: Real, const L: usize>(buffer: &mut Vec<T>, n: usize) -> &mut [[T; L]] {
    if buffer.len() < n * L {
        buffer.resize(n * L, T::zero());
    }
    buffer[..n * L].as_chunks_mut().0
}

/// As many sizes as there may be sums.
pub(super) fn sizes<const N: usize>(sizes: [usize; N]) -> [usize; SUMS] {
    std::array::from_fn(|i| sizes.get(i).copied().unwrap_or(0))
}

#[cfg(test)]
mod tests;
