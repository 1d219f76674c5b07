//! `OUT/report.html`: one self-contained page.

mod curves;
mod lambda;
mod left_out;
mod page;
mod provenance;
mod sections;
mod tuned;

use std::collections::BTreeMap;

use crate::experiment::plan::TablePlan;
use crate::render::RenderedTable;
use crate::render::claims::{Claim, Judgement};
use crate::render::figure::Figure;

pub(crate) use page::{escape, page};

/// The text of the report on these tables, their figures by id, and the judged claims.
///
/// # Errors
/// When a configuration cannot be written.
pub(crate) fn report(
    tables: &[(&TablePlan, RenderedTable)],
    figures: &BTreeMap<String, Figure>,
    judged: &[(&Claim, Judgement)],
) -> anyhow::Result<String> {
    let mut body = left_out::section(tables)?;
    for (plan, rendered) in tables {
        body.push_str(&sections::table(rendered));
        for entry in &plan.experiment.file.figures {
            body.push_str(&sections::figure(entry, figures.get(entry.id())));
        }
        let claims: Vec<_> = judged
            .iter()
            .filter(|(claim, _)| claim.table == rendered.table.id)
            .collect();
        body.push_str(&sections::claims("What the paper states", &claims));
        body.push_str(&tuned::section(rendered));
        body.push_str(&curves::section(rendered));
        body.push_str(&provenance::section(rendered)?);
    }
    let others: Vec<_> = judged
        .iter()
        .filter(|(claim, _)| {
            tables
                .iter()
                .all(|(_, rendered)| rendered.table.id != claim.table)
        })
        .collect();
    body.push_str(&sections::claims(
        "Claims about tables that are not here",
        &others,
    ));
    Ok(page(
        "dash: reproduction",
        "Pruning neural models of gene regulation: reproduction",
        &body,
    ))
}
