//! Elementwise work of one attempted step: combinations of slopes, and scaled norms.

use crate::Real;
use crate::linalg::Kernel;

/// `out[r] = base[r] + h[r] Σ_j weights[j]·slopes[j][r]`, row by row; an empty base counts as zero.
pub(crate) struct Combine<'a, T> {
    pub(crate) dim: usize,
    pub(crate) base: &'a [T],
    pub(crate) slopes: &'a [Vec<T>],
    pub(crate) weights: &'a [f64],
    pub(crate) steps: &'a [T],
    pub(crate) out: &'a mut [T],
}

impl<T: Real> Kernel for Combine<'_, T> {
    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        if self.base.is_empty() {
            self.sized::<false>();
        } else {
            self.sized::<true>();
        }
    }
}

impl<T: Real> Combine<'_, T> {
    #[inline(always)]
    fn sized<const BASED: bool>(self) {
        match self.weights.len() {
            1 => self.rows::<1, BASED>(),
            2 => self.rows::<2, BASED>(),
            3 => self.rows::<3, BASED>(),
            4 => self.rows::<4, BASED>(),
            5 => self.rows::<5, BASED>(),
            6 => self.rows::<6, BASED>(),
            _ => self.rows::<7, BASED>(),
        }
    }

    #[inline(always)]
    fn rows<const N: usize, const BASED: bool>(self) {
        let k = self.dim;
        for (r, &h) in self.steps.iter().enumerate() {
            let at = r * k..(r + 1) * k;
            let weights: [T; N] = std::array::from_fn(|j| h * T::of(self.weights[j]));
            let slopes: [&[T]; N] = std::array::from_fn(|j| &self.slopes[j][at.clone()]);
            let out = &mut self.out[at.clone()];
            let base = if BASED { &self.base[at] } else { slopes[0] };
            for i in 0..k {
                let mut sum = if BASED { base[i] } else { T::zero() };
                for j in 0..N {
                    sum = slopes[j][i].fma(weights[j], sum);
                }
                out[i] = sum;
            }
        }
    }
}

/// Root mean square of `value / (atol + rtol·max(|a|, |b|))` over one row.
pub(crate) struct ScaledNorm<'a, T> {
    pub(crate) value: &'a [T],
    pub(crate) a: &'a [T],
    pub(crate) b: &'a [T],
    pub(crate) rtol: T,
    pub(crate) atol: T,
    pub(crate) norm: &'a mut f64,
}

const LANES: usize = 8;

impl<T: Real> Kernel for ScaledNorm<'_, T> {
    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        let square = |value: T, a: T, b: T| {
            let (a, b) = (a.abs(), b.abs());
            let scaled = value / (if a > b { a } else { b }).fma(self.rtol, self.atol);
            scaled * scaled
        };
        let (values, value_tail) = self.value.as_chunks::<LANES>();
        let ((a, a_tail), (b, b_tail)) = (self.a.as_chunks::<LANES>(), self.b.as_chunks::<LANES>());
        // Independent sums, so that the loop is not one chain of additions.
        let mut sums = [T::zero(); LANES];
        for ((value, a), b) in values.iter().zip(a).zip(b) {
            for l in 0..LANES {
                sums[l] += square(value[l], a[l], b[l]);
            }
        }
        let mut total = T::zero();
        for ((&value, &a), &b) in value_tail.iter().zip(a_tail).zip(b_tail) {
            total += square(value, a, b);
        }
        for sum in sums {
            total += sum;
        }
        *self.norm = (total.f64() / self.value.len() as f64).sqrt();
    }
}
