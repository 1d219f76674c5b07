//! How the settings of a row are chosen on validation data.

use anyhow::bail;
use dash_prune::LambdaGrid;
use serde::{Deserialize, Serialize};
use toml::Table;

/// `tune` of a row, as written: a grid of settings with a rule, or a grid of λ.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TuneEntry {
    pub(crate) rule: Option<Rule>,
    /// Runs of every setting (1): those of the row's first seed numbers, each with its own noise and initial weights.
    pub(crate) repeats: Option<u64>,
    /// Alternatives, each set over the row; the first is what would be used without tuning.
    #[serde(default)]
    pub(crate) grid: Vec<SettingEntry>,
    /// λ₁ × λ₂ and a number of folds, of the training data alone.
    pub(crate) cross_validation: Option<LambdaGrid>,
}

/// One alternative.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettingEntry {
    #[serde(default, skip_serializing_if = "Table::is_empty")]
    pub(crate) strategy: Table,
    #[serde(default, skip_serializing_if = "Table::is_empty")]
    pub(crate) training: Table,
    #[serde(default, skip_serializing_if = "Table::is_empty")]
    pub(crate) schedule: Table,
}

/// How one of a grid's settings is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Rule {
    /// The lowest validation error.
    Best,
    /// The sparsest whose validation error is within one standard error of the lowest.
    SparsestWithinOneSe,
}

impl Rule {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Best => "best",
            Self::SparsestWithinOneSe => "sparsest_within_one_se",
        }
    }
}

/// How much of the tuning a profile runs.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TuneLimits {
    /// Settings of every grid, from its first.
    pub(crate) points: usize,
    /// Repeats of every setting.
    pub(crate) repeats: u64,
    /// Whether λ is cross-validated; if not, a row keeps the λ that it states.
    pub(crate) cross_validation: bool,
    /// Values of λ₁ and of λ₂, from the first.
    pub(crate) lambdas: usize,
    /// Folds of cross-validation.
    pub(crate) folds: usize,
}

impl Default for TuneLimits {
    fn default() -> Self {
        Self {
            points: usize::MAX,
            repeats: u64::MAX,
            cross_validation: true,
            lambdas: usize::MAX,
            folds: usize::MAX,
        }
    }
}

/// A grid that a profile runs.
#[derive(Clone, Debug)]
pub(crate) struct Grid<'a> {
    pub(crate) rule: Rule,
    pub(crate) repeats: u64,
    pub(crate) settings: &'a [SettingEntry],
}

/// What a row does about its settings under a profile.
#[derive(Clone, Debug)]
pub(crate) enum Tuning<'a> {
    Grid(Grid<'a>),
    CrossValidation(LambdaGrid),
}

impl TuneEntry {
    /// What this profile does; `None` if the row keeps the settings that it states.
    ///
    /// # Errors
    /// When the entry says too little, too much, or what cannot be run.
    pub(crate) fn under(&self, limits: TuneLimits) -> anyhow::Result<Option<Tuning<'_>>> {
        if limits.points == 0 || limits.repeats == 0 || self.repeats == Some(0) {
            bail!("tune: `points` and `repeats` must be at least 1");
        }
        match (&self.cross_validation, self.rule) {
            (Some(lambda), None) if self.grid.is_empty() && self.repeats.is_none() => {
                let first = |values: &[f64]| values[..values.len().min(limits.lambdas)].to_vec();
                check_lambda(lambda)?;
                let lambda = LambdaGrid {
                    lambda1: first(&lambda.lambda1),
                    lambda2: first(&lambda.lambda2),
                    folds: lambda.folds.min(limits.folds),
                };
                check_lambda(&lambda)?;
                Ok(limits
                    .cross_validation
                    .then_some(Tuning::CrossValidation(lambda)))
            }
            (None, Some(rule)) if !self.grid.is_empty() => Ok(Some(Tuning::Grid(Grid {
                rule,
                repeats: self.repeats.unwrap_or(1).min(limits.repeats),
                settings: &self.grid[..self.grid.len().min(limits.points)],
            }))),
            _ => bail!("tune: give a `rule` and a `grid` of settings, or `cross_validation` alone"),
        }
    }
}

fn check_lambda(grid: &LambdaGrid) -> anyhow::Result<()> {
    let values = || grid.lambda1.iter().chain(&grid.lambda2);
    if grid.lambda1.is_empty() || grid.lambda2.is_empty() || grid.folds < 2 {
        bail!("tune.cross_validation: give at least one λ₁, one λ₂ and two folds");
    }
    if let Some(wrong) = values().find(|value| !(0.0..=1.0).contains(*value)) {
        bail!("tune.cross_validation: λ = {wrong} is outside 0..=1");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> TuneEntry {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn a_profile_runs_the_first_settings() {
        let entry = entry(
            "rule = 'best'\nrepeats = 3\ngrid = [{ strategy.tau = 0.99 }, { strategy.tau = 0.9 }]",
        );
        let limits = TuneLimits {
            points: 1,
            ..TuneLimits::default()
        };
        let Some(Tuning::Grid(grid)) = entry.under(limits).unwrap() else {
            panic!("a grid");
        };
        assert_eq!((grid.settings.len(), grid.repeats), (1, 3));
        assert_eq!(grid.settings[0].strategy["tau"].as_float(), Some(0.99));
    }

    #[test]
    fn a_profile_searches_the_first_lambdas_on_fewer_folds() {
        let entry =
            entry("cross_validation = { lambda1 = [0.5, 0.9, 0.2], lambda2 = [0.5], folds = 3 }");
        let limits = TuneLimits {
            lambdas: 2,
            folds: 2,
            ..TuneLimits::default()
        };
        let Some(Tuning::CrossValidation(grid)) = entry.under(limits).unwrap() else {
            panic!("a search");
        };
        assert_eq!(
            (grid.points(), grid.folds),
            (vec![(0.5, 0.5), (0.9, 0.5)], 2)
        );
        let one = TuneLimits { folds: 1, ..limits };
        assert!(entry.under(one).is_err());
    }

    #[test]
    fn half_an_entry_or_two_are_refused() {
        let lambda = "cross_validation = { lambda1 = [0.5], lambda2 = [0.5], folds = 3 }";
        assert!(
            entry(lambda)
                .under(TuneLimits::default())
                .unwrap()
                .is_some()
        );
        for wrong in [
            "",
            "rule = 'best'",
            "grid = [{}]",
            "rule = 'best'\ngrid = [{}]\nrepeats = 0",
            &format!("rule = 'best'\n{lambda}"),
            &lambda.replace("[0.5]", "[]"),
            &lambda.replace("0.5", "1.5"),
            &lambda.replace('3', "1"),
        ] {
            assert!(
                entry(wrong).under(TuneLimits::default()).is_err(),
                "{wrong}"
            );
        }
    }
}
