use ndarray::{Axis, array};
use proptest::prelude::*;

use super::super::{ProductMagnitude, input_magnitude, output_magnitude, product_magnitude};
use super::*;

const GENES: usize = 8;
const HIDDEN: usize = 3;

struct Fixture {
    first: Array2<f64>,
    second: Array2<f64>,
    multipliers: ndarray::Array1<f64>,
    first_mask: Mask,
    second_mask: Mask,
}

impl Fixture {
    fn new(seed: u64) -> Self {
        let second = random(GENES, HIDDEN, seed + 1) - 0.5;
        Self {
            first: random(HIDDEN, GENES, seed) - 0.5,
            multipliers: random(GENES, 1, seed + 2).remove_axis(Axis(1)) - 0.2,
            second,
            first_mask: Mask::full(HIDDEN, GENES),
            second_mask: Mask::full(GENES, HIDDEN),
        }
    }

    fn weights(&self, branch: Branch) -> BranchWeights<'_> {
        BranchWeights {
            branch,
            first: self.first.view(),
            first_mask: &self.first_mask,
            second: self.second.view(),
            second_mask: &self.second_mask,
            multipliers: self.multipliers.view(),
        }
    }
}

fn priors() -> (PriorMatrix, PriorMatrix) {
    let edges = (0..GENES).flat_map(|i| [(i, i / 3, 1.0), (i, 3 + i % 2, -1.0)]);
    let p = PriorMatrix::from_triplets(GENES, edges).unwrap();
    let c = dash_prior::co_regulation(&p);
    (p, c)
}

fn dash(lambda: (f64, f64), conventions: Conventions) -> Dash {
    let (p, c) = priors();
    Dash::new(&p, &c, lambda, conventions).unwrap()
}

fn state(seed: u64) -> DashState {
    DashState::random(HIDDEN, GENES, seed)
}

fn conventions() -> [Conventions; 3] {
    let exp = Conventions {
        product_magnitude: ProductMagnitude::Exp,
        ..Conventions::balanced()
    };
    [Conventions::balanced(), Conventions::reference(), exp]
}

#[test]
fn lambda_zero_is_magnitude_bit_for_bit() {
    let fixture = Fixture::new(1);
    let v = Some(fixture.multipliers.view());
    let second = output_magnitude(fixture.second.view(), v, &fixture.second_mask).unwrap();
    for conventions in conventions() {
        let dash = dash((0.0, 0.0), conventions);
        let sum = dash
            .score(&fixture.weights(Branch::Sum), &mut state(0))
            .unwrap();
        let first = input_magnitude(fixture.first.view(), &fixture.first_mask).unwrap();
        assert_eq!((sum.first, &sum.second), (first, &second));
        let product = dash
            .score(&fixture.weights(Branch::Product), &mut state(0))
            .unwrap();
        let first = product_magnitude(
            fixture.first.view(),
            &fixture.first_mask,
            conventions.product_magnitude,
        );
        assert_eq!((product.first, &product.second), (first.unwrap(), &second));
    }
}

#[test]
fn lambda_one_is_the_prior_bit_for_bit() {
    for conventions in conventions() {
        let dash = dash((1.0, 1.0), conventions);
        let (mut one, mut other) = (state(3), state(3));
        let expected = dash.first_prior_term(one.omega()).unwrap();
        let scores = dash
            .score(&Fixture::new(1).weights(Branch::Sum), &mut one)
            .unwrap();
        assert_eq!(scores.first, expected);
        assert_eq!(
            scores.second,
            dash.second_prior_term(expected.view()).unwrap()
        );
        let product = Fixture::new(9);
        let product = dash
            .score(&product.weights(Branch::Product), &mut other)
            .unwrap();
        assert_eq!(product, scores);
    }
}

#[test]
fn a_term_of_weight_zero_is_not_computed() {
    let mut fixture = Fixture::new(1);
    let (p, c) = priors();
    let empty = PriorMatrix::from_triplets(GENES, []).unwrap();
    let magnitude = Dash::new(&empty, &empty, (0.0, 0.0), Conventions::reference()).unwrap();
    magnitude
        .score(&fixture.weights(Branch::Sum), &mut state(0))
        .unwrap();
    fixture.first[[1, 2]] = f64::NAN;
    fixture.second[[2, 1]] = f64::NAN;
    let prior = Dash::new(&p, &c, (1.0, 1.0), Conventions::balanced()).unwrap();
    prior
        .score(&fixture.weights(Branch::Sum), &mut state(0))
        .unwrap();
}

#[test]
fn balanced_terms_all_have_unit_sum() {
    let dash = dash((0.3, 0.6), Conventions::balanced());
    for branch in [Branch::Sum, Branch::Product] {
        let scores = dash
            .score(&Fixture::new(4).weights(branch), &mut state(4))
            .unwrap();
        assert!((scores.first.sum() - 1.0).abs() < 1e-14);
        assert!((scores.second.sum() - 1.0).abs() < 1e-14);
    }
}

#[test]
fn scaling_the_priors_changes_nothing_when_balanced() {
    let (p, c) = priors();
    let scaled = Dash::new(
        &p.scaled(4.0),
        &c.scaled(0.5),
        (0.3, 0.6),
        Conventions::balanced(),
    );
    let plain = dash((0.3, 0.6), Conventions::balanced());
    let fixture = Fixture::new(5);
    let weights = fixture.weights(Branch::Sum);
    let expected = plain.score(&weights, &mut state(5)).unwrap();
    assert_eq!(
        scaled.unwrap().score(&weights, &mut state(5)).unwrap(),
        expected
    );
}

#[test]
fn the_state_remembers_omega() {
    let dash = dash((0.5, 0.5), Conventions::balanced());
    let fixture = Fixture::new(2);
    let weights = fixture.weights(Branch::Sum);
    let mut state = state(2);
    let one = dash.score(&weights, &mut state).unwrap();
    assert_eq!(state.omega(), one.first);
    let two = dash.score(&weights, &mut state).unwrap();
    assert_ne!(one, two);
    let mut resumed = DashState::from_scores(one.first).unwrap();
    assert_eq!(dash.score(&weights, &mut resumed).unwrap(), two);
}

#[test]
fn dead_hidden_units_survive_without_nan() {
    let mut fixture = Fixture::new(6);
    fixture.first.row_mut(1).fill(0.0);
    let keep = Array2::from_shape_fn((HIDDEN, GENES), |(i, _)| i != 1);
    fixture.first_mask = Mask::from_kept(keep.view());
    let mut start = state(6);
    start.omega.row_mut(1).fill(0.0);
    for conventions in conventions() {
        for branch in [Branch::Sum, Branch::Product] {
            let mut state = start.clone();
            for _ in 0..3 {
                let dash = dash((0.5, 0.5), conventions);
                let scores = dash.score(&fixture.weights(branch), &mut state).unwrap();
                assert!(
                    scores
                        .first
                        .iter()
                        .chain(&scores.second)
                        .all(|s| s.is_finite())
                );
            }
        }
    }
    let dash = dash((1.0, 1.0), Conventions::balanced());
    let scores = dash
        .score(&fixture.weights(Branch::Sum), &mut start)
        .unwrap();
    assert!(
        scores
            .first
            .row(1)
            .iter()
            .chain(scores.second.column(1))
            .all(|&s| s == 0.0)
    );
}

#[test]
fn refuses_bad_settings() {
    let (p, c) = priors();
    let build = |p: &PriorMatrix, c: &PriorMatrix, lambda| {
        Dash::new(p, c, lambda, Conventions::reference()).unwrap_err()
    };
    for bad in [-0.1, 1.5, f64::NAN] {
        let first = build(&p, &c, (bad, 0.5));
        assert!(matches!(
            first,
            Error::OutOfRange {
                name: "lambda1",
                ..
            }
        ));
        let second = build(&p, &c, (0.5, bad));
        assert!(matches!(
            second,
            Error::OutOfRange {
                name: "lambda2",
                ..
            }
        ));
    }
    let empty = PriorMatrix::from_triplets(GENES, []).unwrap();
    let no_p = build(&empty, &c, (0.0, 0.5));
    assert!(matches!(no_p, Error::EmptyPrior { prior: "P", .. }));
    let no_c = build(&p, &empty, (0.5, 0.0));
    assert!(matches!(no_c, Error::EmptyPrior { prior: "C", .. }));
    let cancels = PriorMatrix::from_triplets(GENES, [(0, 1, 1.0), (1, 0, -1.0)]).unwrap();
    let sum = build(&p, &cancels, (0.5, 0.0));
    assert!(matches!(sum, Error::EmptyPrior { prior: "C", .. }));
    let small = PriorMatrix::from_triplets(2, [(0, 1, 1.0)]).unwrap();
    assert!(matches!(build(&p, &small, (0.5, 0.5)), Error::Shape { .. }));
}

#[test]
fn an_error_leaves_the_state_unchanged() {
    let dash = dash((0.5, 0.5), Conventions::balanced());
    let mut fixture = Fixture::new(7);
    fixture.second[[3, 2]] = f64::INFINITY;
    let mut state = state(7);
    let before = state.clone();
    let error = dash
        .score(&fixture.weights(Branch::Sum), &mut state)
        .unwrap_err();
    assert!(matches!(
        error,
        Error::NonFinite {
            row: 3,
            column: 2,
            ..
        }
    ));
    assert_eq!(state, before);
    fixture.multipliers = array![1.0];
    let error = dash
        .score(&fixture.weights(Branch::Sum), &mut state)
        .unwrap_err();
    assert!(matches!(
        error,
        Error::Length {
            expected: GENES,
            found: 1,
            ..
        }
    ));
}

proptest! {
    #[test]
    fn permuting_hidden_units_permutes_the_scores(
        seed in 0u64..1000, lambda in (0.0..1.0f64, 0.0..1.0f64), which in 0usize..3,
    ) {
        let order = [2, 0, 1];
        let dash = dash(lambda, conventions()[which]);
        let plain = Fixture::new(seed);
        let permuted = Fixture {
            first: plain.first.select(Axis(0), &order),
            second: plain.second.select(Axis(1), &order),
            ..Fixture::new(seed)
        };
        let mut one = state(seed);
        let mut two = DashState { omega: one.omega.select(Axis(0), &order) };
        for branch in [Branch::Sum, Branch::Product] {
            let expected = dash.score(&plain.weights(branch), &mut one).unwrap();
            let found = dash.score(&permuted.weights(branch), &mut two).unwrap();
            let expected = [
                expected.first.select(Axis(0), &order),
                expected.second.select(Axis(1), &order),
            ];
            for (found, expected) in [found.first, found.second].iter().zip(&expected) {
                let scale = expected.iter().fold(0.0_f64, |a, b| a.max(*b));
                let worst = (found - expected).iter().fold(0.0_f64, |a, b| a.max(b.abs()));
                prop_assert!(worst <= 1e-9 * scale, "off by {worst} of {scale}");
            }
        }
    }
}
