//! DASH scores and masks over three pruning rounds, against the golden numbers of the published loop.

use dash_prior::PriorMatrix;
use dash_prune::{
    Branch, BranchWeights, Conventions, Dash, DashState, Mask, ProductMagnitude, Result,
    input_magnitude, output_magnitude, product_magnitude,
};
use dash_tests::{golden, matrix, vector};
use ndarray::{Array1, Array2, ArrayView2, Zip};
use serde_json::Value;

/// Names of one branch in the file.
struct Names {
    branch: Branch,
    suffix: &'static str,
}

const BRANCHES: [Names; 2] = [
    Names {
        branch: Branch::Sum,
        suffix: "sum",
    },
    Names {
        branch: Branch::Product,
        suffix: "prod",
    },
];

#[test]
fn scores_and_masks_equal_the_published_loop() {
    let Some(file) = golden("dash_scores.json") else {
        return;
    };
    let cases = file["cases"].as_array().expect("a list of cases");
    assert!(!cases.is_empty());
    for case in cases {
        for names in &BRANCHES {
            check_branch(&file, case, names).unwrap();
        }
        check_cumulative_sparsity(case);
    }
}

fn check_branch(file: &Value, case: &Value, names: &Names) -> Result<()> {
    let conventions = conventions(&case["flags"]);
    let dash = dash(file, case, conventions)?;
    let (w, u) = (format!("W_{}", names.suffix), format!("U_{}", names.suffix));
    let omega = matrix(&file["Omega_init"][names.suffix]);
    let (m, k) = omega.dim();
    let mut state = DashState::from_scores(omega)?;
    let (mut w_mask, mut u_mask) = (Mask::full(m, k), Mask::full(k, m));
    let rounds = case["rounds"].as_array().expect("a list of rounds");
    for (number, round) in rounds.iter().enumerate() {
        let given = &file["weights_per_round"][number];
        let (first, second) = (matrix(&given[&w]), matrix(&given[&u]));
        let v = vector(&given["v"]);
        let close = |what: &str, found: ArrayView2<'_, f64>, expected: &Value, layers: &[&str]| {
            let tolerance = tolerance(round, names.suffix, layers);
            let at = format!("{} round {number}: {what}_{}", case["id"], names.suffix);
            assert_close(&at, &found, &matrix(expected), tolerance);
        };
        assert_eq!(
            masked(&first, &w_mask)?,
            matrix(&round["effective_weight"][&w])
        );
        assert_eq!(
            masked(&second, &u_mask)?,
            matrix(&round["effective_weight"][&u])
        );
        let magnitude = match names.branch {
            Branch::Sum => input_magnitude(first.view(), &w_mask),
            Branch::Product => {
                product_magnitude(first.view(), &w_mask, conventions.product_magnitude)
            }
        };
        let expected = &round[format!("W_bar_{}", names.suffix)];
        close("W_bar", magnitude?.view(), expected, &[]);
        let multipliers = conventions.multipliers.then_some(v.view());
        let magnitude = output_magnitude(second.view(), multipliers, &u_mask)?;
        let expected = &round[format!("U_bar_{}", names.suffix)];
        close("U_bar", magnitude.view(), expected, &[]);

        let prior = dash.first_prior_term(state.omega())?;
        close(
            "first prior term",
            prior.view(),
            &round["prior_term"][&w],
            &["first"],
        );
        let weights = BranchWeights {
            branch: names.branch,
            first: first.view(),
            first_mask: &w_mask,
            second: second.view(),
            second_mask: &u_mask,
            multipliers: v.view(),
        };
        let scores = dash.score(&weights, &mut state)?;
        let both = ["first", "second"];
        let prior = dash.second_prior_term(scores.first.view())?;
        close(
            "second prior term",
            prior.view(),
            &round["prior_term"][&u],
            &both,
        );
        let expected = &round[format!("Omega_{}", names.suffix)];
        close("Omega", scores.first.view(), expected, &["first"]);
        let expected = &round[format!("Psi_{}", names.suffix)];
        close("Psi", scores.second.view(), expected, &both);

        let amount = round["amount"].as_f64().expect("a fraction");
        let pruned = w_mask.prune_lowest(scores.first.view(), amount)?;
        check_mask(round, &w, &w_mask, pruned)?;
        let pruned = u_mask.prune_lowest(scores.second.view(), amount)?;
        check_mask(round, &u, &u_mask, pruned)?;
    }
    Ok(())
}

fn check_mask(round: &Value, name: &str, mask: &Mask, pruned: usize) -> Result<()> {
    let ones = Array2::ones(mask.dim());
    assert_eq!(masked(&ones, mask)?, matrix(&round["mask"][name]), "{name}");
    assert_eq!(Some(pruned as u64), round["newly_pruned"][name].as_u64());
    assert_eq!(Some(mask.pruned() as u64), round["zeros"][name].as_u64());
    Ok(())
}

/// The share of zeros over all four matrices, from their counts that `check_mask` has compared.
fn check_cumulative_sparsity(case: &Value) {
    for round in case["rounds"].as_array().expect("a list of rounds") {
        let (mut zeros, mut all) = (0, 0);
        for name in ["W_sum", "W_prod", "U_sum", "U_prod"] {
            let mask = Mask::from_kept(matrix(&round["mask"][name]).mapv(|v| v > 0.5).view());
            zeros += mask.pruned();
            all += mask.len();
        }
        let expected = round["cumulative_sparsity"].as_f64().expect("a fraction");
        assert!((zeros as f64 / all as f64 - expected).abs() < 1e-15);
    }
}

fn conventions(flags: &Value) -> Conventions {
    let flag = |name: &str| flags[name].as_bool().expect("a flag");
    Conventions {
        unit_sum_terms: false,
        unit_sum_c: flag("normC"),
        absolute_p: flag("absP"),
        product_magnitude: if flag("expProd") {
            ProductMagnitude::ExpWithPruned
        } else {
            ProductMagnitude::Abs
        },
        multipliers: flag("multRow"),
        damped: false,
    }
}

fn dash(file: &Value, case: &Value, conventions: Conventions) -> Result<Dash> {
    let prior = |dense: &Array2<f64>| PriorMatrix::from_dense(dense.view());
    // The file's P is [regulator, target], ours is [target, regulator]; `transP` takes it as it stands.
    let p = prior(&matrix(&file["P"]))?;
    let as_it_stands = case["flags"]["transP"].as_bool().expect("a flag");
    let p = if as_it_stands { p } else { p.transpose() };
    let c = prior(&matrix(
        &file["C_matrices"][case["C"].as_str().expect("a name")],
    ))?;
    let lambda = |name: &str| case[name].as_f64().expect("a number");
    Dash::new(&p, &c, (lambda("lambda1"), lambda("lambda2")), conventions)
}

/// 1e-9, or 1e-16 per unit of condition where a Gram matrix that the numbers went through is ill-conditioned.
fn tolerance(round: &Value, suffix: &str, layers: &[&str]) -> f64 {
    let conditions = layers
        .iter()
        .map(|layer| round["cond_gram"][format!("{suffix}_{layer}")].as_f64());
    let worst = conditions.flatten().fold(0.0, f64::max);
    if worst < 1e5 {
        1e-9
    } else {
        1e-9_f64.max(1e-16 * worst)
    }
}

fn masked(values: &Array2<f64>, mask: &Mask) -> Result<Array2<f64>> {
    let mut values = values.clone();
    mask.apply(values.as_slice_mut().expect("contiguous"))?;
    Ok(values)
}

/// Entry by entry, relative to the expected value: zeros must be zeros.
fn assert_close(at: &str, found: &ArrayView2<'_, f64>, expected: &Array2<f64>, tolerance: f64) {
    Zip::indexed(found)
        .and(expected)
        .for_each(|index, &found, &expected| {
            assert!(
                (found - expected).abs() <= tolerance * expected.abs(),
                "{at} at {index:?}: {found} instead of {expected}"
            );
        });
}

#[test]
fn published_weights_of_dead_genes_do_not_count() {
    let Some(file) = golden("dash_scores.json") else {
        return;
    };
    let given = &file["weights_per_round"][0];
    let (u, v): (Array2<f64>, Array1<f64>) = (matrix(&given["U_sum"]), vector(&given["v"]));
    let mask = Mask::full(u.nrows(), u.ncols());
    let scores = output_magnitude(u.view(), Some(v.view()), &mask).unwrap();
    for (row, &v) in scores.rows().into_iter().zip(&v) {
        assert_eq!(row.iter().all(|&s| s == 0.0), v <= 0.0);
    }
}
