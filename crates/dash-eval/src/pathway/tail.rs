//! How a tail probability is found, and what came of it.

use serde::{Deserialize, Serialize};

/// How the tail probability of a sum of scores is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TailMethod {
    /// The best that applies: a closed form at the boundaries, every subset where there are few, the null
    /// distribution on a grid, and the saddlepoint below p = 1e−11 and for sets of thousands of genes that are more than a
    /// quarter of all.
    #[default]
    Auto,
    /// Every subset of the size of the set.
    Enumeration,
    /// The null distribution on a fine grid, exact where all scores are integers.
    ExactNull,
    /// A double saddlepoint approximation: right far in the tail; wrong by factors where the skewness exceeds 1.5.
    Saddlepoint,
    /// A gamma distribution with the exact mean, variance and skewness: a screen. It may end before the sums do; p is at
    /// least that of a single subset, 1/C(N, k).
    PearsonIii,
    /// A normal distribution corrected for skewness: near the mean only. The correction may leave nothing; p is at least
    /// that of a single subset, 1/C(N, k).
    Edgeworth,
    /// A normal distribution: for display only, wrong by orders of magnitude for skewed scores.
    Normal,
    /// A closed form: a set of one gene or of all, equal scores, or a sum at or beyond an end of its range.
    /// Used where it applies, but for the methods by moments; asked for, it is `Auto` elsewhere.
    Boundary,
}

/// A tail probability P(X ≥ x), and how it was found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Tail {
    /// p, above 0 unless no sum is that large or p is below the smallest number that a float can hold.
    pub p: f64,
    /// ln p, finite for every sum that some subset reaches. Where none does it is −∞ (null in JSON), but for the methods
    /// by moments, which do not know the largest sum.
    pub ln_p: f64,
    /// How it was found.
    pub method: TailMethod,
}

impl Tail {
    pub(crate) fn of(p: f64, method: TailMethod) -> Self {
        let p = p.clamp(0.0, 1.0);
        Self {
            p,
            ln_p: libm::log(p),
            method,
        }
    }

    /// From p and its logarithm, which is known where p is too small for a float.
    pub(crate) fn of_both(p: f64, ln_p: f64, method: TailMethod) -> Self {
        Self {
            p: p.clamp(0.0, 1.0),
            // Far enough out the logarithm would overflow as well.
            ln_p: ln_p.clamp(f64::MIN, 0.0),
            method,
        }
    }

    /// Not below p = e^`ln_least`.
    pub(crate) fn at_least(self, ln_least: f64) -> Self {
        if self.ln_p < ln_least {
            Self::of_ln(ln_least, self.method)
        } else {
            self
        }
    }

    pub(crate) fn of_ln(ln_p: f64, method: TailMethod) -> Self {
        let ln_p = ln_p.min(0.0);
        Self {
            p: libm::exp(ln_p),
            ln_p,
            method,
        }
    }
}
