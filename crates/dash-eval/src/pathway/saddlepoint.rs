//! The tail of a sum of scores drawn without replacement, by a double saddlepoint.

use crate::error::Error;
use crate::metric::Undefined;
use crate::pathway::Population;
use crate::pathway::membership::sum_tolerance;
use crate::pathway::tail::{Tail, TailMethod};
use crate::special::{LN_SQRT_2PI, density, ln_upper_tail, mills_ratio, upper_tail};

/// A saddlepoint of the sum of k of N scores at x.
///
/// # Reference
/// Skovgaard, J. Appl. Prob. 24 (1987); Robinson, J. R. Stat. Soc. B 44 (1982); Booth & Butler, Biometrika 77 (1990).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Saddlepoint {
    /// Signed root of the likelihood ratio, ŵ.
    pub w: f64,
    /// Standardised slope, û.
    pub u: f64,
    /// Slope t̂ for standardised scores.
    pub t: f64,
    skewness: f64,
    z: f64,
}

/// |ŵ| below which the two terms cancel.
const NEAR_MEAN: f64 = 1e-3;

const STEPS: usize = 200;

impl Saddlepoint {
    /// The saddlepoint of the sum of `size` of the scores at `sum`.
    ///
    /// # Errors
    /// [`Error::SetSize`]; [`Error::NanScore`], [`Error::InfiniteScore`] and [`Error::EmptyRanking`] for bad scores;
    /// [`Error::NoSaddlepoint`] if `sum` is at or beyond the end of its range, or there is only one sum.
    pub fn new(scores: &[f64], size: usize, sum: f64) -> Result<Self, Error> {
        let population = Population::new(scores)?;
        let moments = population.sum_moments(size)?;
        let (Ok(z), Ok(skewness)) = (moments.z(sum), moments.skewness) else {
            return Err(Error::NoSaddlepoint { size, sum });
        };
        if is_at_an_end(scores, size, sum) {
            return Err(Error::NoSaddlepoint { size, sum });
        }
        let spread = population.spread();
        let standardised = Standardised::new(scores, population.mean, spread);
        let at = (sum - moments.mean) / spread;
        standardised
            .saddlepoint(size as f64, at)
            .map(|(w, u, t)| Self {
                w,
                u,
                t,
                skewness,
                z,
            })
            .ok_or(Error::NoSaddlepoint { size, sum })
    }

    /// Whether x is so near to the mean that the tail is found by an Edgeworth expansion.
    pub fn is_near_mean(&self) -> bool {
        self.w.abs() < NEAR_MEAN
    }

    /// P(X ≥ x) = Φ̄(ŵ) + φ(ŵ)(1/û − 1/ŵ).
    pub fn tail(&self) -> Tail {
        let method = TailMethod::Saddlepoint;
        if self.is_near_mean() {
            return Tail::of(edgeworth_tail(self.z, self.skewness), method);
        }
        let correction = 1.0 / self.u - 1.0 / self.w;
        if self.w < 0.0 {
            let p = upper_tail(self.w) + density(self.w) * correction;
            return if p > 0.0 && p < 1.0 {
                Tail::of(p, method)
            } else {
                self.r_star_or_one()
            };
        }
        let relative = mills_ratio(self.w) + correction;
        if relative > 0.0 {
            let ln_p = libm::log(relative) - 0.5 * self.w * self.w - LN_SQRT_2PI;
            Tail::of_ln(ln_p, method)
        } else {
            self.r_star_or_one()
        }
    }

    /// Φ̄(ŵ + ln(û/ŵ)/ŵ), which is always between 0 and 1.
    ///
    /// # Errors
    /// [`Undefined::ZeroVariance`] near the mean, where ŵ is 0.
    pub fn r_star(&self) -> Result<Tail, Undefined> {
        if self.is_near_mean() {
            return Err(Undefined::ZeroVariance);
        }
        let r = self.w + libm::log(self.u / self.w) / self.w;
        Ok(Tail::of_ln(ln_upper_tail(r), TailMethod::Saddlepoint))
    }

    fn r_star_or_one(&self) -> Tail {
        self.r_star()
            .unwrap_or(Tail::of(1.0, TailMethod::Saddlepoint))
    }
}

/// Φ̄(z) + γ(z² − 1)φ(z)/6.
pub(crate) fn edgeworth_tail(z: f64, skewness: f64) -> f64 {
    upper_tail(z) + skewness * (z * z - 1.0) * density(z) / 6.0
}

/// Whether no sum of `size` scores is larger, or none is smaller.
fn is_at_an_end(scores: &[f64], size: usize, sum: f64) -> bool {
    let mut sorted = scores.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let least: f64 = sorted[..size].iter().sum();
    let most: f64 = sorted[sorted.len() - size..].iter().sum();
    let tolerance = sum_tolerance(scores, size);
    sum <= least + tolerance || sum >= most - tolerance
}

/// Scores of mean 0 and variance 1, equal ones once with their number.
struct Standardised {
    scores: Vec<(f64, f64)>,
    genes: f64,
}

/// K(s, t) = Σ ln(1 + e^{s + t·b}) and its derivatives.
struct Cumulant {
    value: f64,
    /// Σp, Σpb.
    slope: [f64; 2],
    /// Σv, Σvb, Σvb² with v = p(1 − p).
    curvature: [f64; 3],
}

impl Standardised {
    fn new(scores: &[f64], mean: f64, spread: f64) -> Self {
        let mut sorted = scores.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let distinct = sorted.chunk_by(|a, b| a.total_cmp(b).is_eq());
        Self {
            scores: distinct
                .map(|same| ((same[0] - mean) / spread, same.len() as f64))
                .collect(),
            genes: scores.len() as f64,
        }
    }

    fn cumulant(&self, s: f64, t: f64) -> Cumulant {
        let (mut value, mut slope, mut curvature) = (0.0, [0.0; 2], [0.0; 3]);
        for &(b, count) in &self.scores {
            let at = s + t * b;
            let small = libm::exp(-at.abs());
            value += count * (at.max(0.0) + libm::log1p(small));
            let p = if at > 0.0 { 1.0 } else { small } / (1.0 + small);
            let v = count * small / ((1.0 + small) * (1.0 + small));
            slope[0] += count * p;
            slope[1] += count * p * b;
            curvature[0] += v;
            curvature[1] += v * b;
            curvature[2] += v * b * b;
        }
        Cumulant {
            value,
            slope,
            curvature,
        }
    }

    /// ŵ, û and t̂ for the sum `x` of `k` scores, by Newton's method on the convex K(s, t) − sk − tx.
    fn saddlepoint(&self, k: f64, x: f64) -> Option<(f64, f64, f64)> {
        let start = libm::log(k / (self.genes - k));
        let (mut s, mut t) = (start, 0.0);
        let mut here = self.cumulant(s, t);
        let objective = |at: &Cumulant, s: f64, t: f64| at.value - s * k - t * x;
        let mut previous = f64::INFINITY;
        for _ in 0..STEPS {
            let [a, b, c] = here.curvature;
            let determinant = a * c - b * b;
            let (g, h) = (here.slope[0] - k, here.slope[1] - x);
            let step = [(c * g - b * h) / determinant, (a * h - b * g) / determinant];
            let decrement = g * step[0] + h * step[1];
            // The second test stops where rounding lets the decrement shrink no more.
            if decrement < 1e-12 && (decrement < 1e-24 || decrement >= 0.5 * previous) {
                return self.at(&here, (s, t), start, k, x);
            }
            previous = decrement;
            let mut length = 1.0;
            loop {
                let (next_s, next_t) = (s - length * step[0], t - length * step[1]);
                let next = self.cumulant(next_s, next_t);
                if objective(&next, next_s, next_t) <= objective(&here, s, t) + 1e-9 {
                    (s, t, here) = (next_s, next_t, next);
                    break;
                }
                length *= 0.5;
                if length.is_nan() || length < 1e-9 {
                    return None;
                }
            }
        }
        None
    }

    fn at(
        &self,
        here: &Cumulant,
        (s, t): (f64, f64),
        start: f64,
        k: f64,
        x: f64,
    ) -> Option<(f64, f64, f64)> {
        let free = self.genes * libm::log1p(libm::exp(start)) - start * k;
        let bound = here.value - s * k - t * x;
        let w = (2.0 * (free - bound).max(0.0)).sqrt().copysign(t);
        let [a, b, c] = here.curvature;
        let share = k / self.genes;
        let u = t * ((a * c - b * b) / (self.genes * share * (1.0 - share))).sqrt();
        (w.is_finite() && u.is_finite() && (u != 0.0 || w == 0.0)).then_some((w, u, t))
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;

    #[test]
    fn reflected_scores_have_the_other_tail() {
        let scores: Vec<f64> = (0..200).map(|i| f64::from(i * i % 37)).collect();
        let negated: Vec<f64> = scores.iter().map(|score| -score).collect();
        for sum in [250.0, 330.0, 500.0] {
            let up = Saddlepoint::new(&scores, 20, sum).unwrap().tail();
            let down = Saddlepoint::new(&negated, 20, -sum).unwrap().tail();
            assert_relative_eq!(up.p + down.p, 1.0, max_relative = 1e-9);
        }
    }

    #[test]
    fn far_tails_keep_their_logarithm() {
        let scores: Vec<f64> = (0..2000).map(|i| f64::from(i) / 2000.0).collect();
        let far = Saddlepoint::new(&scores, 400, 358.0).unwrap().tail();
        assert!(far.ln_p < -700.0 && far.ln_p.is_finite());
        let r_star = Saddlepoint::new(&scores, 400, 358.0)
            .unwrap()
            .r_star()
            .unwrap();
        assert_relative_eq!(far.ln_p, r_star.ln_p, max_relative = 1e-3);
    }

    #[test]
    fn beyond_the_range_there_is_none() {
        let scores = [1.0, 2.0, 3.0, 4.0];
        for sum in [7.0, 8.0, 3.0] {
            let error = Saddlepoint::new(&scores, 2, sum).unwrap_err();
            assert_eq!(error, Error::NoSaddlepoint { size: 2, sum });
        }
    }
}
