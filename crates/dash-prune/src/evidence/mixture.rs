//! Real and idle edges among the candidates outside the prior.

use super::search::WORTH_A_LOOK;

/// The evidence e of candidates, as x = ln(e / least) ≥ 0: real ones follow the normal law of the edges that are known to
/// be real, idle ones an exponential law (a power law of e) whose rate, like the share of real ones, is estimated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mixture {
    mean: f64,
    sd: f64,
    /// Whether the law of real edges is estimated as well, since none are known.
    is_open: bool,
}

/// Rounds of expectation and maximisation; each costs one pass over the candidates.
const ROUNDS: usize = 200;
/// Smallest standard deviation of real edges, and the range of the rate of idle ones.
const NARROWEST: f64 = 0.3;
/// Where the law of real edges may lie if it is estimated: they have at least a dozen times the least evidence in the mean,
/// or they could not be told from idle ones.
const MEANS: (f64, f64) = (2.5, 12.0);
const SDS: (f64, f64) = (0.8, 2.0);
const RATES: (f64, f64) = (0.3, 10.0);

impl Mixture {
    /// Real edges as these, of which there is at least one.
    pub(super) fn of(shown: &[f64]) -> Self {
        let n = shown.len() as f64;
        let mean = shown.iter().map(|&e| place(e)).sum::<f64>() / n;
        let squares = shown.iter().map(|&e| (place(e) - mean).powi(2));
        let sd = (squares.sum::<f64>() / n).sqrt().max(NARROWEST);
        Self {
            mean,
            sd,
            is_open: false,
        }
    }

    /// Real edges of which nothing is known but that their evidence is strong.
    pub(super) fn open() -> Self {
        Self {
            mean: 3.5,
            sd: 1.5,
            is_open: true,
        }
    }

    /// Of every candidate, the probability that it is real.
    pub(super) fn probabilities(mut self, evidence: &[f64]) -> Vec<f64> {
        let places: Vec<f64> = evidence.iter().map(|&e| place(e)).collect();
        let (mut share, mut rate) = (0.5, 1.5);
        let mut probabilities = Vec::new();
        for _ in 0..ROUNDS {
            probabilities = places.iter().map(|&x| self.real(x, share, rate)).collect();
            let real: f64 = probabilities.iter().sum();
            let n = places.len() as f64;
            let idle = places.iter().zip(&probabilities);
            let idle_places: f64 = idle.map(|(x, p)| (1.0 - p) * x).sum();
            // One candidate of each kind more: no share is ever certain, and few candidates do not fit a rate.
            share = (real + 1.0) / (n + 2.0);
            rate = ((n - real + 2.0) / (idle_places + 1.0)).clamp(RATES.0, RATES.1);
            if self.is_open {
                self.learn(&places, &probabilities, real);
            }
        }
        probabilities
    }

    fn learn(&mut self, places: &[f64], probabilities: &[f64], real: f64) {
        let weighted = |value: &dyn Fn(f64) -> f64| -> f64 {
            let terms = places.iter().zip(probabilities);
            terms.map(|(x, p)| p * value(*x)).sum::<f64>() / real.max(1.0)
        };
        self.mean = weighted(&|x| x).clamp(MEANS.0, MEANS.1);
        let mean = self.mean;
        let variance = weighted(&|x| (x - mean).powi(2));
        self.sd = variance.sqrt().clamp(SDS.0, SDS.1);
    }

    fn real(&self, x: f64, share: f64, rate: f64) -> f64 {
        let z = (x - self.mean) / self.sd;
        let normal = libm::exp(-z * z / 2.0) / (self.sd * std::f64::consts::TAU.sqrt());
        // Stronger evidence never speaks against an edge.
        let normal = if z > 0.0 {
            normal.max(idle(x, rate))
        } else {
            normal
        };
        share * normal / (share * normal + (1.0 - share) * idle(x, rate)).max(f64::MIN_POSITIVE)
    }
}

fn idle(x: f64, rate: f64) -> f64 {
    rate * libm::exp(-rate * x)
}

fn place(evidence: f64) -> f64 {
    libm::log(evidence.max(WORTH_A_LOOK) / WORTH_A_LOOK)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Idle evidence 14·u^(−1/2) at even u, and real evidence around 14·e³.
    fn candidates() -> Vec<f64> {
        let idle = (1..=300).map(|n| WORTH_A_LOOK * (300.5 / f64::from(n)).sqrt());
        let real = (0..30).map(|n| WORTH_A_LOOK * libm::exp(2.0 + f64::from(n) / 15.0));
        idle.chain(real).collect()
    }

    #[test]
    fn counts_the_real_ones_among_idle_ones() {
        let shown: Vec<f64> = candidates()[300..].to_vec();
        for mixture in [Mixture::of(&shown), Mixture::open()] {
            let probabilities = mixture.probabilities(&candidates());
            let real: f64 = probabilities.iter().sum();
            assert!((15.0..55.0).contains(&real), "{real}");
            assert!(probabilities.iter().all(|p| (0.0..=1.0).contains(p)));
        }
    }

    #[test]
    fn no_candidates_and_equal_ones_are_no_error() {
        let mixture = Mixture::of(&[100.0, 100.0]);
        assert!(mixture.probabilities(&[]).is_empty());
        let equal = mixture.probabilities(&[20.0; 5]);
        assert!(equal.iter().all(|p| p.is_finite()));
    }
}
