//! p-values adjusted for a family of sets by what the best set of every permutation reaches.

use crate::error::Error;
use crate::pathway::Membership;
use crate::pathway::moments::{Population, SumMoments};
use crate::pathway::pearson3::pearson3_tail;

/// Share by which rounding may set two statistics apart that are equal.
const ROUNDING: f64 = 1e-11;

/// The best statistics of every permutation.
pub(crate) struct FamilyNull {
    moments: Vec<SumMoments>,
    /// z and Pearson III tail of every set as it is; −∞ and 1 where there is but one sum.
    observed: Vec<(f64, f64)>,
    /// Up to which z the tail of every set is known to be at least [`COMMON`].
    common: Vec<f64>,
    /// z of every set in the permutation at hand.
    z: Vec<f64>,
    largest: Vec<f64>,
    smallest: Vec<f64>,
}

/// A tail that the best set of a permutation nearly always falls below, so that most sets need no tail of their own.
const COMMON: f64 = 0.01;

impl FamilyNull {
    pub(crate) fn new(
        population: &Population,
        sets: &Membership,
        sums: &[f64],
    ) -> Result<Self, Error> {
        let moments: Result<Vec<SumMoments>, Error> = sets
            .sets()
            .map(|set| population.sum_moments(set.len()))
            .collect();
        let moments = moments?;
        Ok(Self {
            observed: moments
                .iter()
                .zip(sums)
                .map(|(moments, &sum)| statistics(moments, sum))
                .collect(),
            common: vec![0.0; moments.len()],
            z: Vec::with_capacity(moments.len()),
            moments,
            largest: Vec::new(),
            smallest: Vec::new(),
        })
    }

    /// Adds a permutation: the sums of all sets.
    ///
    /// The tail falls with z, so that a set whose z has shown a common tail before cannot be the best one unless all are
    /// common. A sum below its mean is not counted: 1 is as good a bound for it.
    pub(crate) fn add(&mut self, sums: impl Iterator<Item = f64>) {
        let z_of = |(moments, sum): (&SumMoments, f64)| moments.z(sum).unwrap_or(f64::NEG_INFINITY);
        self.z.clear();
        self.z.extend(self.moments.iter().zip(sums).map(z_of));
        let tail = |set: usize, z: f64| -> f64 {
            let skewness = self.moments[set].skewness.as_ref();
            skewness.map_or(1.0, |skewness| pearson3_tail(z, *skewness))
        };
        let mut smallest = 1.0_f64;
        for (set, &z) in self.z.iter().enumerate() {
            if z > self.common[set] {
                let p = tail(set, z);
                smallest = smallest.min(p);
                if p >= COMMON {
                    self.common[set] = z;
                }
            }
        }
        if smallest > COMMON {
            let passed_over = self.z.iter().zip(&self.common).enumerate();
            let passed_over = passed_over.filter(|(_, (z, common))| **z > 0.0 && *z <= *common);
            smallest = passed_over.fold(smallest, |least, (set, (&z, _))| least.min(tail(set, z)));
        }
        self.largest
            .push(self.z.iter().copied().fold(f64::NEG_INFINITY, f64::max));
        self.smallest.push(smallest);
    }

    /// Of every set the p-values adjusted by max-T and by min-P.
    pub(crate) fn finish(mut self) -> Vec<(f64, f64)> {
        self.largest.sort_unstable_by(f64::total_cmp);
        self.smallest.sort_unstable_by(f64::total_cmp);
        let all = self.largest.len() as f64 + 1.0;
        let adjusted = |&(z, p): &(f64, f64)| {
            let bound = z - ROUNDING * z.abs();
            let reach_z = self.largest.len() - self.largest.partition_point(|max| *max < bound);
            let reach_p = self
                .smallest
                .partition_point(|min| *min <= p * (1.0 + ROUNDING));
            // All reach −∞, the z of a set that has but one sum.
            let reach_z = if z.is_finite() {
                reach_z
            } else {
                self.largest.len()
            };
            ((reach_z as f64 + 1.0) / all, (reach_p as f64 + 1.0) / all)
        };
        self.observed.iter().map(adjusted).collect()
    }
}

fn statistics(moments: &SumMoments, sum: f64) -> (f64, f64) {
    match (moments.z(sum), moments.skewness) {
        (Ok(z), Ok(skewness)) => (z, pearson3_tail(z, skewness)),
        _ => (f64::NEG_INFINITY, 1.0),
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;

    #[test]
    fn a_set_is_compared_with_the_best_of_every_permutation() {
        let scores: Vec<f64> = (0..10).map(f64::from).collect();
        let population = Population::new(&scores).unwrap();
        let sets = Membership::new(10, [vec![9], vec![0]]).unwrap();
        let mut family = FamilyNull::new(&population, &sets, &[9.0, 0.0]).unwrap();
        for sums in [[9.0, 1.0], [0.0, 9.0], [3.0, 4.0]] {
            family.add(sums.into_iter());
        }
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
        let mut family = FamilyNull::new(&population, &sets, &sums).unwrap();
        let mut expected = Vec::new();
        for round in 0..300_u32 {
            // Permutations with a set that stands out, and without one.
            let spread = [1.0, 14.0, 20.0, 1e9][round as usize % 4];
            let sum =
                |set: usize| sums[set] * f64::from((round * 7 + set as u32 * 13) % 29) / spread;
            family.add((0..sets.len()).map(sum));
            let tails = (0..sets.len()).map(|set| statistics(&family.moments[set], sum(set)));
            let above = tails.filter(|(z, _)| *z > 0.0).map(|(_, p)| p);
            expected.push(above.fold(1.0, f64::min));
        }
        assert_eq!(family.smallest, expected);
        // Both ways were gone: by the sets passed over, and by those left.
        assert!(expected.iter().any(|p| *p > COMMON) && expected.iter().any(|p| *p < COMMON));
    }
}
