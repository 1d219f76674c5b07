//! A table as Markdown, the form that people read.

use std::fmt::Write;

use crate::job::percent;
use crate::render::RenderedTable;
use crate::render::columns::Column;
use crate::render::table::{Row, Table};

/// The text of `tables/ID.md`.
pub(crate) fn markdown(rendered: &RenderedTable) -> String {
    let table = &rendered.table;
    let headers = headers(rendered);
    let mut text = format!(
        "## {} ({})\n\n{}\n\n",
        table.title,
        table.reference,
        caption(table)
    );
    let _ = writeln!(text, "| {} |", headers.join(" | "));
    let rules = headers.iter().enumerate().map(|(column, _)| {
        if column + 1 < leading(table).len() {
            "---"
        } else {
            "---:"
        }
    });
    let _ = writeln!(text, "|{}|", rules.collect::<Vec<_>>().join("|"));
    for row in &table.rows {
        let cells = cells(rendered, row)
            .into_iter()
            .map(|cell| cell.replace('|', "\\|"));
        let _ = writeln!(text, "| {} |", cells.collect::<Vec<_>>().join(" | "));
    }
    for note in left_out(table) {
        let _ = writeln!(text, "\n{note}");
    }
    for (dataset, notes) in &table.data_notes {
        let _ = writeln!(text, "\nData {dataset}:\n");
        for note in notes {
            let _ = writeln!(text, "- {note}");
        }
    }
    text
}

/// Why rows lack runs; rows of one reason share a line.
pub(crate) fn left_out(table: &Table) -> Vec<String> {
    let mut reasons: Vec<(&str, Vec<String>)> = Vec::new();
    for row in &table.rows {
        let Some(note) = row.note.as_deref() else {
            continue;
        };
        let place = place(table, row);
        let comma = if place.is_empty() { "" } else { ", " };
        let who = format!("{}{comma}{place}", name(row));
        match reasons.iter_mut().find(|(other, _)| *other == note) {
            Some((_, rows)) => rows.push(who),
            None => reasons.push((note, vec![who])),
        }
    }
    let all = table.rows.len();
    let line = |(note, rows): (&str, Vec<String>)| match rows.len() {
        1 => format!("{}: {note}", rows[0]),
        count if count == all => format!("All {count} rows: {note}"),
        count => format!("{count} rows ({}): {note}", rows.join("; ")),
    };
    reasons.into_iter().map(line).collect()
}

/// One line: what all rows share and how to read the cells.
pub(crate) fn caption(table: &Table) -> String {
    format!(
        "Profile {}, {} data. Mean ± standard deviation over n seeds. † uses the prior; rows marked “untrained” are baselines without any model. Fractions are 0..1.",
        table.profile, table.data_source
    )
}

/// The headers of all columns.
pub(crate) fn headers(rendered: &RenderedTable) -> Vec<String> {
    leading(&rendered.table)
        .into_iter()
        .map(|(header, _)| header.to_owned())
        .chain(
            rendered
                .columns
                .iter()
                .map(|column| column.header.to_owned()),
        )
        .collect()
}

/// The cells of a row, as many as there are headers.
pub(crate) fn cells(rendered: &RenderedTable, row: &Row) -> Vec<String> {
    leading(&rendered.table)
        .into_iter()
        .map(|(_, text)| text(row))
        .chain(rendered.columns.iter().map(|column| cell(row, column)))
        .collect()
}

type Leading = (&'static str, fn(&Row) -> String);

/// The columns before the metrics: those settings that are not the same in all rows, and n.
pub(crate) fn leading(table: &Table) -> Vec<Leading> {
    const SETTINGS: [Leading; 4] = [
        ("Data", |row| row.dataset.to_owned()),
        ("Noise", |row| percent(row.noise)),
        ("Prior corruption", |row| percent(row.prior_corruption)),
        ("Model", model),
    ];
    let mut leading: Vec<Leading> = vec![("Strategy", name)];
    leading.extend(SETTINGS.into_iter().filter(|(_, text)| {
        let mut rows = table.rows.iter().map(text);
        let first = rows.next();
        rows.any(|other| Some(other) != first)
    }));
    leading.push(("n", |row| row.n.to_string()));
    leading
}

/// Where in a table a row stands: those settings that are not the same in all rows.
pub(crate) fn place(table: &Table, row: &Row) -> String {
    let settings = leading(table);
    let between = &settings[1..settings.len() - 1];
    let texts: Vec<String> = between.iter().map(|(_, text)| text(row)).collect();
    texts.join(", ")
}

fn model(row: &Row) -> String {
    match row.layers {
        Some(layers) if layers > 1 => format!("{}, {layers} hidden layers", row.model),
        _ => row.model.to_owned(),
    }
}

fn name(row: &Row) -> String {
    let prior = if row.uses_prior { " †" } else { "" };
    let untrained = if row.trained { "" } else { " (untrained)" };
    format!("{}{prior}{untrained}", row.label)
}

/// `0.950 ± 0.010`, `0.950` for one seed, `–` where undefined or not run.
pub(crate) fn cell(row: &Row, column: &Column) -> String {
    let Some(summary) = row.metrics.get(column.name) else {
        return "–".to_owned();
    };
    let shown = |value: f64| format!("{:.*}", column.decimals, value * column.scale);
    let mut text = shown(summary.mean);
    if let Some(sd) = summary.sd {
        let _ = write!(text, " ± {}", shown(sd));
    }
    if let Some(chance) = column.chance.and_then(|name| row.metrics.get(name)) {
        let _ = write!(text, " ({:.4})", chance.mean * column.scale);
    }
    text
}
