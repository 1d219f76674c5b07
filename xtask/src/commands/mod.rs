//! One file per command.

pub(crate) mod bench;
pub(crate) mod data;
pub(crate) mod evaluate;
pub(crate) mod fit;
pub(crate) mod report;
pub(crate) mod reproduce;
pub(crate) mod simulate;
pub(crate) mod test;

mod listing;

use std::fmt::{self, Write as _};
use std::io::{self, Write as _};
use std::path::Path;

/// What the caller has to mend: ends the program with exit code 2.
#[derive(Debug)]
pub(crate) struct BadInput(anyhow::Error);

impl fmt::Display for BadInput {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&message(&self.0))
    }
}

impl std::error::Error for BadInput {}

impl From<anyhow::Error> for BadInput {
    fn from(error: anyhow::Error) -> Self {
        Self(error)
    }
}

/// An error with its causes, those left out that the text before them tells already.
pub(crate) fn message(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

/// Writes data to standard output. A reader that has gone away is no error.
fn print(text: &str) -> io::Result<()> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// The paths of these files below `out`, one a line.
fn list_files<'a>(files: impl IntoIterator<Item = &'a Path>, out: &Path) -> String {
    let mut text = String::new();
    for file in files {
        let _ = writeln!(text, "{}", out.join(file).display());
    }
    text
}
