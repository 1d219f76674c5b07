//! Dense products: `X·W` with packed weights, and the gathered gradient `AᵀB`.

use std::array::from_fn;
use std::ops::Range;

use super::simd::AVX512;
use super::tile::{LANES, Lanes};
use super::{Kernel, vectorised};
use crate::Real;

/// Most panels that are summed side by side.
const WIDE: usize = 4;
/// Rows that one pass over a panel serves.
const ROWS: usize = 4;
/// Inputs that are summed before the next rows have their turn, so that this much of a panel stays in the cache.
const DEPTH: usize = 1024;

/// A weight matrix (`inputs × outputs`) packed in panels of 16 outputs, one after the other; the last is padded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Panels<T> {
    inputs: usize,
    outputs: usize,
    data: Vec<Lanes<T>>,
}

impl<T: Real> Panels<T> {
    /// Packs a row-major matrix, inputs × outputs.
    pub(crate) fn pack(&mut self, inputs: usize, outputs: usize, weights: &[T]) {
        self.resize(inputs, outputs);
        let panels = self.data.chunks_exact_mut(inputs.max(1));
        for (panel, first) in panels.zip((0..outputs).step_by(LANES)) {
            pack_columns(weights, outputs, first..outputs.min(first + LANES), panel);
        }
    }

    /// Packs the transpose of a row-major matrix, outputs × inputs.
    pub(crate) fn pack_transposed(&mut self, inputs: usize, outputs: usize, weights: &[T]) {
        self.resize(inputs, outputs);
        vectorised(PackTransposed {
            inputs,
            outputs,
            weights,
            data: &mut self.data,
        });
    }

    fn resize(&mut self, inputs: usize, outputs: usize) {
        if (self.inputs, self.outputs) != (inputs, outputs) {
            (self.inputs, self.outputs) = (inputs, outputs);
            self.data.clear();
            let lanes = inputs * outputs.div_ceil(LANES);
            self.data.resize(lanes, [T::zero(); LANES]);
        }
    }

    /// `out += x · W` for rows of `x` at stride `x_stride`, rows of `out` at stride `out_stride`.
    pub(crate) fn add_product(
        &self,
        rows: usize,
        x: &[T],
        x_stride: usize,
        out: &mut [T],
        out_stride: usize,
    ) {
        vectorised(Product {
            panels: self,
            rows,
            x,
            x_stride,
            out,
            out_stride,
        });
    }
}

/// Copies the columns of a row-major matrix to a panel.
#[inline(always)]
fn pack_columns<T: Real>(
    matrix: &[T],
    stride: usize,
    columns: Range<usize>,
    panel: &mut [Lanes<T>],
) {
    for (p, packed) in panel.iter_mut().enumerate() {
        let row = &matrix[p * stride..][columns.clone()];
        match row.first_chunk::<LANES>() {
            Some(whole) => *packed = *whole,
            None => packed[..row.len()].copy_from_slice(row),
        }
    }
}

/// Panels summed side by side: sums of that many keep the arithmetic units busy and fit the registers.
#[inline(always)]
fn beside<const LEVEL: u8>(rows: usize) -> usize {
    match (LEVEL, rows) {
        (AVX512, _) | (_, 1) => WIDE,
        (_, 2) => 2,
        _ => 1,
    }
}

struct PackTransposed<'a, T> {
    inputs: usize,
    outputs: usize,
    weights: &'a [T],
    data: &'a mut [Lanes<T>],
}

impl<T: Real> Kernel for PackTransposed<'_, T> {
    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        let n = self.inputs;
        let panels = self.data.chunks_exact_mut(n.max(1));
        for (panel, first) in panels.zip((0..self.outputs).step_by(LANES)) {
            let last = self.outputs - 1;
            let rows: [&[T]; LANES] = from_fn(|l| &self.weights[last.min(first + l) * n..][..n]);
            let chunks = rows.map(|row| row.as_chunks::<LANES>().0);
            for c in 0..n / LANES {
                let block: [Lanes<T>; LANES] = chunks.map(|chunks| chunks[c]);
                for i in 0..LANES {
                    panel[c * LANES + i] = from_fn(|l| block[l][i]);
                }
            }
            for i in n / LANES * LANES..n {
                panel[i] = rows.map(|row| row[i]);
            }
        }
    }
}

struct Product<'a, T> {
    panels: &'a Panels<T>,
    rows: usize,
    x: &'a [T],
    x_stride: usize,
    out: &'a mut [T],
    out_stride: usize,
}

impl<T: Real> Kernel for Product<'_, T> {
    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        let Self {
            panels: w,
            rows,
            x,
            x_stride,
            out,
            out_stride,
        } = self;
        let columns = LANES * beside::<LEVEL>(rows);
        for first in (0..w.outputs).step_by(columns) {
            let panels = &w.data[first / LANES * w.inputs..];
            let block = Block {
                stride: out_stride,
                width: columns.min(w.outputs - first),
            };
            for start in (0..w.inputs).step_by(DEPTH) {
                let depth = DEPTH.min(w.inputs - start);
                let panels = parts(panels, w.inputs, start, depth);
                for row in (0..rows).step_by(ROWS) {
                    let x = &x[row * x_stride + start..];
                    let out = &mut out[row * out_stride + first..];
                    match rows - row {
                        1 => block.add::<T, LEVEL, 1>(panels, gather(x, x_stride, depth), out),
                        2 => block.add::<T, LEVEL, 2>(panels, gather(x, x_stride, depth), out),
                        3 => block.add::<T, LEVEL, 3>(panels, gather(x, x_stride, depth), out),
                        _ => block.add::<T, LEVEL, ROWS>(panels, gather(x, x_stride, depth), out),
                    }
                }
            }
        }
    }
}

/// The same part of as many panels as there are, of length `stride` each.
#[inline(always)]
fn parts<T>(panels: &[Lanes<T>], stride: usize, start: usize, len: usize) -> [&[Lanes<T>]; WIDE] {
    let last = panels.len() / stride - 1;
    from_fn(|v| &panels[v.min(last) * stride + start..][..len])
}

/// Entry p of each of R rows.
#[inline(always)]
fn gather<T: Real, const R: usize>(
    x: &[T],
    stride: usize,
    depth: usize,
) -> impl Fn(usize) -> [T; R] {
    let rows: [&[T]; R] = from_fn(|r| &x[r * stride..][..depth]);
    move |p| from_fn(|r| rows[r][p])
}

/// Entries i … i+R of row p.
#[inline(always)]
fn run_of<T: Real, const R: usize>(a: &[T], stride: usize, i: usize) -> impl Fn(usize) -> [T; R] {
    move |p| {
        let run = &a[p * stride + i..][..R];
        from_fn(|r| run[r])
    }
}

/// A block of the result: R rows at `stride`, `width` columns.
#[derive(Clone, Copy)]
struct Block {
    stride: usize,
    width: usize,
}

impl Block {
    #[inline(always)]
    fn add<T: Real, const LEVEL: u8, const R: usize>(
        self,
        panels: [&[Lanes<T>]; WIDE],
        at: impl Fn(usize) -> [T; R],
        out: &mut [T],
    ) {
        match self.width.div_ceil(LANES).min(beside::<LEVEL>(R)) {
            0 | 1 => self.add_panels::<T, LEVEL, R, 1>(panels, at, out),
            2 => self.add_panels::<T, LEVEL, R, 2>(panels, at, out),
            3 => self.add_panels::<T, LEVEL, R, 3>(panels, at, out),
            _ => self.add_panels::<T, LEVEL, R, WIDE>(panels, at, out),
        }
    }

    #[inline(always)]
    fn add_panels<T: Real, const LEVEL: u8, const R: usize, const V: usize>(
        self,
        panels: [&[Lanes<T>]; WIDE],
        at: impl Fn(usize) -> [T; R],
        out: &mut [T],
    ) {
        let sums = T::tile::<LEVEL, R, V>(from_fn(|v| panels[v]), at);
        for (r, sums) in sums.iter().enumerate() {
            let out = &mut out[r * self.stride..][..self.width];
            for (o, s) in out.iter_mut().zip(sums.as_flattened()) {
                *o += *s;
            }
        }
    }
}

/// `out += AᵀB`: `a` is `rows × a_columns` at stride `a_stride`, `b` is `rows × b_columns` at stride `b_stride`,
/// `out` is `a_columns × b_columns`, contiguous. `scratch` holds a few packed panels of B.
pub(crate) fn add_transposed_product<T: Real>(
    rows: usize,
    a: (&[T], usize, usize),
    b: (&[T], usize, usize),
    out: &mut [T],
    scratch: &mut Vec<Lanes<T>>,
) {
    if rows > 0 {
        vectorised(TransposedProduct {
            rows,
            a,
            b,
            out,
            scratch,
        });
    }
}

struct TransposedProduct<'a, T> {
    rows: usize,
    a: (&'a [T], usize, usize),
    b: (&'a [T], usize, usize),
    out: &'a mut [T],
    scratch: &'a mut Vec<Lanes<T>>,
}

impl<T: Real> Kernel for TransposedProduct<'_, T> {
    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        let Self {
            rows,
            a: (a, a_stride, a_columns),
            b: (b, b_stride, b_columns),
            out,
            scratch,
        } = self;
        let columns = LANES * beside::<LEVEL>(a_columns);
        for first in (0..b_columns).step_by(columns) {
            let width = columns.min(b_columns - first);
            scratch.clear();
            scratch.resize(rows * width.div_ceil(LANES), [T::zero(); LANES]);
            for (v, panel) in scratch.chunks_exact_mut(rows).enumerate() {
                let start = first + v * LANES;
                pack_columns(b, b_stride, start..b_columns.min(start + LANES), panel);
            }
            let panels = parts(scratch, rows, 0, rows);
            let block = Block {
                stride: b_columns,
                width,
            };
            for i in (0..a_columns).step_by(ROWS) {
                let out = &mut out[i * b_columns + first..];
                match a_columns - i {
                    1 => block.add::<T, LEVEL, 1>(panels, run_of(a, a_stride, i), out),
                    2 => block.add::<T, LEVEL, 2>(panels, run_of(a, a_stride, i), out),
                    3 => block.add::<T, LEVEL, 3>(panels, run_of(a, a_stride, i), out),
                    _ => block.add::<T, LEVEL, ROWS>(panels, run_of(a, a_stride, i), out),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::simd::{AVX2, PLAIN};
    use proptest::prelude::*;

    fn values(n: usize, seed: usize) -> Vec<f64> {
        (0..n)
            .map(|i| ((i * 37 + seed * 101) % 61) as f64 / 61.0 - 0.4)
            .collect()
    }

    proptest! {
        #[test]
        fn products_equal_the_definition(rows in 0_usize..10, inputs in 1_usize..30, outputs in 1_usize..60) {
            let (x, w) = (values(rows * inputs, 1), values(inputs * outputs, 2));
            let mut panels = Panels::default();
            panels.pack(inputs, outputs, &w);
            let mut out = vec![1.0; rows * outputs];
            panels.add_product(rows, &x, inputs, &mut out, outputs);
            for r in 0..rows {
                for o in 0..outputs {
                    let want: f64 = 1.0 + (0..inputs).map(|i| x[r * inputs + i] * w[i * outputs + o]).sum::<f64>();
                    prop_assert!((out[r * outputs + o] - want).abs() < 1e-12);
                }
            }
        }

        #[test]
        fn transposed_products_equal_the_definition(rows in 0_usize..30, n in 1_usize..11, m in 1_usize..60) {
            let (a, b) = (values(rows * n, 3), values(rows * m, 4));
            let mut out = vec![0.5; n * m];
            add_transposed_product(rows, (&a, n, n), (&b, m, m), &mut out, &mut Vec::new());
            for i in 0..n {
                for j in 0..m {
                    let want: f64 = 0.5 + (0..rows).map(|r| a[r * n + i] * b[r * m + j]).sum::<f64>();
                    prop_assert!((out[i * m + j] - want).abs() < 1e-12);
                }
            }
        }

        #[test]
        fn all_instructions_give_the_same_bits(rows in 1_usize..6, inputs in 1_usize..30, outputs in 1_usize..150) {
            let single = |n: usize, seed: usize| -> Vec<f32> {
                values(n, seed).iter().map(|&v| v as f32).collect()
            };
            let (x, w) = (single(rows * inputs, 5), single(inputs * outputs, 6));
            let mut panels = Panels::default();
            panels.pack(inputs, outputs, &w);
            let (mut plain, mut best) = (vec![0.0; rows * outputs], vec![0.0; rows * outputs]);
            panels.add_product(rows, &x, inputs, &mut best, outputs);
            Product { panels: &panels, rows, x: &x, x_stride: inputs, out: &mut plain, out_stride: outputs }
                .run::<PLAIN>();
            prop_assert_eq!(&plain, &best);
            #[cfg(target_arch = "x86_64")]
            if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
                plain.fill(0.0);
                Product { panels: &panels, rows, x: &x, x_stride: inputs, out: &mut plain, out_stride: outputs }
                    .run::<AVX2>();
                prop_assert_eq!(&plain, &best);
            }
        }

        #[test]
        fn a_row_does_not_depend_on_its_neighbours(rows in 1_usize..10, pick in 0_usize..10) {
            let (inputs, outputs, pick) = (17, 41, pick % rows);
            let x: Vec<f32> = values(rows * inputs, 5).iter().map(|&v| v as f32).collect();
            let w: Vec<f32> = values(inputs * outputs, 6).iter().map(|&v| v as f32).collect();
            let mut panels = Panels::default();
            panels.pack(inputs, outputs, &w);
            let (mut all, mut one) = (vec![0.0; rows * outputs], vec![0.0; outputs]);
            panels.add_product(rows, &x, inputs, &mut all, outputs);
            panels.add_product(1, &x[pick * inputs..][..inputs], inputs, &mut one, outputs);
            prop_assert_eq!(&all[pick * outputs..][..outputs], &one[..]);
        }
    }
}
