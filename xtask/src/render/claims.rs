//! The paper's claims, and their judgement against our tables.

use anyhow::Context;
use serde::Deserialize;

use crate::experiment::file::{Profile, describe};
use crate::render::RenderedTable;
use crate::render::judge::Rows;
use crate::render::table::Row;

const ORIGIN: &str = "xtask/claims.toml";
const TEXT: &str = include_str!("../../claims.toml");

/// A statement of the paper.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Claim {
    pub(crate) id: String,
    /// Id of the table or figure that it is about.
    pub(crate) table: String,
    /// The rows that it speaks of, where a table has others too.
    pub(crate) dataset: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) noise: Option<f64>,
    pub(crate) prior_corruption: Option<f64>,
    /// Labels of rows that the paper does not have.
    #[serde(default)]
    pub(crate) except: Vec<String>,
    pub(crate) text: String,
    /// The cells beside which its text stands.
    #[serde(default)]
    pub(crate) about: Vec<Cell>,
    pub(crate) data: Data,
    pub(crate) judge: Option<Judge>,
    /// Why it is judged with this tolerance, or why it is not.
    pub(crate) reason: String,
}

/// A cell of a table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cell {
    pub(crate) strategy: String,
    pub(crate) metric: String,
}

/// On which data a claim can be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Data {
    /// Also on embedded stand-ins: a matter of order.
    Any,
    /// On the published data alone: a matter of value.
    Official,
}

/// How a claim is judged. `tolerance` always works in the claim's favour.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Judge {
    AtMost {
        strategy: String,
        metric: String,
        value: f64,
        tolerance: f64,
    },
    AtLeast {
        strategy: String,
        metric: String,
        value: f64,
        tolerance: f64,
    },
    Equals {
        strategy: String,
        metric: String,
        value: f64,
        tolerance: f64,
    },
    /// One row minus another.
    Gap {
        strategy: String,
        other: String,
        metric: String,
        value: f64,
        tolerance: f64,
        /// A metric in which both must be alike.
        similar: Option<String>,
    },
    /// One row over another, at most.
    RatioAtMost {
        strategy: String,
        other: String,
        metric: String,
        value: f64,
        tolerance: f64,
    },
    /// Better than every one of `others`.
    Above {
        strategy: String,
        others: Vec<String>,
        metric: String,
        tolerance: f64,
    },
    /// As good as the best trained row.
    Best {
        strategy: String,
        metric: String,
        tolerance: f64,
    },
    /// Within one standard error of the best trained row.
    WithinStandardError {
        strategy: String,
        metric: String,
        tolerance: f64,
    },
    /// Every trained row with `by` under `below` is worse than the mean of those with `by` over `above`.
    Split {
        by: String,
        below: f64,
        above: f64,
        metric: String,
        tolerance: f64,
    },
}

/// What became of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Holds,
    DoesNotHold,
    NotRun,
    NotComparable,
}

impl Verdict {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::DoesNotHold => "does not hold",
            Self::NotRun => "not run",
            Self::NotComparable => "not comparable",
        }
    }
}

/// A verdict with our numbers.
#[derive(Debug, PartialEq)]
pub(crate) struct Judgement {
    pub(crate) verdict: Verdict,
    pub(crate) ours: String,
}

/// All claims.
///
/// # Errors
/// When the file is wrong.
pub(crate) fn load() -> anyhow::Result<Vec<Claim>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        claims: Vec<Claim>,
    }
    let file: File = toml::from_str(TEXT)
        .map_err(|error| describe(&error, Some(TEXT)))
        .context(ORIGIN)?;
    Ok(file.claims)
}

impl Claim {
    /// Whether its text belongs beside this cell.
    pub(crate) fn is_about(&self, table: &str, row: &Row, metric: &str) -> bool {
        self.table == table
            && self.speaks_of(row)
            && self
                .about
                .iter()
                .any(|cell| cell.strategy == row.label && cell.metric == metric)
    }

    fn speaks_of(&self, row: &Row) -> bool {
        let is = |wanted: &Option<String>, found: &str| {
            wanted.as_deref().is_none_or(|wanted| wanted == found)
        };
        let near = |wanted: Option<f64>, found: f64| {
            wanted.is_none_or(|wanted| (wanted - found).abs() < 1e-9)
        };
        is(&self.dataset, row.dataset)
            && is(&self.model, row.model)
            && near(self.noise, row.noise)
            && near(self.prior_corruption, row.prior_corruption)
            && !self.except.contains(&row.label)
    }

    /// The rule of its judgement in words.
    pub(crate) fn rule(&self) -> String {
        self.judge.as_ref().map(Judge::rule).unwrap_or_default()
    }

    /// Judges it against the tables that there are.
    pub(crate) fn judge(&self, tables: &[&RenderedTable]) -> Judgement {
        let table = tables.iter().find(|table| table.table.id == self.table);
        let (Some(table), Some(judge)) = (table, &self.judge) else {
            return Judgement {
                verdict: Verdict::NotRun,
                ours: "–".to_owned(),
            };
        };
        let rows: Vec<&Row> = table
            .table
            .rows
            .iter()
            .filter(|row| self.speaks_of(row))
            .collect();
        let Some((holds, ours)) = Rows(rows).judge(judge) else {
            return Judgement {
                verdict: Verdict::NotRun,
                ours: "–".to_owned(),
            };
        };
        let table = &table.table;
        let verdict = if table.profile == Profile::Smoke.name()
            || (self.data == Data::Official && table.data_source != "official")
        {
            Verdict::NotComparable
        } else {
            match holds {
                Some(true) => Verdict::Holds,
                Some(false) => Verdict::DoesNotHold,
                None => Verdict::NotComparable,
            }
        };
        Judgement { verdict, ours }
    }
}
