//! Jobs: one (data, model, strategy, noise, seed), its key, its inputs, what it costs and why it runs.

pub(crate) mod canonical;
pub(crate) mod config;
pub(crate) mod cost;
pub(crate) mod dataset;
pub(crate) mod explain;
pub(crate) mod files;
pub(crate) mod inputs;
pub(crate) mod key;
pub(crate) mod seeds;

use std::collections::BTreeMap;

use config::JobConfig;
use inputs::Inputs;
use serde_json::Value;

/// A unit of work whose result is stored under its key.
pub(crate) trait Work: Sync {
    fn key(&self) -> &str;
    /// What a reader calls it.
    fn label(&self) -> String;
    /// Which repetition it is, from 1.
    fn seed_number(&self) -> u64;
    /// Epochs at most.
    fn epochs(&self) -> usize;
    /// Everything that determines the result, the code and the content of the input files aside.
    fn config(&self) -> anyhow::Result<Value>;
    /// BLAKE3 of every input file, by role.
    fn inputs(&self) -> &BTreeMap<String, String>;
}

/// One job of an experiment.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) key: String,
    pub(crate) config: JobConfig,
    /// Which repetition it is, from 1.
    pub(crate) seed_number: u64,
    pub(crate) inputs: Inputs,
}

impl Work for Job {
    fn key(&self) -> &str {
        &self.key
    }

    fn label(&self) -> String {
        label(&self.config, self.seed_number)
    }

    fn seed_number(&self) -> u64 {
        self.seed_number
    }

    fn epochs(&self) -> usize {
        self.config.training.epochs
    }

    fn config(&self) -> anyhow::Result<Value> {
        Ok(serde_json::to_value(&self.config)?)
    }

    fn inputs(&self) -> &BTreeMap<String, String> {
        self.inputs.hashes()
    }
}

/// `DASH phoenix sim350 5% seed 1`; measured data have no level of noise to name.
pub(crate) fn label(config: &JobConfig, seed_number: u64) -> String {
    let noise = percent(config.data.noise);
    let corruption = percent(config.data.prior_corruption);
    let level = if config.data.dataset.is_measured() {
        String::new()
    } else if noise == corruption {
        format!("{noise} ")
    } else {
        format!("{noise}, prior {corruption} ")
    };
    format!(
        "{}{} {} {} {level}seed {seed_number}",
        if config.selection.is_some() {
            "choice of λ for "
        } else {
            ""
        },
        config.strategy.name(),
        config.model.label(),
        config.data.dataset.name(),
    )
}

/// A fraction as the paper writes noise levels: `0.05` is `5%`.
pub(crate) fn percent(fraction: f64) -> String {
    format!("{}%", (fraction * 1e4).round() / 100.0)
}
