//! A comma-separated file with a header, in memory.

use std::path::{Path, PathBuf};

use csv::StringRecord;

use crate::error::{Error, Result};
use crate::text::read_text;

/// Rows of a plain or gzip file (told apart by content) with LF or CR LF, with or without a byte order mark.
pub(super) struct Table {
    pub(super) path: PathBuf,
    header: StringRecord,
    /// Rows below the header, with their line of the file.
    pub(super) rows: Vec<(u64, StringRecord)>,
}

impl Table {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let text = read_text(path)?;
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut rows = Vec::new();
        let mut record = StringRecord::new();
        let (mut counted, mut line) = (0, 1);
        loop {
            // The position is in front of blank lines; they are counted to the lines before.
            let start = (reader.position().byte() as usize).min(text.len());
            let blank = text[start..]
                .bytes()
                .take_while(|b| matches!(b, b'\r' | b'\n'))
                .count();
            line += text[counted..start + blank]
                .bytes()
                .filter(|&b| b == b'\n')
                .count() as u64;
            counted = start + blank;
            let more = reader.read_record(&mut record).map_err(|e| Error::Io {
                path: path.to_owned(),
                source: e.into(),
            })?;
            if !more {
                break;
            }
            rows.push((line, record.clone()));
        }
        if rows.is_empty() {
            return Err(Error::Row {
                path: path.to_owned(),
                row: 1,
                problem: "the file is empty".into(),
            });
        }
        let (_, header) = rows.remove(0);
        Ok(Self {
            path: path.to_owned(),
            header,
            rows,
        })
    }

    /// Where the columns of these names stand.
    pub(super) fn columns<const N: usize>(&self, names: [&str; N]) -> Result<[usize; N]> {
        let mut places = [0; N];
        for (place, name) in places.iter_mut().zip(names) {
            let found = self
                .header
                .iter()
                .position(|h| h.trim().eq_ignore_ascii_case(name));
            *place = found.ok_or_else(|| {
                let header: Vec<&str> = self.header.iter().collect();
                self.error(1, format!("no column {name:?} in the header {header:?}"))
            })?;
        }
        Ok(places)
    }

    /// A field of a row, without blanks around it.
    pub(super) fn field<'a>(
        &self,
        (row, record): &'a (u64, StringRecord),
        column: usize,
    ) -> Result<&'a str> {
        let field = record.get(column).map(str::trim);
        field.ok_or_else(|| {
            let problem = format!(
                "{} fields where the header has {}",
                record.len(),
                self.header.len()
            );
            self.error(*row, problem)
        })
    }

    /// An error in a row.
    pub(super) fn error(&self, row: u64, problem: String) -> Error {
        Error::Row {
            path: self.path.clone(),
            row,
            problem,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn open(content: &[u8]) -> Result<Table> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        std::fs::write(&path, content).unwrap();
        Table::open(&path)
    }

    #[test]
    fn plain_packed_marked_and_windows_files_are_the_same() {
        let plain = "\"a\",\"b\"\n\"x, y\",1\n\n\"z\",2\n";
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(plain.as_bytes()).unwrap();
        let variants = [
            plain.as_bytes().to_vec(),
            plain.replace('\n', "\r\n").into_bytes(),
            format!("\u{feff}{plain}").into_bytes(),
            packed.finish().unwrap(),
        ];
        for content in variants {
            let table = open(&content).unwrap();
            let [b, a] = table.columns(["b", "A"]).unwrap();
            assert_eq!((b, a), (1, 0));
            let rows: Vec<_> = table
                .rows
                .iter()
                .map(|row| {
                    (
                        row.0,
                        table.field(row, a).unwrap(),
                        table.field(row, b).unwrap(),
                    )
                })
                .collect();
            assert_eq!(rows, [(2, "x, y", "1"), (4, "z", "2")]);
        }
    }

    #[test]
    fn errors_name_row_and_column() {
        assert!(
            open(b"")
                .err()
                .unwrap()
                .to_string()
                .contains("row 1: the file is empty")
        );
        let table = open(b"a,b\n1\n").unwrap();
        let message = table.columns(["c"]).unwrap_err().to_string();
        assert!(message.contains("row 1: no column \"c\""), "{message}");
        let message = table.field(&table.rows[0], 1).unwrap_err().to_string();
        assert!(
            message.contains("row 2: 1 fields where the header has 2"),
            "{message}"
        );
        assert!(matches!(open(&[b'a', 0xff]), Err(Error::Io { .. })));
    }
}
