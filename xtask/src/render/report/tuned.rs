//! How settings were chosen: every setting tried, with what it was chosen by.

use std::fmt::Write;

use crate::render::RenderedTable;
use crate::render::markdown::place;
use crate::render::report::lambda;
use crate::render::report::page::escape;
use crate::render::table::{Row, Summary};
use crate::render::tuned::Tuned;

/// A small table for every row whose setting was chosen.
pub(super) fn section(rendered: &RenderedTable) -> String {
    let mut text = String::new();
    for row in &rendered.table.rows {
        if let Some(tuned) = &row.tuned {
            let name = format!("{} {}", row.label, place(&rendered.table, row));
            let _ = writeln!(
                text,
                "<details><summary>{}</summary>",
                escape(name.trim_end())
            );
            text.push_str(&grid(tuned));
            text.push_str(&tuned.curve.as_ref().map(lambda::map).unwrap_or_default());
            text.push_str(&note(row));
            text.push_str("</details>\n");
        }
    }
    if text.is_empty() {
        return text;
    }
    format!(
        "<h3>Settings chosen on validation data</h3>\n<p class=\"note\">Neither test data nor the true network play a part.</p>\n{text}"
    )
}

fn note(row: &Row) -> String {
    let note = row.tuned.as_ref().and_then(|tuned| tuned.note.as_deref());
    note.map_or_else(String::new, |note| {
        format!("<p class=\"note\">{}</p>\n", escape(note))
    })
}

fn grid(tuned: &Tuned) -> String {
    let mut text = format!(
        "<p class=\"note\">Rule: {}.</p>\n<table class=\"tuned\"><thead><tr><th>Setting</th><th>Runs</th><th>Validation MSE ×1e-4</th><th>Sparsity</th><th></th></tr></thead>\n<tbody>\n",
        words(&tuned.rule)
    );
    for point in &tuned.grid {
        let shown = |summary: &Option<Summary>, scale: f64, decimals: usize| {
            let Some(summary) = summary else {
                return "–".to_owned();
            };
            let mean = format!("{:.decimals$}", summary.mean * scale);
            match summary.sd {
                Some(sd) => format!("{mean} ± {:.decimals$}", sd * scale),
                None => mean,
            }
        };
        let _ = writeln!(
            text,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escape(&point.name),
            point.validation_mse.map_or(0, |summary| summary.n),
            shown(&point.validation_mse, 1e4, 2),
            shown(&point.sparsity, 1.0, 3),
            if point.is_chosen { "chosen" } else { "" }
        );
    }
    text.push_str("</tbody></table>\n");
    text
}

fn words(rule: &str) -> &str {
    match rule {
        "best" => "the lowest validation error",
        "sparsest_within_one_se" => {
            "the sparsest whose validation error is within one standard error of the lowest"
        }
        _ => {
            "the sparsest level of any λ whose error on held-out folds of the training data is within one standard error of the lowest; shown is each λ at the level of its lowest error, a run per fold"
        }
    }
}
