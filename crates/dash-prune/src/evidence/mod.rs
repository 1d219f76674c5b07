//! What the data say about single edges: how much worse a gene's fit becomes without a regulator, or better with one.
//!
//! In the direct field every target has its own weights, so that, given the regulators' courses, one gene after the
//! other is a small least-squares problem. It is solved for every target with the regulators of its prior, every
//! edge is weighed by refitting without it, missing edges are searched for, and what the data say is put against what
//! the prior says. See `docs/method.md`, "Evidence".

mod apart;
mod cholesky;
mod courses;
mod decide;
mod fit;
mod mixture;
mod search;
mod still;
mod target;
#[cfg(test)]
mod tests;

use dash_ode::{Intervals, Real};
use dash_prior::PriorMatrix;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use self::courses::Courses;
use self::decide::{Candidate, decide};
use self::search::Search;
use self::still::still_genes;
pub(crate) use self::target::Target;
use crate::{Error, Result, check};

/// How edges are weighed and decided on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EvidenceOptions {
    /// An edge of the prior is dropped if the probability that it is real falls below this, in [0, 1]. Default 0.05.
    pub drop_below: f64,
    /// Edges outside the prior are taken as long as the share of false ones among them is estimated to be at most
    /// this, in [0, 1]. Default 0.3.
    pub false_discoveries: f64,
    /// Standard deviation of the weights (A, B) before any data are seen, > 0. Default (0.3, 1).
    pub weight_sd: (f64, f64),
}

impl Default for EvidenceOptions {
    fn default() -> Self {
        Self {
            drop_below: 0.05,
            false_discoveries: 0.3,
            weight_sd: (0.3, 1.0),
        }
    }
}

impl EvidenceOptions {
    /// Checks the ranges.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] that names the option.
    pub fn check(&self) -> Result<()> {
        check::unit_interval("drop_below", self.drop_below)?;
        check::unit_interval("false_discoveries", self.false_discoveries)?;
        for (name, value) in [
            ("weight_sd of A", self.weight_sd.0),
            ("weight_sd of B", self.weight_sd.1),
        ] {
            if !(value > 0.0 && value.is_finite()) {
                let range = "(0, ∞)";
                return Err(Error::OutOfRange { name, value, range });
            }
        }
        Ok(())
    }
}

/// What is known about one edge.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EdgeEvidence {
    /// Target gene.
    pub target: usize,
    /// Regulator gene.
    pub regulator: usize,
    /// Whether the prior has it.
    pub in_prior: bool,
    /// Whether another edge of the same regulator has strong evidence.
    pub corroborated: bool,
    /// By how many residual variances the squared error of the target grows without the edge.
    pub evidence: f64,
    /// Probability that the edge is real: for an edge of the prior its own (`None` if too few of them are real to tell);
    /// for another, the share of real ones among the candidates with at least its evidence.
    pub probability: Option<f64>,
    /// Whether the network has it.
    pub kept: bool,
}

/// Edges with their evidence, and the models of the targets that they leave.
#[derive(Clone, Debug)]
pub struct Findings {
    /// All edges of the prior, and all candidates outside it that the search came upon; by target and regulator.
    pub edges: Vec<EdgeEvidence>,
    /// One fitted model per gene; `None` for a gene that does not move.
    pub(crate) targets: Vec<Option<Target>>,
}

/// Weighs every edge of a prior, and searches for edges that it lacks, on the direct field. Genes are shared out among rayon's
/// threads.
///
/// `prior` is k × k, \[target, regulator\]; its signs and strengths do not matter.
///
/// # Examples
/// ```
/// use dash_ode::{Intervals, TimeSeries, Trajectory};
/// use dash_prior::PriorMatrix;
/// use dash_prune::{EvidenceOptions, weigh_edges};
/// use ndarray::array;
///
/// // Gene 1 follows gene 0, gene 2 goes its own way; the prior believes that 2 acts on 1.
/// let follows = |start: f64, drive: f64, time: f64| drive + (start - drive) * (-time).exp();
/// let trajectory = |n: usize| {
///     let (x0, x1) = (0.1 + 0.04 * n as f64, 0.9 - 0.03 * (n * 7 % 20) as f64);
///     let row = |t: f64| [x0, follows(x1, x0, t), follows(0.2 + 0.05 * (n % 5) as f64, 0.5, t)];
///     let values = ndarray::arr2(&[row(0.0), row(1.0), row(2.0)]);
///     Trajectory { name: format!("{n}"), times: vec![0.0, 1.0, 2.0], values }
/// };
/// let names = ["SWI4", "CLN2", "HTA1"].map(String::from).to_vec();
/// let series = TimeSeries::new(names, (0..20).map(trajectory).collect())?;
/// let data: Intervals<f64> = Intervals::of(&series, "training")?;
/// let prior = array![[0.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]];
/// let prior = PriorMatrix::from_dense(prior.view())?;
///
/// let findings = weigh_edges(&data, &prior, &EvidenceOptions::default())?;
/// let evidence = |regulator: usize| {
///     let edge = findings.edges.iter().find(|e| (e.target, e.regulator) == (1, regulator));
///     edge.map_or(0.0, |e| e.evidence)
/// };
/// assert!(evidence(0) > 10.0 * evidence(2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Error::Shape`] if prior and data differ in their number of genes; options out of range.
///
/// # Reference
/// `docs/method.md`, "Evidence".
pub fn weigh_edges<T: Real>(
    data: &Intervals<T>,
    prior: &PriorMatrix,
    options: &EvidenceOptions,
) -> Result<Findings> {
    options.check()?;
    let k = data.genes();
    check::shape("the prior P", (prior.dim(), prior.dim()), (k, k))?;
    let still = still_genes(data);
    let courses = Courses::new(data, &still);
    let search = Search::new(&courses, prior, options);
    // Every gene by itself, so that the number of threads changes no bit.
    let found = |gene: usize| (!still[gene]).then(|| search.find(gene));
    let mut targets: Vec<Option<Target>> = (0..k).into_par_iter().map(found).collect();
    let mut candidates: Vec<Candidate> = targets
        .par_iter()
        .enumerate()
        .flat_map_iter(|(gene, target)| search.candidates(gene, target.as_ref()))
        .collect();
    let mut edges = decide(&candidates, k, options);
    if search.weigh_apart(&targets, &edges, &mut candidates) {
        edges = decide(&candidates, k, options);
    }
    for edge in edges.iter().filter(|e| !e.kept) {
        if let Some(target) = &mut targets[edge.target] {
            target.remove(edge.regulator);
        }
    }
    targets
        .par_iter_mut()
        .enumerate()
        .for_each(|(gene, target)| {
            if let Some(target) = target {
                search.refit(gene, target);
            }
        });
    Ok(Findings { edges, targets })
}
