//! Pruning ends where no whole weight is left to prune: of matrices of 72 weights 85% would be 61.2.

use dash_ode::Plateau;

use super::*;

/// How many parameters a strategy keeps; more than there are before it prunes.
fn kept(strategy: &dyn dash_ode::Strategy<f32>) -> usize {
    let kept = strategy.kept().map(|kept| kept.iter().filter(|k| **k));
    kept.map_or(usize::MAX, Iterator::count)
}

#[test]
fn a_round_prunes_a_weight_or_is_none() {
    let schedules = [Some(0.85), Some(0.9), Some(0.5), None].map(|target_sparsity| PruneSchedule {
        target_sparsity,
        ..settings((0.5, 0.5)).schedule
    });
    let (initial, prior, field) = (initial(), prior(), field());
    for schedule in schedules {
        for name in [
            "IMP",
            "SparseFlow",
            "Random",
            "BioPrune",
            "DASH",
            "PINN+DASH",
        ] {
            let problem = Problem {
                prior: Some(&prior),
                ..Problem::new(&field, &initial, 9)
            };
            let settings = StrategySettings {
                schedule: schedule.clone(),
                ..settings((0.5, 0.5))
            };
            let mut strategy = build_strategy(name, &settings, &problem).unwrap();
            let mut raw = initial.clone();
            let (mut rounds, mut before) = (0, usize::MAX);
            for epoch in 0..100 {
                let change = strategy.before_epoch(epoch, &mut raw).unwrap();
                let now = kept(strategy.as_ref());
                assert_eq!(
                    change.pruned,
                    now < before,
                    "{name}, {schedule:?}: {before} kept before epoch {epoch}, {now} after"
                );
                assert!(change.pruned || !change.moved, "{name} rewinds for nothing");
                (rounds, before) = (rounds + usize::from(change.pruned), now);
            }
            assert!(
                rounds > 0 && !strategy.prunes_after(100),
                "{name}: {schedule:?}"
            );
        }
    }
}

#[test]
fn training_ends_early_where_the_target_is_no_whole_number_of_weights() {
    let usual = TrainConfig::default();
    let config = TrainConfig {
        epochs: 400,
        patience: 4,
        // Nothing counts as a gain, so that what training waits for is the last round alone.
        plateau: Plateau {
            threshold: 1.0,
            ..usual.plateau
        },
        ..usual
    };
    let fit = fit_with("DASH", &settings((0.5, 0.5)), &config);
    let last = fit
        .history
        .iter()
        .rposition(|record| record.pruned)
        .unwrap();
    // 70%, 10% of the rest ten times at most, and what the patience adds.
    assert!(last <= 2 + 10 * 2, "the last round at epoch {last}");
    assert_eq!(fit.history.len(), last + 1 + 4);
}

/// SparseFlow by this schedule.
fn sparse_flow(schedule: PruneSchedule) -> Box<dyn dash_ode::Strategy<f32>> {
    let settings = StrategySettings {
        schedule,
        ..settings((0.5, 0.5))
    };
    let (initial, field) = (initial(), field());
    let problem = Problem::new(&field, &initial, 9);
    build_strategy("SparseFlow", &settings, &problem).unwrap()
}

/// The epochs before which it prunes; asserts that it says before each epoch whether there are more.
fn epochs_of_rounds(strategy: &mut dyn dash_ode::Strategy<f32>, epochs: usize) -> Vec<usize> {
    let mut raw = initial();
    let mut prunes = |epoch| {
        let says = strategy.prunes_after(epoch);
        (says, strategy.before_epoch(epoch, &mut raw).unwrap().pruned)
    };
    let told: Vec<(bool, bool)> = (0..epochs).map(&mut prunes).collect();
    let last = told.iter().rposition(|(_, pruned)| *pruned);
    for (epoch, (says, _)) in told.iter().enumerate() {
        assert_eq!(*says, last.is_some_and(|last| epoch <= last), "at {epoch}");
    }
    let rounds = told.iter().enumerate().filter(|(_, (_, pruned))| *pruned);
    rounds.map(|(epoch, _)| epoch).collect()
}

#[test]
fn later_rounds_are_waited_for_where_the_next_prunes_nothing() {
    // The first round has a share of 0.
    let mut strategy = sparse_flow(PruneSchedule {
        first_fraction: 0.0,
        fraction: 0.5,
        rounds: Some(3),
        target_sparsity: None,
        ..settings((0.5, 0.5)).schedule
    });
    assert_eq!(epochs_of_rounds(strategy.as_mut(), 20), [4, 6]);
    // A thousandth of 72 weights is none, and the last round ends on the target all the same.
    let mut strategy = sparse_flow(PruneSchedule {
        first_epoch: 0,
        first_fraction: 0.001,
        every: 1,
        fraction: 0.001,
        target_sparsity: Some(0.85),
        rounds: Some(2000),
    });
    assert_eq!(epochs_of_rounds(strategy.as_mut(), 2010), [1999]);
}

#[test]
fn the_last_weight_of_a_matrix_stays() {
    let mut strategy = sparse_flow(PruneSchedule {
        first_fraction: 0.9,
        fraction: 0.9,
        target_sparsity: None,
        ..settings((0.5, 0.5)).schedule
    });
    // 72, 7, 1.
    assert_eq!(epochs_of_rounds(strategy.as_mut(), 20), [2, 4]);
    let kept = strategy.kept().unwrap();
    let initial = initial();
    let layout = initial.layout();
    for index in layout.prunable() {
        let range = layout.blocks()[index].range.clone();
        assert_eq!(kept[range].iter().filter(|k| **k).count(), 1);
    }
}
