//! The innermost loop of every product: a small block of the result, summed in registers.

use crate::Real;

/// Lanes of one accumulator.
pub(crate) const LANES: usize = 16;

/// Values side by side.
pub(crate) type Lanes<T> = [T; LANES];

/// `sums[r][v] = Σ_p at(p)[r] · panels[v][p]` for R rows and V·16 columns.
///
/// The order of the sum is the same whatever R and V are, so a row's bits do not depend on its neighbours.
#[inline(always)]
pub(crate) fn tile<T: Real, const R: usize, const V: usize>(
    panels: [&[Lanes<T>]; V],
    at: impl Fn(usize) -> [T; R],
) -> [[Lanes<T>; V]; R] {
    let mut sums = [[[T::zero(); LANES]; V]; R];
    for v in 0..V {
        let mut column = [[T::zero(); LANES]; R];
        for (p, weights) in panels[v].iter().enumerate() {
            let x = at(p);
            for r in 0..R {
                for l in 0..LANES {
                    column[r][l] = x[r].fma(weights[l], column[r][l]);
                }
            }
        }
        for r in 0..R {
            sums[r][v] = column[r];
        }
    }
    sums
}

/// [`tile`] with AVX2 and FMA spelled out: left to itself, the compiler gives up on the largest blocks.
///
/// Meant for R·V of at most 4: more sums do not fit the 16 registers.
///
/// # Safety
/// AVX2 and FMA must be present.
#[cfg(target_arch = "x86_64")]
#[expect(
    unsafe_code,
    reason = "vector instructions; a factor of 5 on the largest block"
)]
#[expect(
    clippy::needless_range_loop,
    reason = "p indexes all panels side by side"
)]
#[inline(always)]
pub(crate) unsafe fn tile_avx2<const R: usize, const V: usize>(
    panels: [&[Lanes<f32>]; V],
    at: impl Fn(usize) -> [f32; R],
) -> [[Lanes<f32>; V]; R] {
    use std::arch::x86_64::{
        _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_set1_ps, _mm256_setzero_ps, _mm256_storeu_ps,
    };

    let depth = panels[0].len();
    let panels = panels.map(|panel| &panel[..depth]);
    // SAFETY: the caller vouches for the instructions; every load and store covers one half of a `[f32; 16]`.
    unsafe {
        let mut sums = [[[_mm256_setzero_ps(); 2]; V]; R];
        for p in 0..depth {
            let x = at(p).map(|x| _mm256_set1_ps(x));
            for v in 0..V {
                let weights = panels[v][p].as_ptr();
                let weights = [_mm256_loadu_ps(weights), _mm256_loadu_ps(weights.add(8))];
                for r in 0..R {
                    sums[r][v][0] = _mm256_fmadd_ps(x[r], weights[0], sums[r][v][0]);
                    sums[r][v][1] = _mm256_fmadd_ps(x[r], weights[1], sums[r][v][1]);
                }
            }
        }
        let mut out = [[[0.0; LANES]; V]; R];
        for r in 0..R {
            for v in 0..V {
                let out = out[r][v].as_mut_ptr();
                _mm256_storeu_ps(out, sums[r][v][0]);
                _mm256_storeu_ps(out.add(8), sums[r][v][1]);
            }
        }
        out
    }
}

/// [`tile`] with AVX-512 spelled out: the sums of 4 rows and 64 columns fill half of its 32 registers.
///
/// # Safety
/// AVX-512 F must be present.
#[cfg(target_arch = "x86_64")]
#[expect(
    unsafe_code,
    reason = "vector instructions; twice as fast as AVX2 on 4 rows, where all weights come from the second cache"
)]
#[expect(
    clippy::needless_range_loop,
    reason = "p indexes all panels side by side"
)]
#[inline(always)]
pub(crate) unsafe fn tile_avx512<const R: usize, const V: usize>(
    panels: [&[Lanes<f32>]; V],
    at: impl Fn(usize) -> [f32; R],
) -> [[Lanes<f32>; V]; R] {
    use std::arch::x86_64::{
        _mm512_fmadd_ps, _mm512_loadu_ps, _mm512_set1_ps, _mm512_setzero_ps, _mm512_storeu_ps,
    };

    let depth = panels[0].len();
    let panels = panels.map(|panel| &panel[..depth]);
    // SAFETY: the caller vouches for the instructions; every load and store covers exactly one `[f32; 16]`.
    unsafe {
        let mut sums = [[_mm512_setzero_ps(); V]; R];
        for p in 0..depth {
            let weights: [_; V] = std::array::from_fn(|v| _mm512_loadu_ps(panels[v][p].as_ptr()));
            let x = at(p);
            for r in 0..R {
                let x = _mm512_set1_ps(x[r]);
                for v in 0..V {
                    sums[r][v] = _mm512_fmadd_ps(x, weights[v], sums[r][v]);
                }
            }
        }
        let mut out = [[[0.0; LANES]; V]; R];
        for r in 0..R {
            for v in 0..V {
                _mm512_storeu_ps(out[r][v].as_mut_ptr(), sums[r][v]);
            }
        }
        out
    }
}
