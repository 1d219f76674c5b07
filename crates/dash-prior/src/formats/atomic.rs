//! Files that appear whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::error::{Error, Result};

/// Writes a file by way of a temporary one in the same folder; gzipped where the name ends in `.gz`.
pub(super) fn write(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<()> {
    let failed = |source| Error::Write {
        file: path.to_path_buf(),
        source,
    };
    let (temporary, file) = create_beside(path).map_err(failed)?;
    let done = fill_file(file, is_gzip(path), fill).and_then(|()| fs::rename(&temporary, path));
    done.map_err(|source| {
        // The first error is the one to report; a temporary file that cannot be removed does no harm.
        let _ = fs::remove_file(&temporary);
        failed(source)
    })
}

fn fill_file(
    file: File,
    gzip: bool,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut out = BufWriter::new(file);
    if gzip {
        let mut packed = GzEncoder::new(&mut out, Compression::default());
        fill(&mut packed)?;
        packed.finish()?;
    } else {
        fill(&mut out)?;
    }
    out.into_inner()
        .map_err(io::IntoInnerError::into_error)?
        .sync_all()
}

fn is_gzip(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("gz"))
}

fn create_beside(path: &Path) -> io::Result<(PathBuf, File)> {
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::new(ErrorKind::InvalidInput, "the path names no file"))?;
    for attempt in 0u32.. {
        let mut hidden = OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}-{attempt}.tmp", std::process::id()));
        let temporary = path.with_file_name(hidden);
        match OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&temporary)
        {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(file) => return Ok((temporary, file)),
        }
    }
    Err(io::Error::new(
        ErrorKind::AlreadyExists,
        "every temporary name is taken",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn a_failed_write_leaves_the_old_file_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("net.csv");
        write(&path, |out| out.write_all(b"old")).unwrap();
        let error = write(&path, |out| {
            out.write_all(b"half")?;
            Err(io::Error::other("stopped"))
        });
        assert!(matches!(&error, Err(Error::Write { file, .. }) if file == &path));
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(entries(folder.path()), 1);
    }

    #[test]
    fn a_leftover_temporary_file_is_in_nobodys_way() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("net.csv");
        let (leftover, _) = create_beside(&path).unwrap();
        write(&path, |out| out.write_all(b"new")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert!(leftover.exists());
        assert_eq!(entries(folder.path()), 2);
    }

    #[test]
    fn gzip_follows_the_name_and_has_the_same_bytes_every_time() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (
            folder.path().join("one.csv.gz"),
            folder.path().join("two.csv.gz"),
        );
        for path in [&one, &two] {
            write(path, |out| out.write_all(b"text")).unwrap();
        }
        assert_eq!(fs::read(&one).unwrap()[..2], [0x1f, 0x8b]);
        assert_eq!(fs::read(&one).unwrap(), fs::read(&two).unwrap());
    }

    #[test]
    fn a_missing_folder_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("absent/net.csv");
        let error = write(&path, |_| Ok(())).unwrap_err();
        assert!(error.to_string().contains("net.csv"), "{error}");
        assert!(matches!(
            write(Path::new("/"), |_| Ok(())),
            Err(Error::Write { .. })
        ));
    }
}
