//! Elementwise work of one attempted step: combinations of slopes, and scaled norms.

use std::array::from_fn;

use crate::Real;
use crate::linalg::Kernel;
use crate::linalg::lanes::OnLanes;

/// Values that are worked on at once: a multiple of all numbers of lanes, which are powers of two.
pub(crate) const BLOCK: usize = 8;

/// `out = base + h Σ_j weights[j]·slopes[j]`, each lane of a group with its own h; an empty base counts as zero.
pub(crate) struct Combine<'a, T> {
    pub(crate) lanes: usize,
    /// Values of a group.
    pub(crate) width: usize,
    pub(crate) base: &'a [T],
    pub(crate) slopes: &'a [Vec<T>],
    pub(crate) weights: &'a [f64],
    /// h, lane by lane.
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
            1 => self.groups::<1, BASED>(),
            2 => self.groups::<2, BASED>(),
            3 => self.groups::<3, BASED>(),
            4 => self.groups::<4, BASED>(),
            5 => self.groups::<5, BASED>(),
            6 => self.groups::<6, BASED>(),
            _ => self.groups::<7, BASED>(),
        }
    }

    #[inline(always)]
    fn groups<const N: usize, const BASED: bool>(self) {
        let width = self.width;
        let weights: [T; N] = from_fn(|j| T::of(self.weights[j]));
        for (g, steps) in self.steps.chunks_exact(self.lanes).enumerate() {
            let at = g * width..(g + 1) * width;
            let steps: [T; BLOCK] = from_fn(|i| steps[i & (self.lanes - 1)]);
            let weights: [[T; BLOCK]; N] = from_fn(|j| steps.map(|h| h * weights[j]));
            let (out, out_tail) = self.out[at.clone()].as_chunks_mut::<BLOCK>();
            let blocks = out.len();
            let slopes: [_; N] = from_fn(|j| self.slopes[j][at.clone()].as_chunks::<BLOCK>());
            let whole = slopes.map(|(whole, _)| &whole[..blocks]);
            let (base, base_tail) = if BASED {
                self.base[at].as_chunks::<BLOCK>()
            } else {
                slopes[0]
            };
            let base = &base[..blocks];
            for b in 0..blocks {
                let mut sum = if BASED { base[b] } else { [T::zero(); BLOCK] };
                for j in 0..N {
                    for i in 0..BLOCK {
                        sum[i] = whole[j][b][i].fma(weights[j][i], sum[i]);
                    }
                }
                out[b] = sum;
            }
            for (i, out) in out_tail.iter_mut().enumerate() {
                let mut sum = if BASED { base_tail[i] } else { T::zero() };
                for j in 0..N {
                    sum = slopes[j].1[i].fma(weights[j][i], sum);
                }
                *out = sum;
            }
        }
    }
}

/// Root mean square of `value / (atol + rtol·max(|a|, |b|))` over a group, lane by lane.
pub(crate) struct ScaledNorms<'a, T> {
    pub(crate) value: &'a [T],
    pub(crate) a: &'a [T],
    pub(crate) b: &'a [T],
    pub(crate) rtol: T,
    pub(crate) atol: T,
    pub(crate) norms: &'a mut [f64; BLOCK],
}

impl<T: Real> OnLanes for ScaledNorms<'_, T> {
    /// The order of a lane's sum is the same for any number of lanes: its norm does not depend on the rows beside it.
    #[inline(always)]
    fn run<const L: usize>(self) {
        let square = |value: T, a: T, b: T| {
            let (a, b) = (a.abs(), b.abs());
            let scaled = value / (if a > b { a } else { b }).fma(self.rtol, self.atol);
            scaled * scaled
        };
        // L blocks hold BLOCK genes. Independent sums, so that the loop is not one chain of additions.
        let whole = self.value.len() / (L * BLOCK) * (L * BLOCK);
        let mut sums = [[T::zero(); BLOCK]; L];
        let [value, a, b] = [self.value, self.a, self.b]
            .map(|x| x[..whole].as_chunks::<BLOCK>().0.as_chunks::<L>().0);
        let blocks = value.iter().zip(a).zip(b);
        for ((value, a), b) in blocks {
            for l in 0..L {
                let mut sum = sums[l];
                for i in 0..BLOCK {
                    sum[i] += square(value[l][i], a[l][i], b[l][i]);
                }
                sums[l] = sum;
            }
        }
        let mut totals = [T::zero(); L];
        for at in whole..self.value.len() {
            totals[at % L] += square(self.value[at], self.a[at], self.b[at]);
        }
        add_lanes(&sums, &mut totals);
        let genes = (self.value.len() / L) as f64;
        for (norm, total) in self.norms.iter_mut().zip(totals) {
            *norm = (total.f64() / genes).sqrt();
        }
    }
}

/// Adds the sums of every lane, in their order. Not inlined: the compiler would arrange the vectors of the loop that makes the
/// sums by what is added here, value by value.
#[inline(never)]
fn add_lanes<T: Real, const L: usize>(sums: &[[T; BLOCK]; L], totals: &mut [T; L]) {
    for (at, &sum) in sums.as_flattened().iter().enumerate() {
        totals[at % L] += sum;
    }
}
