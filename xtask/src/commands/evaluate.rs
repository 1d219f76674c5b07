//! `cargo xtask evaluate`: judges what any tool found: networks by the true one, scores of genes by pathways.

mod networks;
mod pathways;
mod read;
mod table;

use std::process::ExitCode;

use anyhow::Context as _;
use serde::Serialize;

use crate::cli::{Evaluate, EvaluateOf};
use crate::store;

/// Runs the command.
///
/// # Errors
/// [`BadInput`](crate::commands::BadInput) for a file that cannot be read or makes no sense; others when a file cannot be
/// written.
pub(crate) fn run(arguments: &Evaluate) -> anyhow::Result<ExitCode> {
    match (&arguments.of, &arguments.networks) {
        (Some(EvaluateOf::Pathways(arguments)), _) => pathways::run(arguments),
        (None, Some(arguments)) => networks::run(arguments),
        (None, None) => anyhow::bail!("nothing to evaluate"),
    }
}

/// Writes all numbers, where asked for.
fn write_json(path: Option<&std::path::Path>, numbers: &impl Serialize) -> anyhow::Result<()> {
    let Some(path) = path else { return Ok(()) };
    let mut text = serde_json::to_string_pretty(numbers)?;
    text.push('\n');
    write(path, text.as_bytes())
}

fn write(path: &std::path::Path, content: &[u8]) -> anyhow::Result<()> {
    let path =
        std::path::absolute(path).with_context(|| format!("cannot write {}", path.display()))?;
    store::atomic::write(&path, content)
}
