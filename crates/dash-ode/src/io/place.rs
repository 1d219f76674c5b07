//! Where in a file something is wrong.

use std::fmt;
use std::path::PathBuf;

/// Where in a file something is wrong. Rows and columns count from 1, as editors and spreadsheets show them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub path: PathBuf,
    /// Line of the file.
    pub row: usize,
    /// Field of the line.
    pub column: usize,
    /// The gene that the field belongs to, where there is one.
    pub gene: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}, row {}, column {}",
            self.path.display(),
            self.row,
            self.column
        )?;
        self.gene
            .as_ref()
            .map_or(Ok(()), |gene| write!(f, ", gene `{gene}`"))
    }
}
