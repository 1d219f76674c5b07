//! When an estimated edge exists.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::comparison::Comparison;
use crate::error::Error;
use crate::order::{key, value};

/// When an edge of score s exists.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exists(Rule);

#[derive(Debug, Clone, Copy, PartialEq)]
enum Rule {
    Never,
    Above(f64),
    AtLeast(f64),
}

impl Exists {
    /// s ≠ 0: the rule for a pruned network, whose removed weights are exact zeros.
    pub fn nonzero() -> Self {
        Self(Rule::Above(0.0))
    }

    /// |s| > `epsilon`.
    ///
    /// # Errors
    /// [`Error::Threshold`] if `epsilon` is negative or NaN.
    pub fn above(epsilon: f64) -> Result<Self, Error> {
        check(epsilon).map(|epsilon| Self(Rule::Above(epsilon)))
    }

    /// |s| ≥ `threshold`; with a threshold of 0 every pair is an edge.
    ///
    /// # Errors
    /// [`Error::Threshold`] if `threshold` is negative or NaN.
    pub fn at_least(threshold: f64) -> Result<Self, Error> {
        check(threshold).map(|threshold| Self(Rule::AtLeast(threshold)))
    }

    /// Whether an edge of this score exists.
    pub fn holds(self, score: f64) -> bool {
        match self.0 {
            Rule::Never => false,
            Rule::Above(epsilon) => score.abs() > epsilon,
            Rule::AtLeast(threshold) => score.abs() >= threshold,
        }
    }
}

fn check(value: f64) -> Result<f64, Error> {
    if value >= 0.0 {
        Ok(value)
    } else {
        Err(Error::Threshold { value })
    }
}

/// The edges of largest |s|.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TopN {
    /// The rule that selects them.
    pub exists: Exists,
    /// How many it selects: more than asked for where the last place is shared, fewer where too few are not 0.
    pub selected: u64,
}

impl<F: Copy + Into<f64>> Comparison<'_, '_, F> {
    /// The `n` edges of the universe of largest |s|. All that tie with the n-th are selected, zeros never.
    pub fn top_n(&self, n: usize) -> TopN {
        if n == 0 {
            return TopN {
                exists: Exists(Rule::Never),
                selected: 0,
            };
        }
        let mut largest = BinaryHeap::new();
        self.for_each_nonzero(|_, score, _| {
            let score = key(score.abs());
            if largest.len() < n {
                largest.push(Reverse(score));
            } else if let Some(mut least) = largest.peek_mut()
                && least.0 < score
            {
                *least = Reverse(score);
            }
        });
        let exists = match largest.peek() {
            Some(Reverse(nth)) if largest.len() == n => Exists(Rule::AtLeast(value(*nth))),
            _ => Exists::nonzero(),
        };
        let mut selected = 0;
        self.for_each_nonzero(|_, score, _| selected += u64::from(exists.holds(score)));
        TopN { exists, selected }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Edge, EdgeSet, Estimate, Universe};

    fn selected(n: usize) -> u64 {
        let estimate =
            Estimate::sparse(3, [(0, 1, 3.0), (0, 2, -2.0), (1, 0, 2.0), (1, 2, 1.0)]).unwrap();
        let reference = EdgeSet::new(3, [Edge::unsigned(0, 1)]).unwrap();
        let universe = Universe::AllPairs { self_pairs: false };
        Comparison::new(&estimate, &reference, &universe)
            .unwrap()
            .top_n(n)
            .selected
    }

    #[test]
    fn ties_at_the_cut_are_all_selected_and_zeros_never() {
        assert_eq!([0, 1, 2, 3, 4, 5].map(selected), [0, 1, 3, 3, 4, 4]);
    }

    #[test]
    fn rules_compare_magnitudes() {
        assert!(!Exists::nonzero().holds(-0.0));
        assert!(Exists::nonzero().holds(-1e-300));
        assert!(!Exists::above(0.5).unwrap().holds(-0.5));
        assert!(Exists::at_least(0.5).unwrap().holds(-0.5));
        assert!(Exists::at_least(0.0).unwrap().holds(0.0));
        assert!(Exists::above(f64::NAN).is_err());
        assert!(Exists::at_least(-1.0).is_err());
    }
}
