//! What a profile leaves out of the paper's protocol, said before any number.

use std::fmt::Write;

use crate::experiment::Profile;
use crate::experiment::plan::TablePlan;
use crate::experiment::rows::rows;
use crate::job::config::{JobConfig, Source};
use crate::job::explain::differences;
use crate::render::RenderedTable;
use crate::render::report::page::escape;

/// One paragraph per table.
///
/// # Errors
/// When a configuration cannot be written.
pub(super) fn section(tables: &[(&TablePlan, RenderedTable)]) -> anyhow::Result<String> {
    let mut text = String::from("<section class=\"left-out\">\n");
    for (plan, rendered) in tables {
        let _ = writeln!(
            text,
            "<p><strong>{}</strong>, profile {}: {}</p>",
            escape(&rendered.table.reference),
            plan.profile.name(),
            escape(&sentences(plan, rendered)?.join(" "))
        );
    }
    text.push_str("</section>\n");
    Ok(text)
}

fn sentences(plan: &TablePlan, rendered: &RenderedTable) -> anyhow::Result<Vec<String>> {
    let mut sentences = Vec::new();
    let file = &plan.experiment.file;
    let full = file.profiles[&Profile::Full].seeds;
    if plan.seeds != full {
        sentences.push(format!("{} seeds in place of {full}.", plan.seeds));
    }
    let protocol = rows(file, Profile::Full, plan.source, Some(1))?;
    let pair = plan
        .rows
        .iter()
        .zip(&protocol)
        .find(|(row, _)| row.config.schedule.is_some());
    if let Some((ours, full)) = pair {
        let changed = settings(&full.configs[0], &ours.config)?;
        if !changed.is_empty() {
            sentences.push(format!(
                "Changed from the full protocol: {}.",
                changed.join("; ")
            ));
        }
    }
    if plan.source == Source::Embedded {
        sentences.push(
            "Embedded simulated data stand in for the published ones: compare orders, not values."
                .to_owned(),
        );
    }
    let table = &rendered.table;
    let missing: usize = table
        .rows
        .iter()
        .map(|row| row.planned - row.n.min(row.planned))
        .sum();
    if missing > 0 {
        let planned: usize = table.rows.iter().map(|row| row.planned).sum();
        sentences.push(format!(
            "{missing} of {planned} runs are missing; the table says why."
        ));
    }
    if sentences.is_empty() {
        sentences.push("the paper's protocol with one change: pruning ends at a target sparsity that all strategies share, and early stopping waits for it.".to_owned());
    }
    Ok(sentences)
}

fn settings(full: &JobConfig, ours: &JobConfig) -> anyhow::Result<Vec<String>> {
    Ok(differences(
        &serde_json::to_value(full)?,
        &serde_json::to_value(ours)?,
    ))
}
