//! The file of targets and their regulators.

use std::fmt::Write as _;
use std::path::Path;

use super::fields::{Fields, rows};
use crate::error::Result;
use crate::output::write_text;
use crate::sergio::system::{Interaction, System};
use crate::text::read_text;

/// One target.
pub(super) struct Target {
    pub(super) row: usize,
    pub(super) gene: usize,
    pub(super) interactions: Vec<Interaction>,
}

pub(super) fn read_targets(path: &Path, shared_exponent: Option<f64>) -> Result<Vec<Target>> {
    let text = read_text(path)?;
    rows(path, &text, ',')
        .map(|row| read_target(&row, shared_exponent))
        .collect()
}

fn read_target(row: &Fields<'_>, shared_exponent: Option<f64>) -> Result<Target> {
    let (target, m) = (row.count(1)?, row.count(2)?);
    if m == 0 {
        return Err(row.error(2, "a target needs at least 1 regulator".into()));
    }
    let full = 2 + 3 * m;
    let without_exponents = shared_exponent.is_some() && row.len() == full - m;
    if row.len() != full && !without_exponents {
        let problem = format!("{} fields, but {m} regulators take {full}", row.len());
        return Err(row.error(row.len().min(full) + 1, problem));
    }
    let interaction = |place| {
        let strength = row.number(3 + m + place)?;
        if strength == 0.0 {
            return Err(row.error(3 + m + place, "a strength of 0 is no regulation".into()));
        }
        let exponent = match shared_exponent {
            Some(exponent) => exponent,
            None => row.number(3 + 2 * m + place)?,
        };
        if exponent <= 0.0 {
            let problem = format!("the Hill exponent {exponent} must be above 0");
            return Err(row.error(3 + 2 * m + place, problem));
        }
        Ok(Interaction {
            regulator: row.count(3 + place)?,
            target,
            strength,
            exponent,
        })
    };
    Ok(Target {
        row: row.row,
        gene: target,
        interactions: (0..m).map(interaction).collect::<Result<_>>()?,
    })
}

/// Writes the targets file of a system, genes by their numbers.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io).
pub fn write_targets(path: &Path, system: &System) -> Result<()> {
    let mut text = String::new();
    for target in 0..system.genes().len() {
        let regulators = system.regulators(target);
        if regulators.is_empty() {
            continue;
        }
        let mut columns = vec![target.to_string(), regulators.len().to_string()];
        columns.extend(regulators.iter().map(|i| i.regulator.to_string()));
        columns.extend(regulators.iter().map(|i| i.strength.to_string()));
        columns.extend(regulators.iter().map(|i| i.exponent.to_string()));
        let _ = writeln!(text, "{}", columns.join(","));
    }
    write_text(path, &text)
}
