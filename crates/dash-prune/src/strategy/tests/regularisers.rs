//! Gates, thresholds and penalties: what they do to weights, and that their gradients are those of their values.

use dash_ode::{Adam, Initialise, Mlp, Parameters, Phoenix, Strategy, effective_sparsity};

use super::super::{Problem, StrategySettings, build_strategy, registry};
use super::{fit, prior, settings};
use crate::Error;

const GENES: usize = 7;

/// A strategy at its start with all raw parameters of the model away from 0, where nothing has a kink.
fn started(name: &str, settings: &StrategySettings) -> (Box<dyn Strategy<f64>>, Vec<f64>) {
    let field = Phoenix::<f64>::new(GENES, 4).unwrap();
    let initial = field.initialise(3);
    let p = dash_prior::PriorMatrix::from_dense(ndarray::Array2::eye(GENES).view()).unwrap();
    let prior = super::super::Prior { c: p.clone(), p };
    let problem = Problem {
        prior: Some(&prior),
        ..Problem::new(&field, &initial, 2)
    };
    let strategy = build_strategy(name, settings, &problem).unwrap();
    let mut raw = initial.values().to_vec();
    for (i, value) in raw.iter_mut().enumerate() {
        *value += 0.03 + 0.011 * (i % 5) as f64;
    }
    raw.extend(strategy.auxiliary());
    (strategy, raw)
}

#[test]
fn the_gradient_of_every_penalty_is_that_of_its_value() {
    let given = StrategySettings {
        strength: Some(0.3),
        ..settings((0.5, 0.5))
    };
    for name in ["L0", "C-NODE", "PathReg", "DST"] {
        let (mut strategy, mut raw) = started(name, &given);
        let mut gradient = vec![0.0; raw.len()];
        let value = strategy.regularise(&raw, &mut gradient);
        assert!(value > 0.0 && gradient.iter().any(|g| *g != 0.0), "{name}");
        let unused = &mut vec![0.0; raw.len()];
        for i in (0..raw.len()).step_by(3) {
            let (at, h) = (raw[i], 1e-6);
            raw[i] = at + h;
            let above = strategy.regularise(&raw, unused);
            raw[i] = at - h;
            let below = strategy.regularise(&raw, unused);
            raw[i] = at;
            let numeric = (above - below) / (2.0 * h);
            assert!(
                (gradient[i] - numeric).abs() < 1e-8,
                "{name}[{i}]: {} for {numeric}",
                gradient[i]
            );
        }
    }
}

#[test]
fn the_prior_loss_has_its_gradient_and_the_data_the_weight_tau() {
    let given = StrategySettings {
        tau: Some(0.75),
        ..StrategySettings::default()
    };
    let (mut strategy, mut raw) = started("PINN", &given);
    assert!((strategy.data_weight() - 0.75).abs() < 1e-15);
    strategy.before_step(&mut raw);
    let mut gradient = vec![0.0; raw.len()];
    let value = strategy.penalise(&raw, &mut gradient);
    assert!(value > 0.0);
    let unused = &mut vec![0.0; raw.len()];
    for i in 0..raw.len() {
        let (at, h) = (raw[i], 1e-6);
        raw[i] = at + h;
        let above = strategy.penalise(&raw, unused);
        raw[i] = at - h;
        let below = strategy.penalise(&raw, unused);
        raw[i] = at;
        let numeric = (above - below) / (2.0 * h);
        assert!((gradient[i] - numeric).abs() < 1e-8);
    }
    assert_eq!(strategy.penalise(&raw, unused).to_bits(), value.to_bits());
    strategy.before_step(&mut raw);
    assert_ne!(strategy.penalise(&raw, unused).to_bits(), value.to_bits());
}

#[test]
fn tau_one_is_phoenix_bit_for_bit() {
    let bits = |name: &str, tau| {
        let given = StrategySettings {
            tau,
            ..settings((0.5, 0.5))
        };
        let values = fit(name, &given).best.parameters;
        let bits = values.values().iter().map(|v| v.to_bits());
        bits.collect::<Vec<u32>>()
    };
    assert_eq!(bits("PINN", Some(1.0)), bits("PHOENIX", None));
    assert_ne!(bits("PINN", None), bits("PHOENIX", None));
    assert_eq!(bits("PINN+DASH", Some(1.0)), bits("DASH", None));
    assert_eq!(bits("PINN+MP", Some(1.0)), bits("MP", None));
}

#[test]
fn a_gated_gradient_is_that_of_the_drawn_gates() {
    let (mut strategy, mut raw) = started("L0", &StrategySettings::default());
    let of_model = raw.len() - strategy.auxiliary().len();
    let mut effective = vec![0.0; of_model];
    // A linear loss Σ a_i w̃_i; the same strategy built anew draws the same gates.
    let a = |i: usize| 0.2 + (i % 7) as f64;
    let loss = |raw: &[f64]| {
        let (mut strategy, _) = started("L0", &StrategySettings::default());
        let mut effective = vec![0.0; of_model];
        strategy.reparameterise(raw, &mut effective);
        effective
            .iter()
            .enumerate()
            .map(|(i, w)| a(i) * w)
            .sum::<f64>()
    };
    strategy.reparameterise(&raw, &mut effective);
    let mut gradient: Vec<f64> = (0..raw.len())
        .map(|i| if i < of_model { a(i) } else { 0.0 })
        .collect();
    strategy.pull_back(&raw, &mut gradient);
    for i in 0..raw.len() {
        let (at, h) = (raw[i], 1e-6);
        raw[i] = at + h;
        let above = loss(&raw);
        raw[i] = at - h;
        let below = loss(&raw);
        raw[i] = at;
        let numeric = (above - below) / (2.0 * h);
        assert!((gradient[i] - numeric).abs() < 1e-6, "{i}");
    }
    assert!(gradient[of_model..].iter().filter(|g| **g != 0.0).count() > 5);
}

#[test]
fn gates_are_drawn_anew_every_step_and_never_for_the_evaluated_model() {
    for name in ["L0", "PathReg"] {
        let (mut strategy, mut raw) = started(name, &StrategySettings::default());
        let of_model = raw.len() - strategy.auxiliary().len();
        let (mut first, mut second) = (vec![0.0; of_model], vec![0.0; of_model]);
        strategy.reparameterise(&raw, &mut first);
        strategy.reparameterise(&raw, &mut second);
        assert_ne!(first, second);
        strategy.evaluate(&raw, &mut first);
        strategy.evaluate(&raw, &mut second);
        assert_eq!(first, second);
        // The first gate is that of gene 0 into the sum branch.
        raw[of_model] = -3.0;
        strategy.evaluate(&raw, &mut first);
        let column: Vec<f64> = (0..4).map(|r| first[r * GENES]).collect();
        assert_eq!(column, [0.0; 4], "a closed gate is an exact zero");
        assert!((0..4).all(|r| first[r * GENES + 1] != 0.0));
    }
}

#[test]
fn thresholds_mask_their_row_get_gradient_and_start_anew_when_a_matrix_is_dead() {
    let (mut strategy, mut raw) = started("DST", &StrategySettings::default());
    let of_model = raw.len() - strategy.auxiliary().len();
    let mut effective = vec![0.0; of_model];
    strategy.evaluate(&raw, &mut effective);
    assert_eq!(effective, raw[..of_model], "thresholds of 0 mask nothing");

    raw[of_model] = 0.06;
    strategy.reparameterise(&raw, &mut effective);
    for i in 0..of_model {
        let masked = i < GENES && raw[i].abs() < 0.06;
        assert_eq!(effective[i] == 0.0, masked, "{i}");
    }
    let mut gradient = vec![0.0; raw.len()];
    gradient[..of_model].fill(1.0);
    strategy.pull_back(&raw, &mut gradient);
    assert!(gradient[of_model..].iter().all(|g| *g != 0.0));
    let of_masked = (0..GENES).filter(|&i| effective[i] == 0.0 && gradient[i] != 0.0);
    assert!(of_masked.count() > 0, "a masked weight can come back");

    // All four rows of the first matrix far above its weights; the second matrix keeps its own.
    raw[of_model..of_model + 4].fill(9.0);
    raw[of_model + 4] = 0.01;
    strategy.evaluate(&raw, &mut effective);
    assert_eq!(effective[..4 * GENES], raw[..4 * GENES]);
    strategy.before_step(&mut raw);
    assert_eq!(raw[of_model..of_model + 4], [0.0; 4]);
    assert!(raw[of_model + 4] > 0.0);
}

/// The penalty alone, at the optimiser's usual rate for 3000 steps: where it leads without data to hold against it.
fn sparsity_by_penalty_alone(name: &str) -> (f64, f64) {
    let given = StrategySettings {
        strength: Some(1e-3),
        ..settings((0.5, 0.5))
    };
    let (mut strategy, mut raw) = started(name, &given);
    let field = Phoenix::<f64>::new(GENES, 4).unwrap();
    let mut model = field.initialise(3);
    let mut evaluated = |strategy: &mut dyn Strategy<f64>, raw: &[f64]| {
        strategy.evaluate(raw, model.values_mut());
        effective_sparsity(&model)
    };
    let before = evaluated(strategy.as_mut(), &raw);
    let mut adam = Adam::new(raw.len());
    for _ in 0..3000 {
        let mut gradient = vec![0.0; raw.len()];
        strategy.before_step(&mut raw);
        strategy.regularise(&raw, &mut gradient);
        adam.step(&mut raw, &gradient, &[(gradient.len(), 1e-3)]);
        if name == "DST" && evaluated(strategy.as_mut(), &raw) > 0.5 {
            break;
        }
    }
    (before, evaluated(strategy.as_mut(), &raw))
}

#[test]
fn every_regulariser_leads_to_exact_zeros() {
    for name in ["L0", "C-NODE", "PathReg", "DST"] {
        let (before, after) = sparsity_by_penalty_alone(name);
        assert!(after > before + 0.3, "{name}: {after} after {before}");
    }
}

#[test]
fn every_strategy_works_on_a_model_of_one_branch_without_multipliers() {
    let field = Mlp::<f32>::new(super::GENES, 6).unwrap();
    let initial: Parameters<f32> = field.initialise(1).cast();
    let prior = prior();
    let problem = Problem {
        prior: Some(&prior),
        ..Problem::new(&field, &initial, 1)
    };
    for entry in registry::<f32>() {
        let mut strategy = build_strategy(entry.name, &settings((0.5, 0.5)), &problem).unwrap();
        let mut model = initial.clone();
        strategy.before_epoch(0, &mut model).unwrap();
        strategy.before_epoch(2, &mut model).unwrap();
        assert_eq!(
            effective_sparsity(&model) > 0.6,
            entry.prunes,
            "{}",
            entry.name
        );
        let mut raw = model.values().to_vec();
        raw.extend(strategy.auxiliary());
        let mut effective = initial.values().to_vec();
        let mut gradient = vec![0.0; raw.len()];
        strategy.before_step(&mut raw);
        strategy.reparameterise(&raw, &mut effective);
        let of_model = &mut gradient[..effective.len()];
        let mut penalty = strategy.penalise(&effective, of_model);
        strategy.pull_back(&raw, &mut gradient);
        penalty += strategy.regularise(&raw, &mut gradient);
        let penalised = ["L0", "C-NODE", "PathReg", "DST"].contains(&entry.name)
            || entry.name.starts_with("PINN");
        assert_eq!(penalty > 0.0, penalised, "{}", entry.name);
        assert_eq!(
            gradient.iter().any(|g| *g != 0.0),
            penalised,
            "{}",
            entry.name
        );
    }
}

#[test]
fn strengths_and_weights_out_of_range_are_refused() {
    let field = Phoenix::<f32>::new(super::GENES, 4).unwrap();
    let initial: Parameters<f32> = field.initialise(1).cast();
    let prior = prior();
    let problem = Problem {
        prior: Some(&prior),
        ..Problem::new(&field, &initial, 1)
    };
    let refused = |name: &str, strength, tau| {
        let given = StrategySettings {
            strength,
            tau,
            ..settings((0.5, 0.5))
        };
        let error = build_strategy(name, &given, &problem).err();
        matches!(error, Some(Error::OutOfRange { .. }))
    };
    for name in ["L0", "C-NODE", "PathReg", "DST"] {
        assert!(refused(name, Some(-1.0), None) && refused(name, Some(f64::NAN), None));
        assert!(!refused(name, Some(0.0), None));
    }
    for name in ["PINN", "PINN+MP", "PINN+DASH"] {
        assert!(refused(name, None, Some(0.0)) && refused(name, None, Some(1.1)));
        assert!(!refused(name, None, Some(1.0)));
    }
}
