//! Standard normals by the hundred.

use std::f64::consts::{FRAC_PI_2, LN_2, SQRT_2};

use dash_ode::{Kernel, vectorised};
use rand::RngCore as _;
use rand_chacha::ChaCha8Rng;

/// Normals made at a time, from as many 32-bit words.
const BATCH: usize = 256;

/// A stream of standard normals.
///
/// Each has 32 random bits, hence |z| < 6.8. The bits do not depend on the machine.
///
/// # Reference
/// G. E. P. Box & M. E. Muller, Annals of Mathematical Statistics 29 (1958) 610–611.
pub(super) struct Normals {
    rng: ChaCha8Rng,
    made: Vec<f64>,
    next: usize,
}

impl Normals {
    pub(super) fn new(rng: ChaCha8Rng) -> Self {
        Self {
            rng,
            made: Vec::new(),
            next: 0,
        }
    }

    /// The next `count` normals, and after them `spare` values that may be read but come again.
    pub(super) fn take(&mut self, count: usize, spare: usize) -> &[f64] {
        if self.next + count + spare > self.made.len() {
            self.made.drain(..self.next);
            self.next = 0;
            while self.made.len() < count + spare {
                self.make();
            }
        }
        let start = self.next;
        self.next += count;
        &self.made[start..start + count + spare]
    }

    fn make(&mut self) {
        let mut bytes = [0; 4 * BATCH];
        self.rng.fill_bytes(&mut bytes);
        let mut words = [0; BATCH];
        for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0) {
            *word = u32::from_le_bytes(*bytes);
        }
        let start = self.made.len();
        self.made.resize(start + BATCH, 0.0);
        vectorised(BoxMuller {
            words: &words,
            normals: &mut self.made[start..],
        });
    }
}

struct BoxMuller<'a> {
    words: &'a [u32; BATCH],
    normals: &'a mut [f64],
}

impl Kernel for BoxMuller<'_> {
    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        let (first, second) = self.normals.split_at_mut(BATCH / 2);
        let (lengths, angles) = self.words.split_at(BATCH / 2);
        for i in 0..BATCH / 2 {
            // Uniform on (0, 1), at half-integers.
            let u = (signed(lengths[i]) + (TWO_31 + 0.5)) / (2.0 * TWO_31);
            let length = (-2.0 * ln(u)).sqrt();
            let (sin, cos) = sin_cos(angles[i]);
            first[i] = length * cos;
            second[i] = length * sin;
        }
    }
}

const TWO_31: f64 = 2_147_483_648.0;

/// The word as a signed number: machines convert those faster.
#[inline(always)]
fn signed(word: u32) -> f64 {
    f64::from(word.cast_signed())
}

/// ln u of a normal number above 0, by the series of artanh.
#[inline(always)]
fn ln(u: f64) -> f64 {
    const FRACTION: u64 = (1 << 52) - 1;
    let bits = u.to_bits();
    let exponent = (bits >> 52) as i32 - 1023;
    let m = f64::from_bits(bits & FRACTION | 1023 << 52);
    let high = m > SQRT_2;
    let m = if high { 0.5 * m } else { m };
    let exponent = f64::from(exponent) + if high { 1.0 } else { 0.0 };
    // m in [√½, √2]: |s| ≤ 0.172, and the first term left out is below 1e-17.
    let s = (m - 1.0) / (m + 1.0);
    let square = s * s;
    let mut sum = 1.0 / 21.0;
    for odd in [19.0, 17.0, 15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0, 1.0] {
        sum = square.mul_add(sum, 1.0 / odd);
    }
    exponent.mul_add(LN_2, 2.0 * s * sum)
}

/// Sine and cosine of `word` / 2³² of a full turn, by their series.
#[inline(always)]
fn sin_cos(word: u32) -> (f64, f64) {
    const EIGHTH: u32 = 1 << 29;
    // The nearest quarter turn, and how far it is: at most π/4, where the first terms left out are below 1e-16.
    let quarter = word.wrapping_add(EIGHTH) >> 30;
    let rest = signed(word.wrapping_sub(quarter << 30));
    let angle = rest * (FRAC_PI_2 / (TWO_31 / 2.0));
    let square = angle * angle;
    let (mut sin, mut cos) = (1.0, 1.0);
    for step in [7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0] {
        sin = (-square * sin).mul_add(1.0 / (2.0 * step * (2.0 * step + 1.0)), 1.0);
    }
    for step in [8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0] {
        cos = (-square * cos).mul_add(1.0 / (2.0 * step * (2.0 * step - 1.0)), 1.0);
    }
    sin *= angle;
    let (s, c) = if quarter & 1 == 0 {
        (sin, cos)
    } else {
        (cos, sin)
    };
    let s = if quarter & 2 == 0 { s } else { -s };
    let c = if (quarter + 1) & 2 == 0 { c } else { -c };
    (s, c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, stream};

    #[test]
    fn elementary_functions_are_those_of_libm() {
        for i in 0..200_000_u32 {
            let u = (f64::from(i) + 0.5) / 200_000.0;
            assert!((ln(u) - libm::log(u)).abs() <= 4e-16 * libm::log(u).abs().max(0.5));
            let word = i * 21_474;
            let turn = f64::from(word) / (2.0 * TWO_31) * (4.0 * FRAC_PI_2);
            let (sin, cos) = sin_cos(word);
            assert!((sin - libm::sin(turn)).abs() < 1e-15, "{turn}");
            assert!((cos - libm::cos(turn)).abs() < 1e-15, "{turn}");
        }
        let least = 0.5 / (2.0 * TWO_31);
        assert!((ln(least) / libm::log(least) - 1.0).abs() < 4e-16);
    }

    #[test]
    fn normals_follow_the_normal_law() {
        let n = 1_000_000;
        let mut normals = Normals::new(stream(1, Purpose::LangevinNoise, 0));
        let mut z = normals.take(n, 0).to_vec();
        let moment = |p| z.iter().map(|v: &f64| v.powi(p)).sum::<f64>() / n as f64;
        // Six standard errors of each moment.
        assert!(moment(1).abs() < 6e-3 && (moment(2) - 1.0).abs() < 8.5e-3);
        assert!(moment(3).abs() < 2.4e-2 && (moment(4) - 3.0).abs() < 6e-2);
        let lag = z.windows(2).map(|w| w[0] * w[1]).sum::<f64>() / n as f64;
        assert!(lag.abs() < 6e-3);
        z.sort_by(f64::total_cmp);
        let cdf = |x: f64| 0.5 * libm::erfc(-x / SQRT_2);
        let steps = z.iter().enumerate();
        let ks = steps
            .map(|(i, &x)| (cdf(x) - i as f64 / n as f64).abs())
            .fold(0.0, f64::max);
        assert!(ks < 1.95 / (n as f64).sqrt(), "Kolmogorov–Smirnov {ks}");
    }

    #[test]
    fn portions_do_not_matter() {
        let with = |portions: &[usize], spare| {
            let mut normals = Normals::new(stream(2, Purpose::LangevinNoise, 0));
            let mut all = Vec::new();
            for &count in portions {
                all.extend_from_slice(&normals.take(count, spare)[..count]);
            }
            all
        };
        assert_eq!(with(&[1000], 0), with(&[1, 500, 0, 300, 199], 3));
    }
}
