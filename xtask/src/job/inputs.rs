//! The files that a job reads, and the hashes of their content.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::job::config::{DataConfig, Source};
use crate::job::files::{File, files};

/// The published files that a job reads, by role (see [`files`]); empty for embedded data.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Inputs {
    files: BTreeMap<String, PathBuf>,
    hashes: BTreeMap<String, String>,
}

impl Inputs {
    /// Path of the file in this role.
    ///
    /// # Errors
    /// When the job has no such file.
    pub(crate) fn path(&self, role: &str) -> anyhow::Result<&Path> {
        self.files
            .get(role)
            .map(PathBuf::as_path)
            .with_context(|| format!("this job has no input file `{role}`"))
    }

    /// Whether there is a file in this role.
    pub(crate) fn has(&self, role: &str) -> bool {
        self.files.contains_key(role)
    }

    /// BLAKE3 of the content by role.
    pub(crate) fn hashes(&self) -> &BTreeMap<String, String> {
        &self.hashes
    }
}

/// Finds and hashes input files, every file once.
#[derive(Debug, Default)]
pub(crate) struct Resolver {
    root: Option<PathBuf>,
    known: BTreeMap<PathBuf, String>,
}

impl Resolver {
    /// Files below `root`; without it only embedded data can be had.
    ///
    /// # Errors
    /// When `root` is not a folder.
    pub(crate) fn new(root: Option<PathBuf>) -> anyhow::Result<Self> {
        if let Some(root) = &root
            && !root.is_dir()
        {
            bail!(
                "data folder {} does not exist; name one with --data or DASH_DATA, or leave both out to use the embedded data",
                root.display()
            );
        }
        Ok(Self {
            root,
            known: BTreeMap::new(),
        })
    }

    /// The source that this installation has.
    pub(crate) fn source(&self) -> Source {
        if self.root.is_some() {
            Source::Official
        } else {
            Source::Embedded
        }
    }

    /// The files of one job.
    ///
    /// # Errors
    /// When one of them is not there or cannot be read. The message is made for the report.
    pub(crate) fn resolve(&mut self, data: &DataConfig) -> anyhow::Result<Inputs> {
        let mut inputs = Inputs::default();
        if data.source == Source::Embedded {
            return Ok(inputs);
        }
        let set = data.dataset;
        let Some(root) = self.root.clone() else {
            let name = set.folder();
            bail!(
                "not run: data absent; get it with `cargo xtask data fetch {name}`, then name its folder with --data or DASH_DATA"
            );
        };
        for file in files(data) {
            let Some(path) = find(&root, &file) else {
                if file.optional {
                    continue;
                }
                bail!(
                    "not run: data absent, looked for {}; `cargo xtask data list {}` says where it comes from{}",
                    root.join(&file.names[0]).display(),
                    set.folder(),
                    if set.is_measured() {
                        ""
                    } else {
                        ", or leave --data out to use the embedded data"
                    }
                );
            };
            let hash = self.hash(&path)?;
            inputs.hashes.insert(file.role.to_owned(), hash);
            inputs.files.insert(file.role.to_owned(), path);
        }
        Ok(inputs)
    }

    fn hash(&mut self, path: &Path) -> anyhow::Result<String> {
        if let Some(hash) = self.known.get(path) {
            return Ok(hash.clone());
        }
        let content = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let hash = blake3::hash(&content).to_hex().to_string();
        self.known.insert(path.to_owned(), hash.clone());
        Ok(hash)
    }
}

/// Where a file is, under the first of its names that is there.
fn find(root: &Path, file: &File) -> Option<PathBuf> {
    let mut paths = file.names.iter().map(|name| root.join(name));
    paths.find(|path| path.exists())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::config;

    fn official(corruption: f64) -> DataConfig {
        DataConfig {
            source: Source::Official,
            prior_corruption: corruption,
            ..config("DASH").data
        }
    }

    #[test]
    fn content_is_hashed_and_absence_names_the_path() {
        let folder = tempfile::tempdir().unwrap();
        let set = folder.path().join("sim350");
        fs::create_dir(&set).unwrap();
        for file in files(&official(0.05)) {
            fs::write(folder.path().join(&file.names[0]), &file.names[0]).unwrap();
        }
        let resolve = |corruption| {
            Resolver::new(Some(folder.path().to_owned()))
                .unwrap()
                .resolve(&official(corruption))
        };
        let inputs = resolve(0.05).unwrap();
        assert!(
            inputs
                .path("prior")
                .unwrap()
                .ends_with("prior_noise_0.025.edges.csv")
        );
        fs::write(set.join("test_10.csv"), "changed").unwrap();
        let changed = resolve(0.05).unwrap();
        assert_ne!(inputs.hashes()["test"], changed.hashes()["test"]);
        assert_eq!(inputs.hashes()["train"], changed.hashes()["train"]);

        let message = resolve(0.1).unwrap_err().to_string();
        assert!(message.starts_with("not run: data absent"), "{message}");
        assert!(message.contains("prior_noise_0.05.edges.csv"), "{message}");
    }

    #[test]
    fn embedded_data_need_no_file() {
        let mut resolver = Resolver::new(None).unwrap();
        assert_eq!(resolver.source(), Source::Embedded);
        let inputs = resolver.resolve(&config("DASH").data).unwrap();
        assert!(inputs.hashes().is_empty());
        assert!(inputs.path("train").is_err());
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        assert!(Resolver::new(Some("no/such/folder".into())).is_err());
    }
}
