//! How settings were chosen: every setting tried, with what it was chosen by.

use std::fmt::Write;

use dash_prune::LambdaCurve;

use crate::render::RenderedTable;
use crate::render::markdown::place;
use crate::render::report::page::escape;
use crate::render::table::{Row, Summary};
use crate::render::tuned::Tuned;

/// Width and height of a cell of the map of λ.
const CELL: (f64, f64) = (64.0, 34.0);
const LEFT: f64 = 60.0;
const BOTTOM: f64 = 40.0;

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
            text.push_str(&tuned.curve.as_ref().map(map).unwrap_or_default());
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

/// The lowest error of every λ as a map, λ₁ across and λ₂ up; the chosen λ in a frame.
fn map(curve: &LambdaCurve) -> String {
    let error = |point: &dash_prune::LambdaPoint| {
        let means = point.levels.iter().map(|level| level.mean);
        means.reduce(f64::min)
    };
    let axis = |of: &dyn Fn((f64, f64)) -> f64| {
        let mut values: Vec<f64> = curve.points.iter().map(|point| of(point.lambda)).collect();
        values.sort_by(f64::total_cmp);
        values.dedup();
        values
    };
    let (first, second) = (axis(&|lambda| lambda.0), axis(&|lambda| lambda.1));
    let errors: Vec<f64> = curve.points.iter().filter_map(error).collect();
    let low = errors.iter().copied().fold(f64::INFINITY, f64::min);
    let high = errors.iter().copied().fold(low, f64::max);
    let height = CELL.1 * second.len() as f64;
    let (width, total) = (LEFT + CELL.0 * first.len() as f64 + 8.0, height + BOTTOM);
    let mut text = format!(
        "<svg class=\"lambda\" viewBox=\"0 0 {width} {total}\" width=\"{width}\" role=\"img\" aria-label=\"Error over λ\" font-size=\"11\">"
    );
    for point in &curve.points {
        let at = |values: &[f64], value: f64| values.iter().position(|v| *v == value).unwrap_or(0);
        let x = LEFT + CELL.0 * at(&first, point.lambda.0) as f64;
        let y = height - CELL.1 * (at(&second, point.lambda.1) + 1) as f64;
        let (fill, shown) = match error(point) {
            Some(error) => {
                let bad = (error - low) / (high - low).max(f64::MIN_POSITIVE);
                (shade(bad), format!("{:.2}", error * 1e4))
            }
            None => ("#ffffff".to_owned(), "–".to_owned()),
        };
        let frame = if point.lambda == curve.chosen.lambda {
            "stroke=\"#d55e00\" stroke-width=\"3\""
        } else {
            "stroke=\"#ffffff\" stroke-width=\"1\""
        };
        let _ = write!(
            text,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{fill}\" {frame}/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{shown}</text>",
            x + 2.0,
            y + 2.0,
            CELL.0 - 4.0,
            CELL.1 - 4.0,
            x + CELL.0 / 2.0,
            y + CELL.1 / 2.0 + 4.0
        );
    }
    for (position, value) in first.iter().enumerate() {
        let x = LEFT + CELL.0 * (position as f64 + 0.5);
        let _ = write!(
            text,
            "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{value}</text>",
            height + 16.0
        );
    }
    for (position, value) in second.iter().enumerate() {
        let y = height - CELL.1 * (position as f64 + 0.5) + 4.0;
        let _ = write!(
            text,
            "<text x=\"{:.1}\" y=\"{y:.1}\" text-anchor=\"end\">{value}</text>",
            LEFT - 6.0
        );
    }
    let _ = write!(
        text,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">λ₁</text><text x=\"10\" y=\"{:.1}\">λ₂</text></svg>\n",
        f64::midpoint(LEFT, width),
        height + 34.0,
        height / 2.0
    );
    let chosen = &curve.chosen;
    let _ = writeln!(
        text,
        "<p class=\"note\">Lowest mean error on held-out folds (×1e-4), darker is better. In the frame the choice: λ = ({}, {}) after {} rounds of pruning, sparsity {:.3}, error {:.2} ± {:.2} (standard error).</p>",
        chosen.lambda.0,
        chosen.lambda.1,
        chosen.round,
        chosen.sparsity,
        chosen.mean * 1e4,
        chosen.standard_error * 1e4
    );
    text
}

/// From green at 0, the lowest error, to white at 1.
fn shade(bad: f64) -> String {
    let mix = |full: f64| (full + (255.0 - full) * bad).round() as u8;
    format!("#{:02x}{:02x}{:02x}", mix(102.0), mix(194.0), mix(165.0))
}
