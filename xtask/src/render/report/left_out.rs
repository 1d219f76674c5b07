//! What a profile leaves out of the paper's protocol, said before any number.

use std::fmt::Write;

use crate::experiment::Profile;
use crate::experiment::file::ExperimentFile;
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
        sentences.push(format!("Seeds: {} in place of {full}.", plan.seeds));
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
    sentences.extend(tuning(file, plan.profile));
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

/// What of the tuning is left out.
fn tuning(file: &ExperimentFile, profile: Profile) -> Vec<String> {
    let limits = file.profiles[&profile].tune;
    let tuned = || file.rows.iter().filter_map(|row| row.tune.as_ref());
    let mut sentences = Vec::new();
    if let Some(most) = tuned().map(|tune| tune.grid.len()).max()
        && most > limits.points
    {
        sentences.push(format!(
            "Settings tried: the first {} of up to {most}.",
            limits.points
        ));
    }
    if let Some(most) = tuned().filter_map(|tune| tune.repeats).max()
        && most > limits.repeats
    {
        sentences.push(format!(
            "Runs of a setting: {} in place of up to {most}.",
            limits.repeats
        ));
    }
    if !limits.cross_validation && tuned().any(|tune| tune.cross_validation.is_some()) {
        sentences.push("λ is as stated, not cross-validated.".to_owned());
    }
    let searched = tuned().filter_map(|tune| tune.cross_validation.as_ref());
    for grid in searched.filter(|_| limits.cross_validation) {
        let values = grid.lambda1.len().max(grid.lambda2.len());
        if values > limits.lambdas || grid.folds > limits.folds {
            sentences.push(format!(
                "λ is chosen from {} of {values} values, on {} of {} folds.",
                values.min(limits.lambdas),
                grid.folds.min(limits.folds),
                grid.folds
            ));
        }
    }
    let own: Vec<&str> = file
        .rows
        .iter()
        .filter(|row| row.profiles.contains_key(&profile))
        .filter_map(|row| {
            row.label
                .as_deref()
                .or_else(|| row.strategy.get("name")?.as_str())
        })
        .collect();
    if !own.is_empty() {
        sentences.push(format!(
            "Trained for less than the others: {}.",
            own.join(", ")
        ));
    }
    sentences
}

fn settings(full: &JobConfig, ours: &JobConfig) -> anyhow::Result<Vec<String>> {
    Ok(differences(
        &serde_json::to_value(full)?,
        &serde_json::to_value(ours)?,
    ))
}
