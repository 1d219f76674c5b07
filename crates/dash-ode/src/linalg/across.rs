//! The surviving weights once more, across the lines.

use std::ops::Range;

use super::sparse::add;
use crate::Real;

/// The entries of a sparse matrix, index across the lines by index, so that every sum is made in registers.
#[derive(Clone, Debug, Default)]
pub(super) struct Across<T> {
    /// Indices with the same number of entries, and that number: loops over entries are of known length.
    runs: Vec<Run>,
    /// Indices that have entries, run by run.
    others: Vec<u32>,
    /// Line of every entry, and its place among the entries line by line.
    lines: Vec<u32>,
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
        let mut order: Vec<u32> = (0..width as u32).filter(|&o| count(o) > 0).collect();
        order.sort_by_key(|&other| count(other));
        let runs = order.chunk_by(|&a, &b| count(a) == count(b));
        self.runs = runs
            .map(|run| Run {
                entries: count(run[0]),
                others: run.len(),
            })
            .collect();
        let entries = order.iter().flat_map(|&other| &found[other as usize]);
        (self.lines, self.entries) = entries.copied().unzip();
        self.others = order;
    }

    /// Takes the values of the entries line by line.
    pub(super) fn load(&mut self, values: &[T]) {
        self.values.clear();
        let values = self.entries.iter().map(|&entry| values[entry as usize]);
        self.values.extend(values);
    }

    /// `out[other] += Σ weight · x[line]`.
    #[inline(always)]
    pub(super) fn add_product<const L: usize>(&self, x: &[[T; L]], out: &mut [[T; L]]) {
        let (mut others, mut lines, mut values) = (&*self.others, &*self.lines, &*self.values);
        for run in &self.runs {
            let part;
            (part, others) = others.split_at(run.others);
            let entries;
            (entries, lines) = lines.split_at(run.others * run.entries);
            let weights;
            (weights, values) = values.split_at(run.others * run.entries);
            // Short loops are unrolled.
            macro_rules! of_length {
                ($($n:literal)*) => {
                    match run.entries {
                        $($n => add_run::<T, L, $n>(x, part, entries, weights, out),)*
                        n => add_long_run(n, x, part, entries, weights, out),
                    }
                };
            }
            of_length!(1 2 3 4 5 6);
        }
    }
}

#[inline(always)]
fn add_run<T: Real, const L: usize, const N: usize>(
    x: &[[T; L]],
    others: &[u32],
    lines: &[u32],
    values: &[T],
    out: &mut [[T; L]],
) {
    let entries = lines
        .as_chunks::<N>()
        .0
        .iter()
        .zip(values.as_chunks::<N>().0);
    for (&other, (lines, values)) in others.iter().zip(entries) {
        let out = &mut out[other as usize];
        let mut sum = *out;
        for n in 0..N {
            add(values[n], &x[lines[n] as usize], &mut sum);
        }
        *out = sum;
    }
}

#[inline(always)]
fn add_long_run<T: Real, const L: usize>(
    n: usize,
    x: &[[T; L]],
    others: &[u32],
    lines: &[u32],
    values: &[T],
    out: &mut [[T; L]],
) {
    let entries = lines.chunks_exact(n).zip(values.chunks_exact(n));
    for (&other, (lines, values)) in others.iter().zip(entries) {
        let out = &mut out[other as usize];
        let mut sum = *out;
        for (&line, &value) in lines.iter().zip(values) {
            add(value, &x[line as usize], &mut sum);
        }
        *out = sum;
    }
}
