//! What a ranking by chance reaches, and average precision corrected for it.

use crate::metric::{Metric, Undefined, ratio};
use crate::ranking::Ranking;

impl Ranking {
    /// The prevalence π = P/(P + N): the precision of random predictions.
    ///
    /// # Errors
    /// [`Undefined`] without an item.
    pub fn prevalence(&self) -> Metric {
        ratio(self.positives(), self.items(), Undefined::EmptyUniverse)
    }

    /// Average precision divided by the prevalence.
    ///
    /// # Errors
    /// [`Undefined`] without a positive.
    pub fn ap_over_prevalence(&self) -> Metric {
        Ok(self.average_precision()? / self.prevalence()?)
    }

    /// The exact mean of average precision over random orders without ties,
    /// \[Hₙ + (P − 1)/(n − 1)·(n − Hₙ)\]/n with n = P + N and Hₙ the n-th harmonic number.
    ///
    /// It is larger than the prevalence for short lists.
    ///
    /// # Errors
    /// [`Undefined`] without a positive.
    pub fn expected_random_ap(&self) -> Metric {
        if self.positives() == 0 {
            return Err(Undefined::NoPositives);
        }
        if self.negatives() == 0 {
            return Ok(1.0);
        }
        let n = self.items() as f64;
        let harmonic = harmonic_number(self.items());
        let others = (self.positives() - 1) as f64 / (n - 1.0);
        Ok((harmonic + others * (n - harmonic)) / n)
    }

    /// (AP − E)/(1 − E) with E the [expected AP of a random order](Self::expected_random_ap): 0 by chance, 1 at best.
    ///
    /// # Errors
    /// [`Undefined`] without a positive or without a negative.
    pub fn chance_corrected_ap(&self) -> Metric {
        let expected = self.expected_random_ap()?;
        if self.negatives() == 0 {
            return Err(Undefined::NoNegatives);
        }
        Ok((self.average_precision()? - expected) / (1.0 - expected))
    }
}

/// Hₙ = 1 + 1/2 + … + 1/n.
fn harmonic_number(n: u64) -> f64 {
    const EULER_GAMMA: f64 = 0.577_215_664_901_532_9;
    if n < 1000 {
        return (1..=n).rev().map(|i| 1.0 / i as f64).sum();
    }
    // The next term of the expansion, 1/(120 n⁴), is below the rounding of the first from n = 1000 on.
    let n = n as f64;
    n.ln() + EULER_GAMMA + 1.0 / (2.0 * n) - 1.0 / (12.0 * n * n)
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;

    #[test]
    fn the_expansion_of_the_harmonic_number_continues_the_sum() {
        for n in [1000_u64, 1001, 123_456] {
            let sum: f64 = (1..=n).rev().map(|i| 1.0 / i as f64).sum();
            assert_relative_eq!(harmonic_number(n), sum, max_relative = 1e-14);
        }
    }

    #[test]
    fn the_expectation_is_the_mean_over_all_orders() {
        // Two positives among four items: every choice of their two places is equally likely.
        let mut sum = 0.0;
        let mut orders = 0.0;
        for first in 0..4 {
            for second in first + 1..4 {
                let ap = 0.5 * (1.0 / f64::from(first + 1) + 2.0 / f64::from(second + 1));
                sum += ap;
                orders += 1.0;
            }
        }
        let ranking = Ranking::from_groups([(0.0, 2, 2)]);
        assert_relative_eq!(
            ranking.expected_random_ap().unwrap(),
            sum / orders,
            max_relative = 1e-15
        );
    }

    #[test]
    fn a_perfect_ranking_is_one_after_correction() {
        let perfect = Ranking::from_groups([(1.0, 3, 0), (0.0, 0, 7)]);
        assert_eq!(perfect.chance_corrected_ap(), Ok(1.0));
        let no_negative = Ranking::from_groups([(1.0, 3, 0)]);
        assert_eq!(
            no_negative.chance_corrected_ap(),
            Err(Undefined::NoNegatives)
        );
    }
}
