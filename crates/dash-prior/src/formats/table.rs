//! Rows of delimited text, with exact row numbers.

use std::io::BufRead;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::source;
use crate::error::{Error, Place, Result};

/// What separates the columns of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Delimiter {
    /// `,`
    Comma,
    /// A tab.
    Tab,
}

impl Delimiter {
    fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Tab => b'\t',
        }
    }
}

/// A delimited text file, read row by row. One line is one row; blank lines are passed over.
pub(super) struct Table {
    file: PathBuf,
    text: Box<dyn BufRead>,
    delimiter: Option<Delimiter>,
    width: Option<usize>,
    row: usize,
    line: String,
    /// The fields of a line with quotation marks, one after the other without them.
    unquoted: String,
    quoted: bool,
    fields: Vec<Range<usize>>,
    again: bool,
}

/// One row: its fields, trimmed and without quotation marks.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    text: &'a str,
    fields: &'a [Range<usize>],
    /// The line in the file, from 1.
    pub(super) number: usize,
}

impl<'a> Row<'a> {
    pub(super) fn len(&self) -> usize {
        self.fields.len()
    }

    pub(super) fn field(&self, column: usize) -> &'a str {
        self.text[self.fields[column].clone()].trim()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let text = self.text;
        self.fields
            .iter()
            .map(move |range| text[range.clone()].trim())
    }

    pub(super) fn to_strings(self) -> Vec<String> {
        self.iter().map(str::to_string).collect()
    }
}

impl Table {
    /// Opens a file; without `delimiter`, its first line decides.
    pub(super) fn open(path: &Path, delimiter: Option<Delimiter>) -> Result<Self> {
        let text = source::open(path).map_err(|source| Error::Read {
            file: path.to_path_buf(),
            source,
        })?;
        Ok(Self {
            file: path.to_path_buf(),
            text,
            delimiter,
            width: None,
            row: 0,
            line: String::new(),
            unquoted: String::new(),
            quoted: false,
            fields: Vec::new(),
            again: false,
        })
    }

    pub(super) fn at(&self, row: usize) -> Place {
        Place {
            file: self.file.clone(),
            row,
        }
    }

    /// The next row, as wide as the first one.
    pub(super) fn next(&mut self) -> Result<Option<Row<'_>>> {
        if !std::mem::take(&mut self.again) && !self.advance()? {
            return Ok(None);
        }
        let text = if self.quoted {
            &self.unquoted
        } else {
            &self.line
        };
        Ok(Some(Row {
            text,
            fields: &self.fields,
            number: self.row,
        }))
    }

    /// Makes `next` return the last row once more: for a first row that turns out to be no header.
    pub(super) fn step_back(&mut self) {
        self.again = true;
    }

    fn advance(&mut self) -> Result<bool> {
        if !self.next_line()? {
            return Ok(false);
        }
        let delimiter = match self.delimiter.or_else(|| detect(&self.line)) {
            Some(delimiter) => *self.delimiter.insert(delimiter),
            None => {
                return Err(Error::Delimiter {
                    at: self.at(self.row),
                });
            }
        };
        self.fields.clear();
        self.quoted = self.line.contains('"');
        if self.quoted {
            split_quoted(
                &self.line,
                delimiter.byte(),
                &mut self.unquoted,
                &mut self.fields,
            )
            .map_err(|column| Error::Quote {
                at: self.at(self.row),
                column,
            })?;
        } else {
            split_plain(&self.line, delimiter.byte(), &mut self.fields);
        }
        let found = self.fields.len();
        let expected = *self.width.get_or_insert(found);
        if found == expected {
            Ok(true)
        } else {
            Err(Error::Ragged {
                at: self.at(self.row),
                found,
                expected,
            })
        }
    }

    /// Reads the next line that is not blank, without its end; false at the end of the file.
    fn next_line(&mut self) -> Result<bool> {
        let mut bytes = std::mem::take(&mut self.line).into_bytes();
        loop {
            bytes.clear();
            let read = self.text.read_until(b'\n', &mut bytes);
            if read.map_err(|source| Error::Read {
                file: self.file.clone(),
                source,
            })? == 0
            {
                return Ok(false);
            }
            self.row += 1;
            bytes.pop_if(|last| *last == b'\n');
            bytes.pop_if(|last| *last == b'\r');
            // A line of tabs alone has fields, so only blanks make a line blank.
            if bytes.iter().any(|byte| *byte != b' ') {
                break;
            }
        }
        self.line = String::from_utf8(bytes).map_err(|error| {
            let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            self.encoding_error(valid)
        })?;
        Ok(true)
    }

    fn encoding_error(&self, valid: &[u8]) -> Error {
        let is_delimiter = |byte: u8| match self.delimiter {
            Some(delimiter) => byte == delimiter.byte(),
            None => byte == b',' || byte == b'\t',
        };
        let column = valid.iter().filter(|byte| is_delimiter(**byte)).count() + 1;
        Error::Encoding {
            at: self.at(self.row),
            column,
        }
    }
}

/// The delimiter that a first line uses outside of quotation marks; a comma where it has one column only.
fn detect(line: &str) -> Option<Delimiter> {
    let mut quoted = false;
    let (mut comma, mut tab) = (false, false);
    for byte in line.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted => comma = true,
            b'\t' if !quoted => tab = true,
            _ => {}
        }
    }
    match (comma, tab) {
        (true, true) => None,
        (false, true) => Some(Delimiter::Tab),
        (_, false) => Some(Delimiter::Comma),
    }
}

fn split_plain(line: &str, delimiter: u8, fields: &mut Vec<Range<usize>>) {
    let mut start = 0;
    for (end, byte) in line.bytes().enumerate() {
        if byte == delimiter {
            fields.push(start..end);
            start = end + 1;
        }
    }
    fields.push(start..line.len());
}

/// Splits a line with quotation marks, where `""` inside a quoted field stands for one mark.
///
/// A field that cannot be read gives its column, from 1, as error.
fn split_quoted(
    line: &str,
    delimiter: u8,
    text: &mut String,
    fields: &mut Vec<Range<usize>>,
) -> Result<(), usize> {
    text.clear();
    let delimiter = char::from(delimiter);
    let mut rest = line;
    loop {
        let start = text.len();
        rest = rest.trim_start_matches(' ');
        if let Some(inside) = rest.strip_prefix('"') {
            let after = unquote(inside, text).ok_or(fields.len() + 1)?;
            rest = after.trim_start_matches(' ');
        } else {
            let end = rest.find(delimiter).unwrap_or(rest.len());
            text.push_str(&rest[..end]);
            rest = &rest[end..];
        }
        fields.push(start..text.len());
        if rest.is_empty() {
            return Ok(());
        }
        rest = rest.strip_prefix(delimiter).ok_or(fields.len())?;
    }
}

/// Copies a quoted field up to its closing mark and returns what follows; `None` where there is none.
fn unquote<'a>(mut inside: &'a str, text: &mut String) -> Option<&'a str> {
    loop {
        let (before, after) = inside.split_once('"')?;
        text.push_str(before);
        match after.strip_prefix('"') {
            Some(more) => {
                text.push('"');
                inside = more;
            }
            None => return Some(after),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    /// All rows of a file of these bytes, with their row numbers.
    fn rows(bytes: &[u8], delimiter: Option<Delimiter>) -> Result<Vec<(usize, Vec<String>)>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        fs::write(&path, bytes).unwrap();
        let mut table = Table::open(&path, delimiter)?;
        let mut rows = Vec::new();
        while let Some(row) = table.next()? {
            assert_eq!(row.len(), row.to_strings().len());
            rows.push((row.number, row.to_strings()));
        }
        Ok(rows)
    }

    fn row(number: usize, fields: &[&str]) -> (usize, Vec<String>) {
        (number, fields.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn line_ends_blank_lines_and_marks() {
        let expected = [row(1, &["a", "b"]), row(3, &["c", ""]), row(4, &["e", "f"])];
        assert_eq!(rows(b"a,b\n\nc,\ne,f", None).unwrap(), expected);
        assert_eq!(
            rows(b"\xef\xbb\xbfa,b\r\n\r\nc,\r\ne,f\r\n", None).unwrap(),
            expected
        );
        assert_eq!(rows(b"a\t b\n  \nc\t\n e\tf\n", None).unwrap(), expected);
        assert!(rows(b"\n\n", None).unwrap().is_empty());
    }

    #[test]
    fn gzip_is_told_by_its_bytes() {
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(b"\xef\xbb\xbfa,b\n").unwrap();
        let packed = packed.finish().unwrap();
        assert_eq!(rows(&packed, None).unwrap(), [row(1, &["a", "b"])]);
        let cut = &packed[..packed.len() - 6];
        assert!(matches!(rows(cut, None), Err(Error::Read { .. })));
    }

    #[test]
    fn quotation_marks() {
        let text = b"\"a, b\", \"c \"\"d\"\"\" ,5\"x\n\"\",y,\"z\"\n";
        assert_eq!(
            rows(text, None).unwrap(),
            [
                row(1, &["a, b", "c \"d\"", "5\"x"]),
                row(2, &["", "y", "z"])
            ]
        );
        for (bad, wrong) in [(&b"a,b\nc,\"d\n"[..], 2), (b"a,b\n\"c\"d,e\n", 1)] {
            let error = rows(bad, None).unwrap_err();
            assert!(
                matches!(&error, Error::Quote { at, column } if at.row == 2 && *column == wrong),
                "{error}"
            );
        }
    }

    #[test]
    fn the_delimiter_is_stated_or_detected() {
        assert_eq!(
            rows(b"a\tb,c\n", Some(Delimiter::Tab)).unwrap(),
            [row(1, &["a", "b,c"])]
        );
        assert_eq!(
            rows(b"\"a,b\"\tc\n", None).unwrap(),
            [row(1, &["a,b", "c"])]
        );
        let error = rows(b"a\tb,c\n", None).unwrap_err();
        assert!(
            matches!(&error, Error::Delimiter { at } if at.row == 1),
            "{error}"
        );
    }

    #[test]
    fn ragged_rows_and_other_encodings_are_refused() {
        let error = rows(b"a,b\nc,d\n\ne\n", None).unwrap_err();
        assert!(
            matches!(&error, Error::Ragged { at, found: 1, expected: 2 } if at.row == 4),
            "{error}"
        );
        let error = rows(b"a,b,c\nx,y\xff,z\n", None).unwrap_err();
        assert!(
            matches!(&error, Error::Encoding { at, column: 2 } if at.row == 2),
            "{error}"
        );
        assert!(matches!(
            rows(b"\xff\xfea\0,\0", None),
            Err(Error::Encoding { column: 1, .. })
        ));
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = Table::open(Path::new("no/such/file.csv"), None)
            .map(|_| ())
            .unwrap_err();
        assert!(error.to_string().contains("no/such/file.csv"), "{error}");
    }
}
