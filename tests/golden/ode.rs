//! Fields, trajectories and gradients against numbers computed independently.

use dash_ode::{
    Differentiable, Integrator, Mlp, Parameters, Phoenix, SolverOptions, Span, VectorField,
    effective_sparsity, effects, solve_at,
};
use dash_tests::{golden, matrix, vector};
use ndarray::{Array2, Axis};
use serde_json::Value;

const PHOENIX: [(&str, &str); 7] = [
    ("W_sum", "w_sum"),
    ("b_sum", "b_sum"),
    ("W_prod", "w_prod"),
    ("b_prod", "b_prod"),
    ("U_sum", "u_sum"),
    ("U_prod", "u_prod"),
    ("v", "v"),
];

fn entries(value: &Value) -> Vec<f64> {
    if value[0].is_array() {
        matrix(value).into_iter().collect()
    } else {
        vector(value).to_vec()
    }
}

fn parameters(
    field: &impl Differentiable<f64>,
    values: &Value,
    names: &[(&str, &str)],
) -> Parameters<f64> {
    let mut parameters = Parameters::zeros(field.layout().clone());
    for (theirs, ours) in names.iter().filter(|(theirs, _)| !values[theirs].is_null()) {
        let mut block = parameters.matrix_mut(ours).expect("a block of the model");
        let given = entries(&values[theirs]);
        assert_eq!(given.len(), block.len(), "{theirs}");
        block.iter_mut().zip(given).for_each(|(b, v)| *b = v);
    }
    parameters
}

fn phoenix(case: &Value, values: &Value) -> (Phoenix<f64>, Parameters<f64>) {
    let size = |name: &str| case[name].as_u64().expect("a size") as usize;
    let empty = Phoenix::new(size("n"), size("m")).unwrap();
    let parameters = parameters(&empty, values, &PHOENIX);
    (Phoenix::with_parameters(&parameters).unwrap(), parameters)
}

fn close(got: &[f64], want: &[f64], tolerance: f64, what: &str) {
    assert_eq!(got.len(), want.len(), "{what}");
    for (i, (g, w)) in got.iter().zip(want).enumerate() {
        assert!((g - w).abs() <= tolerance, "{what}[{i}]: {g} for {w}");
    }
}

fn tightest() -> SolverOptions {
    SolverOptions {
        rtol: 1e-12,
        atol: 1e-14,
        max_steps: 1_000_000,
        ..SolverOptions::default()
    }
}

#[test]
fn phoenix_forward() {
    let Some(file) = golden("phoenix_forward.json") else {
        return;
    };
    let (mut field, _) = phoenix(&file, &file["params"]);
    for case in file["cases"].as_array().unwrap() {
        let x = entries(&case["x"]);
        let mut f = vec![0.0; x.len()];
        field.eval(&x, &mut f);
        close(&f, &entries(&case["f"]), 1e-12, "f");
    }
}

#[test]
fn mlp_forward() {
    let Some(file) = golden("mlp_forward.json") else {
        return;
    };
    let size = |name: &str| file[name].as_u64().unwrap() as usize;
    let names = [
        ("W1", "a1"),
        ("b1", "a1_bias"),
        ("W2", "a2"),
        ("b2", "a2_bias"),
    ];
    let all = parameters(
        &Mlp::new(size("n"), size("m")).unwrap(),
        &file["params"],
        &names,
    );
    let mut without = all.clone();
    without.matrix_mut("a2_bias").unwrap().fill(0.0);
    let mut field = Mlp::with_parameters(&all).unwrap();
    let times = entries(&file["times"]);
    for case in file["cases"].as_array().unwrap() {
        let x = entries(&case["x"]);
        let mut f = vec![0.0; x.len()];
        field.eval(&x, &mut f);
        close(&f, &entries(&case["f"]), 1e-12, "f");
        Mlp::with_parameters(&without).unwrap().eval(&x, &mut f);
        close(
            &f,
            &entries(&case["f_no_output_bias"]),
            1e-12,
            "f without output bias",
        );
        let y0 = Array2::from_shape_vec((1, x.len()), x).unwrap();
        let states = solve_at(&mut field, y0.view(), &times, &tightest()).unwrap();
        close(
            &states.into_iter().collect::<Vec<_>>(),
            &entries(&case["states"]),
            1e-10,
            "states",
        );
    }
}

#[test]
fn phoenix_trajectory() {
    let Some(file) = golden("phoenix_trajectory.json") else {
        return;
    };
    let (mut field, _) = phoenix(&file, &file["params"]);
    let times = entries(&file["times"]);
    for case in file["cases"].as_array().unwrap() {
        let y0 = vector(&case["y0"]).insert_axis(Axis(0));
        let states = solve_at(&mut field, y0.view(), &times, &tightest()).unwrap();
        close(
            &states.into_iter().collect::<Vec<_>>(),
            &entries(&case["states"]),
            1e-10,
            "states",
        );
    }
}

/// One-interval-ahead loss of a golden case, and its gradient by the method given.
fn loss_and_gradient(
    file: &Value,
    case: &Value,
    continuous: bool,
) -> (f64, Parameters<f64>, Vec<f64>, Vec<f64>) {
    let (mut field, parameters) = phoenix(file, &case["params"]);
    let (g, times) = (matrix(&case["g"]), entries(&case["times"]));
    let k = g.ncols();
    let flat: Vec<f64> = g.iter().copied().collect();
    let (y0, targets) = (&flat[..flat.len() - k], &flat[k..]);
    let spans: Vec<Span> = times
        .windows(2)
        .map(|t| Span {
            start: t[0],
            end: t[1],
        })
        .collect();
    let mut y1 = vec![0.0; y0.len()];
    let options = SolverOptions {
        rtol: 1e-11,
        atol: 1e-13,
        max_steps: 1_000_000,
        ..SolverOptions::default()
    };
    let mut integrator = Integrator::new(options).unwrap();
    integrator.record(&mut field, y0, &spans, &mut y1).unwrap();
    let n = y1.len() as f64;
    let loss = y1
        .iter()
        .zip(targets)
        .map(|(y, t)| (y - t).powi(2))
        .sum::<f64>()
        / n;
    let mut bar: Vec<f64> = y1
        .iter()
        .zip(targets)
        .map(|(y, t)| 2.0 * (y - t) / n)
        .collect();
    let mut gradient = Parameters::zeros(parameters.layout().clone());
    if continuous {
        integrator
            .adjoint(&mut field, &y1, &spans, &mut bar, gradient.values_mut())
            .unwrap();
    } else {
        integrator
            .pull_back(&mut field, &mut bar, gradient.values_mut())
            .unwrap();
    }
    (loss, gradient, bar, y1)
}

#[test]
fn phoenix_gradient_by_both_methods() {
    let Some(file) = golden("phoenix_gradient.json") else {
        return;
    };
    for case in file["cases"].as_array().unwrap() {
        for continuous in [false, true] {
            let (loss, gradient, bar, y1) = loss_and_gradient(&file, case, continuous);
            assert!((loss - case["data_loss"].as_f64().unwrap()).abs() < 1e-9);
            close(&y1, &entries(&case["predictions"]), 1e-9, "predictions");
            for (theirs, ours) in PHOENIX {
                let got: Vec<f64> = gradient.matrix(ours).unwrap().iter().copied().collect();
                close(&got, &entries(&case["data_grad"][theirs]), 1e-6, theirs);
            }
            close(&bar, &entries(&case["data_grad"]["x0"]), 1e-6, "x0");
        }
    }
}

#[test]
fn effects_and_sparsity() {
    let Some(file) = golden("grn_extract.json") else {
        return;
    };
    for case in file["cases"].as_array().unwrap() {
        let (genes, hidden) = (
            matrix(&case["U_sum"]).nrows(),
            matrix(&case["U_sum"]).ncols(),
        );
        let empty = Phoenix::<f64>::new(genes, hidden).unwrap();
        let parameters = parameters(&empty, case, &PHOENIX);
        // The file is indexed [regulator, target].
        let (ours, theirs) = (effects(&parameters), matrix(&case["D"]));
        assert!(
            ours.iter()
                .zip(theirs.t().iter())
                .all(|(a, b)| (a - b).abs() < 1e-12)
        );
        let network = dash_ode::regulatory_network(&parameters);
        let want = matrix(&case["D_tilde_proportion"]);
        assert!(
            network
                .iter()
                .zip(want.t().iter())
                .all(|(a, b)| (a.abs() - b).abs() < 1e-12)
        );
        let sparsity = case["sparsity_with_multipliers"].as_f64().unwrap();
        assert!((effective_sparsity(&parameters) - sparsity).abs() < 1e-12);
    }
}
