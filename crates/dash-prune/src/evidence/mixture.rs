//! Real and idle edges among the candidates outside the prior.

use super::search::WORTH_A_LOOK;

/// The evidence e of candidates, as x = ln(e / least) ≥ 0: real ones follow the normal law of the edges that are known to
/// be real, idle ones an exponential law (a power law of e) whose rate, like the share of real ones, is estimated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mixture {
    mean: f64,
    sd: f64,
}

/// Rounds of expectation and maximisation; each costs one pass over the candidates.
const ROUNDS: usize = 200;
/// Smallest standard deviation of real edges, and the range of the rate of idle ones.
const NARROWEST: f64 = 0.3;
const RATES: (f64, f64) = (0.3, 10.0);

impl Mixture {
    /// Real edges as these, of which there is at least one.
    pub(super) fn of(shown: &[f64]) -> Self {
        let n = shown.len() as f64;
        let mean = shown.iter().map(|&e| place(e)).sum::<f64>() / n;
        let squares = shown.iter().map(|&e| (place(e) - mean).powi(2));
        let sd = (squares.sum::<f64>() / n).sqrt().max(NARROWEST);
        Self { mean, sd }
    }

    /// Real edges of which nothing is known but that their evidence is mostly ten to a hundred times the least.
    pub(super) fn broad() -> Self {
        Self { mean: 3.5, sd: 1.5 }
    }

    /// Of every candidate, the probability that it is real.
    pub(super) fn probabilities(&self, evidence: &[f64]) -> Vec<f64> {
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
        }
        probabilities
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
