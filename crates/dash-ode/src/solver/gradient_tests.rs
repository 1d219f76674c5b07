//! Gradients against finite differences, against each other, and with and without memory.

use proptest::prelude::*;

use super::{Integrator, SolverOptions, Span};
use crate::{Differentiable, Direct, Initialise, Mlp, Parameters, Phoenix};

const GENES: usize = 6;

/// A loss of the end states that weighs every entry differently.
fn weights(n: usize) -> Vec<f64> {
    (0..n)
        .map(|i| ((i * 7 + 3) % 11) as f64 / 11.0 - 0.4)
        .collect()
}

/// States at least ¼ away from ½, where φ has a kink in its second derivative: a solve that passes it is less smooth in
/// its parameters than its tolerance, which finite differences would show.
fn states(seed: u64) -> Vec<f64> {
    let wave = |i: usize| ((i as f64 + 1.0) * (seed as f64 * 0.37 + 1.1)).sin();
    (0..3 * GENES)
        .map(|i| 0.5 + 0.25 * wave(i).signum() + 0.2 * wave(i))
        .collect()
}

/// Short enough to stay on one side of ½, and one of no length.
fn spans() -> [Span; 3] {
    [
        Span {
            start: 0.0,
            end: 0.15,
        },
        Span {
            start: 2.0,
            end: 2.0,
        },
        Span {
            start: 0.5,
            end: 0.6,
        },
    ]
}

struct Gradients {
    loss: f64,
    parameters: Vec<f64>,
    states: Vec<f64>,
}

#[derive(Clone, Copy, PartialEq)]
enum Way {
    Discrete,
    Adjoint,
}

fn gradients<F: Differentiable<f64>>(
    field: &mut F,
    parameters: &[f64],
    y0: &[f64],
    way: Way,
    record_bytes: usize,
) -> Gradients {
    let options = SolverOptions {
        rtol: 1e-12,
        atol: 1e-14,
        record_bytes,
        ..SolverOptions::default()
    };
    let mut integrator = Integrator::new(options).unwrap();
    field.load(parameters);
    let mut y1 = vec![0.0; y0.len()];
    integrator.record(field, y0, &spans(), &mut y1).unwrap();
    let mut bar = weights(y0.len());
    let loss = y1.iter().zip(&bar).map(|(y, w)| y * w).sum();
    let mut gradient = vec![0.0; parameters.len()];
    match way {
        Way::Discrete => integrator
            .pull_back(field, &mut bar, &mut gradient)
            .unwrap(),
        Way::Adjoint => {
            integrator
                .adjoint(field, &y1, &spans(), &mut bar, &mut gradient)
                .unwrap();
        }
    }
    Gradients {
        loss,
        parameters: gradient,
        states: bar,
    }
}

/// Compares with central differences along every parameter and every entry of the state.
fn check<F: Differentiable<f64>>(
    field: &mut F,
    parameters: &Parameters<f64>,
    y0: &[f64],
    way: Way,
) {
    let exact = gradients(field, parameters.values(), y0, way, usize::MAX);
    // Long enough that a solve which takes another step on one side, within its tolerance, is not seen.
    let step = 5e-5;
    let mut difference = |at: usize, of_state: bool| {
        let (mut p, mut y) = (parameters.values().to_vec(), y0.to_vec());
        let mut moved = |by: f64| {
            *(if of_state { &mut y[at] } else { &mut p[at] }) += by;
            gradients(field, &p, &y, Way::Discrete, usize::MAX).loss
        };
        let (up, down) = (moved(step), moved(-2.0 * step));
        (up - down) / (2.0 * step)
    };
    for (at, &got) in exact.parameters.iter().enumerate() {
        let want = difference(at, false);
        assert!(
            (got - want).abs() < 1e-6 * (1.0 + want.abs()),
            "parameter {at}: {got} for {want}"
        );
    }
    for (at, &got) in exact.states.iter().enumerate() {
        let want = difference(at, true);
        assert!(
            (got - want).abs() < 1e-6 * (1.0 + want.abs()),
            "state {at}: {got} for {want}"
        );
    }
}

/// Random parameters away from the kink of ReLU(v) at zero.
fn phoenix(seed: u64) -> (Phoenix<f64>, Parameters<f64>) {
    let field = Phoenix::new(GENES, 4).unwrap();
    let mut parameters = field.initialise(seed);
    for (i, value) in parameters.values_mut().iter_mut().enumerate() {
        *value += 0.1 * ((i as f64 + 1.0) * 0.7 + seed as f64).sin();
    }
    for v in parameters.matrix_mut("v").unwrap() {
        *v = v.abs() + 0.1;
    }
    parameters.matrix_mut("v").unwrap()[[1, 0]] = -0.5;
    (field, parameters)
}

fn direct(seed: u64) -> (Direct<f64>, Parameters<f64>) {
    let field = Direct::new(GENES).unwrap();
    let mut parameters = field.initialise(seed);
    for name in ["w_sum", "w_prod"] {
        parameters
            .matrix_mut(name)
            .unwrap()
            .mapv_inplace(|w| 20.0 * w);
    }
    for (i, v) in parameters
        .matrix_mut("b_prod")
        .unwrap()
        .iter_mut()
        .enumerate()
    {
        *v = 0.1 * (i as f64 + 1.0);
    }
    parameters.matrix_mut("v").unwrap()[[1, 0]] = -0.5;
    (field, parameters)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn phoenix_gradients_equal_finite_differences(seed in 0_u64..1000) {
        let (mut field, parameters) = phoenix(seed);
        check(&mut field, &parameters, &states(seed), Way::Discrete);
    }

    #[test]
    fn phoenix_adjoints_equal_finite_differences(seed in 0_u64..1000) {
        let (mut field, parameters) = phoenix(seed);
        check(&mut field, &parameters, &states(seed), Way::Adjoint);
    }

    #[test]
    fn direct_gradients_equal_finite_differences(seed in 0_u64..1000) {
        let (mut field, parameters) = direct(seed);
        check(&mut field, &parameters, &states(seed), Way::Discrete);
        check(&mut field, &parameters, &states(seed), Way::Adjoint);
    }

    #[test]
    fn mlp_gradients_equal_finite_differences(seed in 0_u64..1000) {
        let mut field = Mlp::new(GENES, 4).unwrap();
        let parameters = field.initialise(seed);
        check(&mut field, &parameters, &states(seed), Way::Discrete);
    }

    #[test]
    fn gradients_of_deep_mlps_equal_finite_differences(
        seed in 0_u64..1000,
        hidden in prop::collection::vec(1_usize..8, 2..5),
    ) {
        let mut field = Mlp::deep(GENES, &hidden).unwrap();
        let parameters = field.initialise(seed);
        for way in [Way::Discrete, Way::Adjoint] {
            check(&mut field, &parameters, &states(seed), way);
        }
    }

    #[test]
    fn a_solve_that_keeps_states_alone_gives_the_same_gradient(seed in 0_u64..1000, budget in 0_usize..40_000) {
        let (mut field, parameters) = phoenix(seed);
        for way in [Way::Discrete, Way::Adjoint] {
            let kept = gradients(&mut field, parameters.values(), &states(seed), way, usize::MAX);
            let restaged = gradients(&mut field, parameters.values(), &states(seed), way, budget);
            prop_assert_eq!(&kept.states, &restaged.states);
            for (a, b) in kept.parameters.iter().zip(&restaged.parameters) {
                // Sums in another order.
                prop_assert!((a - b).abs() <= 1e-12 * (1.0 + a.abs()));
            }
        }
    }
}

#[test]
fn a_gene_with_a_closed_multiplier_never_moves_and_passes_no_gradient() {
    let (mut field, parameters) = phoenix(3);
    let result = gradients(
        &mut field,
        parameters.values(),
        &states(3),
        Way::Discrete,
        usize::MAX,
    );
    let of_v = field.layout().multiplier().unwrap().range.clone();
    assert!(result.parameters[of_v][1].abs() < f64::MIN_POSITIVE);
}
