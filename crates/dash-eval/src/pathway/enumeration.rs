//! The null distribution of a sum over every subset.

use crate::special::choose;

/// Most subsets that are gone through.
const MOST: u64 = 1_000_000;

/// The sums of all subsets of one size, ascending.
pub(crate) struct Enumeration(Vec<f64>);

impl Enumeration {
    /// All subsets of `size` scores, or `None` if there are too many.
    pub(crate) fn new(scores: &[f64], size: usize) -> Option<Self> {
        let count = choose(scores.len() as u64, size as u64, MOST)?;
        let mut sums = Vec::with_capacity(count as usize);
        // Leaving out is quicker than taking in where sets are large.
        if 2 * size > scores.len() {
            let total: f64 = scores.iter().sum();
            subsets(scores, scores.len() - size, 0.0, &mut |left_out| {
                sums.push(total - left_out);
            });
        } else {
            subsets(scores, size, 0.0, &mut |sum| {
                sums.push(sum);
            });
        }
        sums.sort_unstable_by(f64::total_cmp);
        Some(Self(sums))
    }

    /// P(X ≥ at).
    pub(crate) fn tail(&self, at: f64) -> f64 {
        let below = self.0.partition_point(|sum| *sum < at);
        (self.0.len() - below) as f64 / self.0.len() as f64
    }
}

/// Visits `sum` plus the sum of every subset of `size` scores.
fn subsets(scores: &[f64], size: usize, sum: f64, visit: &mut impl FnMut(f64)) {
    if size == 0 {
        return visit(sum);
    }
    for first in 0..=scores.len() - size {
        subsets(&scores[first + 1..], size - 1, sum + scores[first], visit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_subset_counts_once() {
        let scores = [1.0, 2.0, 4.0, 8.0, 16.0];
        for size in 0..=5 {
            let found = Enumeration::new(&scores, size).unwrap();
            let mut expected: Vec<f64> = (0..32_u32)
                .filter(|subset| subset.count_ones() as usize == size)
                .map(f64::from)
                .collect();
            expected.sort_unstable_by(f64::total_cmp);
            assert_eq!(found.0, expected);
        }
        assert!(Enumeration::new(&[0.0; 60], 30).is_none());
    }
}
