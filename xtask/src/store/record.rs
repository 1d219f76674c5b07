//! What is stored of a finished job.

use std::collections::BTreeMap;

use dash_prune::LambdaCurve;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::job::Work;
use crate::job::canonical::hash;
use crate::job::key::CODE;
use crate::science::{EpochRecord, Outcome};
use crate::store::machine::Machine;

/// Result and provenance of one job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) key: String,
    pub(crate) label: String,
    pub(crate) seed_number: u64,
    /// As JSON, so that results of other versions of this program can be read as well.
    pub(crate) config: Value,
    /// BLAKE3 of every input file, by role.
    pub(crate) inputs: BTreeMap<String, String>,
    pub(crate) code: CodeVersion,
    pub(crate) machine: Machine,
    pub(crate) cost: Cost,
    pub(crate) metrics: BTreeMap<String, f64>,
    pub(crate) timings: BTreeMap<String, f64>,
    pub(crate) history: Vec<EpochRecord>,
    /// What cross-validation measured, of a job that chooses λ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) curve: Option<LambdaCurve>,
    /// Hash of the network beside this record, of a job that found one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) network: Option<String>,
    pub(crate) notes: Vec<String>,
    /// About the data: the same for every job on them with this seed number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) data_notes: Vec<String>,
}

/// What computed a result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct CodeVersion {
    /// Hash of the sources and locked dependencies that determine results.
    pub(crate) fingerprint: String,
    pub(crate) version: String,
    /// Commit that the program was built from, where it was built from a repository.
    pub(crate) commit: Option<String>,
    pub(crate) toolchain: String,
}

impl CodeVersion {
    pub(crate) fn here() -> Self {
        let commit = env!("DASH_COMMIT");
        Self {
            fingerprint: CODE.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commit: (!commit.is_empty()).then(|| commit.to_owned()),
            toolchain: env!("DASH_TOOLCHAIN").to_owned(),
        }
    }
}

/// What a job has cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Cost {
    pub(crate) wall_seconds: f64,
    /// Of the thread that ran the job; `None` where the system does not tell.
    pub(crate) cpu_seconds: Option<f64>,
    /// Of the process, so of all jobs that ran beside this one.
    pub(crate) peak_memory_bytes: Option<u64>,
}

impl Record {
    /// The record of what `job` has computed. Metrics that are not finite are undefined and left out. CPU seconds of
    /// the whole job stand in where the computation did not time its training.
    pub(crate) fn new(job: &dyn Work, outcome: Outcome, cost: Cost) -> anyhow::Result<Self> {
        let finite = |values: BTreeMap<String, f64>| -> BTreeMap<String, f64> {
            values
                .into_iter()
                .filter(|(_, value)| value.is_finite())
                .collect()
        };
        let mut timings = finite(outcome.timings);
        if let Some(seconds) = cost.cpu_seconds {
            timings.entry("cpu_seconds".to_owned()).or_insert(seconds);
        }
        Ok(Self {
            key: job.key().to_owned(),
            label: job.label(),
            seed_number: job.seed_number(),
            config: job.config()?,
            inputs: job.inputs().clone(),
            code: CodeVersion::here(),
            machine: Machine::here(),
            cost,
            metrics: finite(outcome.metrics),
            timings,
            history: outcome.history,
            curve: outcome.curve,
            network: outcome.network.map(|text| hash(text.as_bytes())),
            notes: outcome.notes,
            data_notes: outcome.data_notes,
        })
    }

    /// A metric or timing by the name it has in tables.
    pub(crate) fn value(&self, name: &str) -> Option<f64> {
        self.metrics
            .get(name)
            .or_else(|| self.timings.get(name))
            .copied()
    }

    /// A leaf of the configuration, such as `/data/dataset`.
    pub(crate) fn setting(&self, pointer: &str) -> Option<&Value> {
        self.config.pointer(pointer)
    }
}
