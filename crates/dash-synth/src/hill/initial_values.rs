//! Initial expression of the genes that have an equation.

use crate::random::{Purpose, beta, stream, uniform};

/// How far a gene's initial values are shifted at most, in the same way for all samples.
const LARGEST_OFFSET: f64 = 0.25;

/// Initial values of `genes` genes in every sample: clamp₀₁(Beta(2/v, 2/v) + δ), δ ~ U(−0.25, 0.25) drawn once per gene.
pub(super) fn initial_values(
    genes: usize,
    samples: usize,
    variance_factor: f64,
    seed: u64,
) -> Vec<Vec<f64>> {
    let mut rng = stream(seed, Purpose::GeneOffsets, 0);
    let offsets: Vec<f64> = (0..genes)
        .map(|_| uniform(-LARGEST_OFFSET, LARGEST_OFFSET, &mut rng))
        .collect();
    let shape = 2.0 / variance_factor;
    let sample = |number| {
        let mut rng = stream(seed, Purpose::InitialValues, number);
        let value = |offset: &f64| (beta(shape, shape, &mut rng) + offset).clamp(0.0, 1.0);
        offsets.iter().map(value).collect()
    };
    (0..samples).map(sample).collect()
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "clamped values are exactly 0 or 1")]
mod tests {
    use super::*;

    #[test]
    fn initial_values_have_the_published_statistics() {
        // Published: 2.8 %/2.6 % zeros, 2.6 %/3.7 % ones, within-gene sd 0.214/0.202, mean 0.492/0.511.
        let values = initial_values(3000, 50, 1.0, 1);
        let all: Vec<f64> = values.iter().flatten().copied().collect();
        let share = |x: f64| all.iter().filter(|v| **v == x).count() as f64 / all.len() as f64;
        assert!((share(0.0) - 0.028).abs() < 0.006, "{}", share(0.0));
        assert!((share(1.0) - 0.028).abs() < 0.006, "{}", share(1.0));
        let mean = all.iter().sum::<f64>() / all.len() as f64;
        assert!((mean - 0.5).abs() < 0.01, "{mean}");
        let within = (0..3000).map(|gene| {
            let column: Vec<f64> = values.iter().map(|sample| sample[gene]).collect();
            let mean = column.iter().sum::<f64>() / 50.0;
            (column.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 49.0).sqrt()
        });
        let within = within.sum::<f64>() / 3000.0;
        assert!((within - 0.21).abs() < 0.01, "{within}");
    }

    #[test]
    fn a_larger_factor_spreads_more() {
        let spread = |factor| {
            let values = initial_values(1, 4000, factor, 2);
            values.iter().map(|v| (v[0] - 0.5).powi(2)).sum::<f64>()
        };
        assert!(spread(0.2) < spread(1.0) && spread(1.0) < spread(3.0));
    }
}
