//! One trained row: a model, a strategy, and what came of it.

use std::time::Instant;

use anyhow::Context as _;
use dash_ode::{
    Change, Differentiable, Direct, Fit, Initialise, Integrator, Intervals, Mlp, Parameters,
    Phoenix, Strategy, StrategyError, TimeSeries, TrainConfig, one_interval_ahead, train,
};
use dash_prior::{Network, PriorMatrix, co_regulation};
use dash_prune::{
    Conventions, EdgeEvidence, Prior, Problem, PruneSchedule, StrategySettings, build_strategy,
    weigh_edges,
};

use super::{EpochRecord, Observe, Progress};
use crate::job::config::{JobConfig, ModelConfig, ModelKind, ScoreMode, StrategyConfig};

/// Training runs in single precision.
pub(super) type Value = f32;

/// A fitted model with its errors.
pub(super) struct Fitted {
    pub(super) parameters: Parameters<Value>,
    pub(super) validation_mse: f64,
    pub(super) test_mse: f64,
    /// Epochs until the reported model, and until training ended.
    pub(super) epochs: usize,
    pub(super) recoveries: usize,
    pub(super) history: Vec<EpochRecord>,
    /// Seconds spent between epochs: scores and pruning.
    pub(super) score_seconds: f64,
    /// Evidence of every edge, of a strategy that weighs it.
    pub(super) evidence: Option<Vec<EdgeEvidence>>,
}

/// How a model is trained.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recipe<'a> {
    pub(super) model: &'a ModelConfig,
    pub(super) strategy: &'a StrategyConfig,
    pub(super) training: &'a TrainConfig,
    /// `None` for what is never pruned.
    pub(super) schedule: Option<&'a PruneSchedule>,
    pub(super) seed: u64,
}

impl<'a> Recipe<'a> {
    pub(super) fn of(config: &'a JobConfig) -> Self {
        Self {
            model: &config.model,
            strategy: &config.strategy,
            training: &config.training,
            schedule: config.schedule.as_ref(),
            seed: config.seed,
        }
    }
}

/// What a model is trained with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Material<'a> {
    pub(super) train: &'a TimeSeries,
    pub(super) validation: &'a TimeSeries,
    pub(super) test: &'a TimeSeries,
    pub(super) prior: &'a Prior,
}

pub(super) fn fit(
    recipe: Recipe<'_>,
    material: Material<'_>,
    progress: &Observe<'_>,
) -> anyhow::Result<Fitted> {
    let training = Training {
        recipe,
        material,
        progress,
    };
    with_field(recipe.model, material.train.genes().len(), training)
}

/// What is done with a field of whatever kind.
pub(super) trait Task {
    type Output;

    fn run<F: Differentiable<Value> + Initialise + Clone + Send + Sync>(
        self,
        field: F,
    ) -> anyhow::Result<Self::Output>;
}

/// Does it with a field of this model over so many genes.
pub(super) fn with_field<T: Task>(
    model: &ModelConfig,
    genes: usize,
    task: T,
) -> anyhow::Result<T::Output> {
    let hidden = || {
        let name = model.kind.name();
        model
            .hidden
            .with_context(|| format!("{name} needs a number of hidden units"))
    };
    match model.kind {
        ModelKind::Phoenix => task.run(Phoenix::new(genes, hidden()?)?),
        ModelKind::Mlp => {
            let layers = vec![hidden()?; model.layers.unwrap_or(1)];
            task.run(Mlp::deep(genes, &layers)?)
        }
        ModelKind::Direct => task.run(Direct::new(genes)?),
    }
}

/// The prior that strategies are given: P of the network, and C, or co-regulation by P where there is none.
pub(super) fn prior(network: &Network, interactions: Option<&PriorMatrix>) -> Prior {
    let p = PriorMatrix::from_network(network);
    Prior {
        c: interactions.cloned().unwrap_or_else(|| co_regulation(&p)),
        p,
    }
}

struct Training<'a> {
    recipe: Recipe<'a>,
    material: Material<'a>,
    progress: &'a Observe<'a>,
}

impl Task for Training<'_> {
    type Output = Fitted;

    fn run<F: Differentiable<Value> + Initialise + Clone + Send + Sync>(
        self,
        field: F,
    ) -> anyhow::Result<Fitted> {
        fit_field(field, self.recipe, self.material, self.progress)
    }
}

fn fit_field<F: Differentiable<Value> + Initialise + Clone + Send + Sync>(
    mut field: F,
    recipe: Recipe<'_>,
    material: Material<'_>,
    progress: &Observe<'_>,
) -> anyhow::Result<Fitted> {
    let initial = field.initialise(recipe.model.seed).cast();
    let (prior, training) = (material.prior, recipe.training);
    let of = |series, part| Intervals::of(series, part);
    let intervals = of(material.train, "training")?;
    let findings = match &recipe.strategy.evidence {
        Some(options) => Some(weigh_edges(&intervals, &prior.p, options)?),
        None => None,
    };
    let problem = Problem {
        prior: Some(prior),
        data: Some(&intervals),
        findings: findings.as_ref(),
        ..Problem::new(&field, &initial, recipe.seed)
    };
    let inner = build_strategy(recipe.strategy.name(), &settings(recipe), &problem)?;
    let mut strategy = Timed {
        inner,
        seconds: 0.0,
    };
    let mut history = Vec::new();
    let mut observe = |record: &dash_ode::EpochRecord| {
        progress(Progress {
            epoch: record.epoch + 1,
            epochs: training.epochs,
            validation: record.validation,
            sparsity: record.sparsity,
        });
        history.push(EpochRecord {
            epoch: record.epoch,
            train_loss: record.train_loss,
            validation: record.validation,
            learning_rate: record.learning_rate,
            sparsity: record.sparsity,
            pruned: record.pruned,
        });
    };
    let Fit {
        best,
        history: full,
        ..
    } = train(
        &mut field,
        &initial,
        &mut strategy,
        &intervals,
        &of(material.validation, "validation")?,
        training,
        recipe.seed,
        &mut observe,
    )?;
    field.load(best.parameters.values());
    let mut integrator = Integrator::new(training.solver)?;
    let (test_mse, _) =
        one_interval_ahead(&mut field, &of(material.test, "test")?, &mut integrator)?;
    Ok(Fitted {
        validation_mse: best.validation,
        test_mse,
        epochs: best.epoch + 1,
        recoveries: full.iter().map(|r| r.recoveries).sum(),
        parameters: best.parameters,
        history,
        score_seconds: strategy.seconds,
        evidence: findings.map(|findings| findings.edges),
    })
}

pub(super) fn settings(recipe: Recipe<'_>) -> StrategySettings {
    let strategy = recipe.strategy;
    let mut conventions = match strategy.mode {
        None | Some(ScoreMode::Balanced) => Conventions::balanced(),
        Some(ScoreMode::Reference) => Conventions::reference(),
    };
    if let Some(magnitude) = strategy.product_magnitude {
        conventions.product_magnitude = magnitude;
    }
    StrategySettings {
        schedule: recipe.schedule.cloned().unwrap_or_default(),
        lambda: strategy.lambda.unwrap_or_default(),
        conventions,
        strength: strategy.strength,
        evidence: strategy.evidence.clone(),
        tau: strategy.tau,
    }
}

/// A strategy with a clock on what it does between epochs.
struct Timed {
    inner: Box<dyn Strategy<Value>>,
    seconds: f64,
}

impl Strategy<Value> for Timed {
    fn auxiliary(&self) -> Vec<Value> {
        self.inner.auxiliary()
    }
    fn acts_between_epochs(&self) -> bool {
        self.inner.acts_between_epochs()
    }
    fn before_step(&mut self, raw: &mut [Value]) {
        self.inner.before_step(raw);
    }
    fn data_weight(&self) -> f64 {
        self.inner.data_weight()
    }
    fn reparameterise(&mut self, raw: &[Value], effective: &mut [Value]) {
        self.inner.reparameterise(raw, effective);
    }
    fn evaluate(&mut self, raw: &[Value], effective: &mut [Value]) {
        self.inner.evaluate(raw, effective);
    }
    fn kept(&self) -> Option<&[bool]> {
        self.inner.kept()
    }
    fn pull_back(&mut self, raw: &[Value], gradient: &mut [Value]) {
        self.inner.pull_back(raw, gradient);
    }
    fn penalise(&mut self, effective: &[Value], gradient: &mut [Value]) -> f64 {
        self.inner.penalise(effective, gradient)
    }
    fn regularise(&mut self, raw: &[Value], gradient: &mut [Value]) -> f64 {
        self.inner.regularise(raw, gradient)
    }
    fn before_epoch(
        &mut self,
        epoch: usize,
        raw: &mut Parameters<Value>,
    ) -> Result<Change, StrategyError> {
        let start = Instant::now();
        let change = self.inner.before_epoch(epoch, raw);
        self.seconds += start.elapsed().as_secs_f64();
        change
    }
    fn prunes_after(&self, epoch: usize) -> bool {
        self.inner.prunes_after(epoch)
    }
}
