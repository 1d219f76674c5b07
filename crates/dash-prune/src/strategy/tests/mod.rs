//! The defining property of every strategy, shown on a small training run.

mod last_round;
mod regularisers;
mod syn_flow;

use dash_ode::{
    Change, Fit, Initialise, Intervals, Mlp, Parameters, Phoenix, TimeSeries, TrainConfig,
    Trajectory, effective_sparsity, train,
};
use dash_prior::{PriorMatrix, co_regulation};
use ndarray::Array2;

use super::{Prior, Problem, StrategySettings, build_strategy, registry};
use crate::{Error, PruneSchedule};

const GENES: usize = 12;

fn series() -> TimeSeries {
    let times = vec![0.0, 1.0, 2.0];
    let trajectory = |t: usize| {
        let values = Array2::from_shape_fn((3, GENES), |(i, g)| {
            0.5 + 0.3 * ((t + g) as f64 + 0.4 * times[i]).sin()
        });
        Trajectory {
            name: format!("t{t}"),
            times: times.clone(),
            values,
        }
    };
    TimeSeries::new(
        (0..GENES).map(|g| format!("g{g}")).collect(),
        (0..5).map(trajectory).collect(),
    )
    .unwrap()
}

fn prior() -> Prior {
    let dense = Array2::from_shape_fn((GENES, GENES), |(i, j)| {
        f64::from(u8::from(j < 4 && i > j && (i + j) % 3 == 0))
    });
    let p = PriorMatrix::from_dense(dense.view()).unwrap();
    Prior {
        c: co_regulation(&p),
        p,
    }
}

fn settings(lambda: (f64, f64)) -> StrategySettings {
    let schedule = PruneSchedule {
        first_epoch: 2,
        every: 2,
        target_sparsity: Some(0.85),
        ..PruneSchedule::default()
    };
    StrategySettings {
        schedule,
        lambda,
        ..StrategySettings::default()
    }
}

fn field() -> Phoenix<f32> {
    Phoenix::new(GENES, 6).unwrap()
}

fn initial() -> Parameters<f32> {
    field().initialise(5).cast()
}

fn fit(name: &str, settings: &StrategySettings) -> Fit<f32> {
    let config = TrainConfig {
        epochs: 20,
        ..TrainConfig::default()
    };
    fit_with(name, settings, &config)
}

fn fit_with(name: &str, settings: &StrategySettings, config: &TrainConfig) -> Fit<f32> {
    let (initial, prior, field) = (initial(), prior(), field());
    let problem = Problem {
        prior: Some(&prior),
        ..Problem::new(&field, &initial, 9)
    };
    let mut strategy = build_strategy(name, settings, &problem).unwrap();
    let mut trained = field.clone();
    let data = Intervals::of(&series(), "training").unwrap();
    train(
        &mut trained,
        &initial,
        strategy.as_mut(),
        &data,
        &data,
        config,
        3,
        &mut |_| {},
    )
    .unwrap()
}

#[test]
fn what_prunes_reaches_the_target_and_what_does_not_prunes_nothing() {
    for entry in registry::<f32>() {
        let fit = fit(entry.name, &settings((0.5, 0.5)));
        let sparsity = effective_sparsity(&fit.best.parameters);
        let rounds = fit.history.iter().filter(|r| r.pruned).count();
        match entry.name {
            "MP" | "SynFlow" | "PINN+MP" => {
                assert!(
                    rounds == 1 && sparsity >= 0.84,
                    "{}: {sparsity}",
                    entry.name
                );
            }
            name if entry.prunes => assert!(
                rounds > 3 && sparsity >= 0.84,
                "{name}: {sparsity} after {rounds} rounds"
            ),
            // Regularisers and losses come to whatever sparsity their strength brings about.
            name => assert!(rounds == 0 && sparsity < 0.8, "{name}: {sparsity}"),
        }
    }
}

#[test]
fn every_strategy_learns_and_gives_the_same_bits_for_the_same_seed() {
    for entry in registry::<f32>() {
        let bits = |fit: &Fit<f32>| {
            let values = fit.best.parameters.values().iter();
            values.map(|v| v.to_bits()).collect::<Vec<u32>>()
        };
        let (once, again) = (
            fit(entry.name, &settings((0.5, 0.5))),
            fit(entry.name, &settings((0.5, 0.5))),
        );
        assert_eq!(bits(&once), bits(&again), "{}", entry.name);
        let error = |record: &dash_ode::EpochRecord| record.validation;
        let first = error(&once.history[0]);
        assert!(once.best.validation < first, "{}", entry.name);
    }
}

#[test]
fn the_names_are_those_of_the_tables_in_their_order() {
    let names: Vec<&str> = registry::<f32>().iter().map(|e| e.name).collect();
    assert_eq!(
        names.join(", "),
        "PHOENIX, PINN, L0, C-NODE, PathReg, DST, MP, IMP, SparseFlow, SynFlow, Random, PINN+MP, \
         BioPrune, DASH, PINN+DASH"
    );
}

#[test]
fn what_is_pruned_stays_zero_and_sparsity_never_falls() {
    let fit = fit("DASH", &settings((0.5, 0.5)));
    for pair in fit.history.windows(2) {
        // ReLU(v) can close and open genes, which moves the effective sparsity by whole rows of U.
        assert!(pair[1].pruned || pair[1].sparsity >= pair[0].sparsity - 0.1);
    }
    assert!(
        fit.best
            .parameters
            .matrix("w_sum")
            .unwrap()
            .iter()
            .filter(|w| **w == 0.0)
            .count()
            >= 60
    );
}

#[test]
fn lambda_zero_is_sparse_flow_and_lambda_one_is_bio_prune_bit_for_bit() {
    let bits = |name, lambda| {
        fit(name, &settings(lambda))
            .best
            .parameters
            .values()
            .iter()
            .map(|v| v.to_bits())
            .collect::<Vec<u32>>()
    };
    assert_eq!(bits("DASH", (0.0, 0.0)), bits("SparseFlow", (0.0, 0.0)));
    assert_eq!(bits("DASH", (1.0, 1.0)), bits("BioPrune", (0.0, 0.0)));
    assert_ne!(bits("DASH", (1.0, 1.0)), bits("SparseFlow", (0.0, 0.0)));
}

fn prune_once(name: &str, raw: &mut Parameters<f32>) -> Change {
    let (initial, prior, field) = (initial(), prior(), field());
    let problem = Problem {
        prior: Some(&prior),
        ..Problem::new(&field, &initial, 9)
    };
    let mut strategy = build_strategy(name, &settings((0.5, 0.5)), &problem).unwrap();
    strategy.before_epoch(2, raw).unwrap()
}

#[test]
fn imp_rewinds_survivors_to_their_initial_values_and_sparse_flow_does_not() {
    let start = initial();
    let mut trained = start.clone();
    trained.values_mut().iter_mut().for_each(|v| *v += 0.25);
    for (name, rewinds) in [("IMP", true), ("SparseFlow", false)] {
        let mut raw = trained.clone();
        let change = prune_once(name, &mut raw);
        assert_eq!(
            change,
            Change {
                pruned: true,
                moved: rewinds
            }
        );
        let origin = if rewinds { &start } else { &trained };
        let survivors: Vec<usize> = (0..raw.values().len())
            .filter(|&i| raw.values()[i] != 0.0)
            .collect();
        assert!(survivors.len() > 50);
        assert!(
            survivors
                .iter()
                .all(|&i| raw.values()[i].to_bits() == origin.values()[i].to_bits()),
            "{name}"
        );
    }
}

#[test]
fn the_prior_keeps_its_regulators_and_magnitude_keeps_large_weights() {
    let mut raw = initial();
    raw.values_mut().iter_mut().for_each(|v| *v += 0.01);
    let mut magnitudes: Vec<f32> = raw
        .matrix("w_sum")
        .unwrap()
        .iter()
        .map(|w| w.abs())
        .collect();
    magnitudes.sort_by(f32::total_cmp);
    prune_once("SparseFlow", &mut raw);
    let cut = magnitudes[(0.7 * magnitudes.len() as f32) as usize - 1];
    assert!(
        raw.matrix("w_sum")
            .unwrap()
            .iter()
            .all(|w| *w == 0.0 || w.abs() >= cut)
    );

    let mut raw = initial();
    raw.values_mut().iter_mut().for_each(|v| *v += 0.01);
    prune_once("BioPrune", &mut raw);
    let kept = |gene: usize| {
        raw.matrix("w_sum")
            .unwrap()
            .column(gene)
            .iter()
            .filter(|w| **w != 0.0)
            .count()
    };
    let (regulators, others): (usize, usize) = ((0..4).map(kept).sum(), (4..GENES).map(kept).sum());
    assert!(
        regulators > others,
        "{regulators} weights of 4 regulators, {others} of {} others",
        GENES - 4
    );
}

#[test]
fn random_pruning_depends_on_the_seed_alone() {
    let kept = |seed| {
        let (start, field) = (initial(), field());
        let problem = Problem::new(&field, &start, seed);
        let mut strategy = build_strategy("Random", &settings((0.0, 0.0)), &problem).unwrap();
        let mut raw = start.clone();
        raw.values_mut().iter_mut().for_each(|v| *v += 1.0);
        strategy.before_epoch(2, &mut raw).unwrap();
        raw.values()
            .iter()
            .map(|v| *v != 0.0)
            .collect::<Vec<bool>>()
    };
    assert_eq!(kept(1), kept(1));
    assert_ne!(kept(1), kept(2));
}

#[test]
fn perceptrons_of_any_depth_are_pruned_and_lambda_zero_is_magnitude() {
    for hidden in [vec![6], vec![6, 5], vec![6, 7, 4], vec![5, 5, 5, 5]] {
        let field = Mlp::<f32>::deep(GENES, &hidden).unwrap();
        let start: Parameters<f32> = field.initialise(1).cast();
        let prior = prior();
        let problem = Problem {
            prior: Some(&prior),
            ..Problem::new(&field, &start, 1)
        };
        let pruned = |name: &str, lambda: (f64, f64)| {
            let mut strategy = build_strategy(name, &settings(lambda), &problem).unwrap();
            let mut raw = start.clone();
            for epoch in [2, 4, 6] {
                assert!(strategy.before_epoch(epoch, &mut raw).unwrap().pruned);
            }
            raw
        };
        let dash = pruned("DASH", (0.5, 0.5));
        let left = |n: usize| -> f64 {
            [0.7, 0.1, 0.1]
                .into_iter()
                .fold(n as f64, |n, share: f64| n - (n * share).round_ties_even())
        };
        let blocks = start.layout().prunable().map(|b| start.block_at(b).len());
        let (of, kept) = blocks.fold((0, 0.0), |(of, kept), n| (of + n, kept + left(n)));
        assert!((effective_sparsity(&dash) - (1.0 - kept / of as f64)).abs() < 1e-12);
        let magnitude = pruned("SparseFlow", (0.0, 0.0));
        assert_eq!(pruned("DASH", (0.0, 0.0)), magnitude);
        assert_eq!(pruned("DASH", (1.0, 1.0)), pruned("BioPrune", (0.0, 0.0)));
        assert_ne!(dash, magnitude);
    }
}

#[test]
fn what_cannot_be_built_is_refused() {
    let (start, field) = (initial(), field());
    let without = Problem::new(&field, &start, 1);
    let error = |name: &str, settings: &StrategySettings, problem: &Problem<'_, f32>| {
        build_strategy(name, settings, problem)
            .err()
            .expect("an error")
    };
    assert!(matches!(
        error("DASH", &settings((0.5, 0.5)), &without),
        Error::NoPrior { strategy: "DASH" }
    ));
    assert!(matches!(
        error("Dash", &settings((0.5, 0.5)), &without),
        Error::UnknownStrategy { .. }
    ));
    let prior = prior();
    let with = Problem {
        prior: Some(&prior),
        ..without
    };
    assert!(matches!(
        error("DASH", &settings((1.5, 0.5)), &with),
        Error::OutOfRange {
            name: "lambda1",
            ..
        }
    ));
    let mut never = settings((0.5, 0.5));
    never.schedule.every = 0;
    assert!(matches!(error("IMP", &never, &with), Error::ZeroPeriod));
    let small = PriorMatrix::from_dense(Array2::eye(3).view()).unwrap();
    let small = Prior {
        c: small.clone(),
        p: small,
    };
    let with = Problem {
        prior: Some(&small),
        ..without
    };
    assert!(matches!(
        error("BioPrune", &settings((0.5, 0.5)), &with),
        Error::Shape { .. }
    ));
}
