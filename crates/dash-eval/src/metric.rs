//! The value of a metric, or the reason why it has none.

use serde::Serializer;

/// The value of a metric, or the reason why it has none. An undefined value is never 0 and never NaN.
pub type Metric = Result<f64, Undefined>;

/// Why a metric has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Undefined {
    /// The universe holds no pair.
    #[error("the universe is empty")]
    EmptyUniverse,
    /// No pair of the universe is in the reference.
    #[error("the universe holds no positive pair")]
    NoPositives,
    /// One pair of the universe is in the reference, where two are needed.
    #[error("the universe holds one positive pair only: DREAM5 divides by 1 - 1/P, which is 0")]
    OnePositive,
    /// Every pair of the universe is in the reference.
    #[error("the universe holds no negative pair")]
    NoNegatives,
    /// The estimate holds no edge of the universe.
    #[error("no pair is predicted")]
    NothingPredicted,
    /// Of the estimate no prediction competes for the edges of a sign.
    #[error(
        "no prediction competes: the estimate has none, or the reference has them all with the other sign"
    )]
    NoCandidate,
    /// The estimate holds every pair of the universe.
    #[error("every pair is predicted")]
    EverythingPredicted,
    /// Neither the reference nor the estimate holds an edge of the universe.
    #[error("no pair is true and none is predicted")]
    NothingTrueOrPredicted,
    /// No true positive has a sign in the reference.
    #[error("no true positive has a sign")]
    NoSignedTruePositives,
    /// The prior holds every true edge.
    #[error("the prior lacks no true edge")]
    PriorLacksNothing,
    /// The prior holds true edges only.
    #[error("the prior holds no false edge")]
    PriorHasNoFalseEdge,
    /// The prior holds false edges only.
    #[error("the prior holds no true edge")]
    PriorHasNoTrueEdge,
    /// The prior holds every pair of the universe.
    #[error("the prior holds every pair")]
    NothingOutsidePrior,
    /// No regulator has both a positive and a negative pair.
    #[error("no regulator has both a positive and a negative pair")]
    NoRegulatorToScore,
    /// A matrix holds zeros only.
    #[error("a matrix holds zeros only")]
    AllZero,
    /// All values that are compared are equal.
    #[error("all values are equal")]
    ZeroVariance,
    /// A set, or a query that it is compared with, has no gene.
    #[error("the set or the query has no gene to compare")]
    EmptyOverlap,
    /// Fewer than ten null scores have the sign of the score.
    #[error("fewer than ten null scores have the sign of the score: use more permutations")]
    TooFewNullScores,
    /// A false positive rate that is not in (0, 1].
    #[error("the false positive rate is not in (0, 1]")]
    NoSuchRate,
}

/// `numerator / denominator`, or `why` where the denominator is 0.
pub(crate) fn ratio(numerator: u64, denominator: u64, why: Undefined) -> Metric {
    if denominator == 0 {
        return Err(why);
    }
    Ok(numerator as f64 / denominator as f64)
}

/// Writes an undefined value as null.
pub(crate) fn null_when_undefined<S: Serializer>(
    metric: &Metric,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match metric {
        Ok(value) => serializer.serialize_some(value),
        Err(_) => serializer.serialize_none(),
    }
}
