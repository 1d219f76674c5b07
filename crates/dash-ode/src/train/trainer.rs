//! The training loop: epochs, validation, early stopping, recovery.

use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;

use super::plateau::Rate;
use super::session::{Losses, Session, State};
use super::{
    Adam, Checkpoint, EpochRecord, Fit, Intervals, Strategy, TrainConfig, one_interval_ahead,
};
use crate::error::{Error, check_size};
use crate::{Differentiable, Integrator, Parameters, Real, Result, Role, effective_sparsity};

/// Trains `field` from `initial` parameters with a strategy.
///
/// Before every epoch the strategy may prune or rewind. Training stops after `config.epochs`, or when no pruning is to
/// come and the validation error has not improved for `config.patience` epochs. An epoch that diverges is tried
/// again from its start at half the learning rate, at most `config.recoveries` times in all. `observe` is told every
/// epoch.
///
/// The result depends on the arguments alone: the same `seed` (order of the batches) gives the same bits.
///
/// # Errors
/// [`Error::Setting`] for a configuration outside its ranges, [`Error::Shape`] if data, parameters and field do not
/// fit, [`Error::Diverged`] if recovery did not help, [`Error::Strategy`] if the strategy failed.
#[expect(
    clippy::too_many_arguments,
    reason = "each is one independent part of a run; a struct would only rename them"
)]
pub fn train<T: Real, F: Differentiable<T> + ?Sized>(
    field: &mut F,
    initial: &Parameters<T>,
    strategy: &mut dyn Strategy<T>,
    training: &Intervals<T>,
    validation: &Intervals<T>,
    config: &TrainConfig,
    seed: u64,
    observe: &mut dyn FnMut(&EpochRecord),
) -> Result<Fit<T>> {
    config.check()?;
    check_size(
        "initial parameters",
        field.layout().len(),
        initial.values().len(),
    )?;
    check_size("genes of the training data", field.dim(), training.genes())?;
    check_size(
        "genes of the validation data",
        field.dim(),
        validation.genes(),
    )?;
    let mut run = Run::new(initial, strategy, config, seed)?;
    for epoch in 0..config.epochs {
        let pruned = run.prepare(epoch, strategy)?;
        let record = run.epoch(epoch, pruned, field, strategy, training, validation)?;
        tracing::debug!(
            epoch,
            train = record.train_loss,
            validation = record.validation,
            sparsity = record.sparsity
        );
        observe(&record);
        run.history.push(record);
        if run.waited >= config.patience && !strategy.prunes_after(epoch + 1) {
            break;
        }
    }
    run.finish()
}

struct Run<'a, T> {
    config: &'a TrainConfig,
    seed: u64,
    session: Session<T>,
    validator: Integrator<T>,
    state: State<T>,
    effective: Parameters<T>,
    rate: Rate,
    recoveries: usize,
    waited: usize,
    /// The error that the next one must undercut to count as an improvement.
    awaited: f64,
    best: Option<Checkpoint<T>>,
    best_overall: Option<Checkpoint<T>>,
    history: Vec<EpochRecord>,
}

impl<'a, T: Real> Run<'a, T> {
    fn new(
        initial: &Parameters<T>,
        strategy: &dyn Strategy<T>,
        config: &'a TrainConfig,
        seed: u64,
    ) -> Result<Self> {
        let mut raw = initial.values().to_vec();
        raw.extend(strategy.auxiliary());
        let integrator = Integrator::new(config.solver)?;
        Ok(Self {
            config,
            seed,
            session: Session::new(integrator.clone(), initial.values().len(), raw.len()),
            validator: integrator,
            state: State {
                adam: Adam::new(raw.len()),
                raw,
            },
            effective: initial.clone(),
            rate: Rate::new(config.plateau, config.learning_rate),
            recoveries: 0,
            waited: 0,
            awaited: f64::INFINITY,
            best: None,
            best_overall: None,
            history: Vec::new(),
        })
    }

    /// Lets the strategy act; after a pruning step everything that waits for improvement starts anew.
    fn prepare(&mut self, epoch: usize, strategy: &mut dyn Strategy<T>) -> Result<bool> {
        let of_model = self.effective.values().len();
        let layout = self.effective.layout().clone();
        let mut raw = Parameters::new(layout, self.state.raw[..of_model].to_vec())?;
        let change = strategy
            .before_epoch(epoch, &mut raw)
            .map_err(|cause| Error::Strategy { epoch, cause })?;
        self.state.raw[..of_model].copy_from_slice(raw.values());
        if change.pruned {
            self.rate.reset();
            self.waited = 0;
            self.awaited = f64::INFINITY;
            self.best = None;
        }
        if change.moved {
            self.state.adam = Adam::new(self.state.raw.len());
        }
        Ok(change.pruned)
    }

    fn epoch<F: Differentiable<T> + ?Sized>(
        &mut self,
        epoch: usize,
        pruned: bool,
        field: &mut F,
        strategy: &mut dyn Strategy<T>,
        training: &Intervals<T>,
        validation: &Intervals<T>,
    ) -> Result<EpochRecord> {
        let start = self.state.clone();
        let mut recoveries = 0;
        let (losses, rate, error) = loop {
            let rate = self.rate.current;
            match self.attempt(epoch, field, strategy, training, validation) {
                Ok((losses, error)) => break (losses, rate, error),
                Err(cause) => {
                    if self.recoveries >= self.config.recoveries {
                        return Err(Error::Diverged {
                            epoch,
                            times: self.recoveries,
                            cause: Box::new(cause),
                        });
                    }
                    tracing::warn!(epoch, %cause, "diverged: trying the epoch again at half the learning rate");
                    self.state = start.clone();
                    self.rate.halve();
                    self.recoveries += 1;
                    recoveries += 1;
                }
            }
        };
        self.rate.observe(error);
        self.keep_best(epoch, error);
        Ok(EpochRecord {
            epoch,
            train_loss: losses.train,
            penalty: losses.penalty,
            validation: error,
            learning_rate: rate,
            sparsity: effective_sparsity(&self.effective),
            pruned,
            recoveries,
            solves: losses.solves,
        })
    }

    fn attempt<F: Differentiable<T> + ?Sized>(
        &mut self,
        epoch: usize,
        field: &mut F,
        strategy: &mut dyn Strategy<T>,
        training: &Intervals<T>,
        validation: &Intervals<T>,
    ) -> Result<(Losses, f64)> {
        // One stream per epoch, so that an epoch tried again sees the same order.
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(epoch as u64 + 1);
        let rates = self.rates();
        let steps = training.steps(self.config.batch, &mut rng);
        let losses =
            self.session
                .epoch(field, strategy, training, &steps, &mut self.state, &rates)?;
        strategy.evaluate(&self.state.raw, self.effective.values_mut());
        field.load(self.effective.values());
        let (error, _) = one_interval_ahead(field, validation, &mut self.validator)?;
        Ok((losses, error))
    }

    /// Learning rates of the raw parameters, block by block.
    fn rates(&self) -> Vec<(usize, f64)> {
        let rate = self.rate.current;
        let blocks = self.effective.layout().blocks();
        let mut rates: Vec<(usize, f64)> = blocks
            .iter()
            .map(|b| {
                (
                    b.range.len(),
                    if b.role == Role::Multiplier {
                        rate * self.config.multiplier_rate
                    } else {
                        rate
                    },
                )
            })
            .collect();
        rates.push((self.state.raw.len() - self.effective.values().len(), rate));
        rates
    }

    fn keep_best(&mut self, epoch: usize, validation: f64) {
        let better =
            |best: &Option<Checkpoint<T>>| best.as_ref().is_none_or(|b| validation < b.validation);
        let checkpoint = || Checkpoint {
            epoch,
            validation,
            parameters: self.effective.clone(),
        };
        if better(&self.best_overall) {
            self.best_overall = Some(checkpoint());
        }
        // Gains below the threshold are kept, but worth no further wait.
        self.waited = if validation < self.awaited - self.config.plateau.threshold {
            0
        } else {
            self.waited + 1
        };
        self.awaited = if self.waited == 0 {
            validation
        } else {
            self.awaited
        };
        if better(&self.best) {
            self.best = Some(checkpoint());
        }
    }

    fn finish(self) -> Result<Fit<T>> {
        match (self.best, self.best_overall) {
            (Some(best), Some(best_overall)) => Ok(Fit {
                best,
                best_overall,
                history: self.history,
            }),
            // Cannot be: at least one epoch ran, and each one keeps or finds a best.
            _ => Err(Error::NoIntervals { part: "training" }),
        }
    }
}
