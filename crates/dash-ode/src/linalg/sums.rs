//! Sums over the rows of many groups, whatever their lanes.

use std::array::from_fn;

use crate::Real;

/// Parts that a sum is made in: where lanes are as many, each has its own.
pub(crate) const PARTS: usize = 4;

/// Adds Σ a·b over groups, lane by lane.
#[inline(always)]
pub(crate) fn add_products<T: Real, const L: usize, const G: usize>(
    a: [&[T; L]; G],
    b: [&[T; L]; G],
    sum: &mut [T; PARTS],
) {
    let mut lanes: [T; L] = lanes_of(sum);
    for g in 0..G {
        for l in 0..L {
            lanes[l] = a[g][l].fma(b[g][l], lanes[l]);
        }
    }
    put(lanes, sum);
}

/// Adds the lanes of a group.
#[inline(always)]
pub(crate) fn add_lanes<T: Real, const L: usize>(a: &[T; L], sum: &mut [T; PARTS]) {
    let lanes: [T; L] = lanes_of(sum);
    put::<T, L>(from_fn(|l| lanes[l] + a[l]), sum);
}

#[inline(always)]
fn lanes_of<T: Real, const L: usize>(sum: &[T; PARTS]) -> [T; L] {
    from_fn(|l| if l < PARTS { sum[l] } else { T::zero() })
}

#[inline(always)]
fn put<T: Real, const L: usize>(lanes: [T; L], sum: &mut [T; PARTS]) {
    for l in 0..L {
        sum[l % PARTS] = if l < PARTS {
            lanes[l]
        } else {
            sum[l % PARTS] + lanes[l]
        };
    }
}

/// The sum of its parts.
#[inline(always)]
pub(crate) fn total<T: Real>(sum: &[T; PARTS]) -> T {
    (sum[0] + sum[2]) + (sum[1] + sum[3])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<const L: usize>() {
        let a: [[f64; L]; 2] = from_fn(|g| from_fn(|l| (g * L + l) as f64));
        let b: [[f64; L]; 2] = from_fn(|g| from_fn(|l| 1.0 - (3 * g + l) as f64));
        let mut sum = [1.0, 2.0, 3.0, 4.0];
        add_products(a.each_ref(), b.each_ref(), &mut sum);
        let terms = a
            .iter()
            .zip(&b)
            .flat_map(|(a, b)| a.iter().zip(b).map(|(a, b)| a * b));
        let off = total(&sum) - 10.0 - terms.sum::<f64>();
        assert!(off.abs() < 1e-12, "{off}");
        let before = total(&sum);
        add_lanes(&a[1], &mut sum);
        let off = total(&sum) - before - a[1].iter().sum::<f64>();
        assert!(off.abs() < 1e-12, "{off}");
    }

    #[test]
    fn sums_are_those_over_rows_for_every_number_of_lanes() {
        check::<1>();
        check::<4>();
        check::<8>();
    }
}
