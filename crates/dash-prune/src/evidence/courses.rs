//! The courses of all genes between observations, as inputs of the targets' equations.

use dash_ode::{Intervals, Real};

/// Nodes and weights of Gauss–Legendre quadrature on [0, 1], exact for polynomials of degree 11.
const NODES: [(f64, f64); 6] = [
    (0.033_765_242_898_424, 0.085_662_246_189_585),
    (0.169_395_306_766_868, 0.180_380_786_524_069),
    (0.380_690_406_958_402, 0.233_956_967_286_346),
    (0.619_309_593_041_598, 0.233_956_967_286_346),
    (0.830_604_693_233_132, 0.180_380_786_524_069),
    (0.966_234_757_101_576, 0.085_662_246_189_585),
];
/// Nodes of an interval.
pub(super) const Q: usize = NODES.len();

/// Everything that a target's equation needs, for n intervals of k genes.
#[derive(Clone, Debug)]
pub(super) struct Courses {
    pub(super) genes: usize,
    pub(super) intervals: usize,
    /// Length of every interval, by its place in `lengths`.
    pub(super) kinds: Vec<usize>,
    /// The different lengths of intervals.
    pub(super) lengths: Vec<f64>,
    /// Observed start and end states, n × k.
    pub(super) starts: Vec<f64>,
    pub(super) ends: Vec<f64>,
    /// `φ_Σ` and `φ_Π` of every gene at every node, n × Q × k.
    pub(super) sum: Vec<f64>,
    pub(super) prod: Vec<f64>,
}

impl Courses {
    /// Between two observations a gene relaxes from the one to the other; a still gene stays at its mean over the
    /// trajectory, which is less noisy than any single reading.
    pub(super) fn new<T: Real>(data: &Intervals<T>, still: &[bool]) -> Self {
        let (k, n) = (data.genes(), data.len());
        let wide = |values: &[T]| values.iter().map(|v| v.f64()).collect::<Vec<f64>>();
        let (starts, ends) = (wide(data.starts()), wide(data.targets()));
        let spans: Vec<f64> = data.spans().iter().map(|s| s.end - s.start).collect();
        let mut lengths = spans.clone();
        lengths.sort_by(f64::total_cmp);
        lengths.dedup();
        let kinds = spans
            .iter()
            .map(|span| lengths.partition_point(|length| length < span))
            .collect();
        let mut courses = Self {
            genes: k,
            intervals: n,
            sum: Vec::with_capacity(n * Q * k),
            prod: Vec::with_capacity(n * Q * k),
            kinds,
            lengths,
            starts,
            ends,
        };
        let rate = typical_rate(&spans);
        for rows in data.by_trajectory() {
            let means = courses.means(rows.clone());
            for row in rows {
                courses.push(row, rate, &means, still);
            }
        }
        courses
    }

    /// Mean of every gene over the observations of a trajectory.
    fn means(&self, rows: std::ops::Range<usize>) -> Vec<f64> {
        let k = self.genes;
        let mut sums = self.starts[rows.start * k..][..k].to_vec();
        for row in rows.clone() {
            for (sum, end) in sums.iter_mut().zip(&self.ends[row * k..][..k]) {
                *sum += end;
            }
        }
        let count = (rows.len() + 1) as f64;
        sums.into_iter().map(|sum| sum / count).collect()
    }

    fn push(&mut self, row: usize, rate: f64, means: &[f64], still: &[bool]) {
        let (k, span) = (self.genes, self.lengths[self.kinds[row]]);
        for (node, _) in NODES {
            let way = relaxed(rate, node * span, span);
            for gene in 0..k {
                let (start, end) = (self.starts[row * k + gene], self.ends[row * k + gene]);
                let x = if still[gene] {
                    means[gene]
                } else {
                    start + (end - start) * way
                };
                let phi = phi_sum(x);
                self.sum.push(phi);
                self.prod.push(libm::log1p(phi));
            }
        }
    }

    /// `φ_Σ` of all genes at a node.
    pub(super) fn sum_at(&self, row: usize, node: usize) -> &[f64] {
        &self.sum[(row * Q + node) * self.genes..][..self.genes]
    }

    /// `φ_Π` of all genes at a node.
    pub(super) fn prod_at(&self, row: usize, node: usize) -> &[f64] {
        &self.prod[(row * Q + node) * self.genes..][..self.genes]
    }

    /// Of the nodes of an interval of some length, the time that is left until its end, and the quadrature weight.
    pub(super) fn nodes(length: f64) -> [(f64, f64); Q] {
        NODES.map(|(node, weight)| (length * (1.0 - node), length * weight))
    }
}

fn phi_sum(x: f64) -> f64 {
    let u = x - 0.5;
    u / (1.0 + u.abs())
}

/// One relaxation per median interval, doubled.
fn typical_rate(spans: &[f64]) -> f64 {
    let mut sorted = spans.to_vec();
    sorted.sort_by(f64::total_cmp);
    let median = sorted[sorted.len() / 2];
    if median > 0.0 { 2.0 / median } else { 1.0 }
}

/// Share of the way that a relaxation has gone after `time` of `span`.
fn relaxed(rate: f64, time: f64, span: f64) -> f64 {
    let whole = -libm::expm1(-rate * span);
    if whole > 0.0 {
        -libm::expm1(-rate * time) / whole
    } else {
        0.0
    }
}
