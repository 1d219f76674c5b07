//! The pathway test: do the genes of a set score more, summed, than as many genes drawn at random?

use std::cell::OnceCell;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::error::Error;
use crate::metric::{Metric, null_when_undefined};
use crate::pathway::Membership;
use crate::pathway::counting;
use crate::pathway::enumeration::Enumeration;
use crate::pathway::exact_null::{self, Query};
use crate::pathway::membership::{Tolerance, first_whole};
use crate::pathway::moments::Population;
use crate::pathway::pearson3::{ln_pearson3_tail, pearson3_tail};
use crate::pathway::saddlepoint::{
    Saddlepoint, SaddlepointScores, descending, edgeworth_tail, ln_edgeworth_tail,
};
use crate::pathway::tail::{Tail, TailMethod};
use crate::special::{ln_choose, ln_upper_tail, upper_tail};

/// p below which the null distribution on a grid has lost its digits: here it may be wrong by 1%.
const GRID_RESOLVES: f64 = 1e-11;

/// The summed score of a set, and how it compares with sets of as many genes drawn without replacement.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SetScore {
    /// Number of genes of the set, k.
    pub genes: usize,
    /// x, the sum of their scores.
    pub sum: f64,
    /// Exact mean of the null distribution.
    pub mean: f64,
    /// Its exact standard deviation.
    pub sd: f64,
    /// (x − mean)/sd; undefined if the null distribution is one value.
    #[serde(serialize_with = "null_when_undefined")]
    pub z: Metric,
    /// P(X ≥ x).
    pub tail: Tail,
}

/// Scores every set: x is the sum of its genes' scores, p the chance of a sum of at least x for as many genes drawn
/// without replacement from all genes. No permutation is needed, and p is not bounded by a number of permutations.
///
/// The null is competitive: it asks whether the set scores higher than other genes and takes genes as independent. Genes
/// of a pathway move together, so p overstates the evidence that the pathway itself matters (Goeman & Bühlmann,
/// Bioinformatics 23, 2007). One-sided: large sums are what is looked for.
///
/// # Errors
/// [`Error::LengthMismatch`], [`Error::EmptyRanking`], [`Error::NanScore`], [`Error::InfiniteScore`];
/// [`Error::SumNotFinite`] if a sum overflows; [`Error::TooManySubsets`] if enumeration is asked for and there are more
/// than a million; [`Error::NoSaddlepoint`] if only a saddlepoint is asked for and there is none;
/// [`Error::GridTooSmall`] if only the null distribution on a grid is asked for and it does not reach a sum.
pub fn score_sets(
    scores: &[f64],
    sets: &Membership,
    method: TailMethod,
) -> Result<Vec<SetScore>, Error> {
    sets.check_scores(scores)?;
    let population = Population::new(scores)?;
    let sums = sets.sums(scores);
    let queries: Vec<Query> = sets
        .sets()
        .zip(&sums)
        .map(|(set, &sum)| Query {
            size: set.len(),
            sum,
        })
        .collect();
    let tails = find_tails(scores, &population, &queries, method)?;
    queries
        .iter()
        .zip(tails)
        .map(|(query, tail)| {
            let moments = population.sum_moments(query.size)?;
            Ok(SetScore {
                genes: query.size,
                sum: query.sum,
                mean: moments.mean,
                sd: moments.variance.sqrt(),
                z: moments.z(query.sum),
                tail,
            })
        })
        .collect()
}

/// P(X ≥ x) of every `(k, x)`, with X the sum of k of the scores drawn without replacement: 0 for an x that no k scores
/// reach.
///
/// # Errors
/// [`Error::SetSize`] if a k is 0 or above the number of scores, [`Error::SumNotFinite`] for an x that is infinite or not
/// a number, and those of [`score_sets`].
pub fn sum_tails(
    scores: &[f64],
    sums: &[(usize, f64)],
    method: TailMethod,
) -> Result<Vec<Tail>, Error> {
    let population = Population::new(scores)?;
    for &(size, _) in sums {
        population.sum_moments(size)?;
    }
    let queries: Vec<Query> = sums
        .iter()
        .map(|&(size, sum)| Query { size, sum })
        .collect();
    find_tails(scores, &population, &queries, method)
}

fn find_tails(
    scores: &[f64],
    population: &Population,
    queries: &[Query],
    method: TailMethod,
) -> Result<Vec<Tail>, Error> {
    if let Some(index) = queries.iter().position(|query| !query.sum.is_finite()) {
        let value = queries[index].sum;
        return Err(Error::SumNotFinite { index, value });
    }
    match method {
        TailMethod::PearsonIii | TailMethod::Edgeworth | TailMethod::Normal => {
            let tolerance = Tolerance::new(scores);
            let tail = |query| by_moments(population, query, tolerance, method);
            queries.iter().map(tail).collect()
        }
        _ => Tails::new(scores, population).find(queries, method),
    }
}

/// Finds tails of sums of the same scores.
struct Tails<'a> {
    scores: &'a [f64],
    population: &'a Population,
    /// Scores in descending order.
    sorted: Vec<f64>,
    tolerance: Tolerance,
    saddlepoints: OnceCell<SaddlepointScores>,
}

impl<'a> Tails<'a> {
    fn new(scores: &'a [f64], population: &'a Population) -> Self {
        Self {
            scores,
            population,
            sorted: descending(scores),
            tolerance: Tolerance::new(scores),
            saddlepoints: OnceCell::new(),
        }
    }

    fn find(&self, queries: &[Query], method: TailMethod) -> Result<Vec<Tail>, Error> {
        let mut tails: Vec<Option<Tail>> =
            queries.iter().map(|query| self.boundary(query)).collect();
        if matches!(
            method,
            TailMethod::Auto | TailMethod::Boundary | TailMethod::Enumeration
        ) {
            self.enumerate(queries, &mut tails);
        }
        if matches!(
            method,
            TailMethod::Auto | TailMethod::Boundary | TailMethod::ExactNull
        ) {
            self.on_grid(queries, &mut tails);
        }
        let rest = |(query, tail): (&Query, Option<Tail>)| match tail {
            Some(tail) => Ok(tail),
            None => self.approximate(query, method),
        };
        queries.iter().zip(tails).map(rest).collect()
    }

    /// What has a closed form.
    fn boundary(&self, query: &Query) -> Option<Tail> {
        let (size, genes) = (query.size, self.scores.len());
        let most: f64 = self.sorted[..size].iter().sum();
        let least: f64 = self.sorted[genes - size..].iter().sum();
        let at = query.sum - self.tolerance.of(size);
        let method = TailMethod::Boundary;
        if query.sum - self.tolerance.worst_of(size) > most {
            return Some(Tail::of(0.0, method));
        }
        if at <= least {
            return Some(Tail::of(1.0, method));
        }
        if size == 1 {
            let above = self.sorted.partition_point(|score| *score >= at);
            return Some(Tail::of(above as f64 / genes as f64, method));
        }
        if query.sum + self.tolerance.of(size) < most {
            return None;
        }
        // All scores above the lowest one taken are in; the choice is among its ties.
        let lowest = self.sorted[size - 1];
        let above = self.sorted.partition_point(|score| *score > lowest);
        let tied = self.sorted.partition_point(|score| *score >= lowest) - above;
        let maximal = ln_choose(tied as u64, (size - above) as u64);
        let all = ln_choose(genes as u64, size as u64);
        Some(Tail::of_ln(maximal - all, method))
    }

    fn enumerate(&self, queries: &[Query], tails: &mut [Option<Tail>]) {
        let mut of_size: BTreeMap<usize, Option<Enumeration>> = BTreeMap::new();
        for (query, tail) in queries.iter().zip(tails) {
            if tail.is_some() {
                continue;
            }
            let sums = of_size
                .entry(query.size)
                .or_insert_with(|| Enumeration::new(self.scores, query.size));
            if let Some(sums) = sums {
                let p = sums.tail(query.sum - self.tolerance.of(query.size));
                *tail = Some(Tail::of(p, TailMethod::Enumeration));
            }
        }
    }

    fn on_grid(&self, queries: &[Query], tails: &mut [Option<Tail>]) {
        let open: Vec<usize> = (0..queries.len()).filter(|&i| tails[i].is_none()).collect();
        let asked: Vec<Query> = open.iter().map(|&i| queries[i]).collect();
        if let Some(counted) = counting::tails(self.scores, &asked) {
            for (index, p) in open.into_iter().zip(counted) {
                tails[index] = Some(Tail::of(p, TailMethod::ExactNull));
            }
            return;
        }
        for (index, p) in open.into_iter().zip(exact_null::tails(self.scores, &asked)) {
            if let Some(p) = p.filter(|p| *p > GRID_RESOLVES) {
                tails[index] = Some(Tail::of(p, TailMethod::ExactNull));
            }
        }
    }

    fn approximate(&self, query: &Query, method: TailMethod) -> Result<Tail, Error> {
        let &Query { size, sum } = query;
        let genes = self.scores.len();
        let screen = |method| by_moments(self.population, query, self.tolerance, method);
        match method {
            TailMethod::Enumeration => Err(Error::TooManySubsets { size, genes }),
            TailMethod::ExactNull => Err(Error::GridTooSmall { size, sum }),
            TailMethod::Saddlepoint => Ok(self.saddlepoint(query)?.tail()),
            TailMethod::PearsonIii | TailMethod::Edgeworth | TailMethod::Normal => screen(method),
            TailMethod::Auto | TailMethod::Boundary => match self.saddlepoint(query) {
                Ok(saddlepoint) => Ok(saddlepoint.tail()),
                // So near to the end of the range that Newton's method fails.
                Err(_) => screen(TailMethod::PearsonIii),
            },
        }
    }

    /// Integer scores are evaluated half a unit below the first sum that reaches x, as every sum has a width of one.
    fn saddlepoint(&self, query: &Query) -> Result<Saddlepoint, Error> {
        let scores = self
            .saddlepoints
            .get_or_init(|| SaddlepointScores::new(self.sorted.clone(), *self.population));
        let sum = if scores.are_counts() {
            first_whole(query.sum, self.tolerance.worst_of(query.size)) - 0.5
        } else {
            query.sum
        };
        scores.at(query.size, sum)
    }
}

/// From the moments of the sum alone.
fn by_moments(
    population: &Population,
    query: &Query,
    tolerance: Tolerance,
    method: TailMethod,
) -> Result<Tail, Error> {
    let &Query { size, sum } = query;
    let moments = population.sum_moments(size)?;
    let (Ok(z), Ok(skewness)) = (moments.z(sum), moments.skewness) else {
        let is_reached = sum - tolerance.worst_of(size) <= moments.mean;
        let p = if is_reached { 1.0 } else { 0.0 };
        return Ok(Tail::of(p, TailMethod::Boundary));
    };
    let (p, ln_p) = match method {
        TailMethod::Normal => (upper_tail(z), ln_upper_tail(z)),
        TailMethod::Edgeworth => (edgeworth_tail(z, skewness), ln_edgeworth_tail(z, skewness)),
        _ => (pearson3_tail(z, skewness), ln_pearson3_tail(z, skewness)),
    };
    let tail = Tail::of_both(p, ln_p, method);
    if method == TailMethod::Normal {
        return Ok(tail);
    }
    // A law that ends before the sums do, or goes below 0, says less than this: one subset is the least there can be.
    Ok(tail.at_least(-ln_choose(population.count as u64, size as u64)))
}

#[cfg(test)]
mod tests;
