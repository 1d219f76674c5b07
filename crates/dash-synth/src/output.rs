//! Writing files.

use std::path::Path;

use dash_ode::io::write_atomically;

use crate::error::Result;

/// Writes a text as a whole file or not at all; packs it if the name ends in `.gz`.
pub(crate) fn write_text(path: &Path, text: &str) -> Result<()> {
    Ok(write_atomically(path, |out| {
        out.write_all(text.as_bytes())
    })?)
}

/// A text field in quotes.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_doubled() {
        assert_eq!(quoted("a \"b\", c"), "\"a \"\"b\"\", c\"");
    }
}
