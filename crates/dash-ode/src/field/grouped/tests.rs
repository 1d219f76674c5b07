//! Pruned fields against the same fields with zeros in the places of what is pruned.

use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use crate::{
    Differentiable, Direct, Error, Initialise, Integrator, Mlp, Phoenix, Result, SolverOptions,
    Span,
};

const GENES: usize = 37;

struct Solved {
    ends: Vec<f64>,
    starts_bar: Vec<f64>,
    gradient: Vec<f64>,
}

/// As [`solve_among`], with the gradient of all parameters.
fn solve(field: &mut dyn Differentiable<f64>, rows: usize, bytes: usize) -> Solved {
    let parameters = field.layout().len();
    solve_among(field, rows, bytes, parameters).unwrap()
}

/// Solves from many starts over spans of many lengths, and back from a loss that weighs every end differently.
fn solve_among(
    field: &mut dyn Differentiable<f64>,
    rows: usize,
    bytes: usize,
    parameters: usize,
) -> Result<Solved> {
    let wave = |i: usize| (i as f64 * 0.37).sin();
    let starts: Vec<f64> = (0..rows * GENES).map(|i| 0.5 + 0.5 * wave(i)).collect();
    let span = |row: usize| Span {
        start: 0.0,
        end: (row * 5 % 7) as f64,
    };
    let spans: Vec<Span> = (0..rows).map(span).collect();
    let options = SolverOptions {
        rtol: 1e-6,
        atol: 1e-8,
        record_bytes: bytes,
        ..SolverOptions::default()
    };
    let mut integrator = Integrator::new(options).unwrap();
    let mut ends = vec![0.0; starts.len()];
    integrator
        .record(field, &starts, &spans, &mut ends)
        .unwrap();
    let mut starts_bar: Vec<f64> = (0..starts.len()).map(|i| wave(3 * i + 1)).collect();
    let mut gradient = vec![0.0; parameters];
    integrator.pull_back(field, &mut starts_bar, &mut gradient)?;
    Ok(Solved {
        ends,
        starts_bar,
        gradient,
    })
}

/// Compares a field that knows what is pruned with one that sees zeros.
fn compare<F: Differentiable<f64> + Initialise + Clone>(
    field: &F,
    seed: u64,
    gap: usize,
    rows: usize,
) -> TestCaseResult {
    let mut parameters = field.initialise(seed);
    let layout = field.layout().clone();
    for (i, w) in parameters.values_mut().iter_mut().enumerate() {
        *w += 0.3 * ((i as f64 + seed as f64) * 1.7).sin();
    }
    let mut kept = vec![true; layout.len()];
    for block in layout.prunable() {
        for place in layout.blocks()[block].range.clone() {
            kept[place] = (place + seed as usize).is_multiple_of(gap);
            if !kept[place] {
                parameters.values_mut()[place] = 0.0;
            }
        }
    }
    let (mut whole, mut pruned) = (field.clone(), field.clone());
    whole.load(parameters.values());
    pruned.load_pruned(parameters.values(), &kept);
    let want = solve(&mut whole, rows, usize::MAX);
    for bytes in [usize::MAX, 100_000, 0] {
        let got = solve(&mut pruned, rows, bytes);
        let close = |got: &[f64], want: &[f64]| {
            let pairs = got.iter().zip(want);
            pairs
                .map(|(g, w)| (g - w).abs() / (1.0 + w.abs()))
                .fold(0.0, f64::max)
        };
        prop_assert!(close(&got.ends, &want.ends) < 1e-11);
        prop_assert!(close(&got.starts_bar, &want.starts_bar) < 1e-9);
        for (place, &kept) in kept.iter().enumerate() {
            let want = if kept { want.gradient[place] } else { 0.0 };
            let off = (got.gradient[place] - want).abs() / (1.0 + want.abs());
            prop_assert!(off < 1e-9, "parameter {place}: {off}");
        }
    }
    // Of the survivors alone, the same.
    let got = solve(&mut pruned, rows, usize::MAX).gradient;
    let places = pruned.survivors().unwrap().to_vec();
    let at = |values: &[f64]| -> Vec<f64> { places.iter().map(|&p| values[p as usize]).collect() };
    pruned.load_survivors(&at(parameters.values()));
    let some = solve_among(&mut pruned, rows, usize::MAX, places.len()).unwrap();
    prop_assert_eq!(some.gradient, at(&got));
    let short = solve_among(&mut pruned, rows, usize::MAX, places.len() - 1);
    let refused = matches!(short.err(), Some(Error::Shape { .. }));
    prop_assert!(refused, "a gradient of another length");
    // What was known before does not matter.
    pruned.load(parameters.values());
    prop_assert_eq!(solve(&mut pruned, rows, usize::MAX).gradient, want.gradient);
    Ok(())
}

/// A row's end state, alone and among others, recorded and not.
fn solve_alone_and_among_others(
    field: &mut dyn Differentiable<f64>,
    rows: usize,
) -> TestCaseResult {
    let starts: Vec<f64> = (0..rows * GENES)
        .map(|i| (i as f64 * 0.37).sin().abs())
        .collect();
    let spans: Vec<Span> = (0..rows)
        .map(|row| Span {
            start: 0.0,
            end: (row * 5 % 7) as f64,
        })
        .collect();
    let mut integrator = Integrator::new(SolverOptions::default()).unwrap();
    let mut recorded = vec![0.0; starts.len()];
    let mut unrecorded = recorded.clone();
    let counted = integrator.solve(field, &starts, &spans, &mut unrecorded);
    let counted_recorded = integrator.record(field, &starts, &spans, &mut recorded);
    prop_assert_eq!(counted.unwrap(), counted_recorded.unwrap());
    prop_assert_eq!(&recorded, &unrecorded);
    for row in 0..rows {
        let at = row * GENES..(row + 1) * GENES;
        let mut alone = vec![0.0; GENES];
        integrator
            .solve(field, &starts[at.clone()], &spans[row..=row], &mut alone)
            .unwrap();
        prop_assert_eq!(&alone, &recorded[at]);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_row_does_not_depend_on_those_beside_it(seed in 0_u64..1000, gap in 6_usize..100, rows in 1_usize..20) {
        let mut field = Direct::new(GENES).unwrap();
        let parameters = field.initialise(seed);
        let kept: Vec<bool> = (0..parameters.values().len()).map(|place| {
            place >= 2 * GENES * GENES || place.is_multiple_of(gap)
        }).collect();
        let values = parameters.values().iter().zip(&kept);
        let values: Vec<f64> = values.map(|(w, &kept)| if kept { *w } else { 0.0 }).collect();
        field.load_pruned(&values, &kept);
        solve_alone_and_among_others(&mut field, rows)?;
    }

    #[test]
    fn a_pruned_phoenix_is_the_whole_one_with_zeros(seed in 0_u64..1000, gap in 7_usize..300, rows in 1_usize..14) {
        compare(&Phoenix::new(GENES, 5).unwrap(), seed, gap, rows)?;
    }

    #[test]
    fn a_pruned_direct_field_is_the_whole_one_with_zeros(
        seed in 0_u64..1000, gap in 6_usize..300, rows in 1_usize..14,
    ) {
        compare(&Direct::new(GENES).unwrap(), seed, gap, rows)?;
    }

    #[test]
    fn a_pruned_perceptron_is_the_whole_one_with_zeros(
        seed in 0_u64..1000, gap in 7_usize..100, rows in 1_usize..14, hidden in prop::collection::vec(1_usize..50, 1..5),
    ) {
        compare(&Mlp::deep(GENES, &hidden).unwrap(), seed, gap, rows)?;
    }
}
