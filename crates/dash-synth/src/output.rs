//! Writing a file as a whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::{Compression, write::GzEncoder};

use crate::error::{Error, Result};

/// Writes a text as a whole file; packs it if the name ends in `.gz`.
pub(crate) fn write_atomically(path: &Path, text: &str) -> Result<()> {
    write_with(path, |out| out.write_all(text.as_bytes()))
}

/// Lets `fill` write a temporary file in the same folder and renames it; packs it if the name ends in `.gz`.
pub(crate) fn write_with(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<()> {
    let failed = |source| Error::Io {
        path: path.to_owned(),
        source,
    };
    let packed = path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("gz"));
    let (temporary, file) = create_beside(path).map_err(failed)?;
    write_and_sync(file, packed, fill)
        .and_then(|()| fs::rename(&temporary, path))
        .map_err(|source| {
            // The first error is the one to report; a temporary file that stays behind does no harm.
            let _ = fs::remove_file(&temporary);
            failed(source)
        })
}

fn write_and_sync(
    file: File,
    packed: bool,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut buffered = BufWriter::new(file);
    if packed {
        let mut encoder = GzEncoder::new(buffered, Compression::default());
        fill(&mut encoder)?;
        buffered = encoder.finish()?;
    } else {
        fill(&mut buffered)?;
    }
    buffered.into_inner()?.sync_all()
}

/// Writes a number with the fewest digits that read back to the same bits, and nothing for NaN.
pub(crate) fn write_number(out: &mut (impl Write + ?Sized), value: f64) -> io::Result<()> {
    const PLAIN: std::ops::Range<f64> = 1e-5..1e16;
    if value.is_nan() {
        Ok(())
    } else if value.abs() > 0.0 && !PLAIN.contains(&value.abs()) {
        write!(out, "{value:e}")
    } else {
        write!(out, "{value}")
    }
}

/// A new file `.NAME.N.tmp` in the folder of `path`.
fn create_beside(path: &Path) -> io::Result<(PathBuf, File)> {
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the path has no file name"))?;
    let mut number = 0_u64;
    loop {
        let mut hidden = OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{number}.tmp"));
        let temporary = path.with_file_name(hidden);
        match OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&temporary)
        {
            Ok(file) => return Ok((temporary, file)),
            // Another writer is at work, or was killed at it.
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(e) => return Err(e),
        }
    }
}

/// A text field in quotes.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        fs::write(&path, "old and longer").unwrap();
        write_atomically(&path, "new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let nowhere = folder.path().join("none/a.csv");
        assert!(matches!(
            write_atomically(&nowhere, "new"),
            Err(Error::Io { .. })
        ));
    }

    #[test]
    fn quotes_are_doubled() {
        assert_eq!(quoted("a \"b\", c"), "\"a \"\"b\"\", c\"");
    }
}
