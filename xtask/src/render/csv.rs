//! A table as CSV: numbers as stored, in full precision and without scaling.

use anyhow::Context;
use csv::Writer;

use crate::render::RenderedTable;
use crate::render::table::Row;

/// What every row starts with.
const FIXED: [&str; 11] = [
    "strategy",
    "label",
    "dataset",
    "noise",
    "prior_corruption",
    "model",
    "layers",
    "uses_prior",
    "trained",
    "n",
    "note",
];

/// The text of `tables/ID.csv`: mean and standard deviation of every column; an empty field where a value is undefined.
pub(crate) fn csv(rendered: &RenderedTable) -> anyhow::Result<String> {
    let mut writer = Writer::from_writer(Vec::new());
    let columns = &rendered.table.columns;
    let names = columns
        .iter()
        .flat_map(|name| [name.clone(), format!("{name}_sd")]);
    writer.write_record(FIXED.iter().map(|&name| name.to_owned()).chain(names))?;
    for row in &rendered.table.rows {
        writer.write_record(fields(row, columns))?;
    }
    let bytes = writer.into_inner().context("cannot finish the CSV table")?;
    Ok(String::from_utf8(bytes)?)
}

fn fields(row: &Row, columns: &[String]) -> Vec<String> {
    let mut fields = vec![
        row.strategy.clone(),
        row.label.clone(),
        row.dataset.to_owned(),
        row.noise.to_string(),
        row.prior_corruption.to_string(),
        row.model.to_owned(),
        row.layers
            .map(|layers| layers.to_string())
            .unwrap_or_default(),
        row.uses_prior.to_string(),
        row.trained.to_string(),
        row.n.to_string(),
        row.note.clone().unwrap_or_default(),
    ];
    for name in columns {
        let summary = row.metrics.get(name);
        let text = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
        fields.push(text(summary.map(|summary| summary.mean)));
        fields.push(text(summary.and_then(|summary| summary.sd)));
    }
    fields
}
