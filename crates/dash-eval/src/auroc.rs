//! Area under the receiver operating characteristic.

use crate::metric::{Metric, Undefined};
use crate::ranking::Ranking;

impl Ranking {
    /// AUROC: the probability that a positive scores higher than a negative, ties counting one half.
    ///
    /// The count of pairs is an integer and is divided once.
    ///
    /// # Errors
    /// [`Undefined`] without a positive or without a negative.
    ///
    /// # Reference
    /// The Mann–Whitney U with midranks; `roc_auc_score` of scikit-learn.
    pub fn auroc(&self) -> Metric {
        if self.positives() == 0 {
            return Err(Undefined::NoPositives);
        }
        if self.negatives() == 0 {
            return Err(Undefined::NoNegatives);
        }
        let half_wins = self.groups().iter().map(|group| {
            let lower = self.negatives() - group.through.fp;
            let tied = group.through.fp - group.before.fp;
            u128::from(group.through.tp - group.before.tp) * u128::from(2 * lower + tied)
        });
        let won = half_wins.sum::<u128>() as f64;
        Ok(won / (2 * u128::from(self.positives()) * u128::from(self.negatives())) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_beyond_single_precision_stay_exact() {
        // One positive above all but one of 2^25 negatives.
        let negatives = (1 << 25) - 1;
        let ranking = Ranking::from_groups([(2.0, 0, 1), (1.0, 1, 0), (0.0, 0, negatives)]);
        let expected = negatives as f64 / (negatives + 1) as f64;
        assert_eq!(ranking.auroc(), Ok(expected));
    }

    #[test]
    fn one_class_alone_has_no_auroc() {
        assert_eq!(
            Ranking::from_groups([(1.0, 0, 4)]).auroc(),
            Err(Undefined::NoPositives)
        );
        assert_eq!(
            Ranking::from_groups([(1.0, 4, 0)]).auroc(),
            Err(Undefined::NoNegatives)
        );
    }
}
