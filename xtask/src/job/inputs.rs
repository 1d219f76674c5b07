//! The files that a job reads, and the hashes of their content.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::job::config::{DataConfig, Source};

/// The published files that a job reads, by role; empty for embedded data. Roles: `train`, `test` (where it was
/// published), `genes`, `edges` (the true network with its parameters), `prior`.
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
        let Some(root) = self.root.clone() else {
            return Ok(Inputs::default());
        };
        if data.source == Source::Embedded {
            return Ok(Inputs::default());
        }
        let folder = root.join(data.dataset.name());
        let mut inputs = Inputs::default();
        for (role, name) in file_names(data) {
            let path = folder.join(name);
            let hash = self.hash(&path)?;
            inputs.hashes.insert(role.to_owned(), hash);
            inputs.files.insert(role.to_owned(), path);
        }
        Ok(inputs)
    }

    fn hash(&mut self, path: &Path) -> anyhow::Result<String> {
        if let Some(hash) = self.known.get(path) {
            return Ok(hash.clone());
        }
        if !path.exists() {
            bail!(
                "not run: data absent, looked for {}; get it with the published data of the paper (layout: xtask/README.md), or leave --data out to use the embedded data",
                path.display()
            );
        }
        let content = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let hash = blake3::hash(&content).to_hex().to_string();
        self.known.insert(path.to_owned(), hash.clone());
        Ok(hash)
    }
}

fn file_names(data: &DataConfig) -> Vec<(&'static str, String)> {
    let prior = format!(
        "prior_noise_{}.edges.csv",
        prior_level(data.prior_corruption)
    );
    let mut files = vec![
        ("train", "train_val_150.csv".into()),
        ("genes", "gene_names.csv".into()),
        ("edges", "edge_properties.csv".into()),
        ("prior", prior),
    ];
    if data.dataset.has_test_file() {
        files.push(("test", "test_10.csv".into()));
    }
    files
}

/// The number in the name of a published prior is half the share of its moved edges. Shares that were not published
/// start from the true network, whose edges the job then moves itself.
fn prior_level(corruption: f64) -> &'static str {
    const PUBLISHED: [(f64, &str); 3] = [(0.05, "0.025"), (0.1, "0.05"), (0.2, "0.1")];
    PUBLISHED
        .iter()
        .find(|(share, _)| (share - corruption).abs() < 1e-9)
        .map_or("0.0", |(_, level)| level)
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
        for (_, name) in file_names(&official(0.05)) {
            fs::write(set.join(&name), &name).unwrap();
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
