//! Items of a k × k matrix, grouped by row.

use crate::edge::Pair;

/// Items of a k × k matrix, ordered by pair, with the start of every row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rows<T> {
    items: Vec<T>,
    starts: Vec<usize>,
}

impl<T> Rows<T> {
    /// Groups items that are ordered by `pair` and whose targets are below `genes`.
    pub(crate) fn new(genes: usize, items: Vec<T>, pair: impl Fn(&T) -> Pair) -> Self {
        let starts = (0..=genes)
            .map(|target| items.partition_point(|item| pair(item).target < target))
            .collect();
        Self { items, starts }
    }

    pub(crate) fn items(&self) -> &[T] {
        &self.items
    }

    pub(crate) fn row(&self, target: usize) -> &[T] {
        &self.items[self.starts[target]..self.starts[target + 1]]
    }

    pub(crate) fn rows(&self) -> usize {
        self.starts.len() - 1
    }
}
