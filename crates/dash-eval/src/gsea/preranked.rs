//! Every set of a collection in one ranking.

use std::collections::BTreeMap;

use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use crate::error::Error;
use crate::gsea::enrichment::{Enrichment, Run, Side, enrichment_of, weights};
use crate::gsea::null::{NullConvention, Significance, significance};
use crate::multiple_testing::{Adjustment, adjust};
use crate::pathway::{Membership, below};

/// How sets are scored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GseaOptions {
    /// A gene weighs |statistic| to this power.
    pub weight: f64,
    /// Which end of the ranking counts.
    pub side: Side,
    /// Random sets of every size.
    pub permutations: u64,
    /// Every random set has its own stream of the generator of this seed.
    pub seed: u64,
    /// How p and NES are found.
    pub convention: NullConvention,
}

impl Default for GseaOptions {
    fn default() -> Self {
        Self {
            weight: 1.0,
            side: Side::Both,
            permutations: 1000,
            seed: 0,
            convention: NullConvention::Fgsea,
        }
    }
}

/// The enrichment of a set, and how rare it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EnrichedSet {
    /// Genes of the set.
    pub genes: usize,
    /// Its score.
    pub enrichment: Enrichment,
    /// How rare the score is among random sets of as many genes.
    pub significance: Significance,
    /// p adjusted by Benjamini and Hochberg over all sets; none where p is undefined.
    pub adjusted_p: Option<f64>,
}

/// Scores every set in a ranking; the null are random sets of as many genes.
///
/// `stats` are the statistics in descending order, and `sets` name genes by their position in it. Sets of all sizes
/// share their random genes: the first m of a random set of the largest size are a random set of m.
///
/// # Errors
/// Those of [`enrichment`](crate::enrichment), for the first set that has one: [`Error::StatisticOrder`] if the statistics
/// do not descend; [`Error::LengthMismatch`]; [`Error::NoPermutation`].
pub fn preranked(
    stats: &[f64],
    sets: &Membership,
    options: &GseaOptions,
) -> Result<Vec<EnrichedSet>, Error> {
    if options.permutations == 0 {
        return Err(Error::NoPermutation);
    }
    sets.check_scores(stats)?;
    let weights = weights(stats, options.weight)?;
    let enrichments: Result<Vec<Enrichment>, Error> = sets
        .sets()
        .enumerate()
        .map(|(set, genes)| {
            let positions: Vec<usize> = genes.iter().map(|&gene| gene as usize).collect();
            let found = enrichment_of(&weights, &positions, options.side);
            found.map_err(|error| match error {
                Error::SetCoversAll { .. } => Error::SetCoversAll { set },
                other => other,
            })
        })
        .collect();
    let enrichments = enrichments?;
    let null = null_scores(&weights, sets, options);
    let judged: Vec<Significance> = sets
        .sets()
        .zip(&enrichments)
        .map(|(set, found)| {
            significance(
                found.es,
                &null[&set.len()],
                options.side,
                options.convention,
            )
        })
        .collect();
    let p_values: Vec<f64> = judged
        .iter()
        .map(|judged| judged.p.unwrap_or(f64::NAN))
        .collect();
    let adjusted = adjust(&p_values, Adjustment::BenjaminiHochberg)?;
    let all = sets.sets().zip(enrichments).zip(judged).zip(adjusted);
    Ok(all
        .map(
            |(((set, enrichment), significance), adjusted)| EnrichedSet {
                genes: set.len(),
                enrichment,
                significance,
                adjusted_p: Some(adjusted).filter(|p| !p.is_nan()),
            },
        )
        .collect())
}

/// Scores of random sets of every size that occurs, ascending.
fn null_scores(
    weights: &[f64],
    sets: &Membership,
    options: &GseaOptions,
) -> BTreeMap<usize, Vec<f64>> {
    let mut null: BTreeMap<usize, Vec<f64>> =
        sets.sets().map(|set| (set.len(), Vec::new())).collect();
    let largest = null.keys().next_back().copied().unwrap_or(0);
    let root = ChaCha8Rng::seed_from_u64(options.seed);
    let mut sample = Sample::new(weights.len());
    for permutation in 0..options.permutations {
        let mut generator = root.clone();
        generator.set_stream(permutation);
        sample.draw(largest, &mut generator);
        for (&size, scores) in &mut null {
            let run = Run::of(weights, sample.first(size));
            scores.push(run.score(options.side));
        }
    }
    for scores in null.values_mut() {
        scores.sort_unstable_by(f64::total_cmp);
    }
    null
}

/// Random positions without repetition.
struct Sample {
    /// All positions; the drawn ones first while drawing.
    pool: Vec<u32>,
    /// In the order they were drawn.
    drawn: Vec<u32>,
    /// The first of them, ascending.
    sorted: Vec<u32>,
    merged: Vec<u32>,
}

impl Sample {
    fn new(positions: usize) -> Self {
        Self {
            pool: (0..positions as u32).collect(),
            drawn: Vec::new(),
            sorted: Vec::new(),
            merged: Vec::new(),
        }
    }

    fn draw(&mut self, count: usize, generator: &mut ChaCha8Rng) {
        self.drawn.clear();
        self.sorted.clear();
        let mut swaps = Vec::with_capacity(count);
        for index in 0..count {
            let other = index + below(|| generator.next_u32(), self.pool.len() - index);
            self.pool.swap(index, other);
            self.drawn.push(self.pool[index]);
            swaps.push(other);
        }
        // Back to the start, so that a draw depends on its own generator alone.
        for (index, other) in swaps.into_iter().enumerate().rev() {
            self.pool.swap(index, other);
        }
    }

    /// The first `count` positions drawn, ascending; `count` never falls between two draws.
    fn first(&mut self, count: usize) -> &[u32] {
        let mut new = self.drawn[self.sorted.len()..count].to_vec();
        new.sort_unstable();
        self.merged.clear();
        let mut old = self.sorted.iter().copied().peekable();
        for position in new {
            while let Some(before) = old.next_if(|before| *before < position) {
                self.merged.push(before);
            }
            self.merged.push(position);
        }
        self.merged.extend(old);
        std::mem::swap(&mut self.sorted, &mut self.merged);
        &self.sorted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_of_a_sample_are_sorted_sets_of_their_size() {
        let mut sample = Sample::new(50);
        let mut generator = ChaCha8Rng::seed_from_u64(4);
        for _ in 0..3 {
            sample.draw(20, &mut generator);
            let drawn = sample.drawn.clone();
            for count in [1, 5, 20] {
                let mut expected = drawn[..count].to_vec();
                expected.sort_unstable();
                assert_eq!(sample.first(count), expected);
                assert!(expected.windows(2).all(|pair| pair[0] < pair[1]));
            }
            assert!(sample.pool.iter().copied().eq(0..50));
        }
    }

    #[test]
    fn statistics_in_another_order_are_an_error() {
        let rising: Vec<f64> = (0..10).map(f64::from).collect();
        let sets = Membership::new(10, [vec![0, 1]]).unwrap();
        assert_eq!(
            preranked(&rising, &sets, &GseaOptions::default()),
            Err(Error::StatisticOrder {
                index: 1,
                value: 1.0,
                before: 0.0
            })
        );
    }

    #[test]
    fn a_set_does_not_change_with_the_sets_beside_it() {
        let stats: Vec<f64> = (0..100).map(|i| 5.0 - f64::from(i) / 10.0).collect();
        let lists = [
            vec![0, 1, 2, 3, 4],
            vec![10, 30, 50, 70],
            (60..80).collect(),
        ];
        let options = GseaOptions {
            permutations: 200,
            ..GseaOptions::default()
        };
        let all = Membership::new(100, lists.clone()).unwrap();
        let all = preranked(&stats, &all, &options).unwrap();
        assert!(all[0].significance.p.unwrap() < 0.02 && all[0].enrichment.es > 0.9);
        for (list, found) in lists.into_iter().zip(&all) {
            let alone = Membership::new(100, [list]).unwrap();
            let alone = &preranked(&stats, &alone, &options).unwrap()[0];
            assert_eq!(alone.significance, found.significance);
            assert_eq!(alone.enrichment, found.enrichment);
        }
    }
}
