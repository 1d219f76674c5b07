//! A text file in memory: unpacked, checked to be UTF-8, cut into fields.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::error::DataError;
use super::place::Place;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];
/// Longest piece of a file that an error message repeats.
const QUOTED_CHARACTERS: usize = 60;

/// The text of a file.
pub(super) struct Text {
    path: PathBuf,
    content: String,
}

impl Text {
    /// Reads a plain or gzip file (told apart by content, not by name); `expected` says what it should hold if it is empty.
    pub(super) fn open(path: &Path, expected: &'static str) -> Result<Self, DataError> {
        let mut bytes = read_bytes(path)?;
        if bytes.starts_with(&GZIP_MAGIC) {
            bytes = unpack(path, &bytes)?;
        }
        if bytes.starts_with(&BYTE_ORDER_MARK) {
            bytes.drain(..BYTE_ORDER_MARK.len());
        }
        let content = String::from_utf8(bytes).map_err(|e| {
            let valid = e.utf8_error().valid_up_to();
            DataError::NotUtf8 {
                path: path.to_owned(),
                row: 1 + line_ends(&e.as_bytes()[..valid]),
            }
        })?;
        if content.trim().is_empty() {
            return Err(DataError::Empty {
                path: path.to_owned(),
                expected,
            });
        }
        Ok(Self {
            path: path.to_owned(),
            content,
        })
    }

    /// Path of the file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Rows of the text, separated by tabs if the first line that is not blank has one and by commas otherwise. Blank lines are left out.
    pub(super) fn rows(&self) -> Rows<'_> {
        // Untrimmed: the first field of a table separated by tabs may be empty.
        let mut lines = self.content.split(['\r', '\n']);
        let first = lines.find(|line| !line.trim().is_empty());
        let first = first.unwrap_or_default();
        let delimiter = if first.contains('\t') { b'\t' } else { b',' };
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(self.content.as_bytes());
        Rows {
            reader,
            record: csv::StringRecord::new(),
            text: self,
        }
    }

    /// Line of the file, from 1, of the row that the parser began to read at `byte`.
    pub(super) fn line(&self, byte: u64) -> usize {
        let bytes = self.content.as_bytes();
        // The parser counts blank lines to the row that follows them.
        let mut start = usize::try_from(byte).map_or(bytes.len(), |b| b.min(bytes.len()));
        while bytes.get(start).is_some_and(|b| matches!(b, b'\r' | b'\n')) {
            start += 1;
        }
        1 + line_ends(&bytes[..start])
    }

    /// Where a field stands, for an error; `column` counts from 0 here.
    pub(super) fn place(&self, byte: u64, column: usize, gene: Option<&str>) -> Place {
        Place {
            path: self.path.clone(),
            row: self.line(byte),
            column: column + 1,
            gene: gene.map(str::to_owned),
        }
    }
}

/// The rows of a text, one at a time.
pub(super) struct Rows<'a> {
    reader: csv::Reader<&'a [u8]>,
    record: csv::StringRecord,
    text: &'a Text,
}

impl Rows<'_> {
    /// The next row and the byte it starts at, or `None` after the last.
    pub(super) fn next(&mut self) -> Result<Option<(u64, &csv::StringRecord)>, DataError> {
        let byte = self.reader.position().byte();
        let more = self
            .reader
            .read_record(&mut self.record)
            .map_err(|e| DataError::Read {
                path: self.text.path.clone(),
                source: e.into(),
            })?;
        Ok(more.then_some((byte, &self.record)))
    }
}

/// A finite number, or `None` for an empty field.
pub(super) fn number(field: &str, place: impl FnOnce() -> Place) -> Result<Option<f64>, DataError> {
    let field = field.trim();
    if field.is_empty() {
        return Ok(None);
    }
    match field.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(Some(value)),
        Ok(_) => Err(DataError::NotFinite {
            place: place(),
            text: shortened(field),
        }),
        Err(_) => Err(DataError::NotANumber {
            place: place(),
            text: shortened(field),
        }),
    }
}

/// The start of a text that may be too long for a message.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(QUOTED_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, DataError> {
    let failed = |source| DataError::Read {
        path: path.to_owned(),
        source,
    };
    if fs::metadata(path).map_err(failed)?.is_dir() {
        return Err(DataError::Folder {
            path: path.to_owned(),
        });
    }
    fs::read(path).map_err(failed)
}

fn unpack(path: &Path, packed: &[u8]) -> Result<Vec<u8>, DataError> {
    let mut bytes = Vec::with_capacity(4 * packed.len());
    MultiGzDecoder::new(packed)
        .read_to_end(&mut bytes)
        .map_err(|source| DataError::Gzip {
            path: path.to_owned(),
            source,
        })?;
    Ok(bytes)
}

/// Ends of lines: LF, CR LF, or CR alone.
fn line_ends(bytes: &[u8]) -> usize {
    let followed_by_lf = |i: usize| bytes.get(i + 1) == Some(&b'\n');
    (0..bytes.len())
        .filter(|&i| bytes[i] == b'\n' || (bytes[i] == b'\r' && !followed_by_lf(i)))
        .count()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn open(bytes: &[u8]) -> Result<Text, DataError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file.csv");
        fs::write(&path, bytes).unwrap();
        Text::open(&path, "rows")
    }

    fn fields(text: &Text) -> Vec<(usize, Vec<String>)> {
        let mut rows = text.rows();
        let mut found = Vec::new();
        while let Some((byte, record)) = rows.next().unwrap() {
            let line = text.line(byte);
            found.push((line, record.iter().map(str::to_owned).collect()));
        }
        found
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn line_ends_marks_tabs_and_gzip_make_no_difference() {
        let expected: Vec<(usize, Vec<String>)> = vec![
            (1, vec!["a".into(), "b".into()]),
            (2, vec!["1".into(), String::new()]),
            (4, vec!["x,y".into(), "2".into()]),
        ];
        for bytes in [
            "a,b\n1,\n\n\"x,y\",2\n",
            "a,b\r\n1,\r\n\r\n\"x,y\",2",
            "a,b\r1,\r\r\"x,y\",2\r",
            "\u{feff}a,b\n1,\n\n\"x,y\",2",
            "a\tb\n1\t\n\nx,y\t2",
        ] {
            assert_eq!(
                fields(&open(bytes.as_bytes()).unwrap()),
                expected,
                "{bytes:?}"
            );
            assert_eq!(
                fields(&open(&gzip(bytes.as_bytes())).unwrap()),
                expected,
                "gzip of {bytes:?}"
            );
        }
    }

    #[test]
    fn a_first_field_may_be_empty() {
        for bytes in ["\tT\nc\t0.1\n", "\r\n \t\r\tT\rc\t0.1\r"] {
            let rows = fields(&open(bytes.as_bytes()).unwrap());
            let last_two = &rows[rows.len() - 2..];
            assert_eq!(last_two[0].1, ["", "T"], "{bytes:?}");
            assert_eq!(last_two[1].1, ["c", "0.1"], "{bytes:?}");
        }
    }

    #[test]
    fn joined_gzip_members_are_one_text() {
        let joined = [gzip(b"a,b\n"), gzip(b"1,2\n")].concat();
        assert_eq!(fields(&open(&joined).unwrap()).len(), 2);
    }

    #[test]
    fn damaged_gzip_is_an_error() {
        let whole = gzip("0.1,0.2\n".repeat(1000).as_bytes());
        for cut in [2, 12, whole.len() / 2, whole.len() - 1] {
            assert!(
                matches!(open(&whole[..cut]), Err(DataError::Gzip { .. })),
                "cut at {cut}"
            );
        }
        let mut flipped = whole.clone();
        let checksum = whole.len() - 8;
        flipped[checksum] ^= 1;
        assert!(matches!(open(&flipped), Err(DataError::Gzip { .. })));
    }

    #[test]
    fn what_is_no_text_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(
            Text::open(folder.path(), "rows"),
            Err(DataError::Folder { .. })
        ));
        assert!(matches!(
            Text::open(&folder.path().join("none"), "rows"),
            Err(DataError::Read { .. })
        ));
        assert!(matches!(open(b""), Err(DataError::Empty { .. })));
        assert!(matches!(open(b" \r\n\n"), Err(DataError::Empty { .. })));
        assert!(matches!(open(&gzip(b"")), Err(DataError::Empty { .. })));
        assert!(matches!(
            open(b"a,b\n1,2\ncaf\xe9,3\n"),
            Err(DataError::NotUtf8 { row: 3, .. })
        ));
    }

    #[test]
    fn numbers_are_finite_or_missing() {
        let place = || Place {
            path: "f".into(),
            row: 1,
            column: 1,
            gene: None,
        };
        assert_eq!(number(" ", place).unwrap(), None);
        assert_eq!(number(" -1.5e-3 ", place).unwrap(), Some(-1.5e-3));
        for text in ["NaN", "nan", "inf", "-Infinity", "1e999"] {
            assert!(
                matches!(number(text, place), Err(DataError::NotFinite { .. })),
                "{text}"
            );
        }
        for text in ["NA", "abc", "0,5", "1 2", "0x1", "-"] {
            assert!(
                matches!(number(text, place), Err(DataError::NotANumber { .. })),
                "{text}"
            );
        }
    }

    #[test]
    fn messages_repeat_the_start_of_a_long_field() {
        assert_eq!(shortened("short"), "short");
        assert_eq!(shortened(&"ä".repeat(1000)), format!("{}…", "ä".repeat(60)));
    }
}
