//! The tail of a sum of scores drawn without replacement, by a double saddlepoint.

use crate::error::Error;
use crate::metric::Undefined;
use crate::pathway::Population;
use crate::pathway::membership::Tolerance;
use crate::pathway::tail::{Tail, TailMethod};
use crate::special::{
    LN_SQRT_2PI, density, exp_of_negative, ln_1p_of_share, ln_upper_tail, mills_ratio, upper_tail,
};

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

/// Successive scores that are taken as one at first.
const COARSE: usize = 16;

/// Newton decrement below which whole steps are taken: what is left is rounding.
const CLOSE: f64 = 1e-12;

impl Saddlepoint {
    /// The saddlepoint of the sum of `size` of the scores at `sum`.
    ///
    /// # Errors
    /// [`Error::SetSize`]; [`Error::NanScore`], [`Error::InfiniteScore`] and [`Error::EmptyRanking`] for bad scores;
    /// [`Error::NoSaddlepoint`] if `sum` is at or beyond the end of its range, or there is only one sum.
    pub fn new(scores: &[f64], size: usize, sum: f64) -> Result<Self, Error> {
        let population = Population::new(scores)?;
        SaddlepointScores::new(descending(scores), population).at(size, sum)
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

/// Its logarithm, also where it is too small for a float; −∞ where the correction leaves nothing.
pub(crate) fn ln_edgeworth_tail(z: f64, skewness: f64) -> f64 {
    if z < 10.0 {
        return libm::log(edgeworth_tail(z, skewness).max(0.0));
    }
    let relative = mills_ratio(z) + skewness * (z * z - 1.0) / 6.0;
    libm::log(relative.max(0.0)) - 0.5 * z * z - LN_SQRT_2PI
}

/// Scores, prepared for the saddlepoints of many sums.
pub(crate) struct SaddlepointScores {
    population: Population,
    /// In descending order.
    sorted: Vec<f64>,
    tolerance: Tolerance,
    standardised: Standardised,
    /// Successive scores as one: where Newton's method starts.
    coarse: Standardised,
}

impl SaddlepointScores {
    /// `sorted` are the scores of the population in descending order.
    pub(crate) fn new(sorted: Vec<f64>, population: Population) -> Self {
        let (mean, spread) = (population.mean, population.spread());
        let distinct = sorted.chunk_by(|a, b| a.total_cmp(b).is_eq());
        let standardised: Vec<(f64, f64)> = distinct
            .map(|same| ((same[0] - mean) / spread, same.len() as f64))
            .collect();
        Self {
            tolerance: Tolerance::new(&sorted),
            coarse: Standardised::new(coarse(&standardised).into_iter()),
            standardised: Standardised::new(standardised.iter().copied()),
            sorted,
            population,
        }
    }

    pub(crate) fn at(&self, size: usize, sum: f64) -> Result<Saddlepoint, Error> {
        let moments = self.population.sum_moments(size)?;
        let none = Error::NoSaddlepoint { size, sum };
        let (Ok(z), Ok(skewness)) = (moments.z(sum), moments.skewness) else {
            return Err(none);
        };
        if self.is_at_an_end(size, sum) {
            return Err(none);
        }
        let at = (sum - moments.mean) / self.population.spread();
        let found = self.standardised.saddlepoint(&self.coarse, size as f64, at);
        let (w, u, t) = found.ok_or(none)?;
        Ok(Saddlepoint {
            w,
            u,
            t,
            skewness,
            z,
        })
    }

    /// Whether all scores are integers of a moderate range.
    pub(crate) fn are_counts(&self) -> bool {
        let range = self.sorted[0] - self.sorted[self.sorted.len() - 1];
        range < 1e9 && self.sorted.iter().all(|score| score.fract() == 0.0)
    }

    /// Whether no sum of `size` scores is larger, or none is smaller.
    fn is_at_an_end(&self, size: usize, sum: f64) -> bool {
        let most: f64 = self.sorted[..size].iter().sum();
        let least: f64 = self.sorted[self.sorted.len() - size..].iter().sum();
        let tolerance = self.tolerance.of(size);
        sum <= least + tolerance || sum >= most - tolerance
    }
}

pub(crate) fn descending(scores: &[f64]) -> Vec<f64> {
    let mut sorted = scores.to_vec();
    sorted.sort_unstable_by(|a, b| b.total_cmp(a));
    sorted
}

/// Up to [`COARSE`] successive scores with their numbers as one, the fewer the nearer to an end, where scores lie apart.
fn coarse(scores: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut merged = Vec::new();
    let mut rest = scores;
    while !rest.is_empty() {
        let from_end = rest.len().min(scores.len() - rest.len());
        let (chunk, after) = rest.split_at((from_end / 8).clamp(1, COARSE));
        let count: f64 = chunk.iter().map(|(_, count)| count).sum();
        let sum: f64 = chunk.iter().map(|(b, count)| b * count).sum();
        merged.push((sum / count, count));
        rest = after;
    }
    merged
}

/// Scores that are added up side by side, as vectors.
const LANES: usize = 4;

/// Scores of mean 0 and variance 1, equal ones once with their number; padded with scores that there are 0 of.
struct Standardised {
    scores: Vec<[f64; LANES]>,
    counts: Vec<[f64; LANES]>,
    genes: f64,
}

/// First and second derivatives of K(s, t) = Σ ln(1 + e^{s + t·b}).
struct Cumulant {
    /// Σp, Σpb.
    slope: [f64; 2],
    /// Σv, Σvb, Σvb² with v = p(1 − p).
    curvature: [f64; 3],
}

impl Standardised {
    /// From scores and their numbers.
    fn new(scores: impl Iterator<Item = (f64, f64)>) -> Self {
        let (scores, counts): (Vec<f64>, Vec<f64>) = scores.unzip();
        let padded = |values: &[f64]| {
            let chunk = |values: &[f64]| {
                let mut lanes = [0.0; LANES];
                lanes[..values.len()].copy_from_slice(values);
                lanes
            };
            values.chunks(LANES).map(chunk).collect()
        };
        Self {
            scores: padded(&scores),
            counts: padded(&counts),
            genes: counts.iter().sum(),
        }
    }

    fn cumulant(&self, s: f64, t: f64) -> Cumulant {
        let mut sums = [[0.0; LANES]; 5];
        for (b, count) in self.scores.iter().zip(&self.counts) {
            for lane in 0..LANES {
                let b = b[lane];
                let at = s + t * b;
                let small = exp_of_negative(-at.abs());
                let share = 1.0 / (1.0 + small);
                let weight = count[lane] * share;
                let v = weight * small * share;
                let p = weight * if at > 0.0 { 1.0 } else { small };
                for (sum, term) in sums.iter_mut().zip([p, p * b, v, v * b, v * b * b]) {
                    sum[lane] += term;
                }
            }
        }
        let [p, pb, v, vb, vbb] = sums.map(|lanes| lanes.iter().sum());
        Cumulant {
            slope: [p, pb],
            curvature: [v, vb, vbb],
        }
    }

    /// K(s, t).
    fn value(&self, s: f64, t: f64) -> f64 {
        let mut sums = [0.0; LANES];
        for (b, count) in self.scores.iter().zip(&self.counts) {
            for lane in 0..LANES {
                let at = s + t * b[lane];
                let small = exp_of_negative(-at.abs());
                sums[lane] += count[lane] * (at.max(0.0) + ln_1p_of_share(small));
            }
        }
        sums.iter().sum()
    }

    /// ŵ, û and t̂ for the sum `x` of `k` scores; Newton's method starts from where it ends for the `coarse` scores.
    fn saddlepoint(&self, coarse: &Self, k: f64, x: f64) -> Option<(f64, f64, f64)> {
        let start = libm::log(k / (self.genes - k));
        let near = coarse.minimum(k, x, (start, 0.0));
        let near = near.map_or((start, 0.0), |(place, _)| place);
        let (place, here) = self.minimum(k, x, near)?;
        self.at(&here, place, start, k, x)
    }

    /// Where the convex K(s, t) − sk − tx is smallest, by Newton's method: steps are halved until its slope is less steep.
    fn minimum(&self, k: f64, x: f64, from: (f64, f64)) -> Option<((f64, f64), Cumulant)> {
        let (mut s, mut t) = from;
        let mut here = self.cumulant(s, t);
        let slope = |at: &Cumulant| (at.slope[0] - k, at.slope[1] - x);
        let steepness = |at: &Cumulant| {
            let (g, h) = slope(at);
            g * g + h * h
        };
        let mut previous = f64::INFINITY;
        for _ in 0..STEPS {
            let [a, b, c] = here.curvature;
            let determinant = a * c - b * b;
            let (g, h) = slope(&here);
            let step = [(c * g - b * h) / determinant, (a * h - b * g) / determinant];
            let decrement = g * step[0] + h * step[1];
            // The second test stops where rounding lets the decrement shrink no more.
            if decrement < CLOSE && (decrement < 1e-24 || decrement >= 0.5 * previous) {
                return Some(((s, t), here));
            }
            previous = decrement;
            let mut length = 1.0;
            loop {
                let (next_s, next_t) = (s - length * step[0], t - length * step[1]);
                let next = self.cumulant(next_s, next_t);
                if decrement < CLOSE || steepness(&next) < steepness(&here) {
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
        let bound = self.value(s, t) - s * k - t * x;
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
