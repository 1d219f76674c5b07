//! Fits one target by damped least squares.

use ndarray::{Array2, ArrayView1, ArrayView2};

use super::cholesky;
use super::courses::Courses;
use super::target::{Inputs, OWN, Target};

/// Smallest v and β: below, a gene would not move, or its product branch would be silent for good.
const FLOOR: f64 = 1e-3;
/// Largest v: the gene follows its drive at once.
const FASTEST: f64 = 1e3;
/// Largest |B|: (1 + φ)^12 spans four orders of magnitude.
const STEEPEST: f64 = 12.0;
/// A step that gains less than this share ends the fit.
const ENOUGH: f64 = 1e-5;
/// How often the damping is raised before a step is given up.
const TRIES: usize = 6;

/// How strongly A and B are held to zero: one over their prior variances, in units of the residual variance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ridge {
    pub(super) sum: f64,
    pub(super) prod: f64,
}

impl Ridge {
    fn penalty(self, target: &Target) -> f64 {
        target
            .regulators
            .iter()
            .map(|(_, a, b)| self.sum * a * a + self.prod * b * b)
            .sum()
    }
}

/// Improves a target by at most `steps` Levenberg–Marquardt steps.
pub(super) fn fit(target: &mut Target, courses: &Courses, gene: usize, ridge: Ridge, steps: usize) {
    let inputs = Inputs::new(courses, gene, target);
    let mut slopes = Array2::default((0, 0));
    let mut damping = 1e-3;
    for _ in 0..steps {
        let residuals = target.residuals(courses, &inputs, Some(&mut slopes));
        target.error = square(&residuals);
        let now = target.error + ridge.penalty(target);
        let (normal, pull) = equations(target, &slopes, &residuals, ridge);
        let Some((better, value)) = step(
            target,
            (courses, &inputs),
            ridge,
            (normal.view(), &pull),
            &mut damping,
            now,
        ) else {
            return;
        };
        *target = better;
        if now - value <= ENOUGH * now {
            return;
        }
    }
}

/// The first damped step that is an improvement, and the objective there.
fn step(
    target: &Target,
    (courses, inputs): (&Courses, &Inputs),
    ridge: Ridge,
    (normal, pull): (ArrayView2<'_, f64>, &[f64]),
    damping: &mut f64,
    now: f64,
) -> Option<(Target, f64)> {
    for _ in 0..TRIES {
        let mut damped = normal.to_owned();
        damped.diag_mut().mapv_inplace(|d| d * (1.0 + *damping));
        let trial = moved(target, &cholesky::solve(damped, pull));
        let error = square(&trial.residuals(courses, inputs, None));
        let value = error + ridge.penalty(&trial);
        if value < now {
            *damping = (*damping * 0.2).max(1e-9);
            return Some((Target { error, ..trial }, value));
        }
        *damping = damping.max(1e-6) * 8.0;
    }
    None
}

/// Normal equations of the linearised problem: the Gram matrix of the slopes plus the ridge, and its right-hand side.
fn equations(
    target: &Target,
    slopes: &Array2<f64>,
    residuals: &[f64],
    ridge: Ridge,
) -> (Array2<f64>, Vec<f64>) {
    let mut normal = slopes.t().dot(slopes);
    let mut pull = slopes.t().dot(&ArrayView1::from(residuals)).to_vec();
    for (at, &(_, a, b)) in target.regulators.iter().enumerate() {
        let (sum, prod) = (OWN + 2 * at, OWN + 2 * at + 1);
        normal[[sum, sum]] += ridge.sum;
        normal[[prod, prod]] += ridge.prod;
        pull[sum] -= ridge.sum * a;
        pull[prod] -= ridge.prod * b;
    }
    (normal, pull)
}

fn moved(target: &Target, by: &[f64]) -> Target {
    let mut moved = target.clone();
    moved.rate = (moved.rate + by[0]).clamp(FLOOR, FASTEST);
    moved.offset += by[1];
    moved.gain = (moved.gain + by[2]).max(FLOOR);
    for (at, (_, a, b)) in moved.regulators.iter_mut().enumerate() {
        *a += by[OWN + 2 * at];
        *b = (*b + by[OWN + 2 * at + 1]).clamp(-STEEPEST, STEEPEST);
    }
    moved
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn square(residuals: &[f64]) -> f64 {
    dot(residuals, residuals)
}
