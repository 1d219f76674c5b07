//! Where every number comes from.

use std::fmt::Write;

use crate::render::RenderedTable;
use crate::render::report::page::escape;
use crate::render::table::Row;
use crate::store::Record;

/// The runs behind every row: keys, seeds, code, machine, cost and configuration.
///
/// # Errors
/// When a configuration cannot be written.
pub(super) fn section(rendered: &RenderedTable) -> anyhow::Result<String> {
    let mut text = String::from("<h3>Provenance</h3>\n");
    for (row, records) in rendered.table.rows.iter().zip(&rendered.records) {
        text.push_str(&details(row, records)?);
    }
    Ok(text)
}

fn details(row: &Row, records: &[Record]) -> anyhow::Result<String> {
    let mut text = format!(
        "<details><summary>{} ({} runs)</summary>\n",
        escape(&row.label),
        records.len()
    );
    for record in records {
        let _ = writeln!(text, "<p class=\"note\">{}</p>", escape(&sentence(record)));
        for note in &record.notes {
            let _ = writeln!(text, "<p class=\"note\">{}</p>", escape(note));
        }
    }
    if let Some(first) = records.first() {
        let config = serde_json::to_string_pretty(&first.config)?;
        let _ = writeln!(
            text,
            "<details><summary>Configuration of seed {}</summary><pre>{}</pre></details>",
            first.seed_number,
            escape(&config)
        );
    }
    text.push_str("</details>\n");
    Ok(text)
}

fn sentence(record: &Record) -> String {
    let seed = |pointer: &str| {
        record
            .setting(pointer)
            .map_or_else(|| "–".to_owned(), ToString::to_string)
    };
    let code = &record.code;
    let commit = code.commit.as_deref().unwrap_or("no commit");
    let cpu = record
        .cost
        .cpu_seconds
        .map_or_else(String::new, |seconds| format!(", {seconds:.1} CPU s"));
    let memory = record
        .cost
        .peak_memory_bytes
        .map_or_else(String::new, |bytes| {
            format!(", process peak {:.0} MB", bytes as f64 / 1e6)
        });
    format!(
        "Seed {number}: runs/{key}.json; seeds of data {data}, weights {weights}, job {job}; dash {version} ({commit}, code {fingerprint}), {toolchain}; {processor}, {cores} cores; {wall:.1} s{cpu}{memory}.",
        number = record.seed_number,
        key = record.key,
        data = seed("/data/seed"),
        weights = seed("/model/seed"),
        job = seed("/seed"),
        version = code.version,
        fingerprint = code.fingerprint,
        toolchain = code.toolchain,
        processor = record.machine.cpu.as_deref().unwrap_or("unknown processor"),
        cores = record.machine.cores,
        wall = record.cost.wall_seconds,
    )
}
