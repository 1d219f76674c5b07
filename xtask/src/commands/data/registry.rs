//! The data sets that are known, from `xtask/data.toml`: where each file is published, and what tells that a copy is whole.

use anyhow::{Context, bail, ensure};
use serde::Deserialize;

/// The committed table.
const TABLE: &str = include_str!("../../../data.toml");

/// All data sets and files, in the order of the table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Registry {
    #[serde(rename = "set")]
    pub(super) sets: Vec<Set>,
    #[serde(rename = "file")]
    pub(super) files: Vec<File>,
}

/// A data set: a folder below the data folder.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Set {
    pub(super) name: String,
    pub(super) about: String,
    /// Tables and figures.
    needed_by: Vec<String>,
}

/// A file of a data set.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// Below the data folder, with `/`; the first part is the data set.
    pub(super) path: String,
    pub(super) about: String,
    /// The layout, by the names of docs/formats.md.
    pub(super) read_as: String,
    pub(super) licence: String,
    pub(super) note: Option<String>,
    /// Tables and figures, where not those of the set.
    pub(super) needed_by: Option<Vec<String>>,
    /// Bytes.
    pub(super) size: Option<u64>,
    pub(super) sha256: Option<String>,
    /// What git calls the content.
    pub(super) git_blob: Option<String>,
    pub(super) upstream: Option<Upstream>,
    /// The step that makes the file from published ones: nobody publishes it.
    pub(super) derived: Option<String>,
    /// Why it is published but cannot be fetched.
    pub(super) unavailable: Option<String>,
    /// What may lie in place of the published file.
    pub(super) stand_in: Option<String>,
}

/// A place in a public repository that never changes.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Upstream {
    pub(super) repository: String,
    pub(super) commit: String,
    pub(super) path: String,
}

impl Registry {
    /// The committed table, checked.
    pub(super) fn load() -> anyhow::Result<Self> {
        Self::parse(TABLE).context("xtask/data.toml")
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let registry: Self = toml::from_str(text)?;
        let mut paths = std::collections::BTreeSet::new();
        for file in &registry.files {
            file.check().with_context(|| file.path.clone())?;
            ensure!(paths.insert(&file.path), "{}: listed twice", file.path);
            ensure!(
                registry.sets.iter().any(|set| set.name == file.set()),
                "{}: no such data set",
                file.path
            );
        }
        Ok(registry)
    }

    /// The files that any of these names means: `all`, a data set, a folder, a file, a table or a figure. All files
    /// when there are no names.
    ///
    /// # Errors
    /// A name that means nothing.
    pub(super) fn select(&self, names: &[String]) -> anyhow::Result<Vec<&File>> {
        for name in names {
            if !self.files.iter().any(|file| self.is_meant(file, name)) {
                let sets: Vec<&str> = self.sets.iter().map(|set| set.name.as_str()).collect();
                bail!(
                    "unknown data `{name}`; expected `all`, a data set ({}), a folder or file below one \
                     (`cargo xtask data list` shows them), or a table or figure that needs data (table2, fig5)",
                    sets.join(", ")
                );
            }
        }
        let is_wanted =
            |file: &&File| names.is_empty() || names.iter().any(|name| self.is_meant(file, name));
        Ok(self.files.iter().filter(is_wanted).collect())
    }

    fn is_meant(&self, file: &File, name: &str) -> bool {
        let name = name.trim_end_matches('/');
        let is_below = file
            .path
            .strip_prefix(name)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        name == "all" || is_below || self.needed_by(file).iter().any(|id| id == name)
    }

    /// Tables and figures that read the file.
    pub(super) fn needed_by<'a>(&'a self, file: &'a File) -> &'a [String] {
        let of_set = || self.sets.iter().find(|set| set.name == file.set());
        match (&file.needed_by, of_set()) {
            (Some(own), _) => own,
            (None, Some(set)) => &set.needed_by,
            (None, None) => &[],
        }
    }
}

impl File {
    /// The data set that it belongs to.
    pub(super) fn set(&self) -> &str {
        self.path.split('/').next().unwrap_or_default()
    }

    /// Whether a copy of it can be told from anything else.
    pub(super) fn has_hash(&self) -> bool {
        self.sha256.is_some() || self.git_blob.is_some()
    }

    fn check(&self) -> anyhow::Result<()> {
        let parts: Vec<&str> = self.path.split('/').collect();
        let is_plain = |part: &&str| !part.is_empty() && !part.starts_with('.');
        ensure!(
            parts.len() > 1 && parts.iter().all(is_plain) && !self.path.contains('\\'),
            "the path must lead to a file in the folder of a data set"
        );
        let is_hex = |hash: &Option<String>, digits: usize| {
            hash.as_ref().is_none_or(|hash| {
                let is_lower = |c: char| matches!(c, '0'..='9' | 'a'..='f');
                hash.len() == digits && hash.chars().all(is_lower)
            })
        };
        ensure!(is_hex(&self.sha256, 64), "sha256 must have 64 hex digits");
        ensure!(
            is_hex(&self.git_blob, 40),
            "git_blob must have 40 hex digits"
        );
        let ways = [
            self.upstream.is_some() && self.unavailable.is_none(),
            self.unavailable.is_some(),
            self.derived.is_some(),
        ];
        ensure!(
            ways.iter().filter(|way| **way).count() == 1,
            "one of upstream, derived and unavailable must say where it comes from"
        );
        ensure!(
            self.has_hash() || self.unavailable.is_some(),
            "what has no hash cannot be fetched"
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_table_is_sound_and_every_kind_of_name_selects() {
        let registry = Registry::load().unwrap();
        let count = |name: &str| registry.select(&[name.to_owned()]).map(|files| files.len());
        assert_eq!(count("all").unwrap(), registry.files.len());
        assert_eq!(registry.select(&[]).unwrap().len(), registry.files.len());
        assert_eq!(count("sim350/test_10.csv").unwrap(), 1);
        let (folder, set) = (count("hema/pathreg/").unwrap(), count("hema").unwrap());
        assert!(0 < folder && folder < set, "{folder} of {set}");
        assert_eq!(count("table9").unwrap(), set);
        assert!(count("table2").unwrap() > 20);
        for name in ["sim", "sim350/test", "", "../sim350"] {
            let error = count(name).unwrap_err().to_string();
            assert!(error.contains("unknown data"), "{name}: {error}");
        }
    }

    #[test]
    fn a_wrong_table_is_refused_with_the_file() {
        let set = "[[set]]\nname = 'a'\nabout = ''\nneeded_by = []\n";
        let file = |path: &str, rest: &str| {
            format!(
                "{set}[[file]]\npath = '{path}'\nabout = ''\nread_as = ''\nlicence = ''\n{rest}\n"
            )
        };
        let blob = format!("git_blob = '{}'", "0".repeat(40));
        let from = "upstream = { repository = 'o/r', commit = 'c', path = 'p' }";
        assert!(Registry::parse(&file("a/b", &format!("{blob}\n{from}"))).is_ok());
        for (path, rest, word) in [
            ("a/b", from.to_owned(), "no hash"),
            ("a/b", blob.clone(), "where it comes from"),
            ("a/../b", format!("{blob}\n{from}"), "path"),
            ("c/b", format!("{blob}\n{from}"), "no such data set"),
            ("a/b", format!("git_blob = '0'\n{from}"), "40 hex digits"),
        ] {
            let error = format!("{:#}", Registry::parse(&file(path, &rest)).unwrap_err());
            assert!(error.contains(word) && error.contains(path), "{error}");
        }
    }
}
