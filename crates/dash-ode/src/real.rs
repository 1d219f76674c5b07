//! The two floating-point types that everything here is generic over.

use ndarray::NdFloat;

use crate::field::Arranged;
use crate::linalg::elementary;
use crate::linalg::tile::{Strided, tile};

/// `f32` (training) or `f64` (verification).
///
/// Sealed: the kernels rely on fused multiply–add being exact and on the stated error of [`Real::exp_fast`] and
/// [`Real::ln_fast`].
pub trait Real: NdFloat + Default + sealed::Sealed {
    /// Nearest value to `x`.
    fn of(x: f64) -> Self;
    /// The value as `f64`, exactly.
    fn f64(self) -> f64;
    /// `self · a + b` with one rounding.
    #[must_use]
    fn fma(self, a: Self, b: Self) -> Self;
    /// e^x, at most 2 ULP off; overflows to ∞, underflows to 0.
    #[must_use]
    fn exp_fast(self) -> Self;
    /// ln x, at most 2 ULP off (`f32`: 1e-7 absolute near x = 1); −∞ at 0, NaN below.
    #[must_use]
    fn ln_fast(self) -> Self;
    /// As [`Real::ln_fast`] for finite normal x > 0; for others it may be anything.
    #[must_use]
    fn ln_normal(self) -> Self;
}

pub(crate) mod sealed {
    use super::{Arranged, Real, Strided, tile};

    pub trait Sealed: Sized + Arranged {
        /// The innermost block of a product. `LEVEL` may name only instructions that are there.
        #[inline(always)]
        fn tile<const LEVEL: u8, const R: usize, const V: usize, const N: usize>(
            panels: [&[[Self; N]]; V],
            x: Strided<'_, Self, R>,
            out: &mut [Self],
            stride: usize,
            width: usize,
            adds: bool,
        ) where
            Self: Real,
        {
            tile(panels, x, out, stride, width, adds);
        }
    }

    impl Sealed for f64 {}

    impl Sealed for f32 {
        #[inline(always)]
        fn tile<const LEVEL: u8, const R: usize, const V: usize, const N: usize>(
            panels: [&[[f32; N]]; V],
            x: Strided<'_, f32, R>,
            out: &mut [f32],
            stride: usize,
            width: usize,
            adds: bool,
        ) {
            #[cfg(target_arch = "x86_64")]
            {
                use crate::linalg::simd::{AVX2, AVX512};
                use crate::linalg::tile::{tile_avx2, tile_avx512};
                #[expect(
                    unsafe_code,
                    reason = "kernels run with a level set only after its instructions were detected"
                )]
                // SAFETY: `LEVEL` is set by `linalg::vectorised` alone, after detection.
                unsafe {
                    match (LEVEL, N) {
                        (AVX512, 16) => {
                            let panels = panels.map(|panel| panel.as_flattened().as_chunks().0);
                            return tile_avx512(panels, x, out, stride, width, adds);
                        }
                        (AVX2, 8) => {
                            let panels = panels.map(|panel| panel.as_flattened().as_chunks().0);
                            return tile_avx2(panels, x, out, stride, width, adds);
                        }
                        _ => {}
                    }
                }
            }
            tile(panels, x, out, stride, width, adds);
        }
    }
}

impl Real for f32 {
    #[inline(always)]
    fn of(x: f64) -> Self {
        x as f32
    }
    #[inline(always)]
    fn f64(self) -> f64 {
        f64::from(self)
    }
    #[inline(always)]
    fn fma(self, a: Self, b: Self) -> Self {
        f32::mul_add(self, a, b)
    }
    #[inline(always)]
    fn exp_fast(self) -> Self {
        elementary::exp(self)
    }
    #[inline(always)]
    fn ln_fast(self) -> Self {
        elementary::ln(self)
    }
    #[inline(always)]
    fn ln_normal(self) -> Self {
        elementary::ln_normal(self)
    }
}

impl Real for f64 {
    #[inline(always)]
    fn of(x: f64) -> Self {
        x
    }
    #[inline(always)]
    fn f64(self) -> f64 {
        self
    }
    #[inline(always)]
    fn fma(self, a: Self, b: Self) -> Self {
        f64::mul_add(self, a, b)
    }
    // The C library's functions differ between platforms; these do not.
    #[inline]
    fn exp_fast(self) -> Self {
        libm::exp(self)
    }
    #[inline]
    fn ln_fast(self) -> Self {
        libm::log(self)
    }
    #[inline]
    fn ln_normal(self) -> Self {
        libm::log(self)
    }
}
