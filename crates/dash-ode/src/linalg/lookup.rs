//! Lookups by many indices, checked all at once.
//!
//! A surviving weight is one index, one value and one operand. A check of its own for every index makes a pruned epoch about a
//! tenth slower; here a table is checked once against the largest index.

use std::ops::Range;

/// Indices, and a bound that all of them are below.
#[derive(Clone, Debug, Default)]
pub(super) struct Indices {
    values: Vec<u32>,
    bound: usize,
}

impl Indices {
    pub(super) fn push(&mut self, index: u32) {
        self.values.push(index);
        self.bound = self.bound.max(index as usize + 1);
    }

    pub(super) fn clear(&mut self) {
        self.values.clear();
        self.bound = 0;
    }

    pub(super) fn values(&self) -> &[u32] {
        &self.values
    }

    /// Puts another index in the place of each.
    pub(super) fn renumber(&mut self, number: impl Fn(u32) -> u32) {
        let values = std::mem::take(&mut self.values);
        *self = values.into_iter().map(number).collect();
    }

    /// What the indices stand for in each of the tables.
    ///
    /// # Panics
    /// If an index lies beyond the end of a table.
    #[inline(always)]
    pub(super) fn look_up<'a, T, const G: usize>(
        &'a self,
        tables: [&'a [T]; G],
    ) -> LookedUp<'a, T, G> {
        for table in tables {
            assert!(self.bound <= table.len(), "an index lies beyond its table");
        }
        LookedUp {
            indices: &self.values,
            tables,
        }
    }
}

impl FromIterator<u32> for Indices {
    fn from_iter<I: IntoIterator<Item = u32>>(indices: I) -> Self {
        let mut found = Self::default();
        indices.into_iter().for_each(|index| found.push(index));
        found
    }
}

/// Entries of G tables, by indices that are all below the tables' lengths.
#[derive(Clone, Copy)]
pub(super) struct LookedUp<'a, T, const G: usize> {
    indices: &'a [u32],
    tables: [&'a [T]; G],
}

impl<'a, T: Copy, const G: usize> LookedUp<'a, T, G> {
    /// Number of indices.
    #[inline(always)]
    pub(super) fn len(self) -> usize {
        self.indices.len()
    }

    /// The entries of a range of the indices.
    #[inline(always)]
    pub(super) fn slice(self, range: Range<usize>) -> Self {
        Self {
            indices: &self.indices[range],
            ..self
        }
    }

    /// The entries one after the other.
    #[inline(always)]
    pub(super) fn iter(self) -> impl Iterator<Item = [&'a T; G]> {
        self.indices.iter().map(move |&index| self.entry(index))
    }

    /// The entries N at a time, and what is left.
    #[inline(always)]
    pub(super) fn chunks<const N: usize>(self) -> (impl Iterator<Item = [[&'a T; G]; N]>, Self) {
        let (chunks, rest) = self.indices.as_chunks::<N>();
        let chunks = chunks
            .iter()
            .map(move |indices| indices.map(|index| self.entry(index)));
        (
            chunks,
            Self {
                indices: rest,
                ..self
            },
        )
    }

    #[inline(always)]
    #[expect(
        unsafe_code,
        reason = "lookups without a check of their own, a tenth of a pruned epoch"
    )]
    fn entry(self, index: u32) -> [&'a T; G] {
        // SAFETY: only indices of `self.indices` come here; all are below the bound of the `Indices` that they are part of, and no
        // table is shorter than it: `Indices::look_up` saw to it, and there is no other way to make a `LookedUp`.
        self.tables
            .map(|table| unsafe { table.get_unchecked(index as usize) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_those_of_the_indices() {
        let indices: Indices = [4, 0, 2, 2, 1].into_iter().collect();
        let tables = [[10, 11, 12, 13, 14], [20, 21, 22, 23, 24]];
        let found = indices.look_up(tables.each_ref().map(|table| &table[..]));
        let all: Vec<[i32; 2]> = found.iter().map(|entry| entry.map(|&x| x)).collect();
        assert_eq!(all, [[14, 24], [10, 20], [12, 22], [12, 22], [11, 21]]);
        let (pairs, rest) = found.slice(1..4).chunks::<2>();
        let pairs: Vec<[i32; 2]> = pairs.map(|pair| pair.map(|[&x, _]| x)).collect();
        assert_eq!(pairs, [[10, 12]]);
        assert_eq!(rest.iter().map(|[&x, _]| x).collect::<Vec<_>>(), [12]);
    }

    #[test]
    fn the_bound_follows_the_indices() {
        let mut indices: Indices = [7, 3].into_iter().collect();
        indices.renumber(|index| index / 3);
        assert_eq!(indices.values(), [2, 1]);
        assert_eq!(indices.look_up([&[5, 6, 7]]).iter().count(), 2);
        indices.clear();
        assert_eq!(indices.look_up([&[0; 0]]).iter().count(), 0);
    }

    #[test]
    #[should_panic(expected = "beyond its table")]
    fn a_table_that_is_too_short_is_refused() {
        let indices: Indices = [0, 3].into_iter().collect();
        let (long, short) = ([1, 2, 3, 4], [1, 2, 3]);
        let _ = indices.look_up([&long[..], &short]);
    }
}
