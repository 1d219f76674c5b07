//! p-values adjusted for a family of sets by what the best set of every permutation reaches.

use crate::error::Error;
use crate::pathway::Membership;
use crate::pathway::membership::Tolerance;
use crate::pathway::moments::{Population, SumMoments};
use crate::pathway::pearson3::pearson3_tail;

/// Share by which rounding may set two statistics apart that are equal.
const ROUNDING: f64 = 1e-11;

/// Permutations that are looked at together, one in each lane.
pub(crate) const LANES: usize = 8;

/// The best statistics of every permutation.
pub(crate) struct FamilyNull {
    laws: Vec<Law>,
    /// z and Pearson III tail that count as those of every set as it is; −∞ and 1 where there is but one sum.
    bounds: Vec<(f64, f64)>,
    /// Up to which z the tail of every set is known to be at least [`COMMON`].
    common: Vec<f64>,
    /// z of every set in the permutations at hand.
    z: Vec<[f64; LANES]>,
    largest: Vec<f64>,
    smallest: Vec<f64>,
}

/// The law of the sum of a set.
#[derive(Clone, Copy)]
struct Law {
    mean: f64,
    /// 0 where there is but one sum.
    sd: f64,
    skewness: f64,
}

/// A tail that the best set of a permutation nearly always falls below, so that most sets need no tail of their own.
const COMMON: f64 = 0.01;

impl FamilyNull {
    pub(crate) fn new(
        population: &Population,
        sets: &Membership,
        sums: &[f64],
        tolerance: Tolerance,
    ) -> Result<Self, Error> {
        let law = |set: &[u32]| Ok(Law::new(&population.sum_moments(set.len())?));
        let laws: Result<Vec<Law>, Error> = sets.sets().map(law).collect();
        let laws = laws?;
        let bound = |(law, (set, &sum)): (&Law, (&[u32], &f64))| {
            // Of scores far from 0 sums differ by more than z does.
            let z = law.z(sum);
            let least = law
                .z(sum - tolerance.of(set.len()))
                .min(z - ROUNDING * z.abs());
            // Of hardly skewed scores a tail has errors of its own, and may be the larger one at the larger z.
            let p = law.tail(z).max(law.tail(least));
            (least, p * (1.0 + ROUNDING))
        };
        let bounds = laws.iter().zip(sets.sets().zip(sums)).map(bound).collect();
        Ok(Self {
            bounds,
            common: vec![f64::NEG_INFINITY; laws.len()],
            z: Vec::with_capacity(laws.len()),
            laws,
            largest: Vec::new(),
            smallest: Vec::new(),
        })
    }

    /// Adds permutations, the first `lanes`: the sums of all sets.
    pub(crate) fn add(&mut self, lanes: usize, sums: &[[f64; LANES]]) {
        let z_of = |(law, sums): (&Law, &[f64; LANES])| sums.map(|sum| law.z(sum));
        self.z.clear();
        self.z.extend(self.laws.iter().zip(sums).map(z_of));
        let mut largest = [f64::NEG_INFINITY; LANES];
        for z in &self.z {
            for (largest, &z) in largest.iter_mut().zip(z) {
                *largest = if z > *largest { z } else { *largest };
            }
        }
        self.largest.extend_from_slice(&largest[..lanes]);
        let smallest = self.smallest_tails();
        self.smallest.extend_from_slice(&smallest[..lanes]);
    }

    /// The smallest tail of every permutation at hand.
    ///
    /// The tail falls with z, so that a set whose z has shown a common tail before cannot be the best one unless all are
    /// common. Then every set counts, also with a sum below its mean: a tail of 1 in its place would leave out
    /// permutations that are as good as what was observed.
    fn smallest_tails(&mut self) -> [f64; LANES] {
        let mut smallest = [1.0_f64; LANES];
        for ((law, z), common) in self.laws.iter().zip(&self.z).zip(&mut self.common) {
            for (smallest, &z) in smallest.iter_mut().zip(z) {
                if z > *common {
                    let p = law.tail(z);
                    *smallest = smallest.min(p);
                    if p >= COMMON {
                        *common = z;
                    }
                }
            }
        }
        for (lane, smallest) in smallest.iter_mut().enumerate() {
            if *smallest > COMMON {
                for ((law, z), common) in self.laws.iter().zip(&self.z).zip(&self.common) {
                    if z[lane] <= *common {
                        *smallest = smallest.min(law.tail(z[lane]));
                    }
                }
            }
        }
        smallest
    }

    /// Of every set the p-values adjusted by max-T and by min-P.
    pub(crate) fn finish(mut self) -> Vec<(f64, f64)> {
        self.largest.sort_unstable_by(f64::total_cmp);
        self.smallest.sort_unstable_by(f64::total_cmp);
        let all = self.largest.len() as f64 + 1.0;
        let adjusted = |&(z, p): &(f64, f64)| {
            let reach_z = self.largest.len() - self.largest.partition_point(|max| *max < z);
            let reach_p = self.smallest.partition_point(|min| *min <= p);
            // All reach −∞, the z of a set that has but one sum.
            let reach_z = if z.is_finite() {
                reach_z
            } else {
                self.largest.len()
            };
            ((reach_z as f64 + 1.0) / all, (reach_p as f64 + 1.0) / all)
        };
        self.bounds.iter().map(adjusted).collect()
    }
}

impl Law {
    fn new(moments: &SumMoments) -> Self {
        Self {
            mean: moments.mean,
            sd: moments.variance.sqrt(),
            skewness: moments.skewness.unwrap_or(0.0),
        }
    }

    fn z(self, sum: f64) -> f64 {
        if self.sd > 0.0 {
            (sum - self.mean) / self.sd
        } else {
            f64::NEG_INFINITY
        }
    }

    fn tail(self, z: f64) -> f64 {
        if self.sd > 0.0 {
            pearson3_tail(z, self.skewness)
        } else {
            1.0
        }
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;

    fn family(scores: &[f64], sets: &Membership, sums: &[f64]) -> FamilyNull {
        let population = Population::new(scores).unwrap();
        FamilyNull::new(&population, sets, sums, Tolerance::new(scores)).unwrap()
    }

    #[test]
    fn sums_that_rounding_sets_apart_are_equal() {
        // Far from 0, where one order of adding differs from another by more than z's own digits.
        let scores: Vec<f64> = (0..60).map(|i| 1e6 + 0.1 * f64::from(i % 4)).collect();
        let sets = Membership::new(60, [vec![0, 1, 2, 3, 5, 7]]).unwrap();
        let sum = |genes: [usize; 6]| genes.iter().map(|&gene| scores[gene]).sum::<f64>();
        let (observed, other) = (sum([0, 1, 2, 3, 5, 7]), sum([7, 5, 3, 2, 1, 0]));
        let lower = observed.min(other).min(observed - 1e-9);
        let mut family = family(&scores, &sets, &[observed]);
        family.add(1, &[[lower; LANES]]);
        assert_eq!(family.finish(), [(1.0, 1.0)]);
    }

    #[test]
    fn an_equal_sum_counts_though_the_tail_is_not_exact() {
        let scores = [
            1.625, -3.875, -3.0, 0.0, 0.0, 0.0, -4.375, 0.0, 4.375, 2.0, 0.0, 0.0, 1.0, -2.25,
        ];
        let sets = Membership::new(14, [vec![1, 4, 8, 10]]).unwrap();
        let sum = sets.sums(&scores)[0];
        let mut family = family(&scores, &sets, &[sum]);
        family.add(1, &[[sum; LANES]]);
        assert_eq!(family.finish(), [(1.0, 1.0)]);
    }

    #[test]
    fn a_set_is_compared_with_the_best_of_every_permutation() {
        let scores: Vec<f64> = (0..10).map(f64::from).collect();
        let sets = Membership::new(10, [vec![9], vec![0]]).unwrap();
        let mut family = family(&scores, &sets, &[9.0, 0.0]);
        let lanes = |sums: [f64; 3]| std::array::from_fn(|lane| *sums.get(lane).unwrap_or(&0.0));
        family.add(3, &[lanes([9.0, 0.0, 3.0]), lanes([1.0, 9.0, 4.0])]);
        let adjusted = family.finish();
        assert_relative_eq!(adjusted[0].0, 3.0 / 4.0);
        assert_relative_eq!(adjusted[0].1, 3.0 / 4.0);
        assert_relative_eq!(adjusted[1].0, 1.0);
    }

    #[test]
    fn tails_that_are_passed_over_are_not_the_smallest() {
        let scores: Vec<f64> = (0..60).map(|i| f64::from(i * i % 31)).collect();
        let population = Population::new(&scores).unwrap();
        let sets = Membership::new(60, (0..12).map(|i| (i..i + 3 + i % 4).collect())).unwrap();
        let sums = sets.sums(&scores);
        let mut family = family(&scores, &sets, &sums);
        let (mut expected, mut rounds) = (Vec::new(), Vec::new());
        for round in 0..300_u32 {
            // Permutations with a set that stands out, and without one.
            let spread = [1.0, 14.0, 20.0, 1e9][round as usize % 4];
            let sum =
                |set: usize| sums[set] * f64::from((round * 7 + set as u32 * 13) % 29) / spread;
            let sums: Vec<f64> = (0..sets.len()).map(sum).collect();
            let tails = sums.iter().zip(sets.sets()).map(|(sum, set)| {
                let moments = population.sum_moments(set.len()).unwrap();
                pearson3_tail(moments.z(*sum).unwrap(), moments.skewness.unwrap())
            });
            expected.push(tails.fold(1.0, f64::min));
            rounds.push(sums);
        }
        for rounds in rounds.chunks(LANES) {
            let of_set = |set: usize| {
                std::array::from_fn(|lane| rounds.get(lane).map_or(0.0, |sums| sums[set]))
            };
            let sums: Vec<[f64; LANES]> = (0..sets.len()).map(of_set).collect();
            family.add(rounds.len(), &sums);
        }
        assert_eq!(family.smallest, expected);
        // Both ways were gone: by the sets passed over, and by those left; also where every sum is below its mean.
        assert!(expected.iter().any(|p| *p > COMMON) && expected.iter().any(|p| *p < COMMON));
        assert!(expected.iter().any(|p| (0.6..1.0).contains(p)));
    }
}
