//! A table as JSON, the form that scripts read.

use crate::render::RenderedTable;

/// The text of `tables/ID.json`.
pub(crate) fn json(rendered: &RenderedTable) -> anyhow::Result<String> {
    let mut text = serde_json::to_string_pretty(&rendered.table)?;
    text.push('\n');
    Ok(text)
}
