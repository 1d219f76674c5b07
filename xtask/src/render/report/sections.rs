//! Tables, figures and claims.

use std::fmt::Write;

use crate::experiment::file::FigureEntry;
use crate::render::RenderedTable;
use crate::render::claims::{Claim, Data, Judgement};
use crate::render::figure::{Figure, caption as figure_caption};
use crate::render::markdown::{caption, cells, headers, left_out};
use crate::render::report::page::escape;

/// A table with its heading.
pub(super) fn table(rendered: &RenderedTable) -> String {
    let table = &rendered.table;
    let mut text = format!(
        "<h2 id=\"{id}\">{title} ({reference})</h2>\n<p class=\"note\">{caption}</p>\n<div class=\"wide\"><table class=\"results\">\n<thead><tr>",
        id = table.id,
        title = escape(&table.title),
        reference = escape(&table.reference),
        caption = escape(&caption(table)),
    );
    for header in headers(rendered) {
        let _ = write!(text, "<th>{}</th>", escape(&header));
    }
    text.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        text.push_str(if row.trained {
            "<tr>"
        } else {
            "<tr class=\"untrained\">"
        });
        for cell in cells(rendered, row) {
            let _ = write!(text, "<td>{}</td>", escape(&cell));
        }
        text.push_str("</tr>\n");
    }
    text.push_str("</tbody></table></div>\n");
    for note in left_out(table) {
        let _ = writeln!(text, "<p class=\"note\">{}</p>", escape(&note));
    }
    for (dataset, notes) in &table.data_notes {
        let _ = writeln!(
            text,
            "<p class=\"note\">Data {dataset}:</p>\n<ul class=\"note\">"
        );
        for note in notes {
            let _ = writeln!(text, "<li>{}</li>", escape(note));
        }
        text.push_str("</ul>\n");
    }
    text
}

/// A figure inline, or the word that it is missing.
pub(super) fn figure(entry: &FigureEntry, figure: Option<&Figure>) -> String {
    let title = escape(entry.title());
    let Some(figure) = figure else {
        return format!(
            "<h3>{title}</h3>\n<p class=\"note\">Not drawn: no finished run has what it shows.</p>\n"
        );
    };
    // Inside HTML an SVG stands without the declaration and comments that a file of its own begins with.
    let start = figure.svg.find("<svg").unwrap_or(0);
    format!(
        "<h3 id=\"{id}\">{title}</h3>\n<div class=\"figure\">{svg}</div>\n<p class=\"note\">{caption}</p>\n",
        id = entry.id(),
        caption = escape(figure_caption(entry)),
        svg = figure.svg[start..].trim_end(),
    )
}

/// Claims of the paper beside our numbers.
pub(super) fn claims(heading: &str, judged: &[&(&Claim, Judgement)]) -> String {
    if judged.is_empty() {
        return String::new();
    }
    let mut text = format!(
        "<h3>{heading}</h3>\n<div class=\"wide\"><table class=\"claims\">\n<thead><tr><th>Stated by the paper</th><th>Where</th><th>Ours</th><th>Verdict</th><th>How it is judged</th></tr></thead>\n<tbody>\n"
    );
    for (claim, judgement) in judged {
        let data = match claim.data {
            Data::Any => "",
            Data::Official => " Judged on the published data only.",
        };
        let _ = writeln!(
            text,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"verdict\">{}</td><td>{}{}{data}</td></tr>",
            escape(&claim.text),
            escape(&claim.table),
            escape(&judgement.ours),
            judgement.verdict.name(),
            escape(&claim.rule()),
            escape(&claim.reason),
        );
    }
    text.push_str("</tbody></table></div>\n");
    text
}
