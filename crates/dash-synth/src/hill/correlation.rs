//! Normal variables with a random correlation matrix.

use crate::random::{Purpose, beta, shuffle, standard_normal, stream};

/// Samples of `dim` correlated standard normal variables, one list per sample.
///
/// The correlation matrix is random, built from partial correlations 2 Beta(β, β) − 1 along a canonical vine and permuted:
/// the smaller β, the stronger the correlations.
///
/// The original begins the vine at the second variable, so that one variable is always uncorrelated; here it begins at the
/// first.
///
/// # Reference
/// Lewandowski, Kurowicka & Joe, Journal of Multivariate Analysis 100 (2009) 1989–2001.
pub(super) fn correlated_normals(
    dim: usize,
    samples: usize,
    beta: f64,
    seed: u64,
) -> Vec<Vec<f64>> {
    let factor = correlation_factor(dim, beta, seed);
    let sample = |number| {
        let mut rng = stream(seed, Purpose::CorrelatedNormals, number);
        let independent: Vec<f64> = (0..dim).map(|_| standard_normal(&mut rng)).collect();
        let combine = |row: &Vec<f64>| row.iter().zip(&independent).map(|(l, z)| l * z).sum();
        factor.iter().map(combine).collect()
    };
    (0..samples).map(sample).collect()
}

/// Rows of L, where L Lᵀ is the correlation matrix; of every row only what is not zero. The rows are permuted.
fn correlation_factor(dim: usize, shape: f64, seed: u64) -> Vec<Vec<f64>> {
    let mut rng = stream(seed, Purpose::InputCorrelation, 0);
    let mut rows = Vec::with_capacity(dim);
    for variable in 0..dim {
        // The row is a point on the unit sphere, given by the partial correlations as by angles.
        let mut left = 1.0;
        let mut row = Vec::with_capacity(variable + 1);
        for _ in 0..variable {
            let partial = 2.0 * beta(shape, shape, &mut rng) - 1.0;
            row.push(partial * left);
            left *= libm::sqrt(1.0 - partial * partial);
        }
        row.push(left);
        rows.push(row);
    }
    shuffle(&mut rows, &mut rng);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn correlation(rows: &[Vec<f64>], i: usize, j: usize) -> f64 {
        rows[i].iter().zip(&rows[j]).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn variances_are_one_and_smaller_beta_is_stronger() {
        let mean_size = |beta| {
            let rows = correlation_factor(20, beta, 1);
            let mut sum = 0.0;
            for i in 0..20 {
                assert!((correlation(&rows, i, i) - 1.0).abs() < 1e-12);
                sum += (0..i).map(|j| correlation(&rows, i, j).abs()).sum::<f64>();
            }
            sum / 190.0
        };
        let sizes = [0.1, 1.0, 10.0, 100.0].map(mean_size);
        assert!(sizes.windows(2).all(|s| s[0] > s[1]), "{sizes:?}");
    }

    #[test]
    fn samples_have_the_correlations_of_the_matrix() {
        let rows = correlation_factor(5, 0.5, 2);
        let samples = correlated_normals(5, 20_000, 0.5, 2);
        for i in 0..5 {
            for j in 0..5 {
                let found = samples.iter().map(|s| s[i] * s[j]).sum::<f64>() / 2e4;
                assert!((found - correlation(&rows, i, j)).abs() < 0.04);
            }
        }
    }

    #[test]
    fn few_variables_are_fine() {
        assert_eq!(correlated_normals(0, 2, 1.0, 0), [[], []] as [[f64; 0]; 2]);
        assert_eq!(correlation_factor(1, 1.0, 0), [[1.0]]);
    }
}
