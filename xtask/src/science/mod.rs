//! What a job computes.

mod constant;
mod data;
mod evidence;
mod fit;
mod network;
pub(crate) mod own;
pub(crate) mod pathways;
mod select;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use dash_ode::{effective_sparsity, regulatory_network};
use dash_prune::LambdaCurve;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use self::data::Data;
use self::fit::{Material, Recipe};
use self::pathways::Pathways;
use crate::job::Job;
use crate::job::config::JobConfig;
use crate::job::inputs::Inputs;
use crate::store::machine::thread_cpu_seconds;

/// Where a running job stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Progress {
    /// Epochs done.
    pub(crate) epoch: usize,
    /// Epochs at most.
    pub(crate) epochs: usize,
    /// Validation loss.
    pub(crate) validation: f64,
    pub(crate) sparsity: f64,
}

/// Hears where a running job stands, from whatever thread computes it.
pub(crate) type Observe<'a> = dyn Fn(Progress) + Sync + 'a;

/// What a job has computed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome {
    /// Columns of the tables; one that is undefined is left out or not finite.
    pub(crate) metrics: BTreeMap<String, f64>,
    pub(crate) history: Vec<EpochRecord>,
    /// What a reader of the result should know.
    pub(crate) notes: Vec<String>,
    /// What a reader should know about the data: the same for every row of a data set and seed.
    pub(crate) data_notes: Vec<String>,
    /// Seconds by part of the work.
    pub(crate) timings: BTreeMap<String, f64>,
    /// The network found, as CSV `from,to,weight,rank`.
    pub(crate) network: Option<String>,
    /// What is known about single edges, as CSV, of a strategy that weighs their evidence.
    pub(crate) evidence: Option<String>,
    /// The fitted model as safetensors, where it is kept.
    pub(crate) model: Option<Vec<u8>>,
    /// What cross-validation measured, of a job that chooses λ.
    pub(crate) curve: Option<LambdaCurve>,
    /// The pathways of influential genes, of a job that tests them.
    pub(crate) pathways: Option<Pathways>,
}

/// One epoch of training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct EpochRecord {
    pub(crate) epoch: usize,
    #[serde(with = "crate::store::finite")]
    pub(crate) train_loss: f64,
    #[serde(with = "crate::store::finite")]
    pub(crate) validation: f64,
    #[serde(with = "crate::store::finite")]
    pub(crate) learning_rate: f64,
    #[serde(with = "crate::store::finite")]
    pub(crate) sparsity: f64,
    /// Whether weights were removed in this epoch.
    pub(crate) pruned: bool,
}

/// Runs one job.
pub(crate) fn execute(
    config: &JobConfig,
    inputs: &Inputs,
    progress: &Observe<'_>,
) -> anyhow::Result<Outcome> {
    let data = data::prepare(&config.data, inputs)?;
    let genes = data.train.genes().len();
    let mut outcome = match (config.strategy.name(), &config.selection) {
        ("Prior", _) => untrained(&network::weights(&data.prior), &data)?,
        ("Regulators", _) => {
            let estimate = network::regulators_to_all(genes, &data.regulators);
            untrained(&estimate, &data)?
        }
        ("Block", _) => untrained(&network::block(&data.reference), &data)?,
        ("Truth", _) => untrained(&network::weights(&data.reference), &data)?,
        ("Last value", _) => constant::last_value(&data)?,
        ("Training mean", _) => constant::training_mean(&data)?,
        (_, Some(grid)) => {
            let prior = fit::prior(&data.prior, data.interactions.as_ref());
            select::select(Recipe::of(config), grid, &data.train, &prior, progress)?
        }
        _ => trained(config, &data, progress)?,
    };
    outcome.data_notes = data.notes;
    Ok(outcome)
}

/// Reads the files of the jobs, every set of files once, so that a bad one is found before anything runs.
///
/// # Errors
/// What is wrong with a file, where, and how to mend it.
pub(crate) fn check_inputs(jobs: &[Job]) -> anyhow::Result<()> {
    let mut seen = BTreeSet::new();
    for job in jobs {
        let hashes = job.inputs.hashes();
        if !hashes.is_empty() && seen.insert(hashes) {
            data::prepare(&job.config.data, &job.inputs)?;
        }
    }
    Ok(())
}

/// A network that no model was fitted for.
fn untrained(estimate: &Array2<f64>, data: &Data) -> anyhow::Result<Outcome> {
    let mut metrics = network::judge(estimate.view(), data)?;
    let zeros = estimate.iter().filter(|e| **e == 0.0).count();
    metrics.insert("sparsity".into(), zeros as f64 / estimate.len() as f64);
    let notes = vec!["not trained; sparsity is that of the k × k network".into()];
    Ok(Outcome {
        metrics,
        notes,
        network: Some(network::csv(estimate.view(), data.reference.genes())?),
        ..Outcome::default()
    })
}

fn trained(config: &JobConfig, data: &Data, progress: &Observe<'_>) -> anyhow::Result<Outcome> {
    let material = Material {
        train: &data.train,
        validation: &data.validation,
        test: &data.test,
        prior: &fit::prior(&data.prior, data.interactions.as_ref()),
    };
    let cpu = thread_cpu_seconds();
    let fitted = fit::fit(Recipe::of(config), material, progress)?;
    let training = cpu.zip(thread_cpu_seconds());
    let begin = Instant::now();
    let pathways = match &config.pathways {
        Some(influence) => pathways::find(&fitted.parameters, config, influence, data)?,
        None => None,
    };
    let influence_seconds = begin.elapsed().as_secs_f64();
    let estimate = regulatory_network(&fitted.parameters);
    let mut metrics = network::judge(estimate.view(), data)?;
    metrics.insert("sparsity".into(), effective_sparsity(&fitted.parameters));
    metrics.insert("validation_mse".into(), fitted.validation_mse);
    metrics.insert("test_mse".into(), fitted.test_mse);
    metrics.insert("epochs".into(), fitted.epochs as f64);
    let mut notes =
        vec!["reported: the best validation error since the last pruning step".to_owned()];
    if fitted.recoveries > 0 {
        notes.push(format!(
            "training diverged {} times and went on from its last good state at half the learning rate",
            fitted.recoveries
        ));
    }
    let mut timings = BTreeMap::from([
        ("score_seconds".into(), fitted.score_seconds),
        ("influence_seconds".into(), influence_seconds),
    ]);
    if let Some((before, after)) = training {
        timings.insert("cpu_seconds".into(), after - before);
    }
    Ok(Outcome {
        metrics,
        history: fitted.history,
        notes,
        timings,
        network: Some(network::csv(estimate.view(), data.reference.genes())?),
        evidence: match &fitted.evidence {
            Some(edges) => Some(evidence::csv(edges, data.reference.genes())?),
            None => None,
        },
        pathways,
        ..Outcome::default()
    })
}
