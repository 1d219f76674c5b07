//! The innermost loop of every product: a small block of the result, summed in registers.

use crate::Real;

/// Lanes of one accumulator.
pub(crate) const LANES: usize = 8;

/// Values side by side.
pub(crate) type Lanes<T> = [T; LANES];

/// `sums[r][v] += Σ_p at(p)[r] · panel[p][v]` for R rows and V·8 columns.
///
/// The order of the sum is the same whatever R and V are, so a row's bits do not depend on its neighbours.
#[inline(always)]
pub(crate) fn tile<T: Real, const R: usize, const V: usize>(
    panel: &[[Lanes<T>; V]],
    at: impl Fn(usize) -> [T; R],
) -> [[Lanes<T>; V]; R] {
    let mut sums = [[[T::zero(); LANES]; V]; R];
    for (p, weights) in panel.iter().enumerate() {
        let x = at(p);
        for r in 0..R {
            for v in 0..V {
                for l in 0..LANES {
                    sums[r][v][l] = x[r].fma(weights[v][l], sums[r][v][l]);
                }
            }
        }
    }
    sums
}

/// [`tile`] with AVX2 and FMA spelled out: left to itself, the compiler gives up on the largest blocks.
///
/// # Safety
/// AVX2 and FMA must be present.
#[cfg(target_arch = "x86_64")]
#[expect(
    unsafe_code,
    reason = "vector instructions; a factor of 5 on the largest block"
)]
#[inline(always)]
pub(crate) unsafe fn tile_avx2<const R: usize, const V: usize>(
    panel: &[[Lanes<f32>; V]],
    at: impl Fn(usize) -> [f32; R],
) -> [[Lanes<f32>; V]; R] {
    use std::arch::x86_64::{
        _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_set1_ps, _mm256_setzero_ps, _mm256_storeu_ps,
    };

    // SAFETY: the caller vouches for the instructions; every load and store covers exactly one `[f32; 8]`.
    unsafe {
        let mut sums = [[_mm256_setzero_ps(); V]; R];
        for (p, weights) in panel.iter().enumerate() {
            let weights = weights.each_ref().map(|w| _mm256_loadu_ps(w.as_ptr()));
            let x = at(p);
            for r in 0..R {
                let x = _mm256_set1_ps(x[r]);
                for v in 0..V {
                    sums[r][v] = _mm256_fmadd_ps(x, weights[v], sums[r][v]);
                }
            }
        }
        let mut out = [[[0.0; LANES]; V]; R];
        for r in 0..R {
            for v in 0..V {
                _mm256_storeu_ps(out[r][v].as_mut_ptr(), sums[r][v]);
            }
        }
        out
    }
}
