//! Passes over all parameters.

use crate::Real;
use crate::linalg::{Kernel, vectorised};

/// Flags that are compared at once.
const CHUNK: usize = 8;

/// Sets the values that are not `kept` to zero; values beyond the flags stay.
pub(super) fn silence<T: Real>(values: &mut [T], kept: &[bool]) {
    vectorised(Silence { values, kept });
}

struct Silence<'a, T> {
    values: &'a mut [T],
    kept: &'a [bool],
}

impl<T: Real> Kernel for Silence<'_, T> {
    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        let n = self.values.len().min(self.kept.len());
        let (values, values_rest) = self.values[..n].as_chunks_mut::<CHUNK>();
        let (kept, kept_rest) = self.kept[..n].as_chunks::<CHUNK>();
        for (values, kept) in values.iter_mut().zip(kept) {
            // Most of what is mostly pruned; one comparison for all of it.
            if *kept == [false; CHUNK] {
                *values = [T::zero(); CHUNK];
            } else {
                choose(values, kept);
            }
        }
        choose(values_rest, kept_rest);
    }
}

#[inline(always)]
fn choose<T: Real>(values: &mut [T], kept: &[bool]) {
    for (value, &kept) in values.iter_mut().zip(kept) {
        *value = if kept { *value } else { T::zero() };
    }
}

/// The values at these places.
pub(super) fn among<T: Real>(values: &[T], places: &[u32]) -> Vec<T> {
    places.iter().map(|&place| values[place as usize]).collect()
}

/// Takes the values at these places.
pub(super) fn take_from<T: Real>(values: &[T], places: &[u32], some: &mut [T]) {
    for (value, &place) in some.iter_mut().zip(places) {
        *value = values[place as usize];
    }
}

/// Puts values back at their places.
pub(super) fn put_back<T: Real>(values: &mut [T], some: &[T], places: &[u32]) {
    for (&place, &value) in places.iter().zip(some) {
        values[place as usize] = value;
    }
}

/// Index of the first value that is infinite or not a number.
pub(super) fn first_not_finite<T: Real>(values: &[T]) -> Option<usize> {
    let mut all = true;
    vectorised(Finite {
        values,
        all: &mut all,
    });
    if all {
        None
    } else {
        values.iter().position(|x| !x.is_finite())
    }
}

struct Finite<'a, T> {
    values: &'a [T],
    all: &'a mut bool,
}

impl<T: Real> Kernel for Finite<'_, T> {
    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        // x·0 is 0 for a finite x and not a number otherwise; no early end, so that the loop is vector code.
        let (chunks, rest) = self.values.as_chunks::<8>();
        let mut sums = [T::zero(); 8];
        for chunk in chunks {
            for l in 0..8 {
                sums[l] += chunk[l] * T::zero();
            }
        }
        let finite = |x: &T| x.is_finite();
        *self.all = sums.iter().all(finite) && rest.iter().all(finite);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pruned_becomes_zero_even_where_it_is_not_a_number() {
        let mut values = vec![1.0_f32; 21];
        values[3] = f32::NAN;
        let kept: Vec<bool> = (0..20).map(|i| i % 3 != 0).collect();
        silence(&mut values, &kept);
        for (i, &value) in values.iter().enumerate() {
            let want = if kept.get(i) == Some(&false) {
                0.0
            } else {
                1.0
            };
            assert!((value - want).abs() < 1e-9, "{i}: {value}");
        }
    }

    #[test]
    fn the_first_value_that_is_not_finite_is_found() {
        for n in [1, 8, 30] {
            for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                for at in 0..n {
                    let mut values = vec![-1e300; n];
                    assert_eq!(first_not_finite(&values), None);
                    values[at] = bad;
                    values[n - 1] = bad;
                    assert_eq!(first_not_finite(&values), Some(at));
                }
            }
        }
    }
}
