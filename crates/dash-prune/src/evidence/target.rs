//! The model of one target gene.

use ndarray::Array2;

use super::courses::{Courses, Q};

/// dx/dt = v (`Σ_j A_j φ_Σ(x_j) + a + β exp(Σ_j B_j φ_Π(x_j))` − x) for one gene x and its regulators.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Target {
    /// v.
    pub(crate) rate: f64,
    /// The v by which residuals are weighted; it stays while models are compared.
    pub(super) trusted_rate: f64,
    /// a.
    pub(crate) offset: f64,
    /// β.
    pub(crate) gain: f64,
    /// Its regulators, with (A, B) of each.
    pub(crate) regulators: Vec<(usize, f64, f64)>,
    /// Weighted sum of squared residuals.
    pub(crate) error: f64,
}

/// Parameters that are not weights: v, a, β.
pub(super) const OWN: usize = 3;

impl Target {
    /// A gene with these regulators, before it is fitted.
    pub(super) fn new(rate: f64, middle: f64, regulators: impl Iterator<Item = usize>) -> Self {
        Self {
            rate,
            trusted_rate: rate,
            offset: middle / 2.0,
            gain: (middle / 2.0).abs().max(0.05),
            regulators: regulators.map(|j| (j, 0.0, 0.3)).collect(),
            error: f64::INFINITY,
        }
    }

    pub(super) fn has(&self, regulator: usize) -> bool {
        self.regulators.iter().any(|&(j, ..)| j == regulator)
    }

    pub(super) fn add(&mut self, regulator: usize) {
        self.regulators.push((regulator, 0.0, 0.0));
    }

    pub(super) fn remove(&mut self, regulator: usize) {
        self.regulators.retain(|&(j, ..)| j != regulator);
    }

    /// Number of parameters: v, a, β, then A and B of every regulator.
    pub(super) fn parameters(&self) -> usize {
        OWN + 2 * self.regulators.len()
    }

    /// What this rate makes of intervals of every length.
    fn fades(&self, courses: &Courses) -> Vec<Fade> {
        let lengths = courses.lengths.iter();
        lengths.map(|&length| Fade::new(self, length)).collect()
    }

    /// Weighted residuals of all n intervals and, if asked for, the derivatives of the predictions (n × parameters).
    pub(super) fn residuals(
        &self,
        courses: &Courses,
        inputs: &Inputs,
        mut slopes: Option<&mut Array2<f64>>,
    ) -> Vec<f64> {
        let p = self.parameters();
        if let Some(slopes) = slopes.as_deref_mut() {
            *slopes = Array2::zeros((courses.intervals, p));
        }
        let mut slopes = slopes.and_then(|slopes| slopes.as_slice_mut());
        let fades = self.fades(courses);
        (0..courses.intervals)
            .map(|row| {
                let fade = &fades[courses.kinds[row]];
                let mut end = fade.decay * inputs.starts[row];
                let mut slopes = slopes.as_deref_mut().map(|all| &mut all[row * p..][..p]);
                if let Some(slopes) = slopes.as_deref_mut() {
                    slopes[0] -= fade.trust * fade.length * end;
                }
                for node in 0..Q {
                    let at = inputs.at(row, node);
                    let (linear, product) = self.drive(at);
                    end += self.rate * fade.weights[node] * (linear + product);
                    if let Some(slopes) = slopes.as_deref_mut() {
                        let pull = fade.pulls[node] * (linear + product);
                        let unit = fade.trust * self.rate * fade.weights[node];
                        self.add_slopes(slopes, (pull, unit), product, at);
                    }
                }
                fade.trust * (inputs.ends[row] - end)
            })
            .collect()
    }

    /// The drive at a node, of the regulators' (`φ_Σ`, `φ_Π`): the additive part, and the product β exp(…).
    fn drive(&self, at: &[(f64, f64)]) -> (f64, f64) {
        let (mut linear, mut exponent) = (self.offset, 0.0);
        for (&(_, a, b), &(sum, prod)) in self.regulators.iter().zip(at) {
            linear += a * sum;
            exponent += b * prod;
        }
        (linear, self.gain * libm::exp(exponent))
    }

    fn add_slopes(
        &self,
        slopes: &mut [f64],
        (pull, unit): (f64, f64),
        product: f64,
        at: &[(f64, f64)],
    ) {
        slopes[0] += pull;
        slopes[1] += unit;
        slopes[2] += unit * product / self.gain;
        for (pair, &(sum, prod)) in slopes[OWN..].chunks_exact_mut(2).zip(at) {
            pair[0] += unit * sum;
            pair[1] += unit * product * prod;
        }
    }

    /// Derivatives of the predictions with respect to A and B of every gene, were it a regulator: two n × k matrices.
    pub(super) fn features(&self, courses: &Courses, inputs: &Inputs) -> (Vec<f64>, Vec<f64>) {
        let (n, k) = (courses.intervals, courses.genes);
        let (mut linear, mut log) = (vec![0.0; n * k], vec![0.0; n * k]);
        let fades = self.fades(courses);
        for row in 0..n {
            let fade = &fades[courses.kinds[row]];
            let at = row * k..(row + 1) * k;
            for node in 0..Q {
                let (_, product) = self.drive(inputs.at(row, node));
                let unit = fade.trust * self.rate * fade.weights[node];
                add_scaled(&mut linear[at.clone()], unit, courses.sum_at(row, node));
                add_scaled(
                    &mut log[at.clone()],
                    unit * product,
                    courses.prod_at(row, node),
                );
            }
        }
        (linear, log)
    }
}

/// What a target sees: its own observations, and (`φ_Σ`, `φ_Π`) of its regulators at every node, side by side.
#[derive(Clone, Debug)]
pub(super) struct Inputs {
    starts: Vec<f64>,
    ends: Vec<f64>,
    regulators: usize,
    values: Vec<(f64, f64)>,
}

impl Inputs {
    pub(super) fn new(courses: &Courses, gene: usize, target: &Target) -> Self {
        let (n, k) = (courses.intervals, courses.genes);
        let own = |states: &[f64]| states.chunks_exact(k).map(|row| row[gene]).collect();
        let mut values = Vec::with_capacity(n * Q * target.regulators.len());
        for row in 0..n {
            for node in 0..Q {
                let (sum, prod) = (courses.sum_at(row, node), courses.prod_at(row, node));
                let regulators = target.regulators.iter();
                values.extend(regulators.map(|&(j, ..)| (sum[j], prod[j])));
            }
        }
        Self {
            starts: own(&courses.starts),
            ends: own(&courses.ends),
            regulators: target.regulators.len(),
            values,
        }
    }

    fn at(&self, row: usize, node: usize) -> &[(f64, f64)] {
        &self.values[(row * Q + node) * self.regulators..][..self.regulators]
    }
}

/// What the rate v of a target makes of an interval of one length.
struct Fade {
    length: f64,
    /// One over the standard deviation of a residual in units of the noise: the noise of the end, and what is left of
    /// that of the start.
    trust: f64,
    /// What is left of the start state.
    decay: f64,
    /// What a drive of 1 at each node adds to the end, divided by v.
    weights: [f64; Q],
    /// Derivative of the end with respect to v, at a drive of 1, times the trust.
    pulls: [f64; Q],
}

impl Fade {
    fn new(target: &Target, length: f64) -> Self {
        let rate = target.rate;
        let noise = 1.0 + libm::exp(-2.0 * target.trusted_rate * length);
        let trust = noise.sqrt().recip();
        let nodes = Courses::nodes(length);
        let weights = nodes.map(|(left, weight)| weight * libm::exp(-rate * left));
        let mut pulls = weights;
        for (pull, (left, _)) in pulls.iter_mut().zip(nodes) {
            *pull *= trust * (1.0 - rate * left);
        }
        Self {
            length,
            trust,
            decay: libm::exp(-rate * length),
            weights,
            pulls,
        }
    }
}

fn add_scaled(sum: &mut [f64], factor: f64, terms: &[f64]) {
    for (sum, term) in sum.iter_mut().zip(terms) {
        *sum += factor * term;
    }
}
