//! Files that are there completely or not at all.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context;

/// Distinguishes the temporary files of one process.
static COUNTER: AtomicU64 = AtomicU64::new(0);

/// Writes `content` into a temporary file beside `path` and renames it; folders are made as needed. A kill at any
/// moment leaves the old file or the new one.
pub(crate) fn write(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let place = || format!("cannot write {}", path.display());
    let folder = path.parent().with_context(place)?;
    fs::create_dir_all(folder).with_context(place)?;
    let name = path.file_name().with_context(place)?.to_string_lossy();
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let temporary = folder.join(format!(".{name}.{}.{number}.tmp", std::process::id()));
    let written = File::create(&temporary)
        .and_then(|mut file| {
            file.write_all(content)?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // The error of the write is what matters; the temporary file may not even exist.
        let _ = fs::remove_file(&temporary);
    }
    written.with_context(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_and_leaves_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/er/file.json");
        write(&path, b"old").unwrap();
        write(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }
}
