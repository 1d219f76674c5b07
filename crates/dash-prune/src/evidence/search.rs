//! The search for the regulators of a target.

use dash_prior::PriorMatrix;
use ndarray::Array2;

use super::EvidenceOptions;
use super::courses::Courses;
use super::decide::Candidate;
use super::fit::{Ridge, dot, fit};
use super::target::{Inputs, Target};

/// Steps of a first fit, of a refit after one edge more, and of one after one edge less.
const FIRST: usize = 40;
const GROWN: usize = 20;
const WITHOUT: usize = 12;
/// Least evidence of an edge outside the prior to be looked at: what the best of a thousand idle regulators may reach
/// (χ² of two degrees of freedom).
pub(super) const WORTH_A_LOOK: f64 = 14.0;
/// Most edges that one target can gain.
const MOST_NEW: usize = 8;

/// The search on given courses, from a given prior.
pub(super) struct Search<'a> {
    courses: &'a Courses,
    /// Regulators of every target by the prior.
    prior: Vec<Vec<usize>>,
    options: &'a EvidenceOptions,
}

impl<'a> Search<'a> {
    pub(super) fn new(
        courses: &'a Courses,
        prior: &PriorMatrix,
        options: &'a EvidenceOptions,
    ) -> Self {
        let mut regulators = vec![Vec::new(); courses.genes];
        for (target, regulator, _) in prior.iter() {
            if target != regulator {
                regulators[target].push(regulator);
            }
        }
        Self {
            courses,
            prior: regulators,
            options,
        }
    }

    /// The target with the regulators of its prior, and with those that it lacks.
    pub(super) fn find(&self, gene: usize) -> Target {
        let mut target = self.start(gene);
        self.grow(gene, &mut target);
        target
    }

    /// The target with the regulators that the prior gives it.
    fn start(&self, gene: usize) -> Target {
        let (k, n) = (self.courses.genes, self.courses.intervals);
        let ends = (0..n).map(|row| self.courses.ends[row * k + gene]);
        let mean = ends.sum::<f64>() / n as f64;
        let lengths = self
            .courses
            .kinds
            .iter()
            .map(|&kind| self.courses.lengths[kind]);
        let span = lengths.sum::<f64>() / n as f64;
        let rate = if span > 0.0 { span.recip() } else { 1.0 };
        // Alone first: with its regulators it could mistake their courses for its own pace.
        let mut alone = Target::new(rate, mean, std::iter::empty());
        self.fit(gene, &mut alone, FIRST);
        let mut target = Target::new(alone.rate, mean, self.prior[gene].iter().copied());
        self.fit(gene, &mut target, FIRST);
        target.trusted_rate = target.rate;
        self.fit(gene, &mut target, FIRST);
        target
    }

    /// Adds edges, the one that explains most first, as long as they are worth a look.
    fn grow(&self, gene: usize, target: &mut Target) {
        for _ in 0..MOST_NEW {
            let Some((regulator, gain)) = self.best_addition(gene, target) else {
                return;
            };
            let needed = WORTH_A_LOOK * self.variance(target);
            if gain < needed {
                return;
            }
            let mut grown = target.clone();
            grown.add(regulator);
            self.fit(gene, &mut grown, GROWN);
            if target.error - grown.error < needed {
                return;
            }
            *target = grown;
        }
    }

    pub(super) fn refit(&self, gene: usize, target: &mut Target) {
        self.fit(gene, target, FIRST);
    }

    /// For every edge of a target, by how many residual variances the squared error grows without it.
    ///
    /// None where the fit has as many parameters as there are intervals: what is left over then is no noise.
    pub(super) fn evidence(&self, gene: usize, target: &Target) -> Vec<f64> {
        if self.courses.intervals <= target.parameters() {
            return vec![0.0; target.regulators.len()];
        }
        let variance = self.variance(target);
        let without = |&(regulator, ..): &(usize, f64, f64)| {
            let mut without = target.clone();
            without.remove(regulator);
            self.fit(gene, &mut without, WITHOUT);
            ((without.error - target.error) / variance).max(0.0)
        };
        target.regulators.iter().map(without).collect()
    }

    /// The edges of a target, and those of its prior that it cannot have because it does not move.
    pub(super) fn candidates(&self, gene: usize, target: Option<&Target>) -> Vec<Candidate> {
        let prior = &self.prior[gene];
        let candidate = |regulator: usize, in_prior: bool, evidence: Option<f64>| Candidate {
            target: gene,
            regulator,
            in_prior,
            evidence,
        };
        let Some(target) = target else {
            let edges = prior.iter();
            return edges.map(|&j| candidate(j, true, None)).collect();
        };
        let edges = target.regulators.iter().zip(self.evidence(gene, target));
        edges
            .map(|(&(j, ..), evidence)| candidate(j, prior.contains(&j), Some(evidence)))
            .collect()
    }

    fn fit(&self, gene: usize, target: &mut Target, steps: usize) {
        // The noise is not known before the first fit: it starts with weak shrinkage.
        let variance = if target.error.is_finite() {
            self.variance(target)
        } else {
            1e-6
        };
        let (a, b) = self.options.weight_sd;
        let ridge = Ridge {
            sum: variance / (a * a),
            prod: variance / (b * b),
        };
        fit(target, self.courses, gene, ridge, steps);
    }

    /// Residual variance of a fit.
    pub(super) fn variance(&self, target: &Target) -> f64 {
        let degrees = self
            .courses
            .intervals
            .saturating_sub(target.parameters())
            .max(1);
        (target.error / degrees as f64).max(f64::MIN_POSITIVE)
    }

    /// The gene whose edge would lower the squared error most, to first order and with all else refitted.
    fn best_addition(&self, gene: usize, target: &Target) -> Option<(usize, f64)> {
        let k = self.courses.genes;
        let inputs = Inputs::new(self.courses, gene, target);
        let mut slopes = Array2::default((0, 0));
        let mut residuals = target.residuals(self.courses, &inputs, Some(&mut slopes));
        let basis = orthonormal(slopes.columns().into_iter().map(|c| c.to_vec()));
        for direction in &basis {
            let along = dot(direction, &residuals);
            residuals
                .iter_mut()
                .zip(direction)
                .for_each(|(r, d)| *r -= along * d);
        }
        let (linear, log) = target.features(self.courses, &inputs);
        let linear = Projected::new(&linear, k, &basis, &residuals);
        let log = Projected::new(&log, k, &basis, &residuals);
        let gains = linear.joint_gains(&log);
        (0..k)
            .filter(|&j| j != gene && !target.has(j))
            .map(|j| (j, gains[j]))
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
    }
}

/// An orthonormal basis of the span of some vectors; those that depend on others are left out.
fn orthonormal(vectors: impl Iterator<Item = Vec<f64>>) -> Vec<Vec<f64>> {
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for mut vector in vectors {
        let before = dot(&vector, &vector);
        // Twice is enough for orthogonality to rounding.
        for _ in 0..2 {
            for direction in &basis {
                let along = dot(direction, &vector);
                vector
                    .iter_mut()
                    .zip(direction)
                    .for_each(|(v, d)| *v -= along * d);
            }
        }
        let left = dot(&vector, &vector);
        if left > 1e-10 * before && left > f64::MIN_POSITIVE {
            let scale = left.sqrt().recip();
            for v in &mut vector {
                *v *= scale;
            }
            basis.push(vector);
        }
    }
    basis
}

/// One feature per gene, seen at right angles to what the model explains already.
struct Projected<'a> {
    features: &'a [f64],
    genes: usize,
    /// Overlap with the residuals, and squared length of what is left of the feature.
    overlap: Vec<f64>,
    length: Vec<f64>,
    /// Coordinates along the basis, one vector of k per direction.
    along: Vec<Vec<f64>>,
}

impl<'a> Projected<'a> {
    fn new(features: &'a [f64], genes: usize, basis: &[Vec<f64>], residuals: &[f64]) -> Self {
        let mut overlap = vec![0.0; genes];
        let mut length = vec![0.0; genes];
        let mut along = vec![vec![0.0; genes]; basis.len()];
        for (row, features) in features.chunks_exact(genes).enumerate() {
            for ((f, overlap), length) in features.iter().zip(&mut overlap).zip(&mut length) {
                *overlap += f * residuals[row];
                *length += f * f;
            }
            for (along, direction) in along.iter_mut().zip(basis) {
                add_scaled(along, direction[row], features);
            }
        }
        for along in &along {
            for (length, a) in length.iter_mut().zip(along) {
                *length -= a * a;
            }
        }
        Self {
            features,
            genes,
            overlap,
            length,
            along,
        }
    }

    /// By how much the squared error falls if both features of a gene are added.
    fn joint_gains(&self, other: &Self) -> Vec<f64> {
        let mut cross = vec![0.0; self.genes];
        let rows = self.features.chunks_exact(self.genes);
        for (a, b) in rows.zip(other.features.chunks_exact(self.genes)) {
            for ((cross, a), b) in cross.iter_mut().zip(a).zip(b) {
                *cross += a * b;
            }
        }
        for (a, b) in self.along.iter().zip(&other.along) {
            for ((cross, a), b) in cross.iter_mut().zip(a).zip(b) {
                *cross -= a * b;
            }
        }
        (0..self.genes)
            .map(|j| {
                let (ra, rb) = (self.overlap[j], other.overlap[j]);
                let (aa, bb, ab) = (self.length[j], other.length[j], cross[j]);
                let determinant = aa * bb - ab * ab;
                if determinant > 1e-6 * aa * bb && aa > 0.0 && determinant > f64::MIN_POSITIVE {
                    (ra * ra * bb - 2.0 * ra * rb * ab + rb * rb * aa) / determinant
                } else if aa > f64::MIN_POSITIVE {
                    ra * ra / aa
                } else {
                    0.0
                }
            })
            .collect()
    }
}

fn add_scaled(sum: &mut [f64], factor: f64, terms: &[f64]) {
    for (sum, term) in sum.iter_mut().zip(terms) {
        *sum += factor * term;
    }
}
