//! The regularised incomplete gamma function.

use super::normal::{LN_SQRT_2PI, density, mills_ratio, upper_tail};

/// Shapes beyond which the uniform expansion is used.
const LARGE: f64 = 1e4;

/// Most terms of a series or fraction: they need a few √a, and a is at most [`LARGE`].
const TERMS: usize = 5000;

/// Q(a, x) = Γ(a, x)/Γ(a): the upper tail of the gamma distribution of shape `a` > 0 at `x` ≥ 0.
pub(crate) fn upper_gamma(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        1.0
    } else if a > LARGE {
        uniform(a, x, 1.0)
    } else if x < a + 1.0 {
        1.0 - series(a, x)
    } else {
        fraction(a, x)
    }
}

/// P(a, x) = 1 − Q(a, x), without cancellation.
pub(crate) fn lower_gamma(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        0.0
    } else if a > LARGE {
        uniform(a, x, -1.0)
    } else if x < a + 1.0 {
        series(a, x)
    } else {
        1.0 - fraction(a, x)
    }
}

/// ln Q(a, x), also where Q is too small for a float.
pub(crate) fn ln_upper_gamma(a: f64, x: f64) -> f64 {
    let p = upper_gamma(a, x);
    if p >= f64::MIN_POSITIVE {
        libm::log(p)
    } else if a > LARGE {
        ln_uniform(a, x, 1.0)
    } else {
        ln_front(a, x) + libm::log(fraction_alone(a, x))
    }
}

/// ln P(a, x), also where P is too small for a float; −∞ for x ≤ 0.
pub(crate) fn ln_lower_gamma(a: f64, x: f64) -> f64 {
    let p = lower_gamma(a, x);
    if p >= f64::MIN_POSITIVE || x <= 0.0 {
        libm::log(p)
    } else if a > LARGE {
        ln_uniform(a, x, -1.0)
    } else {
        ln_front(a, x) + libm::log(series_alone(a, x))
    }
}

/// ln(xᵃ e⁻ˣ/Γ(a)).
fn ln_front(a: f64, x: f64) -> f64 {
    a * libm::log(x) - x - libm::lgamma(a)
}

/// P(a, x) by its power series, for x < a + 1.
fn series(a: f64, x: f64) -> f64 {
    series_alone(a, x) * libm::exp(ln_front(a, x))
}

/// The series without the factor before it.
fn series_alone(a: f64, x: f64) -> f64 {
    let (mut term, mut sum) = (1.0 / a, 1.0 / a);
    for n in 1..TERMS {
        term *= x / (a + n as f64);
        sum += term;
        if term < sum * 1e-17 {
            break;
        }
    }
    sum
}

/// Q(a, x) by Legendre's continued fraction, for x ≥ a + 1.
fn fraction(a: f64, x: f64) -> f64 {
    let front = libm::exp(ln_front(a, x));
    if front == 0.0 {
        return 0.0;
    }
    fraction_alone(a, x) * front
}

/// The fraction without the factor before it.
///
/// Numerator and denominator follow the same recurrence, and are scaled only now and then: no division waits for another.
fn fraction_alone(a: f64, x: f64) -> f64 {
    const BETWEEN: usize = 8;
    let mut b = x + 1.0 - a;
    let (mut before, mut now) = ([0.0, 1.0], [1.0, b]);
    let mut n = 0.0;
    for _ in 0..TERMS / BETWEEN {
        for _ in 0..BETWEEN {
            n += 1.0;
            b += 2.0;
            let partial = -n * (n - a);
            let next = [0, 1].map(|part| b * now[part] + partial * before[part]);
            (before, now) = (now, next);
        }
        let scale = 1.0 / now[1];
        before = before.map(|part| part * scale);
        now = [now[0] * scale, 1.0];
        // Whether the last term has changed the ratio.
        if (before[0] - now[0] * before[1]).abs() <= 1e-16 * before[0].abs() {
            break;
        }
    }
    now[0]
}

/// Q for `side` = 1, P for `side` = −1.
fn uniform(a: f64, x: f64, side: f64) -> f64 {
    let (z, correction) = expansion(a, x);
    upper_tail(side * z) + side * density(z) / a.sqrt() * correction
}

/// Its logarithm, far out on that side.
fn ln_uniform(a: f64, x: f64, side: f64) -> f64 {
    let (z, correction) = expansion(a, x);
    let relative = mills_ratio(side * z) + side * correction / a.sqrt();
    libm::log(relative) - 0.5 * z * z - LN_SQRT_2PI
}

/// Where the normal distribution has the tail at `x`, nearly, and what corrects it.
///
/// # Reference
/// Temme, *The asymptotic expansion of the incomplete gamma functions*, SIAM J. Math. Anal. 10 (1979); coefficients of
/// `DiDonato` & Morris, ACM TOMS 12 (1986).
fn expansion(a: f64, x: f64) -> (f64, f64) {
    let mu = (x - a) / a;
    let eta = (2.0 * minus_ln_1p(mu)).sqrt().copysign(mu);
    let (first, second) = if eta.abs() < 0.3 {
        let first = [
            -1.0 / 3.0,
            1.0 / 12.0,
            -2.0 / 135.0,
            1.0 / 864.0,
            1.0 / 2835.0,
            -139.0 / 777_600.0,
            1.0 / 25_515.0,
        ];
        let second = [-1.0 / 540.0, -1.0 / 288.0, 25.0 / 9450.0];
        (polynomial(&first, eta), polynomial(&second, eta))
    } else {
        let by = |power: i32| mu.powi(-power);
        (
            by(1) - 1.0 / eta,
            eta.powi(-3) - by(3) - by(2) - by(1) / 12.0,
        )
    };
    (eta * a.sqrt(), first + second / a)
}

/// μ − ln(1 + μ) for μ > −1.
pub(crate) fn minus_ln_1p(mu: f64) -> f64 {
    if mu.abs() > 0.1 {
        return mu - libm::log1p(mu);
    }
    // μ²/2 − μ³/3 + …: at |μ| = 0.1 the 18th power is below the rounding of the first term.
    let sum = (2..=18)
        .rev()
        .fold(0.0, |sum, power| 1.0 / f64::from(power) - mu * sum);
    sum * mu * mu
}

fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;

    #[test]
    fn small_shapes_have_closed_forms() {
        for x in [0.1, 1.0, 3.0, 40.0] {
            let x: f64 = x;
            assert_relative_eq!(upper_gamma(1.0, x), (-x).exp(), max_relative = 1e-13);
            assert_relative_eq!(
                upper_gamma(2.0, x),
                (1.0 + x) * (-x).exp(),
                max_relative = 1e-13
            );
            assert_relative_eq!(lower_gamma(1.0, x), -(-x).exp_m1(), max_relative = 1e-13);
        }
        assert_relative_eq!(upper_gamma(3.0, 0.0), 1.0);
        assert_relative_eq!(lower_gamma(3.0, -1.0), 0.0);
    }

    #[test]
    fn both_branches_of_the_logarithm_agree() {
        for mu in [0.1, 0.0999, -0.1, -0.0999] {
            assert_relative_eq!(minus_ln_1p(mu), mu - f64::ln_1p(mu), max_relative = 1e-12);
        }
    }

    #[test]
    fn logarithms_go_on_where_the_tails_underflow() {
        // mpmath: log(gammainc(a, x, inf, regularized=True)), and of the lower tail.
        for (a, x, expected) in [
            (2.5, 900.0, -890.079_424_522_295_2),
            (400.0, 3000.0, -1_799.825_916_565_807_5),
            (20_000.0, 30_000.0, -1_895.875_676_937_546_3),
        ] {
            assert_relative_eq!(ln_upper_gamma(a, x), expected, max_relative = 1e-11);
        }
        for (a, x, expected) in [
            (50.0, 1e-8, -1_069.511_804_159_195_2),
            (400.0, 40.0, -564.843_863_373_589_4),
            (20_000.0, 12_000.0, -2_221.467_058_452_874),
            (20_000.0, 1.0, -178_076.621_687_2),
        ] {
            assert_relative_eq!(ln_lower_gamma(a, x), expected, max_relative = 1e-11);
        }
        assert!(ln_lower_gamma(3.0, 0.0).is_infinite());
        assert_relative_eq!(ln_upper_gamma(1.0, 700.0), -700.0, max_relative = 1e-13);
    }

    #[test]
    fn the_expansion_continues_series_and_fraction() {
        for z in [-6.0, -2.0, -0.01, 0.0, 0.5, 3.0, 8.0, 40.0] {
            let a = 9000.0;
            let x = a + z * f64::sqrt(a);
            let upper = if x < a + 1.0 {
                1.0 - series(a, x)
            } else {
                fraction(a, x)
            };
            assert_relative_eq!(uniform(a, x, 1.0), upper, max_relative = 1e-9);
            if z < 1.0 {
                assert_relative_eq!(uniform(a, x, -1.0), 1.0 - upper, max_relative = 1e-6);
            }
        }
    }
}
