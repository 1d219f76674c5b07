//! The innermost loop of every product: a small block of the result, summed in registers.

use crate::Real;

/// Columns of a panel: what fills a vector register of the best instructions.
#[inline(always)]
pub(crate) const fn columns_of_a_panel<const LEVEL: u8>() -> usize {
    match LEVEL {
        super::simd::AVX512 => 16,
        _ => 8,
    }
}

/// R sequences: entry p of sequence r is `starts[r][p · step]`.
#[derive(Clone, Copy)]
pub struct Strided<'a, T, const R: usize> {
    pub(crate) starts: [&'a [T]; R],
    pub(crate) step: usize,
}

impl<T: Real, const R: usize> Strided<'_, T, R> {
    #[inline(always)]
    fn at(&self, p: usize) -> [T; R] {
        self.starts.map(|start| start[p * self.step])
    }
}

/// Writes `Σ_p x[r][p] · panels[v][p]` to row r of `out`, or adds it, for R rows at `stride` and the first `width` of V·N
/// columns.
///
/// The order of the sum is the same whatever R, V and N are, so a row's bits depend neither on its neighbours nor on the
/// instructions.
#[inline(always)]
pub(crate) fn tile<T: Real, const R: usize, const V: usize, const N: usize>(
    panels: [&[[T; N]]; V],
    x: Strided<'_, T, R>,
    out: &mut [T],
    stride: usize,
    width: usize,
    adds: bool,
) {
    let mut sums = [[[T::zero(); N]; V]; R];
    for v in 0..V {
        let mut column = [[T::zero(); N]; R];
        for (p, weights) in panels[v].iter().enumerate() {
            let x = x.at(p);
            for r in 0..R {
                for l in 0..N {
                    column[r][l] = x[r].fma(weights[l], column[r][l]);
                }
            }
        }
        for r in 0..R {
            sums[r][v] = column[r];
        }
    }
    for (r, sums) in sums.iter().enumerate() {
        let out = &mut out[r * stride..][..width];
        for (out, sum) in out.iter_mut().zip(sums.as_flattened()) {
            *out = if adds { *out + *sum } else { *sum };
        }
    }
}

/// [`tile`] with vector instructions spelled out: left to itself, the compiler gives up on the largest blocks, and sends all
/// sums through memory.
///
/// # Safety
/// The instructions must be present.
#[cfg(target_arch = "x86_64")]
macro_rules! tile_of_registers {
    ($name:ident, $lanes:literal, $zero:ident, $all:ident, $load:ident, $store:ident, $add:ident, $fma:ident) => {
        #[expect(
            unsafe_code,
            reason = "vector instructions; a factor of 5 on the largest block"
        )]
        #[inline(always)]
        pub(crate) unsafe fn $name<const R: usize, const V: usize>(
            panels: [&[[f32; $lanes]]; V],
            x: Strided<'_, f32, R>,
            out: &mut [f32],
            stride: usize,
            width: usize,
            adds: bool,
        ) {
            use std::arch::x86_64::{$add, $all, $fma, $load, $store, $zero};

            let depth = panels[0].len();
            if depth == 0 {
                return;
            }
            let panels = panels.map(|panel| panel[..depth].as_ptr().cast::<f32>());
            let starts = x
                .starts
                .map(|start| start[..=(depth - 1) * x.step].as_ptr());
            // SAFETY: the caller vouches for the instructions; every load and store covers one array of lanes; each panel has
            // `depth` of those, and each sequence an entry for the last p. A check in the loop would part the loads from their
            // broadcasts.
            unsafe {
                let mut sums = [[$zero(); V]; R];
                for p in 0..depth {
                    let x = starts.map(|start| $all(*start.add(p * x.step)));
                    for v in 0..V {
                        let weights = $load(panels[v].add($lanes * p));
                        for r in 0..R {
                            sums[r][v] = $fma(x[r], weights, sums[r][v]);
                        }
                    }
                }
                for (r, sums) in sums.iter().enumerate() {
                    let out = &mut out[r * stride..][..width];
                    let (whole, rest) = out.as_chunks_mut::<$lanes>();
                    for (v, sum) in sums.iter().enumerate() {
                        if let Some(out) = whole.get_mut(v) {
                            let out = out.as_mut_ptr();
                            let before = if adds { $load(out) } else { $zero() };
                            $store(out, $add(before, *sum));
                        } else if v == whole.len() {
                            let mut last = [0.0; $lanes];
                            $store(last.as_mut_ptr(), *sum);
                            for (out, sum) in rest.iter_mut().zip(last) {
                                *out = if adds { *out + sum } else { sum };
                            }
                        }
                    }
                }
            }
        }
    };
}

// Meant for R·V of at most 10: more sums, with the operands, do not fit the 16 registers.
#[cfg(target_arch = "x86_64")]
tile_of_registers!(
    tile_avx2,
    8,
    _mm256_setzero_ps,
    _mm256_set1_ps,
    _mm256_loadu_ps,
    _mm256_storeu_ps,
    _mm256_add_ps,
    _mm256_fmadd_ps
);

// Likewise for R·V of at most 24, of 32 registers.
#[cfg(target_arch = "x86_64")]
tile_of_registers!(
    tile_avx512,
    16,
    _mm512_setzero_ps,
    _mm512_set1_ps,
    _mm512_loadu_ps,
    _mm512_storeu_ps,
    _mm512_add_ps,
    _mm512_fmadd_ps
);
