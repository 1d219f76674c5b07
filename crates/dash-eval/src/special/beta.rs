//! The regularised incomplete beta function, and what it says of an unknown share.

/// I(x; a, b), the distribution function of the beta distribution.
fn beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return f64::from(x >= 1.0);
    }
    let front = libm::exp(
        libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b)
            + a * libm::log(x)
            + b * libm::log1p(-x),
    );
    // The fraction converges fast below the mean; above it the mirrored one does.
    if x < (a + 1.0) / (a + b + 2.0) {
        front * fraction(a, b, x) / a
    } else {
        1.0 - front * fraction(b, a, 1.0 - x) / b
    }
}

/// Continued fraction of the incomplete beta function (modified Lentz).
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    let nonzero = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / nonzero(1.0 - (a + b) * x / (a + 1.0));
    let mut h = d;
    for m in 1..10_000 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        for numerator in [even, odd] {
            d = 1.0 / nonzero(1.0 + numerator * d);
            c = nonzero(1.0 + numerator / c);
            h *= c * d;
        }
        if (c * d - 1.0).abs() < 1e-15 {
            break;
        }
    }
    h
}

/// The exact interval of confidence `level` for a share of which `hits` of `trials` were seen.
///
/// # Reference
/// Clopper & Pearson, Biometrika 26 (1934).
pub(crate) fn clopper_pearson(hits: u64, trials: u64, level: f64) -> (f64, f64) {
    let beyond = 0.5 * (1.0 - level);
    let (hit, miss) = (hits as f64, (trials - hits) as f64);
    let low = if hits == 0 {
        0.0
    } else {
        quantile(hit, miss + 1.0, beyond)
    };
    let high = if hits == trials {
        1.0
    } else {
        quantile(hit + 1.0, miss, 1.0 - beyond)
    };
    (low, high)
}

/// The x at which I(x; a, b) = p, by bisection.
fn quantile(a: f64, b: f64, p: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if beta(a, b, middle) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;

    #[test]
    fn the_distribution_function_has_closed_forms() {
        for x in [0.05, 0.3, 0.5, 0.9] {
            let x: f64 = x;
            assert_relative_eq!(beta(1.0, 1.0, x), x, max_relative = 1e-13);
            assert_relative_eq!(
                beta(1.0, 4.0, x),
                1.0 - (1.0 - x).powi(4),
                max_relative = 1e-13
            );
            assert_relative_eq!(
                beta(2.0, 2.0, x),
                x * x * (3.0 - 2.0 * x),
                max_relative = 1e-13
            );
        }
    }

    #[test]
    fn the_interval_leaves_half_of_the_error_on_either_side() {
        // No hit: (1 − high)ⁿ = 0.025.
        let (low, high) = clopper_pearson(0, 1000, 0.95);
        assert_relative_eq!(low, 0.0);
        assert_relative_eq!((1.0 - high).powi(1000), 0.025, max_relative = 1e-9);
        // All hits mirror it.
        assert_relative_eq!(
            clopper_pearson(1000, 1000, 0.95).0,
            1.0 - high,
            max_relative = 1e-12
        );
        // 2 of 5: P(X ≥ 2 | low) = P(X ≤ 2 | high) = 0.025.
        let (low, high) = clopper_pearson(2, 5, 0.95);
        let below = |p: f64| (1.0 - p).powi(5) + 5.0 * p * (1.0 - p).powi(4);
        assert_relative_eq!(1.0 - below(low), 0.025, max_relative = 1e-9);
        let at_most = below(high) + 10.0 * high.powi(2) * (1.0 - high).powi(3);
        assert_relative_eq!(at_most, 0.025, max_relative = 1e-9);
    }
}
