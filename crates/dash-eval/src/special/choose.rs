//! Binomial coefficients.

/// ln C(n, k); −∞ for k > n.
pub(crate) fn ln_choose(n: u64, k: u64) -> f64 {
    if k > n {
        return f64::NEG_INFINITY;
    }
    let k = k.min(n - k);
    if let Some(count) = choose(n, k, 1 << 53) {
        return libm::log(count as f64);
    }
    let ln_factorial = |n: u64| libm::lgamma(n as f64 + 1.0);
    ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k)
}

/// C(n, k), or `None` if it exceeds `most`.
pub(crate) fn choose(n: u64, k: u64, most: u64) -> Option<u64> {
    if k > n {
        return Some(0);
    }
    let mut count = 1_u128;
    for i in 0..k.min(n - k) {
        // A product of i + 1 successive integers is divisible by (i + 1)!.
        count = count * u128::from(n - i) / u128::from(i + 1);
        if count > u128::from(most) {
            return None;
        }
    }
    u64::try_from(count).ok().filter(|count| *count <= most)
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;

    #[test]
    fn coefficients_are_exact_and_bounded() {
        assert_eq!(choose(16, 5, 1_000_000), Some(4368));
        assert_eq!(choose(5, 16, 1_000_000), Some(0));
        assert_eq!(choose(60, 30, 1_000_000), None);
        assert_eq!(choose(4368, 4367, 4368), Some(4368));
    }

    #[test]
    fn logarithms_continue_the_exact_ones() {
        let exact = (1..=40).fold(0.0, |sum, i| {
            sum + f64::ln((160.0 + f64::from(i)) / f64::from(i))
        });
        assert_relative_eq!(ln_choose(200, 40), exact, max_relative = 1e-13);
        assert_relative_eq!(ln_choose(200, 160), exact, max_relative = 1e-13);
        assert_relative_eq!(ln_choose(6, 3), f64::ln(20.0), max_relative = 1e-15);
        assert!(ln_choose(3, 4).is_infinite());
    }
}
