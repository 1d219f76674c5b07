//! Settings that all kinds of simulation share.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, check_setting};

/// One value for all genes, or one for each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PerGene {
    /// The same for all.
    All(f64),
    /// In gene order.
    Each(Vec<f64>),
}

impl PerGene {
    /// A value per gene, each at least `least`, or above it if it is `above`.
    pub(crate) fn values(
        &self,
        name: &'static str,
        genes: usize,
        range: Range,
    ) -> Result<Vec<f64>> {
        let values = match self {
            Self::All(value) => vec![*value; genes],
            Self::Each(values) => values.clone(),
        };
        if values.len() != genes {
            return Err(Error::Length {
                what: name,
                found: values.len(),
                genes,
            });
        }
        for &value in &values {
            range.check(name, value)?;
        }
        Ok(values)
    }
}

/// Ranges of settings.
#[derive(Clone, Copy)]
pub(crate) enum Range {
    NotNegative,
    Positive,
}

impl Range {
    pub(crate) fn check(self, name: &'static str, value: f64) -> Result<()> {
        let (within, text) = match self {
            Self::NotNegative => (value >= 0.0, "at least 0 and finite"),
            Self::Positive => (value > 0.0, "above 0 and finite"),
        };
        check_setting(name, value, within && value.is_finite(), text)
    }
}

/// Checks a step against the fastest decay: an explicit step longer than 1/λ swings.
pub(super) fn check_dt(dt: f64, decay: &[f64]) -> Result<()> {
    Range::Positive.check("dt", dt)?;
    let fastest = decay.iter().copied().fold(0.0, f64::max);
    check_setting(
        "dt × largest decay",
        dt * fastest,
        dt * fastest <= 1.0,
        "at most 1; take a smaller dt",
    )
}

/// Checks that a count is at least 1.
pub(super) fn check_count(name: &'static str, value: usize) -> Result<()> {
    check_setting(name, value as f64, value > 0, "at least 1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_or_a_list() {
        let all = PerGene::All(0.5).values("decay", 3, Range::Positive);
        assert_eq!(all.unwrap(), [0.5; 3]);
        let each = PerGene::Each(vec![1.0, 2.0]);
        let message = each
            .values("decay", 3, Range::Positive)
            .unwrap_err()
            .to_string();
        assert!(
            message.contains("decay: 2 entries for 3 genes"),
            "{message}"
        );
        let message = PerGene::Each(vec![1.0, 0.0])
            .values("decay", 2, Range::Positive)
            .unwrap_err()
            .to_string();
        assert!(message.contains("decay = 0: must be above 0"), "{message}");
        assert!(check_dt(0.01, &[0.8, 120.0]).is_err());
    }
}
