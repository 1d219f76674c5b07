//! `cargo xtask report`: renders tables, figures and report again from finished jobs.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::Report;
use crate::commands::{list_files, print, reproduce};

/// Runs the command.
///
/// # Errors
/// When there is nothing to render, or a file cannot be written.
pub(crate) fn run(arguments: &Report) -> anyhow::Result<ExitCode> {
    let out = &arguments.out.folder;
    let written = reproduce::render_again(out)?;
    let mut text = list_files(written.files.iter().map(PathBuf::as_path), out);
    for markdown in written.markdown.values() {
        text.push('\n');
        text.push_str(markdown);
    }
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}
