//! Exact moments of the sum of k scores that are drawn without replacement.

use serde::Serialize;

use crate::error::Error;
use crate::metric::{Metric, Undefined, null_when_undefined};
use crate::order::key;
use crate::pathway::membership::check_finite;
use crate::sum::compensated_sum;

/// What the scores of all N genes have in common: their mean and central moments m₂, m₃, m₄.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Population {
    pub(crate) count: usize,
    pub(crate) mean: f64,
    /// m₂, m₃, m₄.
    pub(crate) central: [f64; 3],
}

/// Moments of the sum of k scores drawn without replacement.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SumMoments {
    /// E = kā.
    pub mean: f64,
    /// Variance; its root is exact, without an n − 1.
    pub variance: f64,
    /// Third central moment μ₃.
    pub third_central: f64,
    /// Fourth central moment μ₄.
    pub fourth_central: f64,
    /// γ = μ₃/Var^{3/2}; undefined for a variance of 0.
    #[serde(serialize_with = "null_when_undefined")]
    pub skewness: Metric,
}

impl Population {
    /// The moments of the scores of all genes.
    ///
    /// # Errors
    /// [`Error::EmptyRanking`], [`Error::NanScore`], [`Error::InfiniteScore`].
    pub fn new(scores: &[f64]) -> Result<Self, Error> {
        if scores.is_empty() {
            return Err(Error::EmptyRanking);
        }
        check_finite(scores)?;
        let count = scores.len() as f64;
        let mean = compensated_sum(scores.iter().copied()) / count;
        let moment =
            |power: i32| compensated_sum(scores.iter().map(|a| (a - mean).powi(power))) / count;
        let is_constant = scores.iter().all(|score| key(*score) == key(scores[0]));
        Ok(Self {
            count: scores.len(),
            mean,
            central: if is_constant {
                [0.0; 3]
            } else {
                [2, 3, 4].map(moment)
            },
        })
    }

    /// Moments of the sum of `size` scores drawn without replacement.
    ///
    /// # Errors
    /// [`Error::SetSize`] if `size` is not in 1..=N.
    ///
    /// # Reference
    /// Sampling from a finite population: Larson & Owen, BMC Bioinformatics 16:132 (2015).
    pub fn sum_moments(&self, size: usize) -> Result<SumMoments, Error> {
        if size == 0 || size > self.count {
            return Err(Error::SetSize {
                size,
                genes: self.count,
            });
        }
        let [m2, m3, m4] = self.central;
        let (n, k) = (self.count as f64, size as f64);
        let rest = n - k;
        let mean = k * self.mean;
        if size == self.count {
            return Ok(SumMoments::new(mean, 0.0, 0.0, 0.0));
        }
        let variance = k * rest / (n - 1.0) * m2;
        if size == 1 || size == self.count - 1 {
            // One score, or all but one.
            let side = if size == 1 { 1.0 } else { -1.0 };
            return Ok(SumMoments::new(mean, variance, side * m3, m4));
        }
        let third = k * rest * (n - 2.0 * k) / ((n - 1.0) * (n - 2.0)) * m3;
        let fourth = k * rest / ((n - 1.0) * (n - 2.0) * (n - 3.0))
            * ((n * (n + 1.0) - 6.0 * k * rest) * m4
                + 3.0 * n * (k - 1.0) * (rest - 1.0) * m2 * m2);
        Ok(SumMoments::new(mean, variance, third, fourth))
    }

    /// Mean and variance of Σ w a over scores drawn without replacement, one for every weight.
    ///
    /// # Errors
    /// [`Error::SetSize`] if there is no weight, or more than scores.
    ///
    /// # Reference
    /// As [`sum_moments`](Self::sum_moments).
    pub fn weighted_sum_moments(&self, weights: &[f64]) -> Result<(f64, f64), Error> {
        let (size, genes) = (weights.len(), self.count);
        if size == 0 || size > genes {
            return Err(Error::SetSize { size, genes });
        }
        let n = genes as f64;
        let sum = compensated_sum(weights.iter().copied());
        let squares = compensated_sum(weights.iter().map(|weight| weight * weight));
        if genes == 1 {
            return Ok((self.mean * sum, 0.0));
        }
        let spread = (squares - sum * sum / n).max(0.0);
        Ok((self.mean * sum, n / (n - 1.0) * self.central[0] * spread))
    }

    /// √m₂, the standard deviation of the scores.
    pub(crate) fn spread(&self) -> f64 {
        self.central[0].sqrt()
    }
}

impl SumMoments {
    fn new(mean: f64, variance: f64, third_central: f64, fourth_central: f64) -> Self {
        let skewness = if variance > 0.0 {
            Ok(third_central / variance / variance.sqrt())
        } else {
            Err(Undefined::ZeroVariance)
        };
        Self {
            mean,
            variance,
            third_central,
            fourth_central,
            skewness,
        }
    }

    /// z = (x − E)/√Var.
    ///
    /// # Errors
    /// [`Undefined`] for a variance of 0.
    pub fn z(&self, sum: f64) -> Metric {
        if self.variance > 0.0 {
            Ok((sum - self.mean) / self.variance.sqrt())
        } else {
            Err(Undefined::ZeroVariance)
        }
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;

    /// Moments over all subsets.
    fn enumerated(scores: &[f64], size: u32) -> [f64; 4] {
        let sums: Vec<f64> = (0_u32..1 << scores.len())
            .filter(|subset| subset.count_ones() == size)
            .map(|subset| {
                (0..scores.len())
                    .filter(|i| subset >> i & 1 == 1)
                    .map(|i| scores[i])
                    .sum()
            })
            .collect();
        let mean = sums.iter().sum::<f64>() / sums.len() as f64;
        let central = |power| {
            sums.iter().map(|sum| (sum - mean).powi(power)).sum::<f64>() / sums.len() as f64
        };
        [mean, central(2), central(3), central(4)]
    }

    #[test]
    fn weights_are_dealt_to_all_pairs() {
        let (scores, weights) = ([0.3, -1.2, 5.0, 2.2], [2.0, -0.5]);
        let population = Population::new(&scores).unwrap();
        let sums: Vec<f64> = (0..4)
            .flat_map(|a| (0..4).filter(move |b| a != *b).map(move |b| (a, b)))
            .map(|(a, b)| weights[0] * scores[a] + weights[1] * scores[b])
            .collect();
        let mean = sums.iter().sum::<f64>() / 12.0;
        let variance = sums.iter().map(|sum| (sum - mean).powi(2)).sum::<f64>() / 12.0;
        let found = population.weighted_sum_moments(&weights).unwrap();
        assert_relative_eq!(found.0, mean, max_relative = 1e-12);
        assert_relative_eq!(found.1, variance, max_relative = 1e-12);
        // Equal weights are a plain sum.
        let plain = population.sum_moments(3).unwrap();
        let (mean, variance) = population.weighted_sum_moments(&[1.0; 3]).unwrap();
        assert_relative_eq!(mean, plain.mean, max_relative = 1e-12);
        assert_relative_eq!(variance, plain.variance, max_relative = 1e-12);
        assert!(population.weighted_sum_moments(&[]).is_err());
    }

    #[test]
    fn moments_are_those_of_all_subsets() {
        let scores = [0.3, -1.2, 5.0, 0.0, 0.0, 2.2, 0.7];
        for genes in 1..=scores.len() {
            let population = Population::new(&scores[..genes]).unwrap();
            for size in 1..=genes {
                let moments = population.sum_moments(size).unwrap();
                let found = [
                    moments.mean,
                    moments.variance,
                    moments.third_central,
                    moments.fourth_central,
                ];
                for (found, expected) in found.iter().zip(enumerated(&scores[..genes], size as u32))
                {
                    assert_relative_eq!(*found, expected, max_relative = 1e-10, epsilon = 1e-12);
                }
            }
        }
    }

    #[test]
    fn a_set_has_at_least_one_gene_and_at_most_all() {
        let population = Population::new(&[1.0, 2.0]).unwrap();
        assert_eq!(
            population.sum_moments(0),
            Err(Error::SetSize { size: 0, genes: 2 })
        );
        assert!(population.sum_moments(3).is_err());
        assert_eq!(
            population.sum_moments(2).unwrap().z(3.0),
            Err(Undefined::ZeroVariance)
        );
    }

    #[test]
    fn constant_scores_have_no_variance_in_spite_of_rounding() {
        let population = Population::new(&[0.1; 7]).unwrap();
        assert_eq!(
            population.sum_moments(3).unwrap().z(0.3),
            Err(Undefined::ZeroVariance)
        );
    }
}
