//! Products with a weight matrix that is mostly zeros.

use std::ops::Range;

use crate::Real;

/// The nonzero entries of a matrix (`outputs × inputs`), output by output.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sparse<T> {
    inputs: usize,
    /// Where the entries of each output end.
    ends: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<T>,
}

impl<T: Real> Sparse<T> {
    /// Takes the nonzero entries of a row-major matrix.
    pub(crate) fn pack(&mut self, inputs: usize, weights: &[T]) {
        self.inputs = inputs;
        self.ends.clear();
        self.columns.clear();
        self.values.clear();
        for row in weights.chunks_exact(inputs) {
            for (column, &value) in (0_u32..).zip(row) {
                if value != T::zero() {
                    self.columns.push(column);
                    self.values.push(value);
                }
            }
            self.ends.push(self.columns.len());
        }
    }

    /// Outputs and the places of their entries.
    fn outputs(&self) -> impl Iterator<Item = (usize, Range<usize>)> + '_ {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let ranges = starts.zip(&self.ends).map(|(start, &end)| start..end);
        ranges.enumerate().filter(|(_, range)| !range.is_empty())
    }

    /// `out += x · Wᵀ` for every row of `x` at stride `x_stride`, rows of `out` at stride `out_stride`.
    pub(crate) fn add_product(
        &self,
        rows: usize,
        x: &[T],
        x_stride: usize,
        out: &mut [T],
        out_stride: usize,
    ) {
        for r in 0..rows {
            let x = &x[r * x_stride..][..self.inputs];
            let out = &mut out[r * out_stride..];
            for (o, range) in self.outputs() {
                let entries = self.columns[range.clone()].iter().zip(&self.values[range]);
                out[o] = entries.fold(out[o], |sum, (&i, &w)| w.fma(x[i as usize], sum));
            }
        }
    }

    /// `out += d · W`: back from outputs to inputs.
    pub(crate) fn add_back_product(
        &self,
        rows: usize,
        d: &[T],
        d_stride: usize,
        out: &mut [T],
        out_stride: usize,
    ) {
        for r in 0..rows {
            let d = &d[r * d_stride..];
            let out = &mut out[r * out_stride..][..self.inputs];
            for (o, range) in self.outputs() {
                let d = d[o];
                for (&i, &w) in self.columns[range.clone()].iter().zip(&self.values[range]) {
                    out[i as usize] = w.fma(d, out[i as usize]);
                }
            }
        }
    }

    /// `gradient += dᵀ · x` at the nonzero entries alone; `gradient` is dense, row-major.
    pub(crate) fn add_gradient(
        &self,
        rows: usize,
        (d, d_stride): (&[T], usize),
        (x, x_stride): (&[T], usize),
        gradient: &mut [T],
    ) {
        for r in 0..rows {
            let (d, x) = (&d[r * d_stride..], &x[r * x_stride..][..self.inputs]);
            for (o, range) in self.outputs() {
                let (d, gradient) = (d[o], &mut gradient[o * self.inputs..][..self.inputs]);
                for &i in &self.columns[range] {
                    gradient[i as usize] = d.fma(x[i as usize], gradient[i as usize]);
                }
            }
        }
    }
}
