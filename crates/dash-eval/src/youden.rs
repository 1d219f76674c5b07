//! The cut of a ranking that is best for a given reference.

use serde::Serialize;

use crate::metric::Undefined;
use crate::ranking::Ranking;

/// The ORACLE THRESHOLD of a ranking: the cut of largest J = TPR − FPR, chosen with the reference in hand.
///
/// It says what the scores could reach, not what they reach: a user without the reference cannot choose it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Youden {
    /// A pair is predicted where its score is at least this; of cuts of equal J the highest.
    pub threshold: f64,
    /// J = TPR − FPR.
    pub j: f64,
    /// (1 + J)/2.
    pub balanced_accuracy: f64,
}

impl Ranking {
    /// The oracle threshold of the ranking.
    ///
    /// # Errors
    /// [`Undefined`] without a positive or without a negative.
    ///
    /// # Reference
    /// Youden, *Index for rating diagnostic tests*, Cancer 3 (1950).
    pub fn youden(&self) -> Result<Youden, Undefined> {
        if self.negatives() == 0 {
            return Err(Undefined::NoNegatives);
        }
        let (positives, negatives) = (i128::from(self.positives()), i128::from(self.negatives()));
        // J·P·N is an integer. A cut at a score that only negatives have never has the largest J.
        let best = self.groups().iter().map(|group| {
            let scaled =
                i128::from(group.through.tp) * negatives - i128::from(group.through.fp) * positives;
            (scaled, group.threshold)
        });
        let best = best.reduce(|best, next| if next.0 > best.0 { next } else { best });
        let (scaled, threshold) = best.ok_or(Undefined::NoPositives)?;
        let j = scaled as f64 / (positives * negatives) as f64;
        Ok(Youden {
            threshold,
            j,
            balanced_accuracy: f64::midpoint(1.0, j),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_equal_cuts_the_highest_is_taken() {
        let ranking = Ranking::from_groups([(3.0, 1, 0), (2.0, 1, 1), (1.0, 0, 1)]);
        assert_eq!(
            ranking.youden(),
            Ok(Youden {
                threshold: 3.0,
                j: 0.5,
                balanced_accuracy: 0.75
            })
        );
    }

    #[test]
    fn one_class_alone_has_no_cut() {
        assert_eq!(
            Ranking::from_groups([(1.0, 0, 4)]).youden(),
            Err(Undefined::NoPositives)
        );
        assert_eq!(
            Ranking::from_groups([(1.0, 4, 0)]).youden(),
            Err(Undefined::NoNegatives)
        );
    }
}
