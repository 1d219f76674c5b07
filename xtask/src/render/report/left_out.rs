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

/// What holds for all tables, then one paragraph for all that have the same left out, then those of which nothing ran.
///
/// # Errors
/// When a configuration cannot be written.
pub(super) fn section(tables: &[(&TablePlan, RenderedTable)]) -> anyhow::Result<String> {
    let mut idle = Vec::new();
    let mut said = Vec::new();
    for (plan, rendered) in tables {
        let reference = rendered.table.reference.as_str();
        if rendered.table.rows.iter().all(|row| row.n == 0) {
            idle.push(reference);
        } else {
            said.push((reference, sentences(plan, rendered)?));
        }
    }
    let mut text = String::from("<section class=\"left-out\">\n");
    for (references, sentences) in together(said) {
        paragraph(&mut text, &references, &sentences.join(" "));
    }
    if !idle.is_empty() {
        paragraph(&mut text, &idle, "nothing was run; the tables say why.");
    }
    text.push_str("</section>\n");
    Ok(text)
}

fn paragraph(text: &mut String, references: &[&str], sentences: &str) {
    let references = escape(&references.join("; "));
    let _ = writeln!(
        text,
        "<p><strong>{references}</strong>: {}</p>",
        escape(sentences)
    );
}

/// Sentences of all tables once, under “All”; of the rest, tables that have the same sentences together.
fn together(said: Vec<(&str, Vec<String>)>) -> Vec<(Vec<&str>, Vec<String>)> {
    if said.len() < 2 {
        let one = said.into_iter();
        return one
            .map(|(table, sentences)| (vec![table], sentences))
            .collect();
    }
    let of_all = |sentence: &String| said.iter().all(|(_, all)| all.contains(sentence));
    let common: Vec<String> = said[0].1.iter().filter(|s| of_all(s)).cloned().collect();
    let mut groups: Vec<(Vec<&str>, Vec<String>)> = Vec::new();
    for (table, sentences) in &said {
        let own: Vec<String> = sentences.iter().filter(|s| !of_all(s)).cloned().collect();
        match groups.iter_mut().find(|(_, same)| *same == own) {
            Some((tables, _)) => tables.push(table),
            None => groups.push((vec![table], own)),
        }
    }
    let all = (vec!["All that ran"], common);
    let paragraphs = std::iter::once(all).chain(groups);
    paragraphs
        .filter(|(_, sentences)| !sentences.is_empty())
        .collect()
}

fn sentences(plan: &TablePlan, rendered: &RenderedTable) -> anyhow::Result<Vec<String>> {
    let mut sentences = vec![format!("Profile {}.", plan.profile.name())];
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
    if sentences.len() == 1 {
        sentences.push("The paper's protocol with one change: pruning ends at a target sparsity that all strategies share, and early stopping waits for it.".to_owned());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tables_share_is_said_once() {
        let of = |sentences: &[&str]| sentences.iter().map(|s| (*s).to_owned()).collect();
        let said: Vec<(&str, Vec<String>)> = vec![
            ("Table 1", of(&["Profile quick.", "Seeds: 2.", "Stand-in."])),
            ("Table 3", of(&["Profile quick.", "Seeds: 1.", "Stand-in."])),
            ("Table 4", of(&["Profile quick.", "Seeds: 1.", "Stand-in."])),
        ];
        let expected: Vec<(Vec<&str>, Vec<String>)> = vec![
            (vec!["All that ran"], of(&["Profile quick.", "Stand-in."])),
            (vec!["Table 1"], of(&["Seeds: 2."])),
            (vec!["Table 3", "Table 4"], of(&["Seeds: 1."])),
        ];
        assert_eq!(together(said), expected);
        let one = vec![("Table 1", of(&["Profile full."]))];
        assert_eq!(together(one), [(vec!["Table 1"], of(&["Profile full."]))]);
    }
}
