//! Writing a file as a whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::error::DataError;

/// Lets `fill` write a temporary file in the same folder and renames it, so that `path` never holds part of a file.
/// The text is packed with gzip if the name ends in `.gz`.
///
/// # Errors
/// [`DataError::Write`]; the old file is left as it was.
pub fn write_atomically(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), DataError> {
    let failed = |source| DataError::Write {
        path: path.to_owned(),
        source,
    };
    let (temporary, file) = create_beside(path).map_err(failed)?;
    let packed = path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("gz"));
    write_and_sync(file, packed, fill)
        .and_then(|()| fs::rename(&temporary, path))
        .map_err(|source| {
            // The first error is the one to report; a temporary file that stays behind does no harm.
            let _ = fs::remove_file(&temporary);
            failed(source)
        })
}

/// Writes a number with the fewest digits that read back to the same bits, and nothing for NaN (a missing value).
///
/// # Errors
/// Those of `out`.
pub fn write_number(out: &mut (impl Write + ?Sized), value: f64) -> io::Result<()> {
    const PLAIN: std::ops::Range<f64> = 1e-5..1e16;
    if value.is_nan() {
        Ok(())
    } else if value.abs() > 0.0 && !PLAIN.contains(&value.abs()) {
        write!(out, "{value:e}")
    } else {
        write!(out, "{value}")
    }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(folder: &Path) -> Vec<OsString> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["file.csv", "file.csv.gz"] {
            let path = folder.path().join(name);
            fs::write(&path, "old").unwrap();
            let result = write_atomically(&path, |out| {
                out.write_all(b"half of the new")?;
                Err(io::Error::other("disk full"))
            });
            assert!(matches!(result, Err(DataError::Write { .. })));
            assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        }
        assert_eq!(names(folder.path()), ["file.csv", "file.csv.gz"]);
    }

    #[test]
    fn a_write_replaces_the_file_and_passes_by_what_others_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file.csv");
        fs::write(&path, "a long old text").unwrap();
        fs::write(folder.path().join(".file.csv.0.tmp"), "of another writer").unwrap();
        write_atomically(&path, |out| out.write_all(b"new")).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(names(folder.path()), [".file.csv.0.tmp", "file.csv"]);
    }

    #[test]
    fn places_that_cannot_hold_a_file_are_errors() {
        let folder = tempfile::tempdir().unwrap();
        for path in [
            folder.path().to_owned(),
            folder.path().join("none/file.csv"),
            PathBuf::from("/"),
            PathBuf::from(""),
        ] {
            assert!(
                matches!(
                    write_atomically(&path, |_| Ok(())),
                    Err(DataError::Write { .. })
                ),
                "{}",
                path.display()
            );
        }
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn numbers_are_short() {
        let text = |value| {
            let mut out = Vec::new();
            write_number(&mut out, value).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(text(9.0), "9");
        assert_eq!(text(0.344_359_763_984_503), "0.344359763984503");
        assert_eq!(text(-0.0), "-0");
        assert_eq!(text(7.5e-7), "7.5e-7");
        assert_eq!(text(f64::MAX), "1.7976931348623157e308");
        assert_eq!(text(f64::NAN), "");
    }

    proptest! {
        #[test]
        fn numbers_read_back_to_the_same_bits(value in any::<f64>().prop_filter("finite", |v| v.is_finite())) {
            let mut out = Vec::new();
            write_number(&mut out, value).unwrap();
            let read: f64 = std::str::from_utf8(&out).unwrap().parse().unwrap();
            prop_assert_eq!(read.to_bits(), value.to_bits());
        }
    }
}
