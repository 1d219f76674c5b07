//! Gates, path penalties and the prior loss against numbers computed independently.

use dash_ode::{Differentiable, Integrator, Intervals, Parameters, Phoenix, SolverOptions};
use dash_ode::{TimeSeries, Trajectory, one_interval_ahead};
use dash_prior::PriorMatrix;
use dash_prune::gate::hard_concrete::{deterministic, open_probability, sample};
use dash_prune::penalty::{PriorLoss, open_paths, path_sum};
use dash_tests::{golden, matrix, vector};
use ndarray::{Array2, Axis};
use serde_json::Value;

const TIGHT: f64 = 1e-12;

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn close(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{what}: {found} for {expected}"
    );
}

#[test]
fn gates_and_their_expected_norm() {
    let Some(file) = golden("hard_concrete.json") else {
        return;
    };
    let cases = file["cases"].as_array().unwrap();
    assert!(!cases.is_empty());
    for case in cases {
        let (logits, temperature) = (vector(&case["log_alpha"]), number(&case["temperature"]));
        let (drawn, uniform) = (matrix(&case["train_gate"]), matrix(&case["uniform"]));
        for ((row, i), &u) in uniform.indexed_iter() {
            let gate = sample(logits[i], u, temperature).value;
            close(gate, drawn[[row, i]], TIGHT, "train_gate");
        }
        let settled = vector(&case["test_gate"]);
        let closed = vector(&case["prob_gate_zero_cdf0"]);
        for (i, &logit) in logits.iter().enumerate() {
            close(deterministic(logit).value, settled[i], TIGHT, "test_gate");
            let open = open_probability(logit, temperature).value;
            close(1.0 - open, closed[i], TIGHT, "prob_gate_zero");
        }
        let open = logits.mapv(|l| open_probability(l, temperature).value);
        let outputs = number(&case["out_features"]);
        close(
            open.sum(),
            number(&case["expected_l0_gates"]),
            TIGHT,
            "expected gates",
        );
        close(
            open.sum() * outputs,
            number(&case["expected_l0_weights"]),
            2e-12,
            "expected weights",
        );
        check_weights(case, &open.to_vec(), &drawn, &settled.to_vec());
    }
}

/// What the file makes of gates and weights together: its log-prior and the outputs of a gated layer.
fn check_weights(case: &Value, open: &[f64], drawn: &Array2<f64>, settled: &[f64]) {
    // The file's weights are inputs × outputs.
    let (weights, bias) = (matrix(&case["weights"]), vector(&case["bias"]));
    let (decay, price) = (number(&case["weight_decay"]), number(&case["lamba"]));
    let rows = weights.rows().into_iter().zip(open);
    let of_weights: f64 = rows
        .map(|(row, open)| {
            open * row
                .iter()
                .map(|w| -0.5 * decay * w * w - price)
                .sum::<f64>()
        })
        .sum();
    let of_bias: f64 = bias.iter().map(|b| 0.5 * decay * b * b).sum();
    close(of_weights - of_bias, number(&case["reg_w"]), TIGHT, "reg_w");
    let x = matrix(&case["x"]);
    let forward = |gates: &[f64], name: &str| {
        let mut gated = weights.clone();
        for (mut row, gate) in gated.rows_mut().into_iter().zip(gates) {
            row *= *gate;
        }
        let found = x.dot(&gated) + &bias;
        for (found, expected) in found.iter().zip(&matrix(&case[name])) {
            close(*found, *expected, TIGHT, name);
        }
    };
    forward(&drawn.row(0).to_vec(), "forward_train_u0");
    forward(settled, "forward_test");
}

#[test]
fn path_penalties() {
    let Some(file) = golden("hard_concrete.json") else {
        return;
    };
    for case in file["cases"].as_array().unwrap() {
        let (given, temperature) = (&case["pathreg"], number(&case["temperature"]));
        let (mut open, mut strong) = (0.0, 0.0);
        for branch in ["sums", "prods"] {
            let layers = [format!("Wo_{branch}"), format!("U_{branch}")];
            let layers = layers.map(|name| given["layers"][name].clone());
            let gates = layers.clone().map(|layer| {
                let drawn = vector(&layer["log_alpha"])
                    .into_iter()
                    .zip(vector(&layer["uniform"]))
                    .map(|(logit, u)| sample(logit, u, temperature).value);
                let drawn: Vec<f64> = drawn.collect();
                for (found, expected) in drawn.iter().zip(vector(&layer["gate"])) {
                    close(*found, expected, TIGHT, "gate");
                }
                drawn
            });
            let (value, slopes) = open_paths(&[&gates[0], &gates[1]]);
            open += value;
            check_slopes(&gates, &slopes);
            let weights = layers.map(|layer| matrix(&layer["weights"]).reversed_axes());
            let sum = path_sum(&[weights[0].view(), weights[1].view()]);
            strong += sum.total / (weights[1].nrows() * weights[0].ncols()) as f64;
        }
        close(open, number(&given["PathReg"]), TIGHT, "PathReg");
        close(strong, number(&given["L1_path"]), TIGHT, "L1_path");
        close(
            1e-3 * strong + 1e-4 * open,
            number(&given["pathreg_total_penalty_simu"]),
            TIGHT,
            "PathReg total",
        );
        close(
            1e-3 * strong,
            number(&given["cnode_total_penalty_simu"]),
            TIGHT,
            "C-NODE total",
        );
    }
}

fn check_slopes(gates: &[Vec<f64>; 2], slopes: &[Vec<f64>]) {
    for layer in 0..2 {
        for i in 0..gates[layer].len() {
            let at = |step: f64| {
                let mut gates = gates.clone();
                gates[layer][i] += step;
                open_paths(&[&gates[0], &gates[1]]).0
            };
            // Linear in each gate: the difference is exact but for rounding.
            close(at(0.5) - at(-0.5), slopes[layer][i], 1e-12, "slope");
        }
    }
}

const BLOCKS: [(&str, &str); 7] = [
    ("W_sum", "w_sum"),
    ("b_sum", "b_sum"),
    ("W_prod", "w_prod"),
    ("b_prod", "b_prod"),
    ("U_sum", "u_sum"),
    ("U_prod", "u_prod"),
    ("v", "v"),
];

/// All parameters of PHOENIX, in the order of its layout.
fn parameters(field: &Phoenix<f64>, values: &Value) -> Parameters<f64> {
    let mut parameters = Parameters::zeros(field.layout().clone());
    for (theirs, ours) in BLOCKS {
        let given = &values[theirs];
        let given = if given[0].is_array() {
            matrix(given)
        } else {
            vector(given).insert_axis(Axis(1))
        };
        parameters.matrix_mut(ours).unwrap().assign(&given);
    }
    parameters
}

#[test]
fn prior_loss_and_the_loss_composed_with_it() {
    let Some(file) = golden("phoenix_gradient.json") else {
        return;
    };
    for case in file["cases"].as_array().unwrap() {
        let g = matrix(&case["g"]);
        let hidden = vector(&case["params"]["b_sum"]).len();
        let empty = Phoenix::<f64>::new(g.ncols(), hidden).unwrap();
        let model = parameters(&empty, &case["params"]);
        let field = Phoenix::with_parameters(&model).unwrap();
        let given = &case["prior"];
        // The file's P is [regulator, target], ours is [target, regulator].
        let p = PriorMatrix::from_dense(matrix(&given["P"]).t()).unwrap();
        let mut loss = PriorLoss::new(&field, &p).unwrap();
        let batch: Vec<f64> = matrix(&given["batch"]).into_iter().collect();
        let mut gradient = vec![0.0; model.values().len()];
        let value = loss.add(1.0, &batch, model.values(), None, &mut gradient);
        close(value, number(&given["loss"]), 1e-10, "prior loss");
        check_gradient(&empty, &gradient, &given["grad"], 2e-8);

        let tau = number(&case["composed"]["loss_lambda"]);
        let data = parameters(&empty, &case["data_grad"]);
        let mut composed: Vec<f64> = data.values().iter().map(|g| tau * g).collect();
        let prior = loss.add(1.0 - tau, &batch, model.values(), None, &mut composed);
        let total = tau * data_loss(&field, &g, &vector(&case["times"]).to_vec()) + prior;
        close(total, number(&case["composed"]["loss"]), 1e-9, "composed");
        check_gradient(&empty, &composed, &case["composed"]["grad"], 2e-8);
    }
}

fn check_gradient(field: &Phoenix<f64>, found: &[f64], expected: &Value, tolerance: f64) {
    let expected = parameters(field, expected);
    for (found, expected) in found.iter().zip(expected.values()) {
        close(*found, *expected, tolerance, "gradient");
    }
}

fn data_loss(field: &Phoenix<f64>, g: &Array2<f64>, times: &[f64]) -> f64 {
    let genes = (0..g.ncols()).map(|i| format!("g{i}")).collect();
    let trajectory = Trajectory {
        name: "golden".into(),
        times: times.to_vec(),
        values: g.clone(),
    };
    let series = TimeSeries::new(genes, vec![trajectory]).unwrap();
    let intervals = Intervals::of(&series, "golden").unwrap();
    let options = SolverOptions {
        rtol: 1e-12,
        atol: 1e-14,
        max_steps: 1_000_000,
        ..SolverOptions::default()
    };
    let mut integrator = Integrator::new(options).unwrap();
    one_interval_ahead(&mut field.clone(), &intervals, &mut integrator)
        .unwrap()
        .0
}
