//! How much a gene moves the others: the influence scores that pathways are tested with.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use ndarray::{Array1, Array2, ArrayView2, Axis};

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
}

impl InfluenceDraws {
    /// The paper's: 200 states, uniform on 0..1.
    pub fn paper(seed: u64) -> Self {
        Self {
            count: 200,
            low: 0.0,
            high: 1.0,
            seed,
        }
    }

    /// Those of the published PHOENIX code: 60 states, uniform on −½..½; its times are 0, 0.1, …, 0.9.
    pub fn phoenix_code(seed: u64) -> Self {
        Self {
            count: 60,
            low: -0.5,
            high: 0.5,
            seed,
        }
    }

    /// Starting states, draws × k, and for every draw the new value of every gene, draws × k. The first genes of a draw
    /// do not depend on which genes are asked for.
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

/// The influence of every gene.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Influence {
    /// I(j): mean change of the other genes when gene j starts elsewhere; length k.
    pub scores: Vec<f64>,
    /// Standard error of every score, over draws; 0 for a single draw and for genes that reach no other.
    pub standard_errors: Vec<f64>,
    /// Genes whose influence is 0 without integration, because no path leads from them to a gene that moves.
    pub skipped: usize,
}

/// The influence of every gene of a vector field.
///
/// Starting states are shared by all genes, so differences between genes are not noise of the draws, and unperturbed
/// trajectories are integrated once. `integrate` takes starting states, n × k, and gives the states at every time
/// after the first, as one n × k matrix per time. `reaches[j]` are the genes that directly depend on gene j and move at
/// all: for DASH those i with ReLU(vᵢ) > 0 and an entry j in the weights of their path; `None` if that is not known.
///
/// # Errors
/// [`Error::Empty`] without draws or times; [`Error::ShapeMismatch`] if `integrate` gives another shape;
/// [`Error::GeneOutOfRange`] if `reaches` names a gene that does not exist; [`Error::LengthMismatch`]; and those of
/// `integrate`, which may have its own type.
///
/// # Reference
/// The paper's pathway analysis: x⁰ uniform, gene j drawn again, mean over draws, times and genes i ≠ j of
/// |x′ᵢ(t) − xᵢ(t)|.
pub fn gene_influence<E: From<Error>>(
    genes: usize,
    draws: InfluenceDraws,
    reaches: Option<&[Vec<usize>]>,
    mut integrate: impl FnMut(ArrayView2<'_, f64>) -> Result<Vec<Array2<f64>>, E>,
) -> Result<Influence, E> {
    if draws.count == 0 {
        return Err(Error::Empty {
            name: "the list of starting states",
        }
        .into());
    }
    let moves = match reaches {
        Some(reaches) => moves_another(genes, reaches)?,
        None => vec![true; genes],
    };
    let (states, renewed) = draws.states(genes);
    let unperturbed = checked(&mut integrate, &states)?;
    let (mut scores, mut standard_errors) = (vec![0.0; genes], vec![0.0; genes]);
    for gene in (0..genes).filter(|&gene| moves[gene]) {
        let mut perturbed = states.clone();
        perturbed.column_mut(gene).assign(&renewed.column(gene));
        let changed = checked(&mut integrate, &perturbed)?;
        let changes = changes(gene, &unperturbed, &changed);
        (scores[gene], standard_errors[gene]) = mean_and_error(&changes);
    }
    Ok(Influence {
        scores,
        standard_errors,
        skipped: moves.iter().filter(|moves| !**moves).count(),
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
    mut integrate: impl FnMut(ArrayView2<'_, f64>) -> Result<Vec<Array2<f64>>, E>,
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
    let before = checked(&mut integrate, states)?;
    let mut perturbed = states.clone();
    perturbed.column_mut(gene).assign(&ndarray::aview1(renewed));
    let after = checked(&mut integrate, &perturbed)?;
    Ok(mean_and_error(&changes(gene, &before, &after)))
}

fn checked<E: From<Error>>(
    integrate: &mut impl FnMut(ArrayView2<'_, f64>) -> Result<Vec<Array2<f64>>, E>,
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
            *sum += others
                .map(|(_, (before, after))| (after - before).abs())
                .sum::<f64>();
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

/// Whether a path leads from a gene to another one that moves: an edge to another gene is enough.
fn moves_another(genes: usize, reaches: &[Vec<usize>]) -> Result<Vec<bool>, Error> {
    if reaches.len() != genes {
        return Err(Error::LengthMismatch {
            left: "the list of genes that depend on each",
            left_len: reaches.len(),
            right: "the list of genes",
            right_len: genes,
        });
    }
    let mut moves = Vec::with_capacity(genes);
    for (gene, targets) in reaches.iter().enumerate() {
        if let Some(&target) = targets.iter().find(|target| **target >= genes) {
            return Err(Error::GeneOutOfRange {
                target,
                regulator: gene,
                genes,
            });
        }
        // Every longer path to another gene starts with an edge to one, or circles in the gene itself first.
        moves.push(targets.iter().any(|target| *target != gene));
    }
    Ok(moves)
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;
    use ndarray::array;

    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "an integrator may fail")]
    /// x₁ grows by x₀, x₂ stays, x₃ depends on itself only; one step of Euler per time.
    fn integrate(states: ArrayView2<'_, f64>) -> Result<Vec<Array2<f64>>, Error> {
        let mut now = states.to_owned();
        let mut times = Vec::new();
        for _ in 0..3 {
            let driver = now.column(0).to_owned();
            now.column_mut(1).scaled_add(0.5, &driver);
            now.column_mut(3).map_inplace(|x| *x *= 0.9);
            times.push(now.clone());
        }
        Ok(times)
    }

    #[test]
    fn influence_is_the_mean_change_of_the_others() {
        let draws = InfluenceDraws {
            count: 4000,
            low: 0.0,
            high: 1.0,
            seed: 1,
        };
        let reaches = [vec![1], vec![], vec![], vec![3]];
        let found = gene_influence(4, draws, Some(&reaches), integrate).unwrap();
        assert_eq!(found.skipped, 3);
        assert_eq!(&found.scores[1..], [0.0; 3]);
        // E|u − u′| = 1/3, times 0.5, 1 and 1.5 in x₁, over three times and three genes.
        let expected = (0.5 + 1.0 + 1.5) / 3.0 / 9.0;
        assert!((found.scores[0] - expected).abs() < 4.0 * found.standard_errors[0]);
        assert!(found.standard_errors[0] > 0.0 && found.standard_errors[0] < 0.002);
        // The shortcut changes nothing.
        let all = gene_influence(4, draws, None, integrate).unwrap();
        assert_eq!((all.scores, all.skipped), (found.scores, 0));
    }

    #[test]
    fn a_longer_run_continues_a_shorter_one() {
        let states = |count| {
            InfluenceDraws {
                count,
                ..InfluenceDraws::paper(3)
            }
            .states(5)
            .0
        };
        let (short, long) = (states(2), states(3));
        assert_eq!(short, long.slice(ndarray::s![..2, ..]));
        assert!(long.iter().all(|value| (0.0..1.0).contains(value)));
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let none = InfluenceDraws {
            count: 0,
            ..InfluenceDraws::paper(0)
        };
        assert!(gene_influence(4, none, None, integrate).is_err());
        let two = InfluenceDraws {
            count: 2,
            ..InfluenceDraws::phoenix_code(0)
        };
        let unknown = [vec![4], vec![], vec![], vec![]];
        assert!(matches!(
            gene_influence(4, two, Some(&unknown), integrate),
            Err(Error::GeneOutOfRange { target: 4, .. })
        ));
        let other = |_: ArrayView2<'_, f64>| Ok::<_, Error>(vec![array![[0.0]]]);
        assert!(matches!(
            gene_influence(4, two, None, other),
            Err(Error::ShapeMismatch { .. })
        ));
    }

    #[test]
    fn changes_leave_out_the_gene_itself() {
        let before = [array![[0.0, 0.0, 0.0]]];
        let after = [array![[5.0, 1.0, -3.0]]];
        assert_relative_eq!(changes(0, &before, &after)[0], 2.0);
        assert_relative_eq!(changes(2, &before, &after)[0], 3.0);
    }
}
