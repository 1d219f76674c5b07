//! Pruned fields against the same fields with zeros in the places of what is pruned.

use proptest::prelude::*;

use crate::{Differentiable, Direct, Initialise, Integrator, Mlp, Phoenix, SolverOptions, Span};

const GENES: usize = 37;

struct Solved {
    ends: Vec<f64>,
    starts_bar: Vec<f64>,
    gradient: Vec<f64>,
}

/// Solves from many starts over spans of many lengths, and back from a loss that weighs every end differently.
fn solve(field: &mut dyn Differentiable<f64>, rows: usize, bytes: usize) -> Solved {
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
    let mut gradient = vec![0.0; field.layout().len()];
    integrator
        .pull_back(field, &mut starts_bar, &mut gradient)
        .unwrap();
    Solved {
        ends,
        starts_bar,
        gradient,
    }
}

/// Compares a field that knows what is pruned with one that sees zeros.
fn compare<F: Differentiable<f64> + Initialise + Clone>(
    field: &F,
    seed: u64,
    gap: usize,
    rows: usize,
) -> Result<(), TestCaseError> {
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
    // What was known before does not matter.
    pruned.load(parameters.values());
    prop_assert_eq!(solve(&mut pruned, rows, usize::MAX).gradient, want.gradient);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

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
