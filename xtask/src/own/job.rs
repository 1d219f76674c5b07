//! The jobs of a fit: the choice of λ, and one fit per seed.

use std::collections::BTreeMap;

use dash_prune::PruneSchedule;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::job::Work;
use crate::job::canonical::{canonical, hash};
use crate::job::key::{CODE, SCHEMA};
use crate::job::seeds;
use crate::own::config::FitConfig;

/// What one job does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Step {
    /// Chooses λ and the number of pruning rounds by cross-validation.
    ChooseLambda,
    /// Fits the model, with λ if it is factorised and has a prior.
    Fit {
        lambda: Option<(f64, f64)>,
        schedule: PruneSchedule,
    },
}

/// Everything that determines a result, the code and the content of the files aside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct OwnConfig {
    pub(crate) settings: FitConfig,
    pub(crate) step: Step,
    /// 1 sees all training data; every other seed a part of its own.
    pub(crate) seed_number: u64,
}

/// One job of a fit.
#[derive(Clone, Debug)]
pub(crate) struct OwnJob {
    pub(crate) key: String,
    pub(crate) config: OwnConfig,
    inputs: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Identity<'a> {
    schema: u32,
    code: &'a str,
    config: &'a OwnConfig,
    inputs: &'a BTreeMap<String, String>,
}

impl OwnJob {
    pub(crate) fn new(
        settings: &FitConfig,
        step: Step,
        seed_number: u64,
        inputs: &BTreeMap<String, String>,
    ) -> anyhow::Result<Self> {
        let config = OwnConfig {
            settings: settings.identity(),
            step,
            seed_number,
        };
        let identity = Identity {
            schema: SCHEMA,
            code: CODE,
            config: &config,
            inputs,
        };
        Ok(Self {
            key: hash(canonical(&identity)?.as_bytes()),
            config,
            inputs: inputs.clone(),
        })
    }
}

impl OwnConfig {
    /// Seed of one kind of randomness of this job.
    pub(crate) fn seed(&self, of: &str) -> u64 {
        seeds::own(of, self.seed_number)
    }
}

impl Work for OwnJob {
    fn key(&self) -> &str {
        &self.key
    }

    fn label(&self) -> String {
        match self.config.step {
            Step::ChooseLambda => "choice of λ".to_owned(),
            Step::Fit { .. } if self.config.seed_number == 1 => {
                "fit 1, all training data".to_owned()
            }
            Step::Fit { .. } => format!("fit {}", self.config.seed_number),
        }
    }

    fn seed_number(&self) -> u64 {
        self.config.seed_number
    }

    fn epochs(&self) -> usize {
        self.config.settings.train_config(0).epochs
    }

    fn config(&self) -> anyhow::Result<Value> {
        Ok(serde_json::to_value(&self.config)?)
    }

    fn inputs(&self) -> &BTreeMap<String, String> {
        &self.inputs
    }
}
