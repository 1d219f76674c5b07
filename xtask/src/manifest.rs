//! `OUT/manifest.json`: what was planned, what ran, what was skipped and why, and which files were written.
//!
//! It is written before the first job and again at the end, so that after a kill the report can still be rendered.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use crate::experiment::plan::{RowPlan, TablePlan};
use crate::experiment::{Experiment, Profile};
use crate::job::config::Source;
use crate::render::output::Written;
use crate::runner::End;
use crate::store::{Runs, atomic};

const SCHEMA: u32 = 1;

/// The whole file. Tables of earlier calls stay until they are planned anew.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Manifest {
    schema: u32,
    tables: BTreeMap<String, TableEntry>,
    jobs: Vec<JobEntry>,
    /// Figures that could not be drawn, with the reason.
    figures_skipped: BTreeMap<String, String>,
    /// Verdict on every claim of the paper.
    claims: BTreeMap<String, String>,
    files: Vec<FileEntry>,
}

/// A table as it was planned.
#[derive(Debug, Serialize, Deserialize)]
struct TableEntry {
    profile: Profile,
    data_source: Source,
    seeds: u64,
    /// Where the experiment was read from, and its text.
    origin: String,
    experiment: String,
    rows: Vec<RowPlan>,
}

/// A job of one of the tables.
#[derive(Debug, Serialize, Deserialize)]
struct JobEntry {
    key: String,
    label: String,
    state: State,
    /// Why there is no result.
    reason: Option<String>,
}

/// What became of a job in the last call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum State {
    /// Its result was there before.
    Present,
    Ran,
    Failed,
    Skipped,
}

/// A file that was written.
#[derive(Debug, Serialize, Deserialize)]
struct FileEntry {
    path: PathBuf,
    bytes: u64,
    blake3: String,
}

impl Manifest {
    fn path(out: &Path) -> PathBuf {
        out.join("manifest.json")
    }

    /// The manifest of earlier calls, or `None` if there was none.
    ///
    /// # Errors
    /// When it is not one of this program.
    pub(crate) fn load(out: &Path) -> anyhow::Result<Option<Self>> {
        let path = Self::path(out);
        if !path.exists() {
            return Ok(None);
        }
        let place = || format!("{} is not a manifest of this version", path.display());
        let text = fs::read_to_string(&path).with_context(place)?;
        let manifest: Self = serde_json::from_str(&text).with_context(place)?;
        if manifest.schema != SCHEMA {
            bail!("{}: schema {}, not {SCHEMA}", place(), manifest.schema);
        }
        Ok(Some(manifest))
    }

    pub(crate) fn empty() -> Self {
        Self {
            schema: SCHEMA,
            tables: BTreeMap::new(),
            jobs: Vec::new(),
            figures_skipped: BTreeMap::new(),
            claims: BTreeMap::new(),
            files: Vec::new(),
        }
    }

    /// Takes in planned tables, in place of those of the same id.
    pub(crate) fn plan(&mut self, tables: &[TablePlan]) {
        for table in tables {
            let entry = TableEntry {
                profile: table.profile,
                data_source: table.source,
                seeds: table.seeds,
                origin: table.experiment.origin.clone(),
                experiment: table.experiment.text.clone(),
                rows: table.rows.clone(),
            };
            self.tables.insert(table.experiment.file.id.clone(), entry);
        }
    }

    /// The tables as they were planned, `table2` before `table10`.
    ///
    /// # Errors
    /// When the text of an experiment cannot be read by this version.
    pub(crate) fn planned(&self) -> anyhow::Result<Vec<TablePlan>> {
        let mut entries: Vec<_> = self.tables.iter().collect();
        entries.sort_by_key(|(id, _)| (id.len(), id.as_str()));
        entries
            .into_iter()
            .map(|(_, entry)| {
                Ok(TablePlan {
                    experiment: Experiment::parse(&entry.origin, &entry.experiment)?,
                    profile: entry.profile,
                    source: entry.data_source,
                    seeds: entry.seeds,
                    rows: entry.rows.clone(),
                })
            })
            .collect()
    }

    /// Why results are missing, by key, as far as the last call knew.
    pub(crate) fn missing(&self) -> BTreeMap<String, String> {
        self.jobs
            .iter()
            .filter_map(|job| Some((job.key.clone(), job.reason.clone()?)))
            .collect()
    }

    /// Takes in what became of the jobs, and what was written.
    ///
    /// # Errors
    /// When a file that was written cannot be read back.
    pub(crate) fn conclude(
        &mut self,
        out: &Path,
        ends: &BTreeMap<String, End>,
        missing: &BTreeMap<String, String>,
        written: &Written,
    ) -> anyhow::Result<()> {
        let runs = Runs::new(out);
        let mut jobs = BTreeMap::new();
        for row in self.tables.values().flat_map(|table| &table.rows) {
            for (key, label) in row.jobs() {
                let state = match ends.get(&key) {
                    Some(End::Ran(_)) => State::Ran,
                    Some(End::Failed(_)) => State::Failed,
                    Some(End::Present) => State::Present,
                    None if runs.found(&key).is_some() => State::Present,
                    None => State::Skipped,
                };
                let has_result = matches!(state, State::Present | State::Ran);
                let reason = missing.get(&key).filter(|_| !has_result).cloned();
                jobs.insert(
                    key.clone(),
                    JobEntry {
                        key: key.clone(),
                        label,
                        state,
                        reason,
                    },
                );
            }
        }
        self.jobs = jobs.into_values().collect();
        self.figures_skipped.clone_from(&written.skipped);
        self.claims.clone_from(&written.verdicts);
        self.files = written
            .files
            .iter()
            .map(|path| FileEntry::read(out, path))
            .collect::<anyhow::Result<_>>()?;
        Ok(())
    }

    /// Writes it atomically.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn save(&self, out: &Path) -> anyhow::Result<()> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        atomic::write(&Self::path(out), text.as_bytes())
    }
}

impl FileEntry {
    fn read(out: &Path, path: &Path) -> anyhow::Result<Self> {
        let content = fs::read(out.join(path))
            .with_context(|| format!("cannot read back {}", out.join(path).display()))?;
        Ok(Self {
            path: path.to_owned(),
            bytes: content.len() as u64,
            blake3: blake3::hash(&content).to_hex().to_string(),
        })
    }
}
