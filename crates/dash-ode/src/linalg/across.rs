//! The surviving weights once more, across the lines.

use std::ops::Range;

use super::lookup::{Indices, LookedUp};
use super::sparse::add;
use crate::Real;

/// Entries of a long sum that are added without a look at its end.
const CHUNK: usize = 4;

/// The entries of a sparse matrix, index across the lines by index, so that every sum is made in registers.
#[derive(Clone, Debug, Default)]
pub(super) struct Across<T> {
    /// Indices with the same number of entries, and that number: loops over entries are of known length.
    runs: Vec<Run>,
    /// All indices, run by run.
    others: Vec<u32>,
    /// Line of every entry, and its place among the entries line by line.
    lines: Indices,
    entries: Vec<u32>,
    values: Vec<T>,
}

#[derive(Clone, Copy, Debug)]
struct Run {
    entries: usize,
    others: usize,
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
        let count = |other: u32| found[other as usize].len();
        let mut order: Vec<u32> = (0..width as u32).collect();
        order.sort_by_key(|&other| count(other));
        let runs = order.chunk_by(|&a, &b| count(a) == count(b));
        self.runs = runs
            .map(|run| Run {
                entries: count(run[0]),
                others: run.len(),
            })
            .collect();
        let entries = order.iter().flat_map(|&other| &found[other as usize]);
        self.lines = entries.clone().map(|&(line, _)| line).collect();
        self.entries = entries.map(|&(_, entry)| entry).collect();
        self.others = order;
    }

    /// Takes the values of the entries line by line.
    pub(super) fn load(&mut self, values: &[T]) {
        self.values.clear();
        let values = self.entries.iter().map(|&entry| values[entry as usize]);
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
        let (mut other, mut entry) = (0, 0);
        for run in &self.runs {
            let part = &self.others[other..][..run.others];
            let entries = entry..entry + run.others * run.entries;
            let (weights, x) = (&self.values[entries.clone()], lines.slice(entries));
            (other, entry) = (other + run.others, entry + weights.len());
            // Short sums are unrolled.
            macro_rules! of_length {
                ($($n:literal)*) => {
                    match run.entries {
                        0 => part.iter().for_each(|&other| emit(other as usize, [T::zero(); L])),
                        $($n => run_of::<T, L, $n>(x, part, weights, &mut emit),)*
                        n => long_run(n, x, part, weights, &mut emit),
                    }
                };
            }
            of_length!(1 2 3 4 5 6);
        }
    }
}

#[inline(always)]
fn run_of<T: Real, const L: usize, const N: usize>(
    x: LookedUp<'_, [T; L], 1>,
    others: &[u32],
    values: &[T],
    emit: &mut impl FnMut(usize, [T; L]),
) {
    let entries = x.chunks::<N>().0.zip(values.as_chunks::<N>().0);
    for (&other, (x, values)) in others.iter().zip(entries) {
        let mut sum = [T::zero(); L];
        for n in 0..N {
            add(values[n], x[n][0], &mut sum);
        }
        emit(other as usize, sum);
    }
}

#[inline(always)]
fn long_run<T: Real, const L: usize>(
    n: usize,
    x: LookedUp<'_, [T; L], 1>,
    others: &[u32],
    values: &[T],
    emit: &mut impl FnMut(usize, [T; L]),
) {
    let mut start = 0;
    for (&other, values) in others.iter().zip(values.chunks_exact(n)) {
        let mut sum = [T::zero(); L];
        let (x, last) = x.slice(start..start + n).chunks::<CHUNK>();
        let values = values.as_chunks::<CHUNK>();
        for (x, values) in x.zip(values.0) {
            for c in 0..CHUNK {
                add(values[c], x[c][0], &mut sum);
            }
        }
        for ([x], &value) in last.iter().zip(values.1) {
            add(value, x, &mut sum);
        }
        start += n;
        emit(other as usize, sum);
    }
}
