//! Dense products: `X·W` with packed weights, and the gathered gradient `AᵀB`.

use std::array::from_fn;

use super::panels::{Panels, pack_columns};
use super::simd::AVX512;
use super::tile::{Strided, columns_of_a_panel};
use super::{Aligned, Kernel, vectorised};
use crate::Real;

/// Most panels that are summed side by side.
const WIDE: usize = 8;
/// Rows that one pass over a panel serves.
const ROWS: usize = 4;
/// Inputs that are summed before the next rows have their turn, so that this much of a panel stays in the cache.
const DEPTH: usize = 1024;

impl<T: Real> Panels<T> {
    /// `out = x · W` for rows of `x` at stride `x_stride`, rows of `out` at stride `out_stride`.
    pub(crate) fn product(
        &self,
        rows: usize,
        x: &[T],
        x_stride: usize,
        out: &mut [T],
        out_stride: usize,
    ) {
        self.sum(rows, (x, x_stride), (out, out_stride), false);
    }

    /// `out += x · W`, as [`Panels::product`].
    pub(crate) fn add_product(
        &self,
        rows: usize,
        x: &[T],
        x_stride: usize,
        out: &mut [T],
        out_stride: usize,
    ) {
        self.sum(rows, (x, x_stride), (out, out_stride), true);
    }

    fn sum(&self, rows: usize, x: (&[T], usize), out: (&mut [T], usize), adds: bool) {
        vectorised(Product {
            panels: self,
            rows,
            x: x.0,
            x_stride: x.1,
            out: out.0,
            out_stride: out.1,
            adds,
        });
    }
}

/// Panels summed side by side: sums of that many keep the arithmetic units busy and fit the registers.
#[inline(always)]
const fn beside<const LEVEL: u8>(rows: usize) -> usize {
    match (LEVEL, rows) {
        (AVX512, 1..=3) | (_, 1) => WIDE,
        (AVX512, _) => 6,
        (_, 2) => 5,
        (_, 3) => 3,
        _ => 2,
    }
}

struct Product<'a, T> {
    panels: &'a Panels<T>,
    rows: usize,
    x: &'a [T],
    x_stride: usize,
    out: &'a mut [T],
    out_stride: usize,
    adds: bool,
}

impl<T: Real> Kernel for Product<'_, T> {
    const GAINS_BY_AVX512: bool = true;

    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        debug_assert_eq!(self.panels.columns, columns_of_a_panel::<LEVEL>());
        if const { columns_of_a_panel::<LEVEL>() == 16 } {
            self.with::<LEVEL, 16>();
        } else {
            self.with::<LEVEL, 8>();
        }
    }
}

impl<T: Real> Product<'_, T> {
    #[inline(always)]
    fn with<const LEVEL: u8, const N: usize>(self) {
        let (inputs, outputs) = (self.panels.inputs, self.panels.outputs);
        let columns = N * beside::<LEVEL>(self.rows);
        for first in (0..outputs).step_by(columns) {
            let panels = &self.panels.data.as_chunks::<N>().0[first / N * inputs..];
            for start in (0..inputs).step_by(DEPTH) {
                let depth = DEPTH.min(inputs - start);
                let block = Block {
                    panels: &panels[start..],
                    panel_stride: inputs,
                    depth,
                    width: columns.min(outputs - first),
                    stride: self.out_stride,
                    adds: self.adds || start > 0,
                };
                for row in (0..self.rows).step_by(ROWS) {
                    let x = &self.x[row * self.x_stride + start..];
                    let out = &mut self.out[row * self.out_stride + first..];
                    match self.rows - row {
                        1 => block.sum::<LEVEL, 1>(rows_of(x, self.x_stride, depth), out),
                        2 => block.sum::<LEVEL, 2>(rows_of(x, self.x_stride, depth), out),
                        3 => block.sum::<LEVEL, 3>(rows_of(x, self.x_stride, depth), out),
                        _ => block.sum::<LEVEL, ROWS>(rows_of(x, self.x_stride, depth), out),
                    }
                }
            }
        }
    }
}

/// The first `depth` entries of each of R rows.
#[inline(always)]
fn rows_of<T, const R: usize>(x: &[T], stride: usize, depth: usize) -> Strided<'_, T, R> {
    Strided {
        starts: from_fn(|r| &x[r * stride..][..depth]),
        step: 1,
    }
}

/// Columns i … i+R.
#[inline(always)]
fn columns_of<T, const R: usize>(a: &[T], stride: usize, i: usize) -> Strided<'_, T, R> {
    Strided {
        starts: from_fn(|r| &a[i + r..]),
        step: stride,
    }
}

/// A block of the result, `width` columns and rows at `stride`, and the panels that it is summed over, at `panel_stride`.
#[derive(Clone, Copy)]
struct Block<'a, T, const N: usize> {
    panels: &'a [[T; N]],
    panel_stride: usize,
    /// Length of the sums.
    depth: usize,
    width: usize,
    stride: usize,
    adds: bool,
}

impl<T: Real, const N: usize> Block<'_, T, N> {
    #[inline(always)]
    fn sum<const LEVEL: u8, const R: usize>(self, x: Strided<'_, T, R>, out: &mut [T]) {
        let panels = self.width.div_ceil(N).min(beside::<LEVEL>(R));
        // What cannot be is not compiled.
        macro_rules! of {
            ($($count:literal)*) => {
                $(if const { $count <= beside::<LEVEL>(R) } && panels == $count {
                    self.sum_panels::<LEVEL, R, $count>(x, out);
                    return;
                })*
            };
        }
        of!(1 2 3 4 5 6 7 8);
    }

    #[inline(always)]
    fn sum_panels<const LEVEL: u8, const R: usize, const V: usize>(
        self,
        x: Strided<'_, T, R>,
        out: &mut [T],
    ) {
        let panels = from_fn(|v| &self.panels[v * self.panel_stride..][..self.depth]);
        T::tile::<LEVEL, R, V, N>(panels, x, out, self.stride, self.width, self.adds);
    }
}

/// `out += AᵀB`: `a` is `rows × a_columns` at stride `a_stride`, `b` is `rows × b_columns` at stride `b_stride`,
/// `out` is `a_columns × b_columns`, contiguous. `scratch` holds a few packed panels of B.
pub(crate) fn add_transposed_product<T: Real>(
    rows: usize,
    a: (&[T], usize, usize),
    b: (&[T], usize, usize),
    out: &mut [T],
    scratch: &mut Aligned<T>,
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
    scratch: &'a mut Aligned<T>,
}

impl<T: Real> Kernel for TransposedProduct<'_, T> {
    const GAINS_BY_AVX512: bool = true;

    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        if const { columns_of_a_panel::<LEVEL>() == 16 } {
            self.with::<LEVEL, 16>();
        } else {
            self.with::<LEVEL, 8>();
        }
    }
}

impl<T: Real> TransposedProduct<'_, T> {
    #[inline(always)]
    fn with<const LEVEL: u8, const N: usize>(self) {
        let Self { rows, out, .. } = self;
        let (a, a_stride, a_columns) = self.a;
        let (b, b_stride, b_columns) = self.b;
        let columns = N * beside::<LEVEL>(a_columns);
        for first in (0..b_columns).step_by(columns) {
            let width = columns.min(b_columns - first);
            let packed = rows * width.next_multiple_of(N);
            let panels = self.scratch.sized(packed).as_chunks_mut::<N>().0;
            for (v, panel) in panels.chunks_exact_mut(rows).enumerate() {
                let start = first + v * N;
                pack_columns(b, b_stride, start..b_columns.min(start + N), panel);
            }
            let block = Block {
                panels,
                panel_stride: rows,
                depth: rows,
                width,
                stride: b_columns,
                adds: true,
            };
            for i in (0..a_columns).step_by(ROWS) {
                let out = &mut out[i * b_columns + first..];
                match a_columns - i {
                    1 => block.sum::<LEVEL, 1>(columns_of(a, a_stride, i), out),
                    2 => block.sum::<LEVEL, 2>(columns_of(a, a_stride, i), out),
                    3 => block.sum::<LEVEL, 3>(columns_of(a, a_stride, i), out),
                    _ => block.sum::<LEVEL, ROWS>(columns_of(a, a_stride, i), out),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::panels::Pack;
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
            let (mut out, mut added) = (vec![f64::NAN; rows * outputs], vec![1.0; rows * outputs]);
            panels.product(rows, &x, inputs, &mut out, outputs);
            panels.add_product(rows, &x, inputs, &mut added, outputs);
            for r in 0..rows {
                for o in 0..outputs {
                    let want: f64 = (0..inputs).map(|i| x[r * inputs + i] * w[i * outputs + o]).sum();
                    prop_assert!((out[r * outputs + o] - want).abs() < 1e-12);
                    prop_assert!((added[r * outputs + o] - 1.0 - want).abs() < 1e-12);
                }
            }
        }

        #[test]
        fn transposed_products_equal_the_definition(rows in 0_usize..30, n in 1_usize..11, m in 1_usize..60) {
            let (a, b) = (values(rows * n, 3), values(rows * m, 4));
            let mut out = vec![0.5; n * m];
            add_transposed_product(rows, (&a, n, n), (&b, m, m), &mut out, &mut Aligned::default());
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
            panels.product(rows, &x, inputs, &mut best, outputs);
            let mut packed = Panels::default();
            Pack { panels: &mut packed, inputs, outputs, weights: &w, is_transposed: false }.run::<PLAIN>();
            Product { panels: &packed, rows, x: &x, x_stride: inputs, out: &mut plain, out_stride: outputs, adds: false }
                .run::<PLAIN>();
            prop_assert_eq!(&plain, &best);
            #[cfg(target_arch = "x86_64")]
            if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
                plain.fill(0.0);
                Pack { panels: &mut packed, inputs, outputs, weights: &w, is_transposed: false }.run::<AVX2>();
                Product { panels: &packed, rows, x: &x, x_stride: inputs, out: &mut plain, out_stride: outputs, adds: false }
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
