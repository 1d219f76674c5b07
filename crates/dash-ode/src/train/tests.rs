//! Properties of a whole training run.

use ndarray::Array2;

use super::{
    Change, EpochRecord, Fit, Intervals, NoStrategy, Strategy, StrategyError, TrainConfig, Trainer,
    train,
};
use crate::{
    Error, Initialise, Parameters, Phoenix, Result, SolverOptions, TimeSeries, Trajectory,
};

const GENES: usize = 5;

/// Trajectories that relax to a gene-wise level, each from its own start.
fn series(trajectories: usize) -> TimeSeries {
    let times = vec![0.0, 1.0, 2.5, 4.0];
    let trajectory = |t: usize| {
        let values = Array2::from_shape_fn((times.len(), GENES), |(i, g)| {
            let start = 0.5 + 0.4 * ((t * 3 + g) as f64).sin();
            let level = 0.2 + 0.1 * g as f64;
            level + (start - level) * f64::exp(-times[i])
        });
        Trajectory {
            name: format!("t{t}"),
            times: times.clone(),
            values,
        }
    };
    TimeSeries::new(
        (0..GENES).map(|g| format!("g{g}")).collect(),
        (0..trajectories).map(trajectory).collect(),
    )
    .unwrap()
}

pub(super) fn run(
    strategy: &mut dyn Strategy<f64>,
    config: &TrainConfig,
    seed: u64,
) -> Result<Fit<f64>> {
    let mut field = Phoenix::new(GENES, 4)?;
    let initial = field.initialise(7);
    let (all, held_out) = (series(6), series(2));
    let training = Intervals::of(&all, "training")?;
    let validation = Intervals::of(&held_out, "validation")?;
    train(
        &mut field,
        &initial,
        strategy,
        &training,
        &validation,
        config,
        seed,
        &mut |_| {},
    )
}

pub(super) fn config(epochs: usize) -> TrainConfig {
    TrainConfig {
        epochs,
        learning_rate: 5e-3,
        ..TrainConfig::default()
    }
}

#[test]
fn training_learns_and_repeats_itself_bit_for_bit() {
    let first = run(&mut NoStrategy, &config(60), 1).unwrap();
    let again = run(&mut NoStrategy, &config(60), 1).unwrap();
    let other = run(&mut NoStrategy, &config(60), 2).unwrap();
    assert!(first.best.validation < 0.2 * first.history[0].validation);
    assert_eq!(first.best, again.best);
    assert_eq!(first.history, again.history);
    assert_ne!(
        first.best.parameters, other.best.parameters,
        "the seed orders the batches"
    );
}

#[test]
fn it_stops_when_validation_no_longer_improves() {
    let mut settings = config(400);
    settings.patience = 5;
    // A rate this large bounces around the minimum.
    settings.learning_rate = 0.05;
    let fit = run(&mut NoStrategy, &settings, 1).unwrap();
    let last = fit.history.last().unwrap().epoch;
    assert!(last < 399);
    let errors: Vec<f64> = fit.history.iter().map(|r| r.validation).collect();
    let (before, after) = errors.split_at(last - 4);
    let best = |errors: &[f64]| errors.iter().copied().fold(f64::INFINITY, f64::min);
    assert!(
        best(after) >= best(before) - 2.0 * settings.plateau.threshold,
        "{errors:?}"
    );
}

#[test]
fn a_loose_tolerance_gives_the_loss_of_a_tight_one_over_25_steps() {
    let losses = |solver: SolverOptions| {
        let settings = TrainConfig {
            solver,
            epochs: 5,
            ..config(5)
        };
        let history = run(&mut NoStrategy, &settings, 1).unwrap().history;
        history.iter().map(|r| r.train_loss).collect::<Vec<f64>>()
    };
    let (loose, tight) = (
        losses(SolverOptions::default()),
        losses(SolverOptions::tight()),
    );
    for (l, t) in loose.iter().zip(&tight) {
        assert!((l / t - 1.0).abs() < 1e-4, "{l} for {t}");
    }
}

/// Throws the parameters far off before epoch 2, so that the field overflows until they are put back.
struct Saboteur {
    strikes: usize,
}

impl Strategy<f64> for Saboteur {
    fn reparameterise(&mut self, raw: &[f64], effective: &mut [f64]) {
        effective.copy_from_slice(raw);
        if self.strikes > 0 {
            self.strikes -= 1;
            effective.fill(f64::NAN);
        }
    }
    fn evaluate(&mut self, raw: &[f64], effective: &mut [f64]) {
        effective.copy_from_slice(raw);
    }
}

#[test]
fn a_diverged_epoch_is_tried_again_at_half_the_rate_a_bounded_number_of_times() {
    let recovered = run(&mut Saboteur { strikes: 2 }, &config(3), 1).unwrap();
    assert_eq!(recovered.history[0].recoveries, 2);
    let rate = |record: &EpochRecord| record.learning_rate;
    assert!((rate(&recovered.history[0]) - config(3).learning_rate / 4.0).abs() < 1e-15);

    let lost = run(
        &mut Saboteur {
            strikes: usize::MAX,
        },
        &config(3),
        1,
    )
    .unwrap_err();
    assert!(
        matches!(
            lost,
            Error::Diverged {
                epoch: 0,
                times: 5,
                ..
            }
        ),
        "{lost}"
    );
}

/// Prunes nothing but says so at epoch 4, and announces itself before.
struct Announced;

impl Strategy<f64> for Announced {
    fn before_epoch(
        &mut self,
        epoch: usize,
        raw: &mut Parameters<f64>,
    ) -> Result<Change, StrategyError> {
        let pruned = epoch == 4;
        if pruned {
            raw.values_mut()[0] = 0.0;
        }
        Ok(Change {
            pruned,
            moved: false,
        })
    }
    fn prunes_after(&self, epoch: usize) -> bool {
        epoch <= 4
    }
}

#[test]
fn a_pruning_step_starts_the_best_and_the_rate_anew() {
    let mut settings = config(8);
    settings.plateau.patience = 1;
    settings.plateau.threshold = 1.0;
    let fit = run(&mut Announced, &settings, 1).unwrap();
    let rates: Vec<f64> = fit
        .history
        .iter()
        .map(|r| r.learning_rate / settings.learning_rate)
        .collect();
    assert!(
        rates[3] < 0.95 && (rates[4] - 1.0).abs() < 1e-12,
        "{rates:?}"
    );
    assert!(fit.best.epoch >= 4, "the best since the pruning step");
    assert_eq!(fit.history.iter().filter(|r| r.pruned).count(), 1);
}

/// As [`Announced`], pruning another parameter; the two act alike before epoch 4.
struct Other;

impl Strategy<f64> for Other {
    fn before_epoch(
        &mut self,
        epoch: usize,
        raw: &mut Parameters<f64>,
    ) -> Result<Change, StrategyError> {
        let change = Announced.before_epoch(epoch, raw)?;
        raw.values_mut()[1] *= if change.pruned { 0.0 } else { 1.0 };
        Ok(change)
    }
    fn prunes_after(&self, epoch: usize) -> bool {
        Strategy::<f64>::prunes_after(&Announced, epoch)
    }
}

#[test]
fn a_fork_ends_where_the_run_from_the_start_does_bit_for_bit() {
    let mut settings = config(12);
    // Short waits, so that what is carried over of them shows.
    settings.plateau.patience = 2;
    settings.plateau.threshold = 1e-3;
    settings.patience = 3;
    let mut field = Phoenix::new(GENES, 4).unwrap();
    let initial = field.initialise(7);
    let training = Intervals::of(&series(6), "training").unwrap();
    let validation = Intervals::of(&series(2), "validation").unwrap();
    for warm_up in [0, 1, 4] {
        let mut trunk =
            Trainer::new(&initial, &Announced, &training, &validation, &settings, 1).unwrap();
        for _ in 0..warm_up {
            trunk.epoch(&mut field, &mut Announced).unwrap();
        }
        let strategies: [&mut dyn Strategy<f64>; 2] = [&mut Announced, &mut Other];
        for strategy in strategies {
            let mut fork = trunk.clone();
            // A field of its own: what the trunk has loaded plays no part.
            let mut field = Phoenix::new(GENES, 4).unwrap();
            while !fork.is_finished(strategy) {
                fork.epoch(&mut field, strategy).unwrap();
            }
            let (forked, whole) = (fork.finish().unwrap(), run(strategy, &settings, 1).unwrap());
            assert!(whole.history.len() > 5, "the strategies part at epoch 4");
            assert_eq!(forked.history, whole.history);
            assert_eq!(forked.best, whole.best);
            assert_eq!(forked.best_overall, whole.best_overall);
        }
    }
}

#[test]
fn a_run_without_epochs_has_no_result() {
    let initial = Phoenix::<f64>::new(GENES, 4).unwrap().initialise(7);
    let data = Intervals::of(&series(2), "training").unwrap();
    let trainer = Trainer::new(&initial, &NoStrategy, &data, &data, &config(1), 1).unwrap();
    assert!(matches!(trainer.finish().unwrap_err(), Error::NoEpoch));
}

#[test]
fn chosen_intervals_keep_their_trajectories() {
    let all = Intervals::<f64>::of(&series(3), "training").unwrap();
    let some = all.select(&[0, 2, 8], "chosen").unwrap();
    assert_eq!(some.trajectories(), [0, 0, 2]);
    assert_eq!(some.spans()[2], all.spans()[8]);
    assert_eq!(
        some.targets()[GENES..2 * GENES],
        all.targets()[2 * GENES..3 * GENES]
    );
    assert!(matches!(
        all.select(&[9], "chosen").unwrap_err(),
        Error::NoSuchInterval { index: 9, count: 9 }
    ));
    assert!(matches!(
        all.select(&[], "chosen").unwrap_err(),
        Error::NoIntervals { part: "chosen" }
    ));
}

/// Makes the derivative with respect to one raw parameter infinite.
struct Infinite(usize);

impl Strategy<f64> for Infinite {
    fn auxiliary(&self) -> Vec<f64> {
        vec![0.0; 2]
    }
    fn regularise(&mut self, _raw: &[f64], gradient: &mut [f64]) -> f64 {
        gradient[self.0] = f64::INFINITY;
        0.0
    }
}

#[test]
fn a_gradient_that_is_not_finite_tells_whose_it_is() {
    let layout = Phoenix::<f64>::new(GENES, 4).unwrap().initialise(7);
    let layout = layout.layout();
    let start = |name| layout.block(name).unwrap().range.start;
    for (place, named) in [
        (start("w_prod") + GENES + 2, ("w_prod", 1, 2)),
        (start("v") + 3, ("v", 3, 0)),
        (layout.len() + 1, ("auxiliary", 1, 0)),
    ] {
        let Error::Diverged { cause, .. } = run(&mut Infinite(place), &config(1), 1).unwrap_err()
        else {
            panic!("no recovery helps against an infinite gradient");
        };
        let Error::NonFiniteGradient { block, row, column } = *cause else {
            panic!("{cause}");
        };
        assert_eq!((block, row, column), named);
    }
}

#[test]
fn settings_out_of_range_and_data_that_do_not_fit_are_refused() {
    let bad = TrainConfig {
        learning_rate: f64::NAN,
        ..config(3)
    };
    assert!(matches!(
        run(&mut NoStrategy, &bad, 1).unwrap_err(),
        Error::Setting {
            name: "learning_rate",
            ..
        }
    ));
    let bad = TrainConfig {
        epochs: 0,
        ..config(3)
    };
    assert!(matches!(
        run(&mut NoStrategy, &bad, 1).unwrap_err(),
        Error::Setting { name: "epochs", .. }
    ));

    let mut field = Phoenix::<f64>::new(GENES + 1, 4).unwrap();
    let initial = field.initialise(1);
    let intervals = Intervals::of(&series(1), "training").unwrap();
    let fit = train(
        &mut field,
        &initial,
        &mut NoStrategy,
        &intervals,
        &intervals,
        &config(1),
        1,
        &mut |_| {},
    );
    assert!(matches!(
        fit.unwrap_err(),
        Error::Shape {
            expected: 6,
            found: 5,
            ..
        }
    ));
}
