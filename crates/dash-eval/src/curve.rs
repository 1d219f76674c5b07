//! The complete ROC and precision–recall curve.

use serde::Serialize;

use crate::comparison::Comparison;
use crate::error::Error;
use crate::metric::{Metric, Undefined, ratio};
use crate::order::{key, value};
use crate::ranking::{Ranking, check_items};

/// What predicting every score of at least `threshold` gives.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CurvePoint {
    /// The threshold: one of the scores.
    pub threshold: f64,
    /// Positives at or above it, tp.
    pub true_positives: u64,
    /// Negatives at or above it, fp.
    pub false_positives: u64,
}

impl CurvePoint {
    /// tp/(tp + fp).
    pub fn precision(&self) -> f64 {
        self.true_positives as f64 / (self.true_positives + self.false_positives) as f64
    }
}

/// The complete ROC and precision–recall curve: one point per distinct score, in descending order.
///
/// Unlike a [`Ranking`] it takes memory for every score that is not 0.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Curve {
    points: Vec<CurvePoint>,
}

impl Curve {
    /// The curve of items with the given labels (true = positive) and scores, higher first.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`], [`Error::EmptyRanking`], [`Error::NanScore`].
    pub fn from_labels<F: Copy + Into<f64>>(labels: &[bool], scores: &[F]) -> Result<Self, Error> {
        check_items(labels, scores)?;
        let mut items = Vec::with_capacity(scores.len());
        for (index, (&label, &score)) in labels.iter().zip(scores).enumerate() {
            let score = score.into();
            if score.is_nan() {
                return Err(Error::NanScore { index });
            }
            items.push((key(score), label));
        }
        Ok(Self::from_items(items, 0, 0))
    }

    /// The curve of `(key of the score, label)` items and of a number of zeros of either label.
    fn from_items(mut items: Vec<(u64, bool)>, zero_positives: u64, zero_negatives: u64) -> Self {
        items.sort_unstable_by(|a, b| b.cmp(a));
        let mut groups: Vec<(u64, u64, u64)> = Vec::new();
        for same in items.chunk_by(|a, b| a.0 == b.0) {
            let positives = same.iter().filter(|item| item.1).count() as u64;
            groups.push((same[0].0, positives, same.len() as u64 - positives));
        }
        if zero_positives + zero_negatives > 0 {
            let zero = key(0.0);
            groups.insert(
                groups.partition_point(|group| group.0 > zero),
                (zero, zero_positives, zero_negatives),
            );
        }
        let (mut true_positives, mut false_positives) = (0, 0);
        let points = groups.into_iter().map(|(key, positives, negatives)| {
            true_positives += positives;
            false_positives += negatives;
            CurvePoint {
                threshold: value(key),
                true_positives,
                false_positives,
            }
        });
        Self {
            points: points.collect(),
        }
    }

    /// The points, in descending order of their thresholds; the last one predicts everything.
    pub fn points(&self) -> &[CurvePoint] {
        &self.points
    }

    /// The recall, or true positive rate, of a point: tp/P.
    ///
    /// # Errors
    /// [`Undefined`] without a positive.
    pub fn recall(&self, point: &CurvePoint) -> Metric {
        let positives = self.points.last().map_or(0, |last| last.true_positives);
        ratio(point.true_positives, positives, Undefined::NoPositives)
    }

    /// The false positive rate of a point: fp/N.
    ///
    /// # Errors
    /// [`Undefined`] without a negative.
    pub fn false_positive_rate(&self, point: &CurvePoint) -> Metric {
        let negatives = self.points.last().map_or(0, |last| last.false_positives);
        ratio(point.false_positives, negatives, Undefined::NoNegatives)
    }

    /// The ranking that the curve draws.
    pub fn ranking(&self) -> Ranking {
        let (mut tp, mut fp) = (0, 0);
        Ranking::from_groups(self.points.iter().map(|point| {
            let group = (
                point.threshold,
                point.true_positives - tp,
                point.false_positives - fp,
            );
            (tp, fp) = (point.true_positives, point.false_positives);
            group
        }))
    }
}

impl<F: Copy + Into<f64>> Comparison<'_, '_, F> {
    /// The complete curve of |s| over the universe.
    pub fn curve(&self) -> Curve {
        let mut items = Vec::new();
        let mut found = 0;
        self.for_each_nonzero(|_, score, edge| {
            items.push((key(score.abs()), edge.is_some()));
            found += u64::from(edge.is_some());
        });
        let zeros = self.pairs.len() - items.len() as u64;
        let zero_positives = self.positives() - found;
        Curve::from_items(items, zero_positives, zeros - zero_positives)
    }
}
