//! How attractive regulators are, and choosing among them by it.

use rand::Rng;

use crate::random::{below, uniform};

/// Draws n values k ≥ 1 from P(k) ∝ k^(−α) e^(−k/c).
pub(super) fn draw_attractiveness(
    n: usize,
    exponent: f64,
    cutoff: f64,
    rng: &mut impl Rng,
) -> Vec<f64> {
    // Beyond 40 cut-offs less than e^(−40) of the law is left.
    let largest = (40.0 * cutoff).ceil() as usize;
    let mut sum = 0.0;
    let cumulative: Vec<f64> = (1..=largest)
        .map(|k| {
            let k = k as f64;
            sum += libm::exp(-exponent * libm::log(k) - (k - 1.0) / cutoff);
            sum
        })
        .collect();
    let draw = |rng: &mut _| {
        let u = uniform(0.0, sum, rng);
        1 + cumulative.partition_point(|&c| c <= u).min(largest - 1)
    };
    (0..n).map(|_| draw(rng) as f64).collect()
}

/// Some regulators in ascending order, with their attractiveness summed up.
#[derive(Clone, Debug, Default)]
pub(super) struct Choice {
    members: Vec<usize>,
    cumulative: Vec<f64>,
}

impl Choice {
    /// Adds a regulator with a number above all before.
    pub(super) fn push(&mut self, regulator: usize, attractiveness: f64) {
        self.members.push(regulator);
        self.cumulative.push(self.total() + attractiveness);
    }

    /// Sum over all members.
    pub(super) fn total(&self) -> f64 {
        self.cumulative.last().copied().unwrap_or(0.0)
    }

    /// A member below `limit` that is not taken, with probability proportional to its attractiveness; `None` if all are.
    pub(super) fn draw(&self, limit: usize, taken: &[usize], rng: &mut impl Rng) -> Option<usize> {
        // Rejection is fast where few are taken; listing the rest ends it where nearly all are. The law is the same.
        const TRIES: usize = 16;
        let admissible = self.members.partition_point(|&m| m < limit);
        let sum = self.cumulative[..admissible].last()?;
        for _ in 0..TRIES {
            let u = uniform(0.0, *sum, rng);
            let place = self.cumulative[..admissible].partition_point(|&c| c <= u);
            let member = self.members[place.min(admissible - 1)];
            if !taken.contains(&member) {
                return Some(member);
            }
        }
        let mut rest = Self::default();
        let mut before = 0.0;
        for (&member, &upto) in self.members[..admissible].iter().zip(&self.cumulative) {
            if !taken.contains(&member) {
                rest.push(member, upto - before);
            }
            before = upto;
        }
        let u = uniform(0.0, rest.total(), rng);
        let place = rest.cumulative.partition_point(|&c| c <= u);
        rest.members.get(place).or(rest.members.last()).copied()
    }
}

/// One of the numbers of a range that is not taken, all equally likely; `None` if all are.
pub(super) fn draw_uniform(
    range: std::ops::Range<usize>,
    taken: &[usize],
    rng: &mut impl Rng,
) -> Option<usize> {
    let free: Vec<usize> = range.filter(|n| !taken.contains(n)).collect();
    (!free.is_empty()).then(|| free[below(free.len(), rng)])
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "whole numbers are exact")]
mod tests {
    use super::*;
    use crate::random::{Purpose, stream};

    #[test]
    fn attractiveness_follows_its_law() {
        let draws = draw_attractiveness(100_000, 0.95, 22.0, &mut stream(1, Purpose::Network, 0));
        let law: Vec<f64> = (1..900)
            .map(|k| f64::from(k).powf(-0.95) * (-f64::from(k) / 22.0).exp())
            .collect();
        let norm: f64 = law.iter().sum();
        for k in [1, 2, 5, 20] {
            let share = draws.iter().filter(|&&d| d == f64::from(k)).count() as f64 / 1e5;
            assert!(
                (share - law[k as usize - 1] / norm).abs() < 0.006,
                "{k}: {share}"
            );
        }
    }

    #[test]
    fn choices_are_proportional_with_and_without_taken_members() {
        let mut choice = Choice::default();
        for (member, attractiveness) in [(2, 1.0), (3, 97.0), (5, 2.0), (9, 1000.0)] {
            choice.push(member, attractiveness);
        }
        let mut rng = stream(2, Purpose::Network, 0);
        // Member 9 is beyond the limit and 3, nearly all of the rest, is taken: often the list decides.
        let draws: Vec<_> = (0..10_000)
            .map(|_| choice.draw(9, &[3], &mut rng))
            .collect();
        let share = draws.iter().filter(|d| **d == Some(5)).count() as f64 / 1e4;
        assert!((share - 2.0 / 3.0).abs() < 0.02, "{share}");
        assert!(draws.iter().all(|d| matches!(d, Some(2 | 5))));
        assert_eq!(choice.draw(9, &[2, 3, 5], &mut rng), None);
        assert_eq!(choice.draw(2, &[], &mut rng), None);
    }
}
