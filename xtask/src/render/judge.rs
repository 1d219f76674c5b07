//! The rules by which claims are judged.

use crate::render::claims::Judge;
use crate::render::columns::{self, Better};
use crate::render::table::{Row, Summary};

/// Largest difference of what two rows must share to be compared.
const SIMILAR: f64 = 0.05;

impl Judge {
    /// The rule in words, ending in a blank.
    pub(super) fn rule(&self) -> String {
        match self {
            Self::AtMost {
                value, tolerance, ..
            } => format!("At most {value} (+{tolerance}). "),
            Self::AtLeast {
                value, tolerance, ..
            } => format!("At least {value} (−{tolerance}). "),
            Self::Equals {
                value, tolerance, ..
            } => format!("{value} ± {tolerance}. "),
            Self::Gap {
                other,
                value,
                tolerance,
                similar,
                ..
            } => {
                let alike = similar
                    .as_ref()
                    .map(|metric| format!(" where {metric} differs by at most {SIMILAR}"))
                    .unwrap_or_default();
                format!("{value} ± {tolerance} above {other}{alike}. ")
            }
            Self::RatioAtMost {
                other,
                value,
                tolerance,
                ..
            } => {
                format!("At most {value} (+{tolerance}) of {other}. ")
            }
            Self::Above {
                others, tolerance, ..
            } => {
                format!(
                    "Better than {} (tolerance {tolerance}). ",
                    others.join(" and ")
                )
            }
            Self::Best { tolerance, .. } => {
                format!("As good as the best trained row (tolerance {tolerance}). ")
            }
            Self::WithinStandardError { .. } => {
                "Within one standard error of the best trained row. ".to_owned()
            }
            Self::Split {
                by, below, above, ..
            } => {
                format!("Rows with {by} below {below} against rows above {above}. ")
            }
        }
    }
}

/// The rows that a claim speaks of.
pub(super) struct Rows<'a>(pub(super) Vec<&'a Row>);

/// Whether a claim holds (`None`: its condition is not met), and our numbers.
pub(super) type Finding = Option<(Option<bool>, String)>;

impl Rows<'_> {
    /// `None` if a row that the claim speaks of has not run.
    pub(super) fn judge(&self, judge: &Judge) -> Finding {
        match judge {
            Judge::AtMost {
                strategy,
                metric,
                value,
                tolerance,
            } => self.value(strategy, metric, |ours| ours <= value + tolerance),
            Judge::AtLeast {
                strategy,
                metric,
                value,
                tolerance,
            } => self.value(strategy, metric, |ours| ours >= value - tolerance),
            Judge::Equals {
                strategy,
                metric,
                value,
                tolerance,
            } => self.value(strategy, metric, |ours| (ours - value).abs() <= *tolerance),
            Judge::Gap {
                strategy,
                other,
                metric,
                value,
                tolerance,
                similar,
            } => {
                let (one, two) = (self.mean(strategy, metric)?, self.mean(other, metric)?);
                let holds = (one - two - value).abs() <= *tolerance;
                let ours = format!("{} − {} = {}", number(one), number(two), number(one - two));
                match similar {
                    Some(similar) => self.if_alike(strategy, other, similar, holds, &ours),
                    None => Some((Some(holds), ours)),
                }
            }
            Judge::RatioAtMost {
                strategy,
                other,
                metric,
                value,
                tolerance,
            } => {
                let (one, two) = (self.mean(strategy, metric)?, self.mean(other, metric)?);
                let ours = format!("{} / {} = {}", number(one), number(two), number(one / two));
                Some((Some(one / two <= value + tolerance), ours))
            }
            Judge::Above {
                strategy,
                others,
                metric,
                tolerance,
            } => self.above(strategy, others, metric, *tolerance),
            Judge::Best {
                strategy,
                metric,
                tolerance,
            } => {
                let one = self.mean(strategy, metric)?;
                let (name, best) = self.best(metric)?;
                let ours = format!("{}; best {} ({name})", number(one), number(best.mean));
                Some((Some(gain(metric, one, best.mean) >= -tolerance), ours))
            }
            Judge::WithinStandardError {
                strategy,
                metric,
                tolerance,
            } => self.within_standard_error(strategy, metric, *tolerance),
            Judge::Split {
                by,
                below,
                above,
                metric,
                tolerance,
            } => self.split(by, *below, *above, metric, *tolerance),
        }
    }

    fn value(&self, strategy: &str, metric: &str, holds: impl Fn(f64) -> bool) -> Finding {
        let ours = self.mean(strategy, metric)?;
        Some((Some(holds(ours)), number(ours)))
    }

    /// A finding that counts only where two rows are alike in a metric.
    fn if_alike(
        &self,
        strategy: &str,
        other: &str,
        similar: &str,
        holds: bool,
        ours: &str,
    ) -> Finding {
        let apart = self.mean(strategy, similar)? - self.mean(other, similar)?;
        let ours = format!("{ours}, {similar} differs by {}", number(apart));
        Some(((apart.abs() <= SIMILAR).then_some(holds), ours))
    }

    fn above(&self, strategy: &str, others: &[String], metric: &str, tolerance: f64) -> Finding {
        let one = self.mean(strategy, metric)?;
        let mut ours = number(one);
        let mut holds = true;
        for other in others {
            let two = self.mean(other, metric)?;
            holds &= gain(metric, one, two) > -tolerance;
            ours = format!("{ours}; {other} {}", number(two));
        }
        Some((Some(holds), ours))
    }

    fn within_standard_error(&self, strategy: &str, metric: &str, tolerance: f64) -> Finding {
        let one = self.mean(strategy, metric)?;
        let (name, best) = self.best(metric)?;
        let Some(sd) = best.sd else {
            let ours = format!("{}; one seed has no standard error", number(one));
            return Some((None, ours));
        };
        let error = sd / (best.n as f64).sqrt();
        let ours = format!(
            "{}; best {} ± {} standard error ({name})",
            number(one),
            number(best.mean),
            number(error)
        );
        Some((
            Some(gain(metric, one, best.mean) >= -error - tolerance),
            ours,
        ))
    }

    fn split(&self, by: &str, below: f64, above: f64, metric: &str, tolerance: f64) -> Finding {
        let values = |wanted: &dyn Fn(f64) -> bool| -> Vec<f64> {
            self.trained()
                .filter(|row| {
                    row.metrics
                        .get(by)
                        .is_some_and(|summary| wanted(summary.mean))
                })
                .filter_map(|row| Some(row.metrics.get(metric)?.mean))
                .collect()
        };
        let dense = values(&|value| value < below);
        let sparse = values(&|value| value > above);
        let mean = Summary::of(&sparse)?.mean;
        let best = dense.into_iter().reduce(f64::max)?;
        let ours = format!(
            "best dense {}; mean of sparse {}",
            number(best),
            number(mean)
        );
        Some((Some(best < mean + tolerance), ours))
    }

    fn trained(&self) -> impl Iterator<Item = &Row> {
        self.0.iter().copied().filter(|row| row.trained)
    }

    fn mean(&self, strategy: &str, metric: &str) -> Option<f64> {
        let row = self.0.iter().find(|row| row.label == strategy)?;
        Some(row.metrics.get(metric)?.mean)
    }

    fn best(&self, metric: &str) -> Option<(&str, Summary)> {
        self.trained()
            .filter_map(|row| Some((row.label.as_str(), *row.metrics.get(metric)?)))
            .reduce(|best, row| {
                if gain(metric, row.1.mean, best.1.mean) > 0.0 {
                    row
                } else {
                    best
                }
            })
    }
}

/// By how much `one` is better than `two`.
fn gain(metric: &str, one: f64, two: f64) -> f64 {
    let lower = columns::known(metric).is_ok_and(|column| column.better == Better::Lower);
    if lower { two - one } else { one - two }
}

fn number(value: f64) -> String {
    if value != 0.0 && value.abs() < 0.01 {
        format!("{value:.2e}")
    } else {
        format!("{value:.3}")
    }
}
