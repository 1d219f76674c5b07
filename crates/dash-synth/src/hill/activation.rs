//! The Hill activation, scaled to reach 1 at x = 1.

use crate::error::{Result, check_setting};

/// Activation f of a target by a regulator's expression x ≥ 0: f(0) = 0, f(EC50) = ½, f(1) = 1.
///
/// f(x) = (1 − E) xⁿ / (E + (1 − 2E) xⁿ) with E = `EC50ⁿ`. This equals B xⁿ / (B − 1 + xⁿ) with B = (E − 1) / (2E − 1),
/// the form of the published equations, but has no singularity at E = ½. For E > ½ there is a pole at
/// xⁿ = E / (2E − 1) > 1, which states that start in \[0, 1\] do not reach.
///
/// ```
/// use dash_synth::Hill;
///
/// let f = Hill::new(0.45, 1.6)?;
/// assert_eq!(f.value(0.0), 0.0);
/// assert!((f.value(0.45) - 0.5).abs() < 1e-15);
/// # Ok::<(), dash_synth::Error>(())
/// ```
///
/// # Reference
/// Bhuva et al., Genome Biology 20:236 (2019).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hill {
    exponent: f64,
    power: f64,
}

impl Hill {
    /// The activation of an EC50 in (0, 1) and a Hill exponent n > 0.
    ///
    /// # Errors
    /// [`Error::Setting`](crate::Error::Setting) outside these ranges.
    pub fn new(ec50: f64, exponent: f64) -> Result<Self> {
        check_setting("EC50", ec50, is_ec50(ec50), EC50_RANGE)?;
        check_setting(
            "Hill exponent",
            exponent,
            is_exponent(exponent),
            EXPONENT_RANGE,
        )?;
        Ok(Self::unchecked(ec50, exponent))
    }

    pub(super) fn unchecked(ec50: f64, exponent: f64) -> Self {
        Self {
            exponent,
            power: libm::pow(ec50, exponent),
        }
    }

    /// E = `EC50ⁿ`.
    pub(super) fn power(&self) -> f64 {
        self.power
    }

    /// f(x). A negative x counts as 0.
    pub fn value(&self, x: f64) -> f64 {
        let xn = libm::pow(x.max(0.0), self.exponent);
        (1.0 - self.power) * xn / (self.power + (1.0 - 2.0 * self.power) * xn)
    }

    /// f′(x) = n (1 − E) E xⁿ⁻¹ / (E + (1 − 2E) xⁿ)². A negative x counts as 0.
    pub fn derivative(&self, x: f64) -> f64 {
        let (x, n, e) = (x.max(0.0), self.exponent, self.power);
        let below = e + (1.0 - 2.0 * e) * libm::pow(x, n);
        n * (1.0 - e) * e * libm::pow(x, n - 1.0) / (below * below)
    }
}

pub(super) const EC50_RANGE: &str = "above 0 and below 1";
pub(super) const EXPONENT_RANGE: &str = "above 0 and finite";

pub(super) fn is_ec50(value: f64) -> bool {
    value > 0.0 && value < 1.0
}

pub(super) fn is_exponent(value: f64) -> bool {
    value > 0.0 && value.is_finite()
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "zero is met exactly")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn three_points_are_fixed(ec50 in 0.01..0.99f64, n in 0.2..8.0f64) {
            let f = Hill::new(ec50, n).unwrap();
            prop_assert_eq!(f.value(0.0), 0.0);
            prop_assert!((f.value(ec50) - 0.5).abs() < 1e-14);
            prop_assert!((f.value(1.0) - 1.0).abs() < 1e-14);
        }

        // For small E the published form loses digits in B - 1.
        #[test]
        fn the_published_form_agrees(ec50 in 0.3..0.9f64, n in 0.8..2.0f64, x in 0.0..=1.0f64) {
            let e = ec50.powf(n);
            prop_assume!((e - 0.5).abs() > 0.05);
            let b = (e - 1.0) / (2.0 * e - 1.0);
            let published = b * x.powf(n) / (b - 1.0 + x.powf(n));
            prop_assert!((Hill::new(ec50, n).unwrap().value(x) - published).abs() < 1e-14);
        }

        #[test]
        fn the_derivative_is_the_slope(ec50 in 0.1..0.9f64, n in 1.05..5.0f64, x in 0.05..0.95f64) {
            let f = Hill::new(ec50, n).unwrap();
            let h = 1e-5;
            let slope = (f.value(x + h) - f.value(x - h)) / (2.0 * h);
            prop_assert!((f.derivative(x) - slope).abs() < 1e-5 * (1.0 + slope.abs()));
            prop_assert!(f.derivative(x) > 0.0);
        }
    }

    #[test]
    fn one_half_is_no_singularity() {
        // E = 1/2: a plain power.
        let f = Hill::new(0.5, 1.0).unwrap();
        assert!((f.value(0.3) - 0.3).abs() < 1e-15);
        let near = Hill::new(0.5 + 1e-13, 1.0).unwrap();
        assert!((near.value(0.3) - 0.3).abs() < 1e-12);
    }

    #[test]
    fn below_zero_is_zero() {
        let f = Hill::new(0.4, 1.5).unwrap();
        assert_eq!(f.value(-1e-3), 0.0);
        assert_eq!(f.derivative(-1e-3), 0.0);
    }

    #[test]
    fn impossible_parameters_are_refused() {
        for (ec50, n) in [
            (0.0, 1.5),
            (1.0, 1.5),
            (f64::NAN, 1.5),
            (0.5, 0.0),
            (0.5, f64::INFINITY),
        ] {
            let error = Hill::new(ec50, n).unwrap_err();
            assert!(error.to_string().contains("must be above 0"), "{error}");
        }
    }
}
