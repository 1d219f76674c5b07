//! Random numbers whose bits do not depend on the platform.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What random numbers are drawn for. Every purpose has streams of its own, so that no draw shifts another's.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    Network = 1,
    Subnetwork,
    EdgeParameters,
    LogicSwaps,
    InputModels,
    InputValues,
    InputCorrelation,
    CorrelatedNormals,
    GeneOffsets,
    InitialValues,
    Noise,
    LangevinNoise,
    CellPoints,
    StartPopulation,
    Outliers,
    LibrarySizes,
    Dropout,
    Counts,
    Conditions,
    ScaleFree,
    Strengths,
    MasterProfiles,
}

/// Stream number `index` of a purpose, `index` < 2⁴⁸.
pub(crate) fn stream(seed: u64, purpose: Purpose, index: usize) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream((purpose as u64) << 48 | index as u64);
    rng
}

/// A seed of its own for job number `index`.
pub(crate) fn seed_of(seed: u64, purpose: Purpose, index: usize) -> u64 {
    stream(seed, purpose, index).random()
}

/// Uniform on [low, high).
pub(crate) fn uniform(low: f64, high: f64, rng: &mut impl Rng) -> f64 {
    low + (high - low) * rng.random::<f64>()
}

/// Uniform on 0..`bound`, drawn as u64 so that the platform's word size does not matter.
///
/// # Panics
/// If `bound` is 0.
pub(crate) fn below(bound: usize, rng: &mut impl Rng) -> usize {
    rng.random_range(0..bound as u64) as usize
}

/// True with probability `p`.
pub(crate) fn chance(p: f64, rng: &mut impl Rng) -> bool {
    rng.random::<f64>() < p
}

/// Puts the items in a random order (Fisher–Yates).
pub(crate) fn shuffle<T>(items: &mut [T], rng: &mut impl Rng) {
    for last in (1..items.len()).rev() {
        items.swap(last, below(last + 1, rng));
    }
}

/// Standard normal, by the polar method.
///
/// # Reference
/// G. Marsaglia & T. A. Bray, SIAM Review 6 (1964) 260–264.
pub(crate) fn standard_normal(rng: &mut impl Rng) -> f64 {
    loop {
        let x = uniform(-1.0, 1.0, rng);
        let y = uniform(-1.0, 1.0, rng);
        let s = x * x + y * y;
        if s > 0.0 && s < 1.0 {
            return x * libm::sqrt(-2.0 * libm::log(s) / s);
        }
    }
}

/// Logarithm of a draw from Gamma(shape, 1), shape > 0. A small shape gives values that underflow; logarithms do not.
///
/// # Reference
/// G. Marsaglia & W. W. Tsang, ACM Transactions on Mathematical Software 26 (2000) 363–372.
pub(crate) fn ln_gamma_variate(shape: f64, rng: &mut impl Rng) -> f64 {
    if shape < 1.0 {
        let u = 1.0 - rng.random::<f64>();
        return ln_gamma_variate(shape + 1.0, rng) + libm::log(u) / shape;
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / libm::sqrt(9.0 * d);
    loop {
        let x = standard_normal(rng);
        let root = 1.0 + c * x;
        if root <= 0.0 {
            continue;
        }
        let v = root * root * root;
        let u = 1.0 - rng.random::<f64>();
        if libm::log(u) < 0.5 * x * x + d - d * v + d * libm::log(v) {
            return libm::log(d) + libm::log(v);
        }
    }
}

/// A draw from the Poisson law, as a float; 0 for a mean of 0.
///
/// # Reference
/// Large means: W. Hörmann, Insurance: Mathematics and Economics 12 (1993) 39–45, PTRS.
pub(crate) fn poisson(mean: f64, rng: &mut impl Rng) -> f64 {
    const LARGE: f64 = 10.0;
    if mean < LARGE {
        if mean <= 0.0 {
            return 0.0;
        }
        // Arrivals of the unit process before the time `mean`.
        let limit = libm::exp(-mean);
        let mut product: f64 = rng.random();
        let mut count = 0.0;
        while product > limit {
            product *= rng.random::<f64>();
            count += 1.0;
        }
        return count;
    }
    let b = 0.931 + 2.53 * libm::sqrt(mean);
    let a = -0.059 + 0.02483 * b;
    let inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    let v_r = 0.9277 - 3.6224 / (b - 2.0);
    let ln_mean = libm::log(mean);
    loop {
        let u = rng.random::<f64>() - 0.5;
        let v = 1.0 - rng.random::<f64>();
        let us = 0.5 - u.abs();
        let count = libm::floor((2.0 * a / us + b) * u + mean + 0.43);
        if us >= 0.07 && v <= v_r {
            return count;
        }
        if count < 0.0 || (us < 0.013 && v > us) {
            continue;
        }
        let accept = libm::log(v * inverse_alpha / (a / (us * us) + b));
        if accept <= count * ln_mean - mean - libm::lgamma(count + 1.0) {
            return count;
        }
    }
}

/// A draw from Beta(a, b), a, b > 0.
pub(crate) fn beta(a: f64, b: f64, rng: &mut impl Rng) -> f64 {
    let (x, y) = (ln_gamma_variate(a, rng), ln_gamma_variate(b, rng));
    1.0 / (1.0 + libm::exp(y - x))
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these values are exact")]
mod tests {
    use super::*;

    fn moments(n: usize, mut draw: impl FnMut() -> f64) -> (f64, f64) {
        let x: Vec<f64> = (0..n).map(|_| draw()).collect();
        let mean = x.iter().sum::<f64>() / n as f64;
        let variance = x.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n as f64;
        (mean, variance)
    }

    #[test]
    fn the_laws_have_their_moments() {
        let mut rng = stream(1, Purpose::Noise, 0);
        let (mean, variance) = moments(200_000, || standard_normal(&mut rng));
        assert!(
            mean.abs() < 0.01 && (variance - 1.0).abs() < 0.02,
            "{mean} {variance}"
        );
        for shape in [0.3, 1.0, 4.5] {
            let (mean, variance) =
                moments(200_000, || libm::exp(ln_gamma_variate(shape, &mut rng)));
            assert!((mean / shape - 1.0).abs() < 0.02, "gamma {shape}: {mean}");
            assert!(
                (variance / shape - 1.0).abs() < 0.05,
                "gamma {shape}: {variance}"
            );
        }
        for (a, b) in [(2.0, 2.0), (10.0, 100.0), (0.32, 0.083)] {
            let (mean, variance) = moments(200_000, || beta(a, b, &mut rng));
            let expected = a * b / ((a + b) * (a + b) * (a + b + 1.0));
            assert!(
                (mean / (a / (a + b)) - 1.0).abs() < 0.02,
                "beta {a} {b}: {mean}"
            );
            assert!(
                (variance / expected - 1.0).abs() < 0.05,
                "beta {a} {b}: {variance}"
            );
        }
    }

    #[test]
    fn poisson_counts_have_their_moments_and_probabilities() {
        let mut rng = stream(5, Purpose::Counts, 0);
        assert_eq!(poisson(0.0, &mut rng), 0.0);
        let n = 200_000;
        for lambda in [0.02, 1.0, 9.9, 10.1, 40.0, 3e5] {
            let draws: Vec<f64> = (0..n).map(|_| poisson(lambda, &mut rng)).collect();
            let mut at = draws.iter();
            let (mean, variance) = moments(n, || *at.next().unwrap());
            // Five standard errors; the fourth central moment is λ + 3λ².
            let error = 5.0 * (lambda / n as f64).sqrt();
            assert!((mean - lambda).abs() < error, "{lambda}: {mean}");
            let error = 5.0 * ((lambda + 2.0 * lambda * lambda) / n as f64).sqrt();
            assert!((variance - lambda).abs() < error, "{lambda}: {variance}");
            let mode = lambda.floor();
            let p = libm::exp(mode * lambda.ln() - lambda - libm::lgamma(mode + 1.0));
            let found = draws.iter().filter(|x| **x == mode).count() as f64 / n as f64;
            assert!(
                (found - p).abs() < 5.0 * (p * (1.0 - p) / n as f64).sqrt(),
                "{lambda}"
            );
        }
    }

    #[test]
    fn tiny_shapes_stay_in_the_unit_interval() {
        let mut rng = stream(2, Purpose::Noise, 0);
        assert!((0..1000).all(|_| (0.0..=1.0).contains(&beta(1e-4, 1e-4, &mut rng))));
    }

    #[test]
    fn streams_do_not_meet() {
        let first = |purpose, index| stream(3, purpose, index).random::<u64>();
        let draws = [
            first(Purpose::Noise, 0),
            first(Purpose::Noise, 1),
            first(Purpose::Network, 0),
            first(Purpose::Network, 1),
        ];
        for (i, a) in draws.iter().enumerate() {
            assert!(!draws[..i].contains(a));
        }
    }

    #[test]
    fn shuffling_keeps_every_item() {
        let mut items: Vec<usize> = (0..100).collect();
        shuffle(&mut items, &mut stream(4, Purpose::Network, 0));
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
