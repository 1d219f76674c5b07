//! The tail of a gamma distribution with given mean, variance and skewness.

use crate::special::{
    ln_lower_gamma, ln_upper_gamma, ln_upper_tail, lower_gamma, upper_gamma, upper_tail,
};

/// Skewness below which the distribution is normal.
const SYMMETRIC: f64 = 1e-8;

/// P(X ≥ x) of a shifted gamma distribution (Pearson's type III) of skewness γ, at z = (x − mean)/sd.
///
/// A screen: one evaluation per set; near the mean it is good to a few percent, far in the tail to an order of
/// magnitude. With γ < 0 the distribution ends at z = −2/γ, and from there on the tail is 0.
pub fn pearson3_tail(z: f64, skewness: f64) -> f64 {
    match gamma_of(z, skewness) {
        None => upper_tail(z),
        Some((shape, at)) if skewness > 0.0 => upper_gamma(shape, at),
        Some((shape, at)) => lower_gamma(shape, at),
    }
}

/// Its logarithm, also where the tail is too small for a float; −∞ beyond the end.
pub(crate) fn ln_pearson3_tail(z: f64, skewness: f64) -> f64 {
    match gamma_of(z, skewness) {
        None => ln_upper_tail(z),
        Some((shape, at)) if skewness > 0.0 => ln_upper_gamma(shape, at),
        Some((shape, at)) => ln_lower_gamma(shape, at),
    }
}

/// Shape of the gamma distribution and place in it; `None` where it is normal.
fn gamma_of(z: f64, skewness: f64) -> Option<(f64, f64)> {
    let shape = 4.0 / (skewness * skewness);
    (skewness.abs() >= SYMMETRIC).then_some((shape, shape + 2.0 * z / skewness))
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
