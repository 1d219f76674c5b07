//! The recursion on factors that are known, on ranks that break it, and on a prior that it shall follow.

use dash_prior::PriorMatrix;
use ndarray::{Array1, s};
use proptest::prelude::*;

use super::*;
use crate::{Conventions, output_magnitude, random};

const GENES: usize = 9;

fn dash(p: &Array2<f64>, lambda: (f64, f64), conventions: Conventions) -> Dash {
    let p = PriorMatrix::from_dense(p.view()).unwrap();
    Dash::new(&p, &dash_prior::co_regulation(&p), lambda, conventions).unwrap()
}

/// Shapes of layers k → hidden → … → k.
fn shapes(hidden: &[usize]) -> Vec<(usize, usize)> {
    let inputs = std::iter::once(GENES).chain(hidden.iter().copied());
    let outputs = hidden.iter().copied().chain(std::iter::once(GENES));
    outputs.zip(inputs).collect()
}

fn drawn(hidden: &[usize], seed: u64) -> Vec<Array2<f64>> {
    let layers = shapes(hidden).into_iter().enumerate();
    layers
        .map(|(l, (rows, columns))| random(rows, columns, seed + 100 * l as u64))
        .collect()
}

fn full_masks(layers: &[Array2<f64>]) -> Vec<Mask> {
    let full = |layer: &Array2<f64>| Mask::full(layer.nrows(), layer.ncols());
    layers.iter().map(full).collect()
}

fn score(
    dash: &Dash,
    layers: &[Array2<f64>],
    masks: &[Mask],
    state: &mut DeepState,
) -> Result<Vec<Array2<f64>>> {
    let layers: Vec<_> = layers.iter().map(|layer| layer.view()).zip(masks).collect();
    let ones = Array1::ones(GENES);
    let weights = DeepWeights {
        branch: Branch::Sum,
        layers: &layers,
        multipliers: ones.view(),
    };
    dash.score_deep(&weights, state)
}

fn product(factors: &[Array2<f64>]) -> Array2<f64> {
    let factors = factors.iter().rev().cloned();
    factors
        .reduce(|product, factor| product.dot(&factor))
        .unwrap()
}

fn distance(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    let norm = |x: &Array2<f64>| x.iter().map(|v| v * v).sum::<f64>().sqrt();
    norm(&(a - b)) / norm(b)
}

/// The paper's formulas as they are, without any scaling.
fn literal() -> Conventions {
    Conventions {
        unit_sum_terms: false,
        damped: false,
        ..Conventions::balanced()
    }
}

#[test]
fn factors_of_full_rank_are_found_again() {
    // P is a product of known factors: each layer's term is then that factor.
    for hidden in [vec![4, 4], vec![3, 3, 3]] {
        let factors = drawn(&hidden, 7);
        let dash = dash(&product(&factors), (1.0, 1.0), literal());
        let mut known = factors.clone();
        known[0].fill(f64::MAX); // Ω₁ of the step before is not looked at.
        let mut state = DeepState::from_scores(known).unwrap();
        let found = score(&dash, &factors, &full_masks(&factors), &mut state).unwrap();
        for (found, factor) in found.iter().zip(&factors) {
            assert!(distance(found, factor) < 1e-9);
        }
        assert_eq!(state.omegas(), found);
    }
}

#[test]
fn each_term_is_its_formula_with_scores_of_the_right_step() {
    let (old, weights) = (drawn(&[4, 4], 1), drawn(&[4, 4], 2));
    let p = random(GENES, GENES, 3);
    let dash = dash(&p, (0.3, 0.6), literal());
    let mut state = DeepState::from_scores(old.clone()).unwrap();
    let masks = full_masks(&weights);
    let found = score(&dash, &weights, &masks, &mut state).unwrap();
    // PInv_L(X) = (XᵀX)⁻¹Xᵀ is `pinv_left` of Xᵀ, PInv_R(X) that of X, transposed.
    let left = |x: Array2<f64>| pinv_left(x.t()).unwrap();
    let right = |x: Array2<f64>| pinv_left(x.view()).unwrap().reversed_axes();
    let terms = [
        left(old[2].dot(&old[1])).dot(&p),
        left(old[2].clone()).dot(&p).dot(&right(found[0].clone())),
        p.dot(&right(found[1].dot(&found[0]))),
    ];
    for (l, term) in terms.into_iter().enumerate() {
        let lambda = if l == 0 { 0.3 } else { 0.6 };
        let magnitude = &weights[l] / weights[l].sum();
        let expected = magnitude * (1.0 - lambda) + term.mapv(f64::abs) * lambda;
        assert!(distance(&found[l], &expected) < 1e-10, "layer {}", l + 1);
    }
}

#[test]
fn lambda_zero_is_magnitude_bit_for_bit_and_one_does_not_look_at_weights() {
    let weights = drawn(&[5, 3, 4], 1);
    let masks = full_masks(&weights);
    for conventions in [Conventions::balanced(), Conventions::reference()] {
        let p = random(GENES, GENES, 3);
        let mut state = DeepState::random(&shapes(&[5, 3, 4]), 1);
        let none = dash(&p, (0.0, 0.0), conventions);
        let found = score(&none, &weights, &masks, &mut state).unwrap();
        for (l, found) in found.iter().enumerate().take(3) {
            let magnitude = input_magnitude(weights[l].view(), &masks[l]).unwrap();
            assert_eq!(found, magnitude);
        }
        let ones = Array1::ones(GENES);
        let last = output_magnitude(weights[3].view(), Some(ones.view()), &masks[3]).unwrap();
        assert_eq!(found[3], last);

        let diverged: Vec<_> = weights.iter().map(|w| w * f64::NAN).collect();
        let alone = dash(&p, (1.0, 1.0), conventions);
        assert!(score(&alone, &diverged, &masks, &mut state).is_ok());
        assert!(score(&none, &diverged, &masks, &mut state).is_err());
    }
}

/// Scores whose product is close to rank one: all alike but for one part in 10⁴.
fn alike(hidden: &[usize], seed: u64) -> Vec<Array2<f64>> {
    let layers = drawn(hidden, seed).into_iter();
    layers.map(|layer| layer * 1e-4 + 1.0).collect()
}

#[test]
fn damping_keeps_small_changes_small_where_products_come_close_to_rank_one() {
    let (old, weights) = (alike(&[4, 4, 4], 1), alike(&[4, 4, 4], 2));
    let masks = full_masks(&weights);
    let p = random(GENES, GENES, 3);
    let amplified = |conventions| {
        let dash = dash(&p, (0.5, 0.5), conventions);
        let scored = |change: f64| {
            let jitter = |omega: &Array2<f64>| {
                let noise = random(omega.nrows(), omega.ncols(), 9) * 2.0 - 1.0;
                omega * &(noise * change + 1.0)
            };
            let mut state = DeepState::from_scores(old.iter().map(jitter).collect()).unwrap();
            score(&dash, &weights, &masks, &mut state).unwrap()
        };
        let (before, after) = (scored(0.0), scored(1e-6));
        let changes = before.iter().zip(&after).map(|(b, a)| distance(a, b));
        changes.fold(0.0, f64::max) / 1e-6
    };
    let damped = amplified(Conventions::balanced());
    let plain = amplified(Conventions {
        damped: false,
        ..Conventions::balanced()
    });
    assert!(damped < 20.0, "{damped}");
    assert!(plain > 1e3, "{plain}");
}

#[test]
fn paths_follow_the_prior() {
    // Genes 0 to 2 regulate three targets each.
    let mut p = Array2::zeros((GENES, GENES));
    for regulator in 0..3 {
        p.slice_mut(s![3 * regulator..3 * regulator + 3, regulator])
            .fill(1.0);
    }
    let hidden = [6, 6];
    let weights = vec![
        Array2::ones((6, GENES)),
        Array2::ones((6, 6)),
        Array2::ones((GENES, 6)),
    ];
    let dash = dash(&p, (0.8, 0.8), Conventions::balanced());
    let mut masks = full_masks(&weights);
    let mut state = DeepState::random(&shapes(&hidden), 4);
    for _ in 0..4 {
        let scores = score(&dash, &weights, &masks, &mut state).unwrap();
        for (mask, score) in masks.iter_mut().zip(&scores) {
            mask.prune_lowest(score.view(), 0.25).unwrap();
        }
    }
    let kept = |l: usize| {
        let mut layer = weights[l].clone();
        masks[l].apply(layer.as_slice_mut().unwrap()).unwrap();
        layer
    };
    let paths = product(&[kept(0), kept(1), kept(2)]);
    let on_prior = (&paths * &p).sum() / p.sum();
    let elsewhere = (&paths * &(1.0 - &p)).sum() / (1.0 - &p).sum();
    assert!(
        on_prior > 2.0 * elsewhere,
        "{on_prior} paths for {elsewhere}"
    );
}

#[test]
fn what_does_not_fit_is_refused_and_leaves_the_state_alone() {
    let weights = drawn(&[5, 3], 1);
    let masks = full_masks(&weights);
    let p = random(GENES, GENES, 3);
    let good = dash(&p, (0.5, 0.5), Conventions::balanced());
    let start = DeepState::random(&shapes(&[5, 3]), 1);
    let refused = |dash: &Dash, weights: &[Array2<f64>], masks: &[Mask]| {
        let mut state = start.clone();
        let error = score(dash, weights, masks, &mut state).unwrap_err();
        assert_eq!(state, start);
        error
    };
    let error = refused(&good, &weights[..2], &masks[..2]);
    assert!(matches!(error, Error::OutOfRange { .. }), "{error}");
    let other = drawn(&[5, 4], 1);
    let error = refused(&good, &other, &full_masks(&other));
    assert!(matches!(error, Error::Shape { .. }), "{error}");
    let mut diverged = weights.clone();
    diverged[2][[0, 0]] = f64::INFINITY;
    let error = refused(&good, &diverged, &masks);
    assert!(matches!(error, Error::NonFinite { .. }), "{error}");
    let bad = DeepState::from_scores(vec![Array2::from_elem((2, 2), f64::NAN)]);
    assert!(bad.is_err());
}

proptest! {
    #[test]
    fn dead_units_and_lost_ranks_never_give_nan(
        hidden in prop::collection::vec(1_usize..7, 2..5),
        seed in 0_u64..1000,
        sparsity in 0.0..1.0_f64,
        damped: bool,
        lambda in prop::sample::select(vec![(0.3, 0.7), (1.0, 1.0), (0.0, 1.0)]),
    ) {
        // Zeros among weights and earlier scores, down to whole layers.
        let thinned = |seed| -> Vec<Array2<f64>> {
            let holes = drawn(&hidden, seed + 7);
            let keep = |(mut omega, holes): (Array2<f64>, Array2<f64>)| {
                omega.zip_mut_with(&holes, |v, &hole| if hole < sparsity { *v = 0.0 });
                omega
            };
            drawn(&hidden, seed).into_iter().zip(holes).map(keep).collect()
        };
        let p = random(GENES, GENES, seed).mapv(|v| if v > 0.8 { 1.0 } else { 0.0 });
        prop_assume!(p.sum() > 0.0);
        let conventions = Conventions { damped, ..Conventions::balanced() };
        let dash = dash(&p, lambda, conventions);
        let weights = thinned(seed);
        let masks = full_masks(&weights);
        let mut state = DeepState::from_scores(thinned(seed + 1)).unwrap();
        for _ in 0..3 {
            let scores = score(&dash, &weights, &masks, &mut state).unwrap();
            prop_assert!(scores.iter().flatten().all(|s| s.is_finite() && *s >= 0.0));
        }
    }
}
