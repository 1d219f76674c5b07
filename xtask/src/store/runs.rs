//! Finished runs, one checked JSON file each.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::job::canonical::{canonical, hash};
use crate::job::key::SCHEMA;
use crate::science::pathways::Pathways;
use crate::store::{Record, atomic};

/// The folder `OUT/runs`.
#[derive(Clone, Debug)]
pub(crate) struct Runs {
    folder: PathBuf,
}

/// What is found under a key.
#[derive(Debug)]
pub(crate) enum Stored {
    Missing,
    /// A file is there, and this is what is wrong with it.
    Corrupt(String),
    Found(Box<Record>),
}

/// The file: a record, and the hash of its canonical text.
#[derive(Serialize, Deserialize)]
struct Envelope {
    schema: u32,
    checksum: String,
    record: Value,
}

impl Runs {
    /// The runs below `out`; nothing is made until something is written.
    pub(crate) fn new(out: &Path) -> Self {
        Self {
            folder: out.join("runs"),
        }
    }

    pub(crate) fn path(&self, key: &str) -> PathBuf {
        self.folder.join(format!("{key}.json"))
    }

    /// The network that the job under `key` has found.
    pub(crate) fn network_path(&self, key: &str) -> PathBuf {
        self.folder.join(format!("{key}.network.csv"))
    }

    pub(crate) fn lock_path(&self, key: &str) -> PathBuf {
        self.folder.join(format!("{key}.lock"))
    }

    /// Reads and checks the result under `key`.
    pub(crate) fn read(&self, key: &str) -> Stored {
        let path = self.path(key);
        if !path.exists() {
            return Stored::Missing;
        }
        match read(&path) {
            Ok(record) if record.key == key => Stored::Found(Box::new(record)),
            Ok(record) => Stored::Corrupt(format!("holds the result of {}", record.key)),
            Err(error) => Stored::Corrupt(format!("{error:#}")),
        }
    }

    /// The result under `key`, if it is there and sound.
    pub(crate) fn found(&self, key: &str) -> Option<Record> {
        match self.read(key) {
            Stored::Found(record) => Some(*record),
            Stored::Missing | Stored::Corrupt(_) => None,
        }
    }

    /// Writes a result atomically.
    pub(crate) fn write(&self, record: &Record) -> anyhow::Result<()> {
        let value = serde_json::to_value(record)?;
        let envelope = Envelope {
            schema: SCHEMA,
            checksum: hash(canonical(&value)?.as_bytes()),
            record: value,
        };
        let mut text = serde_json::to_string_pretty(&envelope)?;
        text.push('\n');
        atomic::write(&self.path(&record.key), text.as_bytes())
    }

    /// Writes the network of a job atomically.
    pub(crate) fn write_network(&self, key: &str, text: &str) -> anyhow::Result<()> {
        atomic::write(&self.network_path(key), text.as_bytes())
    }

    /// Writes the evidence of a job's edges atomically.
    pub(crate) fn write_evidence(&self, key: &str, text: &str) -> anyhow::Result<()> {
        atomic::write(&self.evidence_path(key), text.as_bytes())
    }

    pub(crate) fn evidence_path(&self, key: &str) -> PathBuf {
        self.folder.join(format!("{key}.evidence.csv"))
    }

    /// The fitted model of the job under `key`.
    pub(crate) fn model_path(&self, key: &str) -> PathBuf {
        self.folder.join(format!("{key}.safetensors"))
    }

    /// Writes the fitted model of a job atomically.
    pub(crate) fn write_model(&self, key: &str, bytes: &[u8]) -> anyhow::Result<()> {
        atomic::write(&self.model_path(key), bytes)
    }

    /// Writes the pathways of a job's influential genes atomically.
    pub(crate) fn write_pathways(&self, key: &str, pathways: &Pathways) -> anyhow::Result<()> {
        let mut text = serde_json::to_string_pretty(pathways)?;
        text.push('\n');
        atomic::write(&self.pathways_path(key), text.as_bytes())
    }

    /// The pathways of a job that tested some.
    pub(crate) fn pathways(&self, key: &str) -> Option<Pathways> {
        let text = fs::read_to_string(self.pathways_path(key)).ok()?;
        serde_json::from_str(&text).ok()
    }

    fn pathways_path(&self, key: &str) -> PathBuf {
        self.folder.join(format!("{key}.pathways.json"))
    }

    /// The network that belongs to a record, as it was written; `None` if the job has none, or if its file is gone or
    /// has changed.
    pub(crate) fn network(&self, record: &Record) -> Option<String> {
        let text = fs::read_to_string(self.network_path(&record.key)).ok()?;
        (record.network.as_ref()? == &hash(text.as_bytes())).then_some(text)
    }

    /// Every sound result, by key; also those of other configurations and versions.
    pub(crate) fn all(&self) -> Vec<Record> {
        let mut paths: Vec<PathBuf> = fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| {
                path.extension()
                    .is_some_and(|extension| extension == "json")
                    && !path.to_string_lossy().ends_with(".pathways.json")
            })
            .collect();
        paths.sort();
        paths.iter().filter_map(|path| read(path).ok()).collect()
    }
}

fn read(path: &Path) -> anyhow::Result<Record> {
    let text = fs::read_to_string(path).context("cannot be read")?;
    let envelope: Envelope = serde_json::from_str(&text).context("is cut off or not JSON")?;
    if envelope.schema != SCHEMA {
        bail!("has schema {}, not {SCHEMA}", envelope.schema);
    }
    if hash(canonical(&envelope.record)?.as_bytes()) != envelope.checksum {
        bail!("does not match its checksum");
    }
    serde_json::from_value(envelope.record).context("lacks a field")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::record;

    #[test]
    fn a_written_result_is_read_back_exactly() {
        let out = tempfile::tempdir().unwrap();
        let runs = Runs::new(out.path());
        let record = record("DASH", 1, 1.0 / 3.0);
        assert!(matches!(runs.read(&record.key), Stored::Missing));
        runs.write(&record).unwrap();
        let found = runs.found(&record.key).unwrap();
        assert_eq!(found, record);
        assert_eq!(runs.all(), [record]);
    }

    #[test]
    fn undefined_losses_survive() {
        let out = tempfile::tempdir().unwrap();
        let runs = Runs::new(out.path());
        let mut record = record("DASH", 1, 0.5);
        record.history[0].validation = f64::NAN;
        runs.write(&record).unwrap();
        let found = runs.found(&record.key).unwrap();
        assert!(found.history[0].validation.is_nan());
        assert_eq!(found.history[1], record.history[1]);
    }

    #[test]
    fn a_damaged_file_is_noticed() {
        let out = tempfile::tempdir().unwrap();
        let runs = Runs::new(out.path());
        let record = record("DASH", 1, 0.5);
        runs.write(&record).unwrap();
        let path = runs.path(&record.key);
        let text = fs::read_to_string(&path).unwrap();
        let reason = |content: &str| {
            fs::write(&path, content).unwrap();
            match runs.read(&record.key) {
                Stored::Corrupt(reason) => reason,
                other => panic!("{other:?}"),
            }
        };
        assert!(reason(&text[..text.len() / 2]).contains("cut off"));
        assert!(reason("").contains("cut off"));
        assert!(reason(&text.replace("0.5", "0.6")).contains("checksum"));
        assert!(reason(&text.replacen("\"schema\": 1", "\"schema\": 99", 1)).contains("schema 99"));
        assert!(runs.all().is_empty());
    }

    #[test]
    fn a_result_under_the_key_of_another_is_noticed() {
        let out = tempfile::tempdir().unwrap();
        let runs = Runs::new(out.path());
        let record = record("DASH", 1, 0.5);
        runs.write(&record).unwrap();
        fs::copy(runs.path(&record.key), runs.path("other")).unwrap();
        assert!(matches!(runs.read("other"), Stored::Corrupt(_)));
    }

    #[test]
    fn a_network_belongs_to_its_record() {
        let out = tempfile::tempdir().unwrap();
        let runs = Runs::new(out.path());
        let mut record = record("DASH", 1, 0.5);
        assert_eq!(runs.network(&record), None);
        let text = "from,to,weight,rank\nSWI4,CLN2,0.5,1\n";
        record.network = Some(hash(text.as_bytes()));
        assert_eq!(runs.network(&record), None);
        runs.write_network(&record.key, text).unwrap();
        assert_eq!(runs.network(&record).as_deref(), Some(text));
        fs::write(runs.network_path(&record.key), "from,to\n").unwrap();
        assert_eq!(runs.network(&record), None);
    }

    #[test]
    fn a_kill_while_writing_leaves_nothing_to_stumble_over() {
        let out = tempfile::tempdir().unwrap();
        let runs = Runs::new(out.path());
        let record = record("DASH", 1, 0.5);
        fs::create_dir_all(out.path().join("runs")).unwrap();
        let left = out
            .path()
            .join(format!("runs/.{}.json.1.0.tmp", record.key));
        fs::write(left, "{\"schema\": 1, \"rec").unwrap();
        assert!(matches!(runs.read(&record.key), Stored::Missing));
        assert!(runs.all().is_empty());
        runs.write(&record).unwrap();
        assert!(runs.found(&record.key).is_some());
    }
}
