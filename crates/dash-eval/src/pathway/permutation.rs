//! The pathway test by permutations, as in the paper: scores are permuted over the genes, sets stay as they are.

use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use crate::error::Error;
use crate::multiple_testing::fewest_permutations;
use crate::pathway::Membership;
use crate::pathway::family::{FamilyNull, LANES};
use crate::pathway::membership::Tolerance;
use crate::pathway::moments::Population;
use crate::pathway::null_sample::NullCounts;

/// How scores are permuted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permutations {
    /// Number of permutations, B; the paper has 1000.
    pub count: u64,
    /// Every permutation has its own stream of the generator of this seed.
    pub seed: u64,
}

/// What the permutations say of every set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PermutationTest {
    /// The sets, in their order.
    pub sets: Vec<PermutedSet>,
    /// Permutations that Bonferroni at a level of 0.05 needs over this number of sets.
    pub fewest_for_bonferroni: u64,
    /// Why no set can pass Bonferroni at a level of 0.05, where there are too few permutations for it.
    pub cannot_resolve: Option<String>,
}

/// What the permutations say of one set.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PermutedSet {
    /// How often a sum was at least, or above, that of the set.
    pub counts: NullCounts,
    /// (b + 1)/(B + 1) with b the permuted sums that are at least x: never 0.
    pub p: f64,
    /// p adjusted for all sets by the largest z of every permutation (Westfall and Young's max-T).
    pub p_max_t: f64,
    /// p adjusted for all sets by the smallest Pearson III tail of every permutation (min-P): sets of any size and
    /// skewness weigh the same.
    pub p_min_p: f64,
}

/// The level at which a test is said to be able to resolve or not.
const LEVEL: f64 = 0.05;

impl Permutations {
    /// Permutes the scores and compares every set's sum with the permuted ones. One permutation serves all sets.
    ///
    /// Sums that differ by rounding alone count as equal. The result depends on the seed only.
    ///
    /// # Errors
    /// [`Error::NoPermutation`] for a count of 0; [`Error::LengthMismatch`], [`Error::EmptyRanking`],
    /// [`Error::NanScore`], [`Error::InfiniteScore`].
    ///
    /// # Reference
    /// Phipson & Smyth, Stat. Appl. Genet. Mol. Biol. 9 (2010), for p; Westfall & Young, *Resampling-Based Multiple
    /// Testing* (1993).
    pub fn test(self, scores: &[f64], sets: &Membership) -> Result<PermutationTest, Error> {
        if self.count == 0 {
            return Err(Error::NoPermutation);
        }
        sets.check_scores(scores)?;
        let population = Population::new(scores)?;
        let sums = sets.sums(scores);
        let tolerance = Tolerance::new(scores);
        let mut family = FamilyNull::new(&population, sets, &sums, tolerance)?;
        let bounds: Vec<(f64, f64)> = sets
            .sets()
            .zip(&sums)
            .map(|(set, &sum)| {
                let tolerance = tolerance.of(set.len());
                (sum - tolerance, sum + tolerance)
            })
            .collect();
        let mut counts = vec![NullCounts::none(self.count); sets.len()];
        self.for_each(scores, sets, |lanes, sums| {
            for (set, sums) in sums.iter().enumerate() {
                let (low, high) = bounds[set];
                for sum in &sums[..lanes] {
                    counts[set].at_least += u64::from(*sum >= low);
                    counts[set].above += u64::from(*sum > high);
                }
            }
            family.add(lanes, sums);
        });
        let family = family.finish();
        let judged = counts
            .into_iter()
            .zip(family)
            .map(|(counts, (p_max_t, p_min_p))| PermutedSet {
                counts,
                p: counts.p(),
                p_max_t,
                p_min_p,
            });
        let tests = sets.len() as u64;
        let fewest = fewest_permutations(tests, LEVEL)?;
        Ok(PermutationTest {
            sets: judged.collect(),
            fewest_for_bonferroni: fewest,
            cannot_resolve: (self.count < fewest).then(|| {
                format!(
                    "{} permutations cannot pass Bonferroni at {LEVEL} over {tests} sets, which needs {fewest}: use \
                     the exact null, max-T or more permutations",
                    self.count
                )
            }),
        })
    }

    /// Calls `visit(permutations, sums)` for batches of permutations; `sums` has one entry per set and lane.
    fn for_each(
        self,
        scores: &[f64],
        sets: &Membership,
        mut visit: impl FnMut(usize, &[[f64; LANES]]),
    ) {
        let (covered, _) = sets.covered();
        let ordered: Vec<u32> = (0..scores.len() as u32).collect();
        let mut pools: [Vec<u32>; LANES] = std::array::from_fn(|_| ordered.clone());
        let mut permuted = vec![[0.0; LANES]; covered.genes()];
        let mut sums = vec![[0.0; LANES]; sets.len()];
        let root = ChaCha8Rng::seed_from_u64(self.seed);
        let mut done = 0;
        while done < self.count {
            let lanes = LANES.min(usize::try_from(self.count - done).unwrap_or(LANES));
            for (stream, pool) in (done..).zip(&mut pools[..lanes]) {
                let mut generator = root.clone();
                generator.set_stream(stream);
                pool.copy_from_slice(&ordered);
                draw(pool, &mut generator, covered.genes());
            }
            for (gene, drawn) in permuted.iter_mut().enumerate() {
                *drawn = std::array::from_fn(|lane| scores[pools[lane][gene] as usize]);
            }
            for (sums, set) in sums.iter_mut().zip(covered.sets()) {
                *sums = sum_lanes(&permuted, set);
            }
            visit(lanes, &sums);
            done += lanes as u64;
        }
    }
}

fn sum_lanes(permuted: &[[f64; LANES]], set: &[u32]) -> [f64; LANES] {
    let mut sums = [0.0; LANES];
    for &gene in set {
        for (sum, score) in sums.iter_mut().zip(&permuted[gene as usize]) {
            *sum += score;
        }
    }
    sums
}

/// Makes the first `count` of `pool` numbers that are drawn from all of it without replacement (Fisher and Yates).
fn draw(pool: &mut [u32], generator: &mut ChaCha8Rng, count: usize) {
    // Words come by the block: one by one, each would wait for the last.
    const WORD: usize = size_of::<u32>();
    let mut bytes = [0; 64 * WORD];
    let mut taken = bytes.len();
    let mut next = || {
        if taken == bytes.len() {
            generator.fill_bytes(&mut bytes);
            taken = 0;
        }
        let word = &bytes[taken..taken + WORD];
        taken += WORD;
        u32::from_le_bytes(word.try_into().expect("a word"))
    };
    for index in 0..count {
        let other = index + below(&mut next, pool.len() - index);
        pool.swap(index, other);
    }
}

/// A number below `bound`, all equally likely, from uniform words.
///
/// # Reference
/// Lemire, ACM Trans. Model. Comput. Simul. 29 (2019).
pub(crate) fn below(mut next: impl FnMut() -> u32, bound: usize) -> usize {
    let bound = u32::try_from(bound).expect("there are fewer than 2^32 genes");
    loop {
        let product = u64::from(next()) * u64::from(bound);
        let low = product as u32;
        // Few products fall into the part that would make some numbers likelier.
        if low >= bound || low >= bound.wrapping_neg() % bound {
            return (product >> 32) as usize;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pathway::{TailMethod, score_sets};

    fn job() -> (Vec<f64>, Membership) {
        let scores: Vec<f64> = (0..200).map(|i| f64::from(i * i % 37) / 8.0).collect();
        let lists = [
            vec![1, 2, 3, 4, 5, 6],
            (0..40).map(|i| 5 * i).collect(),
            vec![6, 19, 31, 43, 56, 68, 7],
        ];
        (scores, Membership::new(200, lists).unwrap())
    }

    #[test]
    fn permutations_tend_to_the_exact_null() {
        let (scores, sets) = job();
        let exact = score_sets(&scores, &sets, TailMethod::Auto).unwrap();
        for (count, error) in [(500, 0.09), (20_000, 0.015)] {
            let test = Permutations { count, seed: 3 }
                .test(&scores, &sets)
                .unwrap();
            for (permuted, exact) in test.sets.iter().zip(&exact) {
                assert!(
                    (permuted.p - exact.tail.p).abs() < error,
                    "{count}: {permuted:?} {exact:?}"
                );
                assert!(permuted.p >= 1.0 / (count as f64 + 1.0));
                assert!(permuted.p_max_t >= permuted.p && permuted.p_min_p >= permuted.p);
            }
        }
    }

    #[test]
    fn a_set_that_scores_low_is_reached_by_all() {
        // A single set needs no adjustment, and every permutation reaches the lowest sum there is.
        let scores: Vec<f64> = (0..10).map(f64::from).collect();
        for gene in [0, 2, 5, 9] {
            let sets = Membership::new(10, [vec![gene]]).unwrap();
            let permutations = Permutations {
                count: 999,
                seed: 1,
            };
            let found = permutations.test(&scores, &sets).unwrap().sets[0];
            assert_eq!((found.p_max_t, found.p_min_p), (found.p, found.p));
            assert!((found.p - (10 - gene) as f64 / 10.0).abs() < 0.04);
        }
    }

    #[test]
    fn a_longer_run_continues_a_shorter_one() {
        let (scores, sets) = job();
        let counts = |count| {
            let test = Permutations { count, seed: 9 }
                .test(&scores, &sets)
                .unwrap();
            test.sets
                .iter()
                .map(|set| set.counts.at_least)
                .collect::<Vec<_>>()
        };
        let (short, long) = (counts(11), counts(12));
        assert!(
            short
                .iter()
                .zip(&long)
                .all(|(short, long)| (short..=&(short + 1)).contains(&long))
        );
    }

    #[test]
    fn too_few_permutations_are_said_to_be_too_few() {
        let scores: Vec<f64> = (0..30).map(f64::from).collect();
        let sets = Membership::new(30, (0..20).map(|i| vec![i, i + 1])).unwrap();
        let test = |count| {
            Permutations { count, seed: 0 }
                .test(&scores, &sets)
                .unwrap()
        };
        assert_eq!(test(398).fewest_for_bonferroni, 399);
        assert!(test(398).cannot_resolve.unwrap().contains("399"));
        assert_eq!(test(399).cannot_resolve, None);
        assert_eq!(
            Permutations { count: 0, seed: 0 }.test(&scores, &sets),
            Err(Error::NoPermutation)
        );
    }

    #[test]
    fn every_number_below_a_bound_is_drawn_as_often() {
        let mut generator = ChaCha8Rng::seed_from_u64(1);
        let mut counts = [0; 7];
        for _ in 0..70_000 {
            counts[below(|| generator.next_u32(), 7)] += 1;
        }
        assert!(
            counts.iter().all(|count| (9_600..10_400).contains(count)),
            "{counts:?}"
        );
    }
}
