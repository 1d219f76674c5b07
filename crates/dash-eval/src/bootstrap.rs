//! How much a score over a network depends on which targets were looked at.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use serde::Serialize;

use crate::comparison::Comparison;
use crate::error::Error;
use crate::metric::Metric;
use crate::order::{key, value};
use crate::pathway::below;
use crate::ranking::Ranking;

/// How targets are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bootstrap {
    /// Number of draws.
    pub replicates: u64,
    /// Confidence of the interval, in (0, 1).
    pub level: f64,
    /// Every draw has its own stream of the generator of this seed.
    pub seed: u64,
}

impl Default for Bootstrap {
    /// 1000 draws, 95%.
    fn default() -> Self {
        Self {
            replicates: 1000,
            level: 0.95,
            seed: 0,
        }
    }
}

/// A confidence interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Draws for which the metric is not defined; they are left out.
    pub undefined: u64,
}

/// Pairs of the universe in descending order of |s|, so that a draw is one pass.
struct Sorted {
    /// Key of the score, target, whether the pair is true.
    items: Vec<(u64, u32, bool)>,
    /// Of every target, true and false pairs whose score is 0.
    zeros: Vec<[u64; 2]>,
    /// Targets of the universe.
    targets: Vec<usize>,
}

impl<F: Copy + Into<f64>> Comparison<'_, '_, F> {
    /// A percentile interval of a ranking metric, from targets drawn with replacement. Targets are drawn with all their
    /// pairs, because the pairs of a target are not independent.
    ///
    /// # Errors
    /// [`Error::ConfidenceLevel`] if the level is not in (0, 1); [`Error::Empty`] if no draw has a value.
    pub fn bootstrap(
        &self,
        options: Bootstrap,
        metric: impl Fn(&Ranking) -> Metric,
    ) -> Result<Interval, Error> {
        if !(options.level > 0.0 && options.level < 1.0) {
            return Err(Error::ConfidenceLevel {
                value: options.level,
            });
        }
        let sorted = self.sorted_pairs();
        let root = ChaCha8Rng::seed_from_u64(options.seed);
        let mut times = vec![0_u64; self.pairs.genes()];
        let mut values = Vec::new();
        for replicate in 0..options.replicates {
            let mut generator = root.clone();
            generator.set_stream(replicate);
            times.fill(0);
            for _ in &sorted.targets {
                times[sorted.targets[below(|| generator.next_u32(), sorted.targets.len())]] += 1;
            }
            values.extend(metric(&sorted.ranking(&times)));
        }
        values.sort_unstable_by(f64::total_cmp);
        let last = values.len().checked_sub(1).ok_or(Error::Empty {
            name: "the list of draws for which the metric is defined",
        })?;
        let quantile = |share: f64| values[(share * last as f64).round() as usize];
        let beyond = 0.5 * (1.0 - options.level);
        Ok(Interval {
            low: quantile(beyond),
            high: quantile(1.0 - beyond),
            undefined: options.replicates - values.len() as u64,
        })
    }

    fn sorted_pairs(&self) -> Sorted {
        let genes = self.pairs.genes();
        let mut zeros = vec![[0_u64; 2]; genes];
        let (one_class, own_class) = (vec![0; genes], (0..genes).collect::<Vec<_>>());
        let mut pairs = vec![0_i64; genes];
        self.pairs
            .for_each_class(&one_class, &own_class, |_, target, count| {
                pairs[target] += count;
            });
        for edge in self.edges() {
            zeros[edge.pair.target][0] += 1;
        }
        for (zeros, pairs) in zeros.iter_mut().zip(&pairs) {
            zeros[1] = *pairs as u64 - zeros[0];
        }
        let mut items = Vec::new();
        self.for_each_nonzero(|pair, score, edge| {
            zeros[pair.target][usize::from(edge.is_none())] -= 1;
            items.push((key(score.abs()), pair.target as u32, edge.is_some()));
        });
        items.sort_unstable_by(|a, b| b.cmp(a));
        Sorted {
            items,
            zeros,
            targets: (0..genes).filter(|&gene| pairs[gene] > 0).collect(),
        }
    }
}

impl Sorted {
    /// The ranking in which every target counts as often as it was drawn.
    fn ranking(&self, times: &[u64]) -> Ranking {
        let groups = self.items.chunk_by(|a, b| a.0 == b.0).map(|tied| {
            let mut counts = [0, 0];
            for &(_, target, is_true) in tied {
                counts[usize::from(!is_true)] += times[target as usize];
            }
            (value(tied[0].0), counts[0], counts[1])
        });
        let mut zeros = [0, 0];
        for (times, [positives, negatives]) in times.iter().zip(&self.zeros) {
            zeros[0] += times * positives;
            zeros[1] += times * negatives;
        }
        Ranking::from_groups(groups.chain([(0.0, zeros[0], zeros[1])]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Edge, EdgeSet, Estimate, Universe};

    fn network() -> (Estimate<'static, f64>, EdgeSet) {
        let scores = (0..40).flat_map(|t| {
            [
                (t, 0, 1.0 + f64::from(t as u32 % 7)),
                (t, 1, f64::from(t as u32 % 5)),
            ]
        });
        let edges = (0..40).map(|t| Edge::unsigned(t, usize::from(t % 3 == 0)));
        (
            Estimate::sparse(40, scores).unwrap(),
            EdgeSet::new(40, edges).unwrap(),
        )
    }

    #[test]
    fn drawing_every_target_once_is_the_ranking() {
        let (estimate, reference) = network();
        for universe in [
            "all_pairs",
            "reference_regulators_no_self",
            "reference_block",
        ] {
            let universe: Universe = universe.parse().unwrap();
            let comparison = Comparison::new(&estimate, &reference, &universe).unwrap();
            let once = comparison.sorted_pairs().ranking(&[1; 40]);
            assert_eq!(once, comparison.ranking());
        }
    }

    #[test]
    fn the_interval_holds_the_value_and_repeats() {
        let (estimate, reference) = network();
        let universe = Universe::ReferenceRegulators { self_pairs: true };
        let comparison = Comparison::new(&estimate, &reference, &universe).unwrap();
        let interval = |level| {
            let options = Bootstrap {
                replicates: 300,
                level,
                seed: 5,
            };
            comparison.bootstrap(options, Ranking::auroc).unwrap()
        };
        let (wide, narrow) = (interval(0.95), interval(0.5));
        let auroc = comparison.ranking().auroc().unwrap();
        assert!(
            wide.low < narrow.low
                && narrow.low < auroc
                && auroc < narrow.high
                && narrow.high < wide.high
        );
        assert_eq!(interval(0.95), wide);
        for level in [0.0, 1.0, f64::NAN] {
            let wrong = Bootstrap {
                level,
                ..Bootstrap::default()
            };
            let error = comparison.bootstrap(wrong, Ranking::auroc).unwrap_err();
            let expected = format!("the confidence level {level} is not in (0,1)");
            assert!(error.to_string().starts_with(&expected), "{error}");
        }
    }
}
