//! The tail of a gamma distribution with given mean, variance and skewness.

use crate::special::{lower_gamma, upper_gamma, upper_tail};

/// Skewness below which the distribution is normal.
const SYMMETRIC: f64 = 1e-8;

/// P(X ≥ x) of a shifted gamma distribution (Pearson's type III) of skewness γ, at z = (x − mean)/sd.
///
/// A screen: one evaluation per set; near the mean it is good to a few percent, far in the tail to an order of
/// magnitude.
pub fn pearson3_tail(z: f64, skewness: f64) -> f64 {
    if skewness.abs() < SYMMETRIC {
        return upper_tail(z);
    }
    let shape = 4.0 / (skewness * skewness);
    let at = shape + 2.0 * z / skewness;
    if skewness > 0.0 {
        upper_gamma(shape, at)
    } else {
        lower_gamma(shape, at)
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;

    #[test]
    fn it_tends_to_the_normal_tail() {
        for z in [-2.0, 0.0, 1.0, 4.0] {
            for skewness in [1e-5, -1e-5, 1e-7, 1e-9] {
                assert_relative_eq!(
                    pearson3_tail(z, skewness),
                    upper_tail(z),
                    max_relative = 1e-3
                );
            }
        }
    }

    #[test]
    fn reflection_swaps_the_tails() {
        for (z, skewness) in [(0.3, 0.7), (2.0, 2.0), (-1.0, 0.1), (-3.0, 2.0)] {
            let both = pearson3_tail(z, skewness) + pearson3_tail(-z, -skewness);
            assert_relative_eq!(both, 1.0, max_relative = 1e-12);
        }
        // Skewness 2 is the exponential distribution, of mean 1 and deviation 1.
        assert_relative_eq!(
            pearson3_tail(1.5, 2.0),
            f64::exp(-2.5),
            max_relative = 1e-12
        );
    }
}
