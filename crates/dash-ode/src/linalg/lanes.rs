//! Rows side by side: the layout for weights that are mostly pruned.
//!
//! Rows are taken in groups of 4 or 8, the lanes. A feature of a group is one `[T; L]`, so that one surviving weight
//! is one vector instruction for the whole group. A single row is a group of one lane: vectors then run along its features.

use super::{Kernel, vectorised};
use crate::Real;

/// Lanes of a group when an evaluation has few rows.
pub(crate) const FEW: usize = 4;
/// Lanes of a group otherwise.
pub(crate) const MANY: usize = 8;

/// Lanes of the groups of an evaluation of `rows` rows.
pub(crate) fn lanes(rows: usize) -> usize {
    match rows {
        0 | 1 => 1,
        2..=FEW => FEW,
        _ => MANY,
    }
}

/// `rows` rounded up to whole groups.
pub(crate) fn padded(rows: usize) -> usize {
    rows.next_multiple_of(lanes(rows))
}

/// A kernel for groups of L lanes. `run` must be `#[inline(always)]`, as that of a [`Kernel`].
pub(crate) trait OnLanes {
    /// Does the work.
    fn run<const L: usize>(self);
}

/// Runs a kernel for groups of `lanes` (1, 4 or 8) with the best instructions that the machine has.
pub(crate) fn on_lanes<K: OnLanes>(lanes: usize, kernel: K) {
    vectorised(Dispatched { lanes, kernel });
}

struct Dispatched<K> {
    lanes: usize,
    kernel: K,
}

impl<K: OnLanes> Kernel for Dispatched<K> {
    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        match self.lanes {
            1 => self.kernel.run::<1>(),
            FEW => self.kernel.run::<FEW>(),
            _ => self.kernel.run::<MANY>(),
        }
    }
}

/// Puts rows of `dim` values in groups of `lanes` (1, 4 or 8). Lanes without a row repeat the first row of their group.
pub(crate) fn enter_groups<T: Real>(lanes: usize, dim: usize, rows: &[T], groups: &mut [T]) {
    on_lanes(lanes, EnterGroups { dim, rows, groups });
}

struct EnterGroups<'a, T> {
    dim: usize,
    rows: &'a [T],
    groups: &'a mut [T],
}

impl<T: Real> OnLanes for EnterGroups<'_, T> {
    #[inline(always)]
    fn run<const L: usize>(self) {
        let rows = self.rows.chunks(L * self.dim);
        let groups = self.groups.chunks_exact_mut(L * self.dim);
        for (rows, group) in rows.zip(groups) {
            enter::<T, L>(rows, self.dim, group.as_chunks_mut().0);
        }
    }
}

/// Writes groups of `lanes` back to their rows.
pub(crate) fn leave_groups<T: Real>(lanes: usize, dim: usize, groups: &[T], rows: &mut [T]) {
    on_lanes(lanes, LeaveGroups { dim, groups, rows });
}

struct LeaveGroups<'a, T> {
    dim: usize,
    groups: &'a [T],
    rows: &'a mut [T],
}

impl<T: Real> OnLanes for LeaveGroups<'_, T> {
    #[inline(always)]
    fn run<const L: usize>(self) {
        let rows = self.rows.chunks_mut(L * self.dim);
        let groups = self.groups.chunks_exact(L * self.dim);
        for (rows, group) in rows.zip(groups) {
            leave::<T, L>(group.as_chunks().0, self.dim, rows);
        }
    }
}

/// Copies the row in one lane of a group.
pub(crate) fn copy_out<T: Real>(group: &[T], lanes: usize, lane: usize, row: &mut [T]) {
    if lanes == 1 {
        row.copy_from_slice(group);
    } else {
        for (row, lanes) in row.iter_mut().zip(group.chunks_exact(lanes)) {
            *row = lanes[lane];
        }
    }
}

/// Copies a row to one lane of a group.
pub(crate) fn copy_in<T: Real>(row: &[T], group: &mut [T], lanes: usize, lane: usize) {
    if lanes == 1 {
        group.copy_from_slice(row);
    } else {
        for (row, lanes) in row.iter().zip(group.chunks_exact_mut(lanes)) {
            lanes[lane] = *row;
        }
    }
}

/// Sets the lanes of the last group that have no row to zero.
pub(crate) fn clear_padding<T: Real>(lanes: usize, dim: usize, rows: usize, groups: &mut [T]) {
    let used = rows % lanes;
    if used > 0 {
        let last = groups.len() - lanes * dim;
        for value in groups[last..].chunks_exact_mut(lanes) {
            value[used..].fill(T::zero());
        }
    }
}

/// Puts up to L rows of `dim` values side by side. Lanes without a row repeat the first one: whatever is computed from
/// them is as finite as the first row.
#[inline(always)]
fn enter<T: Real, const L: usize>(rows: &[T], dim: usize, out: &mut [[T; L]]) {
    let count = rows.len() / dim;
    let row: [&[T]; L] =
        std::array::from_fn(|l| &rows[if l < count { l * dim } else { 0 }..][..dim]);
    let out = &mut out[..dim];
    for i in 0..dim {
        out[i] = std::array::from_fn(|l| row[l][i]);
    }
}

/// Writes lanes back to their rows; lanes without a row are dropped.
#[inline(always)]
fn leave<T: Real, const L: usize>(values: &[[T; L]], dim: usize, rows: &mut [T]) {
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

    fn check(lanes: usize, dim: usize, count: usize) {
        let rows: Vec<u64> = (1..=(count * dim) as u64).collect();
        let rows: Vec<f64> = rows.into_iter().map(f64::from_bits).collect();
        let bits = |values: &[f64]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        let mut groups = vec![f64::NAN; count.next_multiple_of(lanes) * dim];
        enter_groups(lanes, dim, &rows, &mut groups);
        for (slot, i) in
            (0..count.next_multiple_of(lanes)).flat_map(|s| (0..dim).map(move |i| (s, i)))
        {
            let (group, lane) = (slot / lanes, slot % lanes);
            let row = if slot < count { slot } else { group * lanes };
            let got = groups[(group * dim + i) * lanes + lane];
            assert_eq!(got.to_bits(), rows[row * dim + i].to_bits());
        }
        let mut back = vec![0.0; rows.len()];
        leave_groups(lanes, dim, &groups, &mut back);
        assert_eq!(bits(&back), bits(&rows));
        clear_padding(lanes, dim, count, &mut groups);
        for (i, value) in groups.iter().enumerate() {
            let slot = i / (dim * lanes) * lanes + i % lanes;
            assert_eq!(value.to_bits() != 0, slot < count);
        }
    }

    #[test]
    fn rows_come_back_and_padding_repeats_the_first() {
        for dim in [1, 7, 8, 19] {
            for lanes in [1, FEW, MANY] {
                (1..=17).for_each(|count| check(lanes, dim, count));
            }
        }
    }

    #[test]
    fn groups_are_as_narrow_as_the_rows_allow() {
        assert_eq!([1, 2, 4, 5, 8, 9, 17].map(padded), [1, 4, 4, 8, 8, 16, 24]);
    }
}
