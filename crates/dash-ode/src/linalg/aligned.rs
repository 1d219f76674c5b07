//! Memory whose first value lies at the start of a cache line.
//!
//! Of a vector as wide as a cache line, read from anywhere else, every value comes from two lines: dense products are a tenth
//! slower then.

use std::ops::{Deref, DerefMut};

use crate::Real;

/// Bytes of a cache line.
const LINE: usize = 64;

/// Values from the start of a cache line on.
#[derive(Debug, Default)]
pub(crate) struct Aligned<T> {
    values: Vec<T>,
    start: usize,
    len: usize,
}

impl<T: Real> Aligned<T> {
    /// So many values: what there was, or anything.
    pub(crate) fn sized(&mut self, len: usize) -> &mut [T] {
        let room = len + LINE / size_of::<T>();
        if self.values.len() < room {
            self.values = vec![T::zero(); room];
            self.start = start_of_line(&self.values, len);
        }
        self.len = len;
        self
    }
}

impl<T> Deref for Aligned<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.values[self.start..][..self.len]
    }
}

impl<T> DerefMut for Aligned<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.values[self.start..][..self.len]
    }
}

impl<T: Clone> Clone for Aligned<T> {
    fn clone(&self) -> Self {
        let mut values = self.values.clone();
        values.rotate_left(self.start);
        let start = start_of_line(&values, self.len);
        values.rotate_right(start);
        Self {
            values,
            start,
            ..*self
        }
    }
}

/// Where the first line starts, if as many values follow; where that cannot be told, the start of the memory will do.
fn start_of_line<T>(values: &[T], len: usize) -> usize {
    let start = values.as_ptr().align_offset(LINE);
    if start <= values.len() - len {
        start
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_lies_at_the_start_of_a_line_in_copies_too() {
        let mut values = Aligned::<f32>::default();
        for len in [0, 1, 15, 16, 17, 1000, 3] {
            values.sized(len).fill(len as f32);
            let copy = values.clone();
            for all in [&values, &copy] {
                assert!(all.as_ptr().addr().is_multiple_of(LINE));
                assert!(
                    all.len() == len && all.iter().all(|v| v.to_bits() == (len as f32).to_bits())
                );
            }
        }
    }
}
