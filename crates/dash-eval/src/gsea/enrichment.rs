//! The enrichment score of a set in a ranking.

use serde::Serialize;

use crate::error::Error;

/// Which end of the ranking a set may be enriched at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Either: the score is the extreme of larger magnitude.
    #[default]
    Both,
    /// The top: for statistics that are never negative, such as influence.
    Top,
    /// The bottom.
    Bottom,
}

/// The enrichment of a set in a ranking.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Enrichment {
    /// The enrichment score ES, in −1..=1.
    pub es: f64,
    /// Highest value of the running sum.
    pub highest: f64,
    /// Lowest value of the running sum.
    pub lowest: f64,
    /// Positions in the ranking of the genes that make the score: those up to the highest value for ES > 0, those from
    /// the lowest value on for ES < 0.
    pub leading_edge: Vec<usize>,
}

/// How much rounding may set two extremes apart that are equal.
const ROUNDING: f64 = 4.0 * f64::EPSILON;

/// The enrichment of the genes at `positions` (from 0, ascending) of a ranking with these statistics, in descending
/// order. Genes weigh |statistic|^`weight`, or the same if all of theirs are 0.
///
/// # Errors
/// [`Error::EmptySet`]; [`Error::SetCoversAll`]; [`Error::MemberOutOfRange`]; [`Error::PositionOrder`] for positions that
/// do not ascend; [`Error::StatisticOrder`] for statistics that do not descend, [`Error::NanScore`],
/// [`Error::InfiniteScore`]; [`Error::Weight`].
///
/// # Reference
/// Subramanian et al., PNAS 102 (2005); equal extremes give 0, as in fgsea (Korotkevich et al., 10.1101/060012).
pub fn enrichment(
    stats: &[f64],
    positions: &[usize],
    weight: f64,
    side: Side,
) -> Result<Enrichment, Error> {
    enrichment_of(&weights(stats, weight)?, positions, side)
}

/// As [`enrichment`], with the [`weights`] of all genes.
pub(crate) fn enrichment_of(
    weights: &[f64],
    positions: &[usize],
    side: Side,
) -> Result<Enrichment, Error> {
    check(weights.len(), positions)?;
    let hits: Vec<u32> = positions.iter().map(|&position| position as u32).collect();
    let run = Run::of(weights, &hits);
    let es = run.score(side);
    let leading_edge = if es > 0.0 {
        positions[..=run.highest_at].to_vec()
    } else if es < 0.0 {
        positions[run.lowest_at..].to_vec()
    } else {
        Vec::new()
    };
    Ok(Enrichment {
        es,
        highest: run.highest,
        lowest: run.lowest,
        leading_edge,
    })
}

fn check(genes: usize, positions: &[usize]) -> Result<(), Error> {
    let Some(&last) = positions.last() else {
        return Err(Error::EmptySet { set: 0 });
    };
    if let Some(before) = positions.windows(2).position(|pair| pair[0] >= pair[1]) {
        return Err(Error::PositionOrder {
            index: before + 1,
            position: positions[before + 1],
            before: positions[before],
        });
    }
    if last >= genes {
        return Err(Error::MemberOutOfRange {
            set: 0,
            gene: last,
            genes,
        });
    }
    if positions.len() == genes {
        return Err(Error::SetCoversAll { set: 0 });
    }
    Ok(())
}

/// |statistic|^`weight` of every gene, from statistics in descending order.
pub(crate) fn weights(stats: &[f64], weight: f64) -> Result<Vec<f64>, Error> {
    if !(weight >= 0.0 && weight.is_finite()) {
        return Err(Error::Weight { value: weight });
    }
    check_descending(stats)?;
    let powers = stats.iter().map(|stat| {
        if weight.total_cmp(&1.0).is_eq() {
            stat.abs()
        } else {
            libm::pow(stat.abs(), weight)
        }
    });
    let powers: Vec<f64> = powers.collect();
    match powers.iter().position(|power| !power.is_finite()) {
        Some(index) => Err(Error::InfiniteScore { index }),
        None => Ok(powers),
    }
}

fn check_descending(stats: &[f64]) -> Result<(), Error> {
    if let Some(index) = stats.iter().position(|stat| stat.is_nan()) {
        return Err(Error::NanScore { index });
    }
    match stats.windows(2).position(|pair| pair[0] < pair[1]) {
        None => Ok(()),
        Some(before) => Err(Error::StatisticOrder {
            index: before + 1,
            value: stats[before + 1],
            before: stats[before],
        }),
    }
}

/// The extremes of a running sum, and at which hit it has them.
pub(crate) struct Run {
    highest: f64,
    lowest: f64,
    highest_at: usize,
    lowest_at: usize,
}

impl Run {
    /// The running sum over `weights` with hits at these positions, ascending.
    pub(crate) fn of(weights: &[f64], hits: &[u32]) -> Self {
        let mut total: f64 = hits.iter().map(|&hit| weights[hit as usize]).sum();
        let all_zero = total == 0.0;
        if all_zero {
            total = hits.len() as f64;
        }
        // Divided by, not multiplied with its inverse: all misses make up exactly 1.
        let misses = (weights.len() - hits.len()) as f64;
        let mut run = Self {
            highest: f64::NEG_INFINITY,
            lowest: f64::INFINITY,
            highest_at: 0,
            lowest_at: 0,
        };
        let mut sum = 0.0;
        for (index, &hit) in hits.iter().enumerate() {
            let missed = (hit as usize - index) as f64 / misses;
            let bottom = sum / total - missed;
            sum += if all_zero { 1.0 } else { weights[hit as usize] };
            let top = sum / total - missed;
            if top > run.highest {
                (run.highest, run.highest_at) = (top, index);
            }
            if bottom < run.lowest {
                (run.lowest, run.lowest_at) = (bottom, index);
            }
        }
        run
    }

    /// The enrichment score.
    pub(crate) fn score(&self, side: Side) -> f64 {
        match side {
            Side::Both if (self.highest + self.lowest).abs() <= ROUNDING => 0.0,
            Side::Both if self.highest > -self.lowest => self.highest,
            Side::Top => self.highest,
            Side::Both | Side::Bottom => self.lowest,
        }
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_reversed_and_negated_ranking_negates_the_score(
            stats in proptest::collection::vec(-5_i8..=5, 3..40),
            chosen in proptest::collection::vec(any::<bool>(), 40),
            weight in 0_u8..3,
        ) {
            let mut stats: Vec<f64> = stats.into_iter().map(f64::from).collect();
            stats.sort_by(|a, b| b.total_cmp(a));
            let positions: Vec<usize> = (0..stats.len()).filter(|&i| chosen[i]).collect();
            let mirrored: Vec<f64> = stats.iter().rev().map(|stat| -stat).collect();
            let places: Vec<usize> = positions.iter().rev().map(|p| stats.len() - 1 - p).collect();
            let es = |stats: &[f64], positions: &[usize]| enrichment(stats, positions, f64::from(weight), Side::Both);
            match (es(&stats, &positions), es(&mirrored, &places)) {
                (Ok(a), Ok(b)) => {
                    assert_relative_eq!(a.es, -b.es, epsilon = 1e-12);
                    prop_assert!(a.es.abs() <= 1.0 + 1e-12);
                    prop_assert!(a.lowest <= a.highest);
                }
                (a, b) => prop_assert_eq!(a.is_err(), b.is_err()),
            }
        }
    }

    #[test]
    fn a_set_at_the_very_end_is_not_enriched_at_the_top() {
        for misses in [49, 98, 103, 107, 161, 187, 196] {
            let stats: Vec<f64> = (0..misses + 4).rev().map(|i| 1.0 + f64::from(i)).collect();
            let last: Vec<usize> = (0..4).map(|i| misses as usize + i).collect();
            let found = enrichment(&stats, &last, 1.0, Side::Top).unwrap();
            assert_eq!((found.es, found.leading_edge.len()), (0.0, 0), "{misses}");
        }
    }

    #[test]
    fn what_cannot_be_scored_is_an_error() {
        let stats = [2.0, 1.0, 0.5];
        assert!(enrichment(&stats, &[], 1.0, Side::Both).is_err());
        assert!(matches!(
            enrichment(&stats, &[0, 3], 1.0, Side::Both),
            Err(Error::MemberOutOfRange { gene: 3, .. })
        ));
        assert_eq!(
            enrichment(&stats, &[0, 1, 2], 1.0, Side::Both),
            Err(Error::SetCoversAll { set: 0 })
        );
        assert!(enrichment(&stats, &[0], f64::NAN, Side::Both).is_err());
        assert!(enrichment(&[f64::INFINITY, 1.0], &[0], 1.0, Side::Both).is_err());
        assert_eq!(
            enrichment(&[2.0, f64::NAN], &[0], 0.0, Side::Both),
            Err(Error::NanScore { index: 1 })
        );
    }

    #[test]
    fn positions_and_statistics_out_of_order_are_named() {
        let stats: Vec<f64> = (0..10).map(|rank| 5.0 - f64::from(rank)).collect();
        for (positions, index) in [(vec![2, 1], 1), (vec![0, 3, 3], 2), (vec![12, 4], 1)] {
            let expected = Error::PositionOrder {
                index,
                position: positions[index],
                before: positions[index - 1],
            };
            assert_eq!(
                enrichment(&stats, &positions, 1.0, Side::Both),
                Err(expected)
            );
        }
        let rising = [2.0, 1.0, 1.5];
        let error = enrichment(&rising, &[0], 1.0, Side::Both).unwrap_err();
        let expected = "the statistic at index 2 is 1.5, above the 1 before it";
        assert!(error.to_string().starts_with(expected), "{error}");
        // Zeros of both signs are one statistic.
        assert!(enrichment(&[1.0, -0.0, 0.0], &[0], 1.0, Side::Both).is_ok());
    }
}
