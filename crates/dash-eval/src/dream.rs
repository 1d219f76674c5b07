//! The scores of the DREAM network challenges.

use serde::Serialize;

use crate::error::Error;
use crate::metric::{Metric, Undefined, null_when_undefined};

/// The areas of a ranked list in a DREAM challenge.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct DreamScores {
    /// Area under the precision–recall curve, by the rule of the challenge.
    #[serde(serialize_with = "null_when_undefined")]
    pub aupr: Metric,
    /// Area under the ROC curve.
    #[serde(serialize_with = "null_when_undefined")]
    pub auroc: Metric,
}

/// A list in rank order, over a universe of T pairs of which P are true. Ties do not exist: the order is the rank.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DreamList<'a> {
    labels: &'a [bool],
    positives: u64,
    pairs: u64,
}

impl<'a> DreamList<'a> {
    /// `labels` says of every listed pair of the universe whether it is true; pairs that are not listed share the true
    /// ones that are left.
    ///
    /// # Errors
    /// [`Error::DreamCounts`] if the list has more pairs, more true ones or more false ones than the universe.
    pub fn new(labels: &'a [bool], positives: u64, pairs: u64) -> Result<Self, Error> {
        let listed = labels.len() as u64;
        let found = labels.iter().filter(|label| **label).count() as u64;
        if positives <= pairs && found <= positives && listed - found <= pairs - positives {
            return Ok(Self {
                labels,
                positives,
                pairs,
            });
        }
        Err(Error::DreamCounts {
            listed,
            found,
            positives,
            pairs,
        })
    }

    /// DREAM5: precision–recall points are joined by straight lines from the first pair on, and the area is divided by
    /// 1 − 1/P: with a single true pair it is [`Undefined::OnePositive`].
    ///
    /// # Reference
    /// Marbach et al., Nat. Methods 9 (2012).
    pub fn dream5(&self) -> DreamScores {
        DreamScores {
            aupr: self.dream5_aupr(),
            auroc: self.auroc(),
        }
    }

    /// DREAM3 and DREAM4: the curve between two pairs follows the hyperbola of Davis and Goadrich.
    ///
    /// # Reference
    /// Stolovitzky, Prill & Califano, Ann. N. Y. Acad. Sci. 1158 (2009).
    pub fn dream4(&self) -> DreamScores {
        DreamScores {
            aupr: self.dream4_aupr(),
            auroc: self.auroc(),
        }
    }

    /// `(TP_n, FP_n)` for n = 1..T: listed pairs are true or false, others a part of both.
    fn points(&self) -> impl Iterator<Item = (f64, f64)> {
        let found = self.labels.iter().filter(|label| **label).count() as f64;
        let rest = self.pairs - self.labels.len() as u64;
        let share = self.share_of_rest();
        let (mut tp, mut fp) = (0.0, 0.0);
        let listed = self.labels.iter().map(move |&label| {
            *(if label { &mut tp } else { &mut fp }) += 1.0;
            (tp, fp)
        });
        let wrong = self.labels.len() as f64 - found;
        let unlisted = (1..=rest).map(move |n| {
            let n = n as f64;
            (found + n * share, wrong + n * (1.0 - share))
        });
        listed.chain(unlisted)
    }

    /// ρ, the share of true pairs among those that are not listed.
    fn share_of_rest(&self) -> f64 {
        let found = self.labels.iter().filter(|label| **label).count() as u64;
        let rest = self.pairs - self.labels.len() as u64;
        if rest == 0 {
            0.0
        } else {
            (self.positives - found) as f64 / rest as f64
        }
    }

    fn dream5_aupr(&self) -> Metric {
        match self.positives {
            0 => return Err(Undefined::NoPositives),
            1 => return Err(Undefined::OnePositive),
            _ => {}
        }
        let all = self.positives as f64;
        let mut points = self.points().map(|(tp, fp)| (tp / all, tp / (tp + fp)));
        let mut before = points.next().ok_or(Undefined::EmptyUniverse)?;
        let area: f64 = points
            .map(|(recall, precision)| {
                let strip = (recall - before.0) * f64::midpoint(precision, before.1);
                before = (recall, precision);
                strip
            })
            .sum();
        Ok(area / (1.0 - 1.0 / all))
    }

    fn dream4_aupr(&self) -> Metric {
        if self.positives == 0 {
            return Err(Undefined::NoPositives);
        }
        let all = self.positives as f64;
        let listed = self.labels.len() as f64;
        if self.labels.is_empty() {
            return Ok(all / self.pairs as f64);
        }
        let (mut tp, mut fp, mut area) = (0.0, 0.0, 0.0);
        for (n, &label) in (1..).zip(self.labels) {
            if label {
                tp += 1.0;
                let n = f64::from(n);
                let turn = if n > 1.0 {
                    fp * libm::log(n / (n - 1.0))
                } else {
                    0.0
                };
                area += (1.0 - turn) / all;
            } else {
                fp += 1.0;
            }
        }
        let (share, recall) = (self.share_of_rest(), tp / all);
        if share > 0.0 {
            let start = listed * share;
            let turn = libm::log((start + all * (1.0 - recall)) / start);
            area += share * (1.0 - recall) + share * (recall - start / all) * turn;
        }
        Ok(area)
    }

    fn auroc(&self) -> Metric {
        let negatives = self.pairs - self.positives;
        if self.positives == 0 {
            return Err(Undefined::NoPositives);
        }
        if negatives == 0 {
            return Err(Undefined::NoNegatives);
        }
        let mut before = (0.0, 0.0);
        let area: f64 = self
            .points()
            .map(|(tp, fp)| {
                let strip = (fp - before.1) * f64::midpoint(tp, before.0);
                before = (tp, fp);
                strip
            })
            .sum();
        Ok(area / (self.positives as f64 * negatives as f64))
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;

    #[test]
    fn an_empty_list_is_chance() {
        let empty = DreamList::new(&[], 20, 100).unwrap();
        assert_relative_eq!(empty.dream4().aupr.unwrap(), 0.2);
        assert_relative_eq!(empty.dream4().auroc.unwrap(), 0.5, max_relative = 1e-12);
        assert_relative_eq!(empty.dream5().auroc.unwrap(), 0.5, max_relative = 1e-12);
    }

    #[test]
    fn a_perfect_list_is_one() {
        let labels: Vec<bool> = (0..50).map(|rank| rank < 5).collect();
        let perfect = DreamList::new(&labels, 5, 50).unwrap();
        for scores in [perfect.dream4(), perfect.dream5()] {
            assert_relative_eq!(scores.aupr.unwrap(), 1.0, max_relative = 1e-12);
            assert_relative_eq!(scores.auroc.unwrap(), 1.0, max_relative = 1e-12);
        }
    }

    #[test]
    fn counts_that_do_not_fit_are_errors() {
        assert!(DreamList::new(&[true, true], 1, 9).is_err());
        assert!(DreamList::new(&[false, false], 8, 9).is_err());
        assert!(DreamList::new(&[], 10, 9).is_err());
        let none = DreamList::new(&[false], 0, 9).unwrap();
        assert_eq!(none.dream5().auroc, Err(Undefined::NoPositives));
        assert_eq!(none.dream5().aupr, Err(Undefined::NoPositives));
    }

    #[test]
    fn one_true_pair_is_too_few_for_dream5_alone() {
        let one = DreamList::new(&[true, false], 1, 5).unwrap();
        assert_eq!(one.dream5().aupr, Err(Undefined::OnePositive));
        assert_eq!(one.dream5().auroc, Ok(1.0));
        assert_relative_eq!(one.dream4().aupr.unwrap(), 1.0, max_relative = 1e-12);
    }
}
