//! Fits of a user's own data.

pub(crate) mod consensus;
pub(crate) mod errors;
pub(crate) mod parts;
mod scale;
pub(crate) mod simulate;
mod subsample;

use std::collections::BTreeMap;

use anyhow::Context as _;
use dash_ode::{effective_sparsity, model_from_bytes, model_to_bytes, regulatory_network};
use dash_prior::{GeneIndex, PriorMatrix, co_regulation};
use dash_prune::Prior;

use self::parts::Parts;
pub(crate) use self::scale::Scale;
use super::fit::{Material, Recipe, fit};
use super::{Observe, Outcome, evidence, network, select};
use crate::job::config::StrategyConfig;
use crate::own::OwnData;
use crate::own::config::FitConfig;
use crate::own::job::{OwnConfig, Step};

/// Runs one job of a fit.
pub(crate) fn execute(
    config: &OwnConfig,
    data: &OwnData,
    parts: &Parts,
    progress: &Observe<'_>,
) -> anyhow::Result<Outcome> {
    let (settings, number) = (&config.settings, config.seed_number);
    let train = if number == 1 {
        parts.train.clone()
    } else {
        subsample::part(&parts.train, settings.stability.share, config.seed("part"))?
    };
    let training = settings.train_config(train.trajectories().len());
    let model = settings.model_config(config.seed("weights"));
    let prior = prior(data);
    let has_prior = data.prior.is_some();
    let (lambda, schedule) = match &config.step {
        Step::ChooseLambda => (None, settings.schedule.clone()),
        Step::Fit { lambda, schedule } => (*lambda, schedule.clone()),
    };
    let strategy = strategy(settings, lambda, has_prior);
    let recipe = Recipe {
        model: &model,
        strategy: &strategy,
        training: &training,
        schedule: (!settings.is_direct()).then_some(&schedule),
        seed: config.seed("batches"),
    };
    if config.step == Step::ChooseLambda {
        return select::select(recipe, &settings.lambda.grid, &train, &prior, progress);
    }
    let material = Material {
        train: &train,
        validation: &parts.validation,
        test: &parts.test,
        prior: &prior,
    };
    let fitted = fit(recipe, material, progress)?;
    let genes = GeneIndex::new(train.genes().to_vec())?;
    let estimate = regulatory_network(&fitted.parameters);
    let edges = estimate.iter().filter(|weight| **weight != 0.0).count();
    let metrics = BTreeMap::from([
        (
            "sparsity".to_owned(),
            effective_sparsity(&fitted.parameters),
        ),
        ("edges".to_owned(), edges as f64),
        ("validation_mse".to_owned(), fitted.validation_mse),
        ("test_mse".to_owned(), fitted.test_mse),
        ("epochs".to_owned(), fitted.epochs as f64),
    ]);
    let metadata = metadata(config, &strategy.name, &genes, parts)?;
    Ok(Outcome {
        metrics,
        history: fitted.history,
        network: Some(network::csv(estimate.view(), &genes)?),
        evidence: match &fitted.evidence {
            Some(edges) => Some(evidence::csv(edges, &genes)?),
            None => None,
        },
        model: Some(model_to_bytes(&fitted.parameters, &metadata)?),
        ..Outcome::default()
    })
}

/// What strategies are given; empty without a prior.
fn prior(data: &OwnData) -> Prior {
    let k = data.series.genes().len();
    let empty = || PriorMatrix::from_triplets(k, []).expect("no entries are in range");
    let p = data
        .prior
        .as_ref()
        .map_or_else(empty, PriorMatrix::from_network);
    let c = data
        .interactions
        .clone()
        .unwrap_or_else(|| co_regulation(&p));
    Prior { p, c }
}

/// One-layer DASH by evidence; factorised DASH, or, without a prior, the same pruning by magnitude alone.
fn strategy(settings: &FitConfig, lambda: Option<(f64, f64)>, has_prior: bool) -> StrategyConfig {
    let name = if settings.is_direct() || has_prior {
        "DASH"
    } else {
        "SparseFlow"
    };
    StrategyConfig {
        name: name.to_owned(),
        lambda,
        mode: None,
        product_magnitude: None,
        strength: None,
        tau: None,
        evidence: settings.is_direct().then(|| settings.evidence.clone()),
    }
}

/// Text fields of the model file.
fn metadata(
    config: &OwnConfig,
    strategy: &str,
    genes: &GeneIndex,
    parts: &Parts,
) -> anyhow::Result<BTreeMap<String, String>> {
    let fields = [
        ("format", "dash model 1".to_owned()),
        ("model", config.settings.model.kind.name().to_owned()),
        ("strategy", strategy.to_owned()),
        ("genes", serde_json::to_string(genes.names())?),
        ("scale", serde_json::to_string(&parts.scale)?),
        ("config", serde_json::to_string(config)?),
    ];
    Ok(fields.map(|(key, text)| (key.to_owned(), text)).into())
}

/// A fitted model with its genes and units.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) parameters: dash_ode::Parameters<f32>,
    pub(crate) genes: GeneIndex,
    pub(crate) scale: Scale,
}

impl Model {
    /// Reads a model file that a fit has written.
    pub(crate) fn from_bytes(bytes: &[u8]) -> anyhow::Result<Self> {
        let (parameters, metadata) = model_from_bytes(bytes)?;
        let field = |name: &str| {
            let text = metadata.get(name);
            text.with_context(|| {
                format!("the model file has no field {name}; was it written by a fit?")
            })
        };
        Ok(Self {
            parameters,
            genes: GeneIndex::new(serde_json::from_str(field("genes")?)?)?,
            scale: serde_json::from_str(field("scale")?)?,
        })
    }
}
