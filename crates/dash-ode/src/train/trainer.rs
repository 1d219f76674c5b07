//! The training loop: epochs, validation, early stopping, recovery.

use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;

use super::passes::silence;
use super::plateau::Rate;
use super::session::{Losses, Session, State, load};
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
    let mut trainer = Trainer::new(initial, strategy, training, validation, config, seed)?;
    while !trainer.is_finished(strategy) {
        observe(trainer.epoch(field, strategy)?);
    }
    trainer.finish()
}

/// A training run between two epochs. A clone is a fork: both go on from here, each with a strategy of its own.
///
/// A fork ends bit for bit where the run from the start would, provided that its strategy would have acted alike in
/// the epochs before and carries nothing over from them (as a pruning strategy before its first round).
///
/// # Examples
/// ```
/// # use dash_ode::{Initialise, Intervals, NoStrategy, Phoenix, TimeSeries, TrainConfig, Trainer, Trajectory};
/// # use ndarray::array;
/// # let trajectory = Trajectory {
/// #     name: "a".into(), times: vec![0.0, 1.0, 2.0], values: array![[0.2, 0.9], [0.2, 0.5], [0.2, 0.35]],
/// # };
/// # let series = TimeSeries::new(vec!["SWI4".into(), "CLN2".into()], vec![trajectory])?;
/// # let data = Intervals::of(&series, "training")?;
/// let mut field = Phoenix::<f32>::new(2, 4)?;
/// let initial = field.initialise(1).cast();
/// let config = TrainConfig { epochs: 5, ..TrainConfig::default() };
/// let mut trainer = Trainer::new(&initial, &NoStrategy, &data, &data, &config, 1)?;
/// trainer.epoch(&mut field, &mut NoStrategy)?;
/// let mut fork = trainer.clone();
/// for run in [&mut trainer, &mut fork] {
///     while !run.is_finished(&NoStrategy) {
///         run.epoch(&mut field, &mut NoStrategy)?;
///     }
/// }
/// assert_eq!(trainer.finish()?.best, fork.finish()?.best);
/// # Ok::<(), dash_ode::Error>(())
/// ```
#[derive(Clone)]
pub struct Trainer<'a, T> {
    training: &'a Intervals<T>,
    validation: &'a Intervals<T>,
    config: TrainConfig,
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

impl<'a, T: Real> Trainer<'a, T> {
    /// A run before its first epoch; the arguments are those of [`train`].
    ///
    /// # Errors
    /// [`Error::Setting`] for a configuration outside its ranges, [`Error::Shape`] if data and parameters do not fit.
    pub fn new(
        initial: &Parameters<T>,
        strategy: &dyn Strategy<T>,
        training: &'a Intervals<T>,
        validation: &'a Intervals<T>,
        config: &TrainConfig,
        seed: u64,
    ) -> Result<Self> {
        config.check()?;
        let genes = initial.layout().genes();
        check_size("genes of the training data", genes, training.genes())?;
        check_size("genes of the validation data", genes, validation.genes())?;
        let mut raw = initial.values().to_vec();
        raw.extend(strategy.auxiliary());
        let integrator = Integrator::new(config.solver)?;
        Ok(Self {
            training,
            validation,
            config: config.clone(),
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

    /// The epochs so far.
    pub fn history(&self) -> &[EpochRecord] {
        &self.history
    }

    /// Whether training ends here: all epochs are done, or no pruning is to come and the wait for a better validation
    /// error is over.
    pub fn is_finished(&self, strategy: &dyn Strategy<T>) -> bool {
        let done = self.history.len();
        done >= self.config.epochs
            || (self.waited >= self.config.patience && !strategy.prunes_after(done))
    }

    /// Trains for one more epoch, whether or not the run is finished, and returns its record.
    ///
    /// # Errors
    /// [`Error::Shape`] if the field has other parameters than the run, [`Error::Diverged`] if recovery did not help,
    /// [`Error::Strategy`] if the strategy failed.
    pub fn epoch<F: Differentiable<T> + ?Sized>(
        &mut self,
        field: &mut F,
        strategy: &mut dyn Strategy<T>,
    ) -> Result<&EpochRecord> {
        let expected = field.layout().len();
        let found = self.effective.values().len();
        check_size("initial parameters", expected, found)?;
        let epoch = self.history.len();
        let pruned = self.prepare(epoch, strategy)?;
        let record = self.recovering(epoch, pruned, field, strategy)?;
        tracing::debug!(
            epoch,
            train = record.train_loss,
            validation = record.validation,
            sparsity = record.sparsity
        );
        self.history.push(record);
        Ok(&self.history[epoch])
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
        if let Some(kept) = strategy.kept() {
            silence(&mut self.state.raw, kept);
            self.state.adam.forget(kept);
        }
        Ok(change.pruned)
    }

    /// One epoch, tried again from its start where it diverges.
    fn recovering<F: Differentiable<T> + ?Sized>(
        &mut self,
        epoch: usize,
        pruned: bool,
        field: &mut F,
        strategy: &mut dyn Strategy<T>,
    ) -> Result<EpochRecord> {
        let start = self.state.clone();
        let mut recoveries = 0;
        let (losses, rate, error) = loop {
            let rate = self.rate.current;
            match self.attempt(epoch, field, strategy) {
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
    ) -> Result<(Losses, f64)> {
        // One stream per epoch, so that an epoch tried again sees the same order.
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(epoch as u64 + 1);
        let rates = self.rates();
        let steps = self.training.steps(self.config.batch, &mut rng);
        let losses = self.session.epoch(
            field,
            strategy,
            self.training,
            &steps,
            &mut self.state,
            &rates,
        )?;
        strategy.evaluate(&self.state.raw, self.effective.values_mut());
        load(field, strategy, self.effective.values_mut());
        let (error, _) = one_interval_ahead(field, self.validation, &mut self.validator)?;
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

    /// What training led to.
    ///
    /// # Errors
    /// [`Error::NoEpoch`] if no epoch was trained.
    pub fn finish(self) -> Result<Fit<T>> {
        match (self.best, self.best_overall) {
            (Some(best), Some(best_overall)) => Ok(Fit {
                best,
                best_overall,
                history: self.history,
            }),
            _ => Err(Error::NoEpoch),
        }
    }
}
