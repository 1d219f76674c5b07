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
    largest: Vec<f64>,
    smallest: Vec<f64>,
}

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
            moments,
            largest: Vec::new(),
            smallest: Vec::new(),
        })
    }

    /// Adds a permutation: the sums of all sets.
    pub(crate) fn add(&mut self, sums: impl Iterator<Item = f64>) {
        let (mut largest, mut smallest) = (f64::NEG_INFINITY, 1.0_f64);
        for (moments, sum) in self.moments.iter().zip(sums) {
            // A sum below its mean has a tail of about one half: it is not the smallest unless all are, and then 1 is
            // as good a bound. This halves the evaluations.
            let z = moments.z(sum).unwrap_or(f64::NEG_INFINITY);
            largest = largest.max(z);
            if z > 0.0 {
                smallest = smallest.min(statistics(moments, sum).1);
            }
        }
        self.largest.push(largest);
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
}
