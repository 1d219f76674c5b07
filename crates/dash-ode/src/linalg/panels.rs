//! Weights packed for dense products.

use std::array::from_fn;
use std::ops::Range;

use super::tile::columns_of_a_panel;
use super::{Aligned, Kernel, vectorised};
use crate::Real;

/// A weight matrix (`inputs × outputs`) packed in panels of a few outputs, one after the other; the last is padded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Panels<T> {
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    /// Columns of a panel, 8 or 16.
    pub(super) columns: usize,
    pub(super) data: Aligned<T>,
}

impl<T: Real> Panels<T> {
    /// Packs a row-major matrix, inputs × outputs.
    pub(crate) fn pack(&mut self, inputs: usize, outputs: usize, weights: &[T]) {
        vectorised(Pack {
            panels: self,
            inputs,
            outputs,
            weights,
            is_transposed: false,
        });
    }

    /// Packs the transpose of a row-major matrix, outputs × inputs.
    pub(crate) fn pack_transposed(&mut self, inputs: usize, outputs: usize, weights: &[T]) {
        vectorised(Pack {
            panels: self,
            inputs,
            outputs,
            weights,
            is_transposed: true,
        });
    }
}

pub(super) struct Pack<'a, T> {
    pub(super) panels: &'a mut Panels<T>,
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    pub(super) weights: &'a [T],
    pub(super) is_transposed: bool,
}

impl<T: Real> Kernel for Pack<'_, T> {
    /// As the products that the panels are for: their columns are those of a register.
    const GAINS_BY_AVX512: bool = true;

    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        if const { columns_of_a_panel::<LEVEL>() == 16 } {
            self.with::<16>();
        } else {
            self.with::<8>();
        }
    }
}

impl<T: Real> Pack<'_, T> {
    #[inline(always)]
    fn with<const N: usize>(self) {
        let (inputs, outputs) = (self.inputs, self.outputs);
        let panels = self.panels;
        if (panels.inputs, panels.outputs, panels.columns) != (inputs, outputs, N) {
            (panels.inputs, panels.outputs, panels.columns) = (inputs, outputs, N);
            let columns = outputs.next_multiple_of(N);
            panels.data.sized(inputs * columns).fill(T::zero());
        }
        let panels = panels.data.as_chunks_mut::<N>().0;
        let panels = panels.chunks_exact_mut(inputs.max(1));
        for (panel, first) in panels.zip((0..outputs).step_by(N)) {
            if self.is_transposed {
                pack_rows(self.weights, inputs, first, outputs - 1, panel);
            } else {
                let columns = first..outputs.min(first + N);
                pack_columns(self.weights, outputs, columns, panel);
            }
        }
    }
}

/// Copies the columns of a row-major matrix to a panel.
#[inline(always)]
pub(super) fn pack_columns<T: Real, const N: usize>(
    matrix: &[T],
    stride: usize,
    columns: Range<usize>,
    panel: &mut [[T; N]],
) {
    for (p, packed) in panel.iter_mut().enumerate() {
        let row = &matrix[p * stride..][columns.clone()];
        match row.first_chunk::<N>() {
            Some(whole) => *packed = *whole,
            None => packed[..row.len()].copy_from_slice(row),
        }
    }
}

/// Side of the blocks that are transposed in registers; of larger ones the compiler makes single moves.
const SIDE: usize = 4;

/// Turns rows of length n, from `first`, to the columns of a panel; those beyond `last` repeat it.
#[inline(always)]
fn pack_rows<T: Real, const N: usize>(
    matrix: &[T],
    n: usize,
    first: usize,
    last: usize,
    panel: &mut [[T; N]],
) {
    let rows: [&[T]; N] = from_fn(|l| &matrix[last.min(first + l) * n..][..n]);
    let chunks = rows.map(|row| row.as_chunks::<SIDE>().0);
    for c in 0..n / SIDE {
        for l in (0..N).step_by(SIDE) {
            let block: [[T; SIDE]; SIDE] = from_fn(|j| chunks[l + j][c]);
            for i in 0..SIDE {
                let column: [T; SIDE] = from_fn(|j| block[j][i]);
                panel[c * SIDE + i][l..l + SIDE].copy_from_slice(&column);
            }
        }
    }
    for i in n / SIDE * SIDE..n {
        panel[i] = rows.map(|row| row[i]);
    }
}
