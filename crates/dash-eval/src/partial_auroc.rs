//! Area under the first part of the receiver operating characteristic.

use crate::metric::{Metric, Undefined};
use crate::ranking::Ranking;
use crate::sum::compensated_sum;

impl Ranking {
    /// Area under the ROC curve up to a false positive rate of `most` in (0, 1], divided by `most`: the mean true
    /// positive rate in that part. A random order has `most`/2.
    ///
    /// # Errors
    /// [`Undefined`] without a positive, without a negative, or for a rate outside of (0, 1].
    pub fn partial_auroc(&self, most: f64) -> Metric {
        if self.positives() == 0 {
            return Err(Undefined::NoPositives);
        }
        if self.negatives() == 0 {
            return Err(Undefined::NoNegatives);
        }
        if !(most > 0.0 && most <= 1.0) {
            return Err(Undefined::NoSuchRate);
        }
        let (all, end) = (self.positives() as f64, most * self.negatives() as f64);
        let (mut tp, mut fp) = (0.0, 0.0);
        let mut areas = Vec::with_capacity(2 * self.groups().len() + 1);
        // Level up to the group, then straight through its ties.
        let mut line_to = |next_fp: f64, next_tp: f64| {
            let stop = next_fp.min(end);
            if stop > fp {
                let at_stop = tp + (next_tp - tp) * (stop - fp) / (next_fp - fp);
                areas.push((stop - fp) * f64::midpoint(tp, at_stop));
            }
            (fp, tp) = (next_fp, next_tp);
        };
        for group in self.groups() {
            line_to(group.before.fp as f64, group.before.tp as f64);
            line_to(group.through.fp as f64, group.through.tp as f64);
        }
        line_to(self.negatives() as f64, all);
        Ok(compensated_sum(areas) / (all * end))
    }

    /// The partial AUROC on the scale of the AUROC: ½ for a random order, 1 for a perfect one.
    ///
    /// # Errors
    /// Those of [`partial_auroc`](Self::partial_auroc).
    ///
    /// # Reference
    /// `McClish`, Med. Decis. Making 9 (1989); `roc_auc_score` of scikit-learn with `max_fpr`.
    pub fn standardised_partial_auroc(&self, most: f64) -> Metric {
        let chance = 0.5 * most;
        let above = self.partial_auroc(most)? - chance;
        Ok(0.5 * (1.0 + above / (1.0 - chance)))
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;

    #[test]
    fn the_whole_curve_is_the_auroc() {
        let ranking = Ranking::from_groups([(4.0, 1, 2), (3.0, 0, 1), (2.0, 2, 3), (0.0, 1, 9)]);
        let whole = ranking.partial_auroc(1.0).unwrap();
        assert_relative_eq!(whole, ranking.auroc().unwrap(), max_relative = 1e-14);
        let standard = ranking.standardised_partial_auroc(1.0).unwrap();
        assert_relative_eq!(standard, whole, max_relative = 1e-14);
    }

    #[test]
    fn parts_end_within_a_tie() {
        // One group of all items: the diagonal.
        let tied = Ranking::from_groups([(1.0, 4, 10)]);
        assert_relative_eq!(
            tied.partial_auroc(0.25).unwrap(),
            0.125,
            max_relative = 1e-14
        );
        assert_relative_eq!(tied.standardised_partial_auroc(0.25).unwrap(), 0.5);
        // Half of the positives first: half of the height over the first negatives.
        let half = Ranking::from_groups([(2.0, 2, 0), (1.0, 0, 10), (0.0, 2, 0)]);
        assert_relative_eq!(half.partial_auroc(0.3).unwrap(), 0.5, max_relative = 1e-14);
        assert!(half.partial_auroc(0.0).is_err() && half.partial_auroc(f64::NAN).is_err());
    }
}
