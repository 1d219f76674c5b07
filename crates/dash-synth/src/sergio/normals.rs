//! Standard normals by the hundred.

use std::f32::consts::{FRAC_1_SQRT_2, FRAC_PI_2, LN_2};

use dash_ode::{Kernel, vectorised};
use rand::RngCore as _;
use rand_chacha::ChaCha8Rng;

/// Normals made at a time, from as many 32-bit words.
const BATCH: usize = 256;

/// A stream of standard normals.
///
/// A pair has 63 random bits, |z| < 6.7, and single precision: what is rounded away is far below what any number of draws
/// could tell. The bits do not depend on the machine.
///
/// # Reference
/// G. E. P. Box & M. E. Muller, Annals of Mathematical Statistics 29 (1958) 610–611.
pub(super) struct Normals {
    rng: ChaCha8Rng,
    made: Vec<f64>,
    /// The part of `made` that is filled and not used yet.
    next: usize,
    end: usize,
}

impl Normals {
    pub(super) fn new(rng: ChaCha8Rng) -> Self {
        Self {
            rng,
            made: Vec::new(),
            next: 0,
            end: 0,
        }
    }

    /// The next `count` normals, and after them `spare` values that may be read but come again.
    pub(super) fn take(&mut self, count: usize, spare: usize) -> &[f64] {
        if self.next + count + spare > self.end {
            self.refill(count + spare);
        }
        let start = self.next;
        self.next += count;
        &self.made[start..start + count + spare]
    }

    fn refill(&mut self, least: usize) {
        self.made.copy_within(self.next..self.end, 0);
        self.end -= self.next;
        self.next = 0;
        let room = (least + BATCH).next_multiple_of(BATCH);
        if self.made.len() < room {
            self.made.resize(room, 0.0);
        }
        while self.end < least {
            self.make();
        }
    }

    fn make(&mut self) {
        let mut bytes = [0; 4 * BATCH];
        self.rng.fill_bytes(&mut bytes);
        let mut words = [0; BATCH];
        for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0) {
            *word = u32::from_le_bytes(*bytes);
        }
        let end = self.end + BATCH;
        vectorised(BoxMuller {
            words: &words,
            normals: &mut self.made[self.end..end],
        });
        self.end = end;
    }
}

struct BoxMuller<'a> {
    words: &'a [u32; BATCH],
    normals: &'a mut [f64],
}

impl Kernel for BoxMuller<'_> {
    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        let mut single = [0.0; BATCH];
        let (first, second) = single.split_at_mut(BATCH / 2);
        let (lengths, angles) = self.words.split_at(BATCH / 2);
        let rows = first.iter_mut().zip(second).zip(lengths.iter().zip(angles));
        for ((first, second), (&length, &angle)) in rows {
            // Uniform on (0, 1]: 31 bits, for machines convert signed numbers faster.
            let u = (signed(length >> 1) + 0.5) / TWO_31;
            let length = (-2.0 * ln(u)).sqrt();
            let (sin, cos) = sin_cos(angle);
            *first = length * cos;
            *second = length * sin;
        }
        for (normal, single) in self.normals.iter_mut().zip(single) {
            *normal = f64::from(single);
        }
    }
}

const TWO_31: f32 = 2_147_483_648.0;

#[inline(always)]
fn signed(word: u32) -> f32 {
    word.cast_signed() as f32
}

/// ln u of a normal number above 0, by the series of artanh.
#[inline(always)]
fn ln(u: f32) -> f32 {
    // u = m 2ᵉ with m in [√½, √2): |s| ≤ 0.172, and the first term left out is below 1e-9.
    let bits = u.to_bits().cast_signed();
    let exponent = (bits - FRAC_1_SQRT_2.to_bits().cast_signed()) >> 23;
    let m = f32::from_bits((bits - (exponent << 23)).cast_unsigned());
    let s = (m - 1.0) / (m + 1.0);
    let square = s * s;
    let mut sum = 1.0 / 9.0;
    for term in [1.0 / 7.0, 1.0 / 5.0, 1.0 / 3.0, 1.0] {
        sum = square.mul_add(sum, term);
    }
    (exponent as f32).mul_add(LN_2, 2.0 * s * sum)
}

/// Sine and cosine of `word` / 2³² of a full turn, by their series.
#[inline(always)]
fn sin_cos(word: u32) -> (f32, f32) {
    const EIGHTH: u32 = 1 << 29;
    // The nearest quarter turn, and how far it is: at most π/4, where the first terms left out are below 3e-8.
    let quarter = word.wrapping_add(EIGHTH) >> 30;
    let rest = signed(word.wrapping_sub(quarter << 30));
    let angle = rest * (FRAC_PI_2 / (TWO_31 / 2.0));
    let square = angle * angle;
    let mut sin = 1.0 / 362_880.0;
    for term in [-1.0 / 5040.0, 1.0 / 120.0, -1.0 / 6.0, 1.0] {
        sin = square.mul_add(sin, term);
    }
    let mut cos = 1.0 / 40_320.0;
    for term in [-1.0 / 720.0, 1.0 / 24.0, -1.0 / 2.0, 1.0] {
        cos = square.mul_add(cos, term);
    }
    sin *= angle;
    let (s, c) = if quarter & 1 == 0 {
        (sin, cos)
    } else {
        (cos, sin)
    };
    (with_sign(s, quarter & 2), with_sign(c, (quarter + 1) & 2))
}

/// The negative value where `two` is 2, not 0.
#[inline(always)]
fn with_sign(value: f32, two: u32) -> f32 {
    f32::from_bits(value.to_bits() ^ two << 30)
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these values are exact")]
mod tests {
    use super::*;
    use crate::random::{Purpose, stream};

    #[test]
    fn elementary_functions_are_those_of_libm() {
        let single = f64::from(f32::EPSILON);
        for i in 0..200_000_u32 {
            let u = ((i as f32) + 0.5) / 200_000.0;
            let expected = libm::log(f64::from(u));
            assert!(
                (f64::from(ln(u)) / expected - 1.0).abs() < 2.0 * single,
                "{u}"
            );
            let word = i * 21_474;
            let turn = f64::from(word) / f64::from(2.0 * TWO_31) * std::f64::consts::TAU;
            let (sin, cos) = sin_cos(word);
            assert!((f64::from(sin) - libm::sin(turn)).abs() < single, "{turn}");
            assert!((f64::from(cos) - libm::cos(turn)).abs() < single, "{turn}");
        }
        assert_eq!(ln(1.0), 0.0);
        let least = 0.5 / TWO_31;
        let expected = libm::log(f64::from(least));
        assert!((f64::from(ln(least)) / expected - 1.0).abs() < single);
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
        let cdf = |x: f64| 0.5 * libm::erfc(-x / std::f64::consts::SQRT_2);
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
