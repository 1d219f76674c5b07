//! How much a gene moves the others: the influence scores that pathways are tested with.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use ndarray::{Array1, Array2, ArrayView2, Axis};
#[cfg(feature = "rayon")]
use rayon::prelude::*;

use crate::error::Error;
use crate::sum::compensated_sum;

/// How starting states are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InfluenceDraws {
    /// Number of starting states.
    pub count: usize,
    /// Lower end of the uniform law of every gene.
    pub low: f64,
    /// Upper end, not reached.
    pub high: f64,
    /// Every starting state has its own stream of the generator of this seed.
    pub seed: u64,
    /// Whether all genes start from the same states. If not, every gene has its own, and twice as many trajectories are
    /// integrated.
    pub is_shared: bool,
}

impl InfluenceDraws {
    /// The paper's: 200 states, uniform on 0..1; shared, so that differences between genes are not noise of the draws.
    pub fn paper(seed: u64) -> Self {
        Self {
            count: 200,
            low: 0.0,
            high: 1.0,
            seed,
            is_shared: true,
        }
    }

    /// Those of the published PHOENIX code: 60 states for every gene, uniform on −½..½; its times are 0, 0.1, …, 0.9.
    pub fn phoenix_code(seed: u64) -> Self {
        Self {
            count: 60,
            low: -0.5,
            high: 0.5,
            seed,
            is_shared: false,
        }
    }

    /// The draws of one gene alone.
    fn of_gene(self, gene: usize) -> Self {
        // A step of Weyl's sequence per gene keeps the seeds apart.
        let step = (gene as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self {
            seed: self.seed.wrapping_add(step),
            ..self
        }
    }

    /// Starting states, draws × k, and for every draw the new value of every gene, draws × k.
    fn states(self, genes: usize) -> (Array2<f64>, Array2<f64>) {
        let mut states = Array2::zeros((self.count, genes));
        let mut renewed = Array2::zeros((self.count, genes));
        let root = ChaCha8Rng::seed_from_u64(self.seed);
        let rows = states.outer_iter_mut().zip(renewed.outer_iter_mut());
        for (draw, (mut state, mut renewed)) in (0..).zip(rows) {
            let mut generator = root.clone();
            generator.set_stream(draw);
            let mut value = || self.low + (self.high - self.low) * generator.random::<f64>();
            state.iter_mut().for_each(|entry| *entry = value());
            renewed.iter_mut().for_each(|entry| *entry = value());
        }
        (states, renewed)
    }
}

/// Which genes start elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Perturbed<'a> {
    /// All.
    All,
    /// All but those that move no other gene: of every gene those that directly depend on it and move at all, for DASH
    /// the i with ReLU(vᵢ) > 0 and a path from j through the weights. A gene without another one has influence 0
    /// exactly, and is not integrated.
    WithTargets(&'a [Vec<usize>]),
    /// These alone. What is found for a gene does not depend on which others are asked for.
    Only(&'a [usize]),
}

/// The influence of genes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Influence {
    /// I(j): mean change of the other genes when gene j starts elsewhere; one per gene asked for.
    pub scores: Vec<f64>,
    /// Standard error of every score, over draws; 0 for a single draw and for genes that reach no other.
    pub standard_errors: Vec<f64>,
    /// Genes whose influence is 0 without integration, because no path leads from them to a gene that moves.
    pub skipped: usize,
}

/// The influence of genes on a vector field.
///
/// Where starting states are shared by all genes, unperturbed trajectories are integrated once, and only if a gene is to
/// be compared with them. `integrate` takes starting states, n × k, and gives the states at every time after the first,
/// as one n × k matrix per time. It is called once per gene that may move another, and twice if the gene has states of its
/// own; with the feature `rayon`, genes are shared among threads, and the result has the same bits.
///
/// # Errors
/// [`Error::Empty`] without draws or times; [`Error::ShapeMismatch`] if `integrate` gives another shape;
/// [`Error::GeneOutOfRange`] for a gene that does not exist; [`Error::LengthMismatch`]; and those of `integrate`, which
/// may have its own type.
///
/// # Reference
/// The paper's pathway analysis: x⁰ uniform, gene j drawn again, mean over draws, times and genes i ≠ j of
/// |x′ᵢ(t) − xᵢ(t)|.
pub fn gene_influence<E: From<Error> + Send>(
    genes: usize,
    draws: InfluenceDraws,
    perturbed: Perturbed<'_>,
    integrate: impl Fn(ArrayView2<'_, f64>) -> Result<Vec<Array2<f64>>, E> + Sync,
) -> Result<Influence, E> {
    if draws.count == 0 {
        return Err(Error::Empty {
            name: "the list of starting states",
        }
        .into());
    }
    let asked = asked(genes, perturbed)?;
    let shared = if draws.is_shared && asked.iter().any(|(_, is_moving)| *is_moving) {
        let (states, renewed) = draws.states(genes);
        let unperturbed = checked(&integrate, &states)?;
        Some((states, renewed, unperturbed))
    } else {
        None
    };
    let influence = |&(gene, is_moving): &(usize, bool)| {
        if !is_moving {
            return Ok((0.0, 0.0));
        }
        let Some((states, renewed, unperturbed)) = &shared else {
            let (states, renewed) = draws.of_gene(gene).states(genes);
            let renewed: Vec<f64> = renewed.column(gene).to_vec();
            return influence_from_states(gene, &states, &renewed, &integrate);
        };
        let mut started = states.clone();
        started.column_mut(gene).assign(&renewed.column(gene));
        let changed = checked(&integrate, &started)?;
        Ok(mean_and_error(&changes(gene, unperturbed, &changed)))
    };
    #[cfg(feature = "rayon")]
    let found: Result<Vec<(f64, f64)>, E> = asked.par_iter().map(influence).collect();
    #[cfg(not(feature = "rayon"))]
    let found: Result<Vec<(f64, f64)>, E> = asked.iter().map(influence).collect();
    let (scores, standard_errors) = found?.into_iter().unzip();
    Ok(Influence {
        scores,
        standard_errors,
        skipped: asked.iter().filter(|(_, is_moving)| !is_moving).count(),
    })
}

/// Influence and standard error of one gene from given starting states, draws × k, and its new value in every draw: the
/// published code draws anew for every gene.
///
/// # Errors
/// Those of [`gene_influence`].
pub fn influence_from_states<E: From<Error>>(
    gene: usize,
    states: &Array2<f64>,
    renewed: &[f64],
    integrate: impl Fn(ArrayView2<'_, f64>) -> Result<Vec<Array2<f64>>, E>,
) -> Result<(f64, f64), E> {
    let (draws, genes) = states.dim();
    if gene >= genes {
        return Err(Error::GeneOutOfRange {
            target: gene,
            regulator: gene,
            genes,
        }
        .into());
    }
    if renewed.len() != draws || draws == 0 {
        return Err(Error::LengthMismatch {
            left: "the list of new values",
            left_len: renewed.len(),
            right: "the list of starting states, at least one,",
            right_len: draws,
        }
        .into());
    }
    let before = checked(&integrate, states)?;
    let mut perturbed = states.clone();
    perturbed.column_mut(gene).assign(&ndarray::aview1(renewed));
    let after = checked(&integrate, &perturbed)?;
    Ok(mean_and_error(&changes(gene, &before, &after)))
}

fn checked<E: From<Error>>(
    integrate: &impl Fn(ArrayView2<'_, f64>) -> Result<Vec<Array2<f64>>, E>,
    states: &Array2<f64>,
) -> Result<Vec<Array2<f64>>, E> {
    let times = integrate(states.view())?;
    if times.is_empty() {
        return Err(Error::Empty {
            name: "the list of times after the first",
        }
        .into());
    }
    match times.iter().find(|at| at.dim() != states.dim()) {
        Some(other) => Err(Error::ShapeMismatch {
            left: "the starting states",
            left_shape: states.dim(),
            right: "the states at a later time",
            right_shape: other.dim(),
        }
        .into()),
        None => Ok(times),
    }
}

/// Of every draw, the mean change over times and genes other than `gene`.
fn changes(gene: usize, before: &[Array2<f64>], after: &[Array2<f64>]) -> Array1<f64> {
    let (draws, genes) = before[0].dim();
    let mut sums = Array1::zeros(draws);
    for (before, after) in before.iter().zip(after) {
        let rows = before.axis_iter(Axis(0)).zip(after.axis_iter(Axis(0)));
        for (sum, (before, after)) in sums.iter_mut().zip(rows) {
            let others = before
                .iter()
                .zip(&after)
                .enumerate()
                .filter(|(other, _)| *other != gene);
            *sum += compensated_sum(others.map(|(_, (before, after))| (after - before).abs()));
        }
    }
    // Alone, a gene has no other to move.
    sums / (before.len() * (genes - 1).max(1)) as f64
}

fn mean_and_error(values: &Array1<f64>) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = compensated_sum(values.iter().copied()) / count;
    let squares = compensated_sum(values.iter().map(|value| (value - mean).powi(2)));
    let variance = if values.len() > 1 {
        squares / (count - 1.0)
    } else {
        0.0
    };
    (mean, (variance / count).sqrt())
}

/// The genes to perturb, and whether each moves another.
fn asked(genes: usize, perturbed: Perturbed<'_>) -> Result<Vec<(usize, bool)>, Error> {
    let outside = |target, regulator| Error::GeneOutOfRange {
        target,
        regulator,
        genes,
    };
    match perturbed {
        Perturbed::All => Ok((0..genes).map(|gene| (gene, true)).collect()),
        Perturbed::Only(asked) => match asked.iter().find(|gene| **gene >= genes) {
            Some(&gene) => Err(outside(gene, gene)),
            None => Ok(asked.iter().map(|&gene| (gene, true)).collect()),
        },
        Perturbed::WithTargets(targets) => {
            if targets.len() != genes {
                return Err(Error::LengthMismatch {
                    left: "the list of genes that depend on each",
                    left_len: targets.len(),
                    right: "the list of genes",
                    right_len: genes,
                });
            }
            let judge = |(gene, targets): (usize, &Vec<usize>)| {
                if let Some(&target) = targets.iter().find(|target| **target >= genes) {
                    return Err(outside(target, gene));
                }
                // Every longer path to another gene starts with an edge to one, or circles in the gene itself first.
                Ok((gene, targets.iter().any(|target| *target != gene)))
            };
            targets.iter().enumerate().map(judge).collect()
        }
    }
}

#[cfg(test)]
mod tests;
