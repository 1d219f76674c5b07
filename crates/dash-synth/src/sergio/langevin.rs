//! One step of the chemical Langevin equation.

use dash_ode::{Kernel, vectorised};
use serde::{Deserialize, Serialize};

use super::rates::{Block, Rates, WIDTH, blocks, blocks_mut, padded};

/// Which of the two reactions are noisy, production (rate P) and decay (rate D = λx).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoiseType {
    /// Production alone: √P z.
    #[serde(rename = "sp")]
    Production,
    /// Both, with the same noise: (√P + √D) z.
    #[serde(rename = "spd")]
    Common,
    /// Both, each with noise of its own: √P z + √D z′.
    #[default]
    #[serde(rename = "dpd")]
    Independent,
}

impl NoiseType {
    /// Normals that one step of it takes at least, where they are given.
    pub(super) fn fewest_terms(self) -> usize {
        match self {
            Self::Production | Self::Common => 1,
            Self::Independent => 2,
        }
    }
}

/// Standard normals of one step, `genes × lanes`, and readable beyond by one padded row.
#[derive(Clone, Copy)]
pub(super) enum Draws<'a> {
    /// One per gene and lane. Noise of its own for both reactions then is √(P + D) z, which has the same law.
    One(&'a [f64]),
    /// z and z′.
    Two(&'a [f64], &'a [f64]),
}

/// Constants of all genes.
#[derive(Clone, Debug)]
pub(super) struct Constants {
    dt: f64,
    /// Rate of loss: λ, or λ/ρ of spliced RNA.
    pub(super) decay: Vec<f64>,
    /// q√dt.
    amplitude: Vec<f64>,
}

impl Constants {
    pub(super) fn new(dt: f64, decay: Vec<f64>, amplitude: &[f64]) -> Self {
        let root = dt.sqrt();
        Self {
            dt,
            decay,
            amplitude: amplitude.iter().map(|q| q * root).collect(),
        }
    }
}

/// Where the production rates of a step come from.
pub(super) trait Production {
    /// Lanes that are not padding.
    fn lanes(&self) -> usize;
    /// P of a gene in N blocks of lanes from `lane` on, at the start of the step.
    fn rate<const N: usize>(&self, gene: usize, lane: usize) -> [Block; N];
    /// Told that a gene has moved to `x`, `padded lanes`.
    fn moved(&mut self, gene: usize, x: &[f64]);
}

/// Hill functions of the regulators.
pub(super) struct Regulated<'a> {
    pub(super) rates: &'a Rates,
    /// `slots × padded lanes`.
    pub(super) activities: &'a mut [f64],
    /// Whether targets that move later in the same step see the regulator where it has gone already.
    pub(super) in_place: bool,
}

impl Production for Regulated<'_> {
    #[inline(always)]
    fn lanes(&self) -> usize {
        self.rates.lanes
    }

    #[inline(always)]
    fn rate<const N: usize>(&self, gene: usize, lane: usize) -> [Block; N] {
        self.rates.production(gene, lane, self.activities)
    }

    #[inline(always)]
    fn moved(&mut self, gene: usize, x: &[f64]) {
        if self.in_place {
            self.rates.refresh(gene, x, self.activities);
        }
    }
}

/// Splicing: unspliced RNA turns into spliced RNA as it decays.
pub(super) struct Splicing<'a> {
    /// `genes × padded lanes`.
    pub(super) unspliced: &'a [f64],
    /// λ of every gene.
    pub(super) decay: &'a [f64],
    pub(super) lanes: usize,
}

impl Production for Splicing<'_> {
    #[inline(always)]
    fn lanes(&self) -> usize {
        self.lanes
    }

    #[inline(always)]
    fn rate<const N: usize>(&self, gene: usize, lane: usize) -> [Block; N] {
        let decay = self.decay[gene];
        let mut rate = *blocks::<N>(self.unspliced, gene * padded(self.lanes) + lane);
        for u in rate.as_flattened_mut() {
            *u *= decay;
        }
        rate
    }

    #[inline(always)]
    fn moved(&mut self, _: usize, _: &[f64]) {}
}

/// Moves `genes` by one Euler–Maruyama step, clamped at 0; `x` is `genes × padded lanes` of all genes of the system, `draws`
/// are those of `genes` alone.
pub(super) fn step(
    noise: NoiseType,
    constants: &Constants,
    genes: &[usize],
    production: impl Production,
    x: &mut [f64],
    draws: Draws<'_>,
) {
    let (first, second) = match draws {
        Draws::One(z) => (z, z),
        Draws::Two(z, other) => (z, other),
    };
    let step = Step {
        constants,
        genes,
        production,
        x,
        first,
        second,
    };
    match (noise, draws) {
        (NoiseType::Production, _) => step.run(|p, _, z, _| p.sqrt() * z),
        (NoiseType::Common, _) => step.run(|p, d, z, _| (p.sqrt() + d.sqrt()) * z),
        (NoiseType::Independent, Draws::One(_)) => step.run(|p, d, z, _| (p + d).sqrt() * z),
        (NoiseType::Independent, Draws::Two(..)) => {
            step.run(|p, d, z, other| p.sqrt() * z + d.sqrt() * other);
        }
    }
}

struct Step<'a, P> {
    constants: &'a Constants,
    genes: &'a [usize],
    production: P,
    x: &'a mut [f64],
    first: &'a [f64],
    second: &'a [f64],
}

impl<P: Production> Step<'_, P> {
    /// With a law that turns P, D and two normals into the noise.
    fn run(self, law: impl Fn(f64, f64, f64, f64) -> f64) {
        vectorised(WithLaw { step: self, law });
    }
}

struct WithLaw<'a, P, F> {
    step: Step<'a, P>,
    law: F,
}

impl<P: Production, F: Fn(f64, f64, f64, f64) -> f64> Kernel for WithLaw<'_, P, F> {
    #[inline(always)]
    fn run<const LEVEL: u8>(mut self) {
        let width = padded(self.step.production.lanes());
        for place in 0..self.step.genes.len() {
            // Blocks side by side hide how long a square root takes.
            let mut lane = 0;
            while lane < width {
                lane += match (width - lane) / WIDTH {
                    1 => self.advance::<1>(place, lane),
                    2 => self.advance::<2>(place, lane),
                    3 => self.advance::<3>(place, lane),
                    _ => self.advance::<4>(place, lane),
                };
            }
            let step = &mut self.step;
            let gene = step.genes[place];
            let moved = &step.x[gene * width..(gene + 1) * width];
            step.production.moved(gene, moved);
        }
    }
}

impl<P: Production, F: Fn(f64, f64, f64, f64) -> f64> WithLaw<'_, P, F> {
    /// Moves N blocks of the gene at a place, from `lane` on; how many lanes that are.
    #[inline(always)]
    fn advance<const N: usize>(&mut self, place: usize, lane: usize) -> usize {
        let step = &mut self.step;
        let constants = step.constants;
        let (gene, lanes, dt) = (step.genes[place], step.production.lanes(), constants.dt);
        let (decay, amplitude) = (constants.decay[gene], constants.amplitude[gene]);
        // Padding lanes borrow the draws of the next gene; nobody reads what becomes of them.
        let z = blocks::<N>(step.first, place * lanes + lane);
        let other = blocks::<N>(step.second, place * lanes + lane);
        let rate = step.production.rate::<N>(gene, lane);
        let cells = blocks_mut::<N>(step.x, gene * padded(lanes) + lane);
        for n in 0..N {
            // Whole blocks in, whole blocks out, and loops, for `map` of arrays is not always inlined: only then are they vectors.
            let (x, mut after) = (cells[n], [0.0; WIDTH]);
            for i in 0..WIDTH {
                let loss = decay * x[i];
                let noise = (self.law)(rate[n][i], loss, z[n][i], other[n][i]);
                let mean = x[i] + dt * (rate[n][i] - loss);
                after[i] = amplitude.mul_add(noise, mean).max(0.0);
            }
            cells[n] = after;
        }
        N * WIDTH
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these values are exact")]
mod tests {
    use super::*;

    const DECAY: f64 = 0.8;
    const UNSPLICED: [f64; 8] = [2.0, 1.0, 0.5, 3.0, 4.0, 0.0, 9.0, 9.0];

    /// One gene, 6 lanes: production λu of [`UNSPLICED`].
    fn moved(noise: NoiseType, draws: Draws<'_>) -> Vec<f64> {
        let constants = Constants::new(0.01, vec![0.2], &[1.5]);
        let mut x = vec![1.0, 2.0, 3.0, 0.0, 5.0, 1e-4, 0.0, 0.0];
        let production = Splicing {
            unspliced: &UNSPLICED,
            decay: &[DECAY],
            lanes: 6,
        };
        step(noise, &constants, &[0], production, &mut x, draws);
        x.truncate(6);
        x
    }

    #[test]
    fn the_three_noise_types() {
        let z = [0.3, -1.0, 2.0, 0.0, 0.5, -9.0, 0.0, 0.0];
        let other = [1.0, 0.1, -0.7, 1.2, -2.0, -9.0, 0.0, 0.0];
        let start = [1.0, 2.0, 3.0, 0.0, 5.0, 1e-4];
        let expected = |law: &dyn Fn(f64, f64, usize) -> f64| -> Vec<f64> {
            let after = |i: usize| {
                let (p, d) = (DECAY * UNSPLICED[i], 0.2 * start[i]);
                (start[i] + 0.01 * (p - d) + 0.15 * law(p, d, i)).max(0.0)
            };
            (0..6).map(after).collect()
        };
        let check = |found: Vec<f64>, law: &dyn Fn(f64, f64, usize) -> f64| {
            for (found, expected) in found.iter().zip(expected(law)) {
                assert!((found - expected).abs() < 1e-15);
            }
        };
        let (one, two) = (Draws::One(&z), Draws::Two(&z, &other));
        for draws in [one, two] {
            check(moved(NoiseType::Production, draws), &|p, _, i| {
                p.sqrt() * z[i]
            });
            check(moved(NoiseType::Common, draws), &|p, d, i| {
                (p.sqrt() + d.sqrt()) * z[i]
            });
        }
        check(moved(NoiseType::Independent, one), &|p, d, i| {
            (p + d).sqrt() * z[i]
        });
        check(moved(NoiseType::Independent, two), &|p, d, i| {
            p.sqrt() * z[i] + d.sqrt() * other[i]
        });
        assert_eq!(moved(NoiseType::Independent, two)[5], 0.0);
    }
}
