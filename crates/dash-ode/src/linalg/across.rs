//! The surviving weights once more, across the lines.

use std::ops::Range;

use super::lookup::{Indices, LookedUp};
use super::sparse::add;
use crate::Real;

/// Sums that are made at once: an addition waits for the one before of the same sum alone.
const TOGETHER: usize = 4;

/// The entries of a sparse matrix, index across the lines by index, so that every sum is made in registers.
///
/// Indices are taken four at a time, in the order of their number of entries, and their entries take turns: the first of each, the
/// second of each, and so on. Those that have fewer get zeros (sliced ELLPACK).
#[derive(Clone, Debug, Default)]
pub(super) struct Across<T> {
    others: Vec<u32>,
    /// Entries of each of four indices.
    lengths: Vec<u32>,
    /// Line of every entry, and its place among the entries line by line: none for a zero.
    lines: Indices,
    entries: Vec<Option<u32>>,
    values: Vec<T>,
}

impl<T: Real> Across<T> {
    /// Arranges entries, given by line; all of `others` are below `width`.
    pub(super) fn arrange(
        &mut self,
        width: usize,
        others: &[u32],
        lines: impl Iterator<Item = Range<usize>>,
    ) {
        let mut found = vec![Vec::new(); width];
        for (line, entries) in (0..).zip(lines) {
            for entry in entries {
                found[others[entry] as usize].push((line, entry as u32));
            }
        }
        self.others = (0..width as u32).collect();
        self.others
            .sort_by_key(|&other| found[other as usize].len());
        self.lengths.clear();
        self.lines.clear();
        self.entries.clear();
        for others in self.others.chunks(TOGETHER) {
            let lists: Vec<_> = others.iter().map(|&other| &found[other as usize]).collect();
            let length = lists.iter().map(|list| list.len()).max().unwrap_or(0);
            self.lengths.push(length as u32);
            for turn in 0..length {
                for place in 0..TOGETHER {
                    let entry = lists.get(place).and_then(|list| list.get(turn));
                    self.lines.push(entry.map_or(0, |&(line, _)| line));
                    self.entries.push(entry.map(|&(_, entry)| entry));
                }
            }
        }
    }

    /// Takes the values of the entries line by line.
    pub(super) fn load(&mut self, values: &[T]) {
        self.values.clear();
        let value = |entry: u32| values[entry as usize];
        let values = self
            .entries
            .iter()
            .map(|entry| entry.map_or(T::zero(), value));
        self.values.extend(values);
    }

    /// Tells `emit` Σ weight · x[line] of every index across the lines, in no particular order.
    #[inline(always)]
    pub(super) fn product<const L: usize>(
        &self,
        x: &[[T; L]],
        mut emit: impl FnMut(usize, [T; L]),
    ) {
        let lines = self.lines.look_up([x]);
        let (four, rest) = self.others.as_chunks::<TOGETHER>();
        let mut start = 0;
        for (others, &length) in four.iter().zip(&self.lengths) {
            let end = start + TOGETHER * length as usize;
            let sums = sums(lines.slice(start..end), &self.values[start..end]);
            for c in 0..TOGETHER {
                emit(others[c] as usize, sums[c]);
            }
            start = end;
        }
        let last = sums(lines.slice(start..lines.len()), &self.values[start..]);
        for (&other, sum) in rest.iter().zip(last) {
            emit(other as usize, sum);
        }
    }
}

/// Four sums whose terms take turns.
#[inline(always)]
fn sums<T: Real, const L: usize>(x: LookedUp<'_, [T; L], 1>, values: &[T]) -> [[T; L]; TOGETHER] {
    let mut sums = [[T::zero(); L]; TOGETHER];
    for (x, values) in x
        .chunks::<TOGETHER>()
        .0
        .zip(values.as_chunks::<TOGETHER>().0)
    {
        for c in 0..TOGETHER {
            add(values[c], x[c][0], &mut sums[c]);
        }
    }
    sums
}
