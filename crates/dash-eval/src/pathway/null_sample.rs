//! What a sample of the null distribution says of a value.

use serde::Serialize;

use crate::error::Error;
use crate::metric::{Metric, Undefined, null_when_undefined};
use crate::pathway::membership::check_finite;
use crate::special::clopper_pearson;
use crate::sum::compensated_sum;

/// How many values of a null sample reach what was observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct NullCounts {
    /// Values that are at least as large, b.
    pub at_least: u64,
    /// Values that are larger.
    pub above: u64,
    /// Size of the sample, B.
    pub sample: u64,
}

impl NullCounts {
    pub(crate) fn none(sample: u64) -> Self {
        Self {
            at_least: 0,
            above: 0,
            sample,
        }
    }

    /// (b + 1)/(B + 1): never 0.
    ///
    /// # Reference
    /// Phipson & Smyth, Stat. Appl. Genet. Mol. Biol. 9 (2010).
    pub fn p(self) -> f64 {
        (self.at_least as f64 + 1.0) / (self.sample as f64 + 1.0)
    }

    /// b/B, which may be 0: only to reproduce numbers made this way (decoupler, GSEA).
    pub fn p_biased(self) -> f64 {
        self.at_least as f64 / self.sample as f64
    }

    /// The share of larger values, which may be 0: only to reproduce the published code.
    pub fn p_published_code(self) -> f64 {
        self.above as f64 / self.sample as f64
    }

    /// The interval of confidence `level` for the p that infinitely many permutations would give (Clopper–Pearson).
    pub fn interval(self, level: f64) -> (f64, f64) {
        clopper_pearson(self.at_least, self.sample, level)
    }
}

/// What a sample of the null distribution says of an observed value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct NullSummary {
    /// Mean of the sample.
    pub mean: f64,
    /// Its standard deviation, with B − 1.
    pub sd: f64,
    /// (observed − mean)/sd.
    #[serde(serialize_with = "null_when_undefined")]
    pub z: Metric,
    /// How many values reach it.
    pub counts: NullCounts,
}

/// Compares an observed value with a sample of its null distribution.
///
/// # Errors
/// [`Error::EmptyRanking`], [`Error::NanScore`], [`Error::InfiniteScore`].
pub fn summarise_null(null: &[f64], observed: f64) -> Result<NullSummary, Error> {
    if null.is_empty() {
        return Err(Error::EmptyRanking);
    }
    check_finite(null)?;
    let count = null.len() as f64;
    let mean = compensated_sum(null.iter().copied()) / count;
    let squares = compensated_sum(null.iter().map(|value| (value - mean).powi(2)));
    let sd = if null.len() > 1 {
        (squares / (count - 1.0)).sqrt()
    } else {
        0.0
    };
    let number =
        |reached: &dyn Fn(f64) -> bool| null.iter().filter(|value| reached(**value)).count() as u64;
    Ok(NullSummary {
        mean,
        sd,
        z: if sd > 0.0 {
            Ok((observed - mean) / sd)
        } else {
            Err(Undefined::ZeroVariance)
        },
        counts: NullCounts {
            at_least: number(&|value| value >= observed),
            above: number(&|value| value > observed),
            sample: null.len() as u64,
        },
    })
}
