//! `SynFlow` prunes before training and leaves every branch a path.

use dash_ode::{Initialise, Parameters, Phoenix};

use super::super::{Problem, StrategySettings, build_strategy};
use crate::PruneSchedule;
use crate::penalty::path_sum;

fn pruned(initial: &Parameters<f32>, field: &Phoenix<f32>, target: f64) -> Parameters<f32> {
    let settings = StrategySettings {
        schedule: PruneSchedule {
            target_sparsity: Some(target),
            ..PruneSchedule::default()
        },
        ..StrategySettings::default()
    };
    let problem = Problem::new(field, initial, 1);
    let mut strategy = build_strategy("SynFlow", &settings, &problem).unwrap();
    let mut model = initial.clone();
    assert!(strategy.before_epoch(0, &mut model).unwrap().pruned);
    assert!(!strategy.prunes_after(1));
    let after = model.clone();
    assert!(!strategy.before_epoch(3, &mut model).unwrap().pruned);
    assert_eq!(model, after);
    model
}

fn flow(model: &Parameters<f32>, branch: usize) -> f32 {
    let branch = &model.layout().branches()[branch];
    let layers = branch.layers.iter().map(|&b| model.block_at(b));
    path_sum(&layers.collect::<Vec<_>>()).total
}

#[test]
fn it_reaches_its_target_before_training_and_never_collapses_a_layer() {
    let field = Phoenix::<f32>::new(60, 20).unwrap();
    let initial: Parameters<f32> = field.initialise(4).cast();
    let mut dense = initial.clone();
    for (i, w) in dense.values_mut().iter_mut().enumerate() {
        *w += 0.01 + 0.003 * (i % 11) as f32;
    }
    for start in [&initial, &dense] {
        for target in [0.7, 0.95, 0.99] {
            let model = pruned(start, &field, target);
            for index in model.layout().prunable() {
                let weights = model.block_at(index);
                let left = weights.iter().filter(|w| **w != 0.0).count();
                let kept = left as f64 / weights.len() as f64;
                assert!(
                    left > 0 && kept < 1.0 - target + 0.002,
                    "{kept} at {target}"
                );
            }
            assert!(flow(&model, 0) > 0.0 && flow(&model, 1) > 0.0, "{target}");
        }
    }
}

#[test]
fn weights_that_start_at_zero_go_first_and_what_carries_no_flow_goes_before_what_does() {
    let field = Phoenix::<f32>::new(60, 20).unwrap();
    let mut initial: Parameters<f32> = field.initialise(4).cast();
    // Hidden unit 0 leads nowhere: its weights are large, and useless.
    initial.matrix_mut("w_sum").unwrap().row_mut(0).fill(5.0);
    initial.matrix_mut("u_sum").unwrap().column_mut(0).fill(0.0);
    let nonzero = |model: &Parameters<f32>| {
        let weights = model.matrix("w_sum").unwrap();
        weights
            .rows()
            .into_iter()
            .skip(1)
            .flatten()
            .filter(|w| **w != 0.0)
            .count()
    };
    let model = pruned(&initial, &field, 0.97);
    let useless = model.matrix("w_sum").unwrap().row(0).to_owned();
    assert!(useless.iter().all(|w| *w == 0.0));
    // 36 survive; chance would leave two or three that are not zero.
    assert!(nonzero(&model) > 24, "{}", nonzero(&model));
}
