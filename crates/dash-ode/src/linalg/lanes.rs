//! Rows side by side: the layout for weights that are mostly pruned.
//!
//! Rows are taken in groups of 4 or 8, the lanes. A feature of a group is one `[T; L]`, so that one surviving weight
//! is one vector instruction for the whole group.

use crate::Real;

/// Lanes of a group when an evaluation has few rows.
pub(crate) const FEW: usize = 4;
/// Lanes of a group otherwise.
pub(crate) const MANY: usize = 8;

/// Lanes of the groups of an evaluation of `rows` rows.
pub(crate) fn lanes(rows: usize) -> usize {
    if rows <= FEW { FEW } else { MANY }
}

/// `rows` rounded up to whole groups.
pub(crate) fn padded(rows: usize) -> usize {
    rows.next_multiple_of(lanes(rows))
}

/// Puts up to L rows of `dim` values side by side. Lanes without a row repeat the first one: whatever is computed from
/// them is as finite as the first row.
#[inline(always)]
pub(crate) fn enter<T: Real, const L: usize>(rows: &[T], dim: usize, out: &mut [[T; L]]) {
    let count = rows.len() / dim;
    let row: [&[T]; L] =
        std::array::from_fn(|l| &rows[if l < count { l * dim } else { 0 }..][..dim]);
    let out = &mut out[..dim];
    for i in 0..dim {
        out[i] = std::array::from_fn(|l| row[l][i]);
    }
}

/// Sets the lanes that have no row to zero.
#[inline(always)]
pub(crate) fn clear_padding<T: Real, const L: usize>(rows: usize, values: &mut [[T; L]]) {
    if rows < L {
        for value in values {
            value[rows..].fill(T::zero());
        }
    }
}

/// Writes lanes back to their rows; lanes without a row are dropped.
#[inline(always)]
pub(crate) fn leave<T: Real, const L: usize>(values: &[[T; L]], dim: usize, rows: &mut [T]) {
    let values = &values[..dim];
    if rows.len() < L * dim {
        for (l, row) in rows.chunks_exact_mut(dim).enumerate() {
            for i in 0..dim {
                row[i] = values[i][l];
            }
        }
        return;
    }
    // All rows in one pass, which the compiler turns into a transposition in registers.
    let mut rows = rows.chunks_exact_mut(dim);
    let row: [&mut [T]; L] = std::array::from_fn(|_| rows.next().unwrap_or_default());
    for i in 0..dim {
        for l in 0..L {
            row[l][i] = values[i][l];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<const L: usize>(dim: usize, count: usize) {
        let rows: Vec<u64> = (1..=(count * dim) as u64).collect();
        let rows: Vec<f64> = rows.into_iter().map(f64::from_bits).collect();
        let bits = |values: &[f64]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        let mut lanes = vec![[f64::NAN; L]; dim];
        enter(&rows, dim, &mut lanes);
        for (i, lane) in lanes.iter().enumerate() {
            let row = |l: usize| if l < count { l } else { 0 };
            let want: [f64; L] = std::array::from_fn(|l| rows[row(l) * dim + i]);
            assert_eq!(bits(lane), bits(&want));
        }
        let mut back = vec![0.0; rows.len()];
        leave(&lanes, dim, &mut back);
        assert_eq!(bits(&back), bits(&rows));
        clear_padding(count, &mut lanes);
        for lane in &lanes {
            assert!(lane[count..].iter().all(|v| v.to_bits() == 0));
            assert!(lane[..count].iter().all(|v| v.to_bits() != 0));
        }
    }

    #[test]
    fn rows_come_back_and_padding_repeats_the_first() {
        for dim in [1, 7, 8, 19] {
            (1..=4).for_each(|count| check::<4>(dim, count));
            (1..=8).for_each(|count| check::<8>(dim, count));
        }
    }

    #[test]
    fn groups_are_as_narrow_as_the_rows_allow() {
        assert_eq!([1, 4, 5, 8, 9, 17].map(padded), [4, 4, 8, 8, 16, 24]);
    }
}
