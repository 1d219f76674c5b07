//! The standard normal distribution.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// ln √(2π).
pub(crate) const LN_SQRT_2PI: f64 = 0.918_938_533_204_672_8;

/// Density φ(z).
pub(crate) fn density(z: f64) -> f64 {
    libm::exp(-0.5 * z * z) / (2.0 * PI).sqrt()
}

/// Upper tail Φ̄(z); 0 above z = 38.6, where it is too small for a float.
pub(crate) fn upper_tail(z: f64) -> f64 {
    0.5 * libm::erfc(z * FRAC_1_SQRT_2)
}

/// ln Φ̄(z), for any z.
pub(crate) fn ln_upper_tail(z: f64) -> f64 {
    if z < 0.0 {
        libm::log1p(-upper_tail(-z))
    } else if z < 10.0 {
        libm::log(upper_tail(z))
    } else {
        libm::log(mills_ratio(z)) - 0.5 * z * z - LN_SQRT_2PI
    }
}

/// Φ̄(z)/φ(z) for z ≥ 0.
pub(crate) fn mills_ratio(z: f64) -> f64 {
    if z < 10.0 {
        return upper_tail(z) / density(z);
    }
    // Laplace's continued fraction 1/(z + 1/(z + 2/(z + …))).
    1.0 / (1..40)
        .rev()
        .fold(z, |tail, term| z + f64::from(term) / tail)
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;

    #[test]
    fn tails_are_those_of_the_tables() {
        assert_relative_eq!(
            upper_tail(1.96),
            0.024_997_895_148_220_43,
            max_relative = 1e-13
        );
        assert_relative_eq!(
            ln_upper_tail(-3.0),
            f64::ln(1.0 - upper_tail(3.0)),
            max_relative = 1e-9
        );
        // mpmath: log(erfc(z/sqrt(2))/2).
        for (z, expected) in [
            (5.0, -15.064_998_393_988_726),
            (10.0, -53.231_285_150_512_47),
            (40.0, -804.608_442_013_753_8),
        ] {
            assert_relative_eq!(ln_upper_tail(z), expected, max_relative = 1e-14);
        }
        // Abramowitz & Stegun, table 26.2: −log10 of the tail at 50.
        assert_relative_eq!(
            ln_upper_tail(50.0) / f64::ln(10.0),
            -544.966_34,
            max_relative = 1e-8
        );
    }

    #[test]
    fn both_forms_of_the_ratio_agree() {
        let fraction = 1.0
            / (1..400)
                .rev()
                .fold(9.99, |tail, term| 9.99 + f64::from(term) / tail);
        assert_relative_eq!(mills_ratio(9.99), fraction, max_relative = 1e-12);
        assert_relative_eq!(
            ln_upper_tail(9.999_999),
            ln_upper_tail(10.0),
            max_relative = 1e-6
        );
    }
}
