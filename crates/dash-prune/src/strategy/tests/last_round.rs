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
