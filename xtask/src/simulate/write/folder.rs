//! A folder that is being filled.

use std::fs;
use std::path::{Path, PathBuf};

use crate::store;

pub(super) struct Folder {
    pub(super) root: PathBuf,
}

impl Folder {
    /// A path below the folder, whose own folder exists.
    pub(super) fn at(&self, name: &str) -> anyhow::Result<PathBuf> {
        let path = self.root.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(path)
    }

    pub(super) fn csv<const N: usize>(
        &self,
        name: &str,
        header: [&str; N],
        rows: impl IntoIterator<Item = [String; N]>,
    ) -> anyhow::Result<()> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(header)?;
        for row in rows {
            writer.write_record(row)?;
        }
        store::atomic::write(&self.at(name)?, &writer.into_inner()?)
    }
}

/// The files below a folder.
pub(super) fn list(folder: &Path, prefix: &str, files: &mut Vec<String>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            list(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.push(name);
        }
    }
    Ok(())
}
