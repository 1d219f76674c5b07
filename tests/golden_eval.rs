//! dash-eval against the golden numbers of `../shared/golden`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use dash_eval::{
    Adjustment, Comparison, Confusion, Curve, EdgeSet, Error, Estimate, Exists, Metric,
    PriorKnowledge, Ranking, Universe, adjust, effect_error, fewest_permutations,
    normalised_effects, normalised_rows, out_degree, phoenix_effects, relu_scaled, sparsity,
};
use dash_tests::{golden, matrix, vector};
use ndarray::{Array2, ArrayRef2};
use serde_json::Value;

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key]
        .as_array()
        .unwrap_or_else(|| panic!("a list `{key}`"))
}

fn name(case: &Value) -> &str {
    case["name"].as_str().expect("a name")
}

/// 0/1 as booleans.
fn flags(value: &Value) -> Vec<bool> {
    value
        .as_array()
        .expect("a list")
        .iter()
        .map(|label| label.as_u64() == Some(1))
        .collect()
}

/// Numbers, with the entries of `nan_indices` replaced by NaN.
fn numbers(case: &Value, key: &str) -> Vec<f64> {
    let mut numbers = vector(&case[key]).to_vec();
    for index in case["nan_indices"].as_array().into_iter().flatten() {
        numbers[usize::try_from(index.as_u64().expect("an index")).unwrap()] = f64::NAN;
    }
    numbers
}

/// Equal up to a relative tolerance; both undefined where null is expected.
fn check(what: &str, found: Metric, expected: &Value, tolerance: f64) {
    let Some(expected) = expected.as_f64() else {
        assert!(
            expected.is_null(),
            "{what}: no expectation, found {found:?}"
        );
        assert!(found.is_err(), "{what}: {found:?}, expected undefined");
        return;
    };
    let found = found.unwrap_or_else(|why| panic!("{what}: {why}, expected {expected}"));
    assert!(
        (found - expected).abs() <= tolerance * expected.abs(),
        "{what}: {found}, expected {expected}"
    );
}

fn check_matrix(what: &str, found: &Array2<f64>, expected: &ArrayRef2<f64>, tolerance: f64) {
    assert_eq!(found.dim(), expected.dim(), "{what}");
    for ((at, found), expected) in found.indexed_iter().zip(expected) {
        assert!(
            (found - expected).abs() <= tolerance * expected.abs(),
            "{what} {at:?}: {found}, expected {expected}"
        );
    }
}

fn check_ranking(case: &str, ranking: &Ranking, expect: &Value, tolerance: f64) {
    let metrics = [
        ("prevalence", ranking.prevalence()),
        ("average_precision", ranking.average_precision()),
        ("auprc_trapezoid", ranking.auprc_trapezoid_biased()),
        ("auprc_davis_goadrich", ranking.auprc_davis_goadrich()),
        ("auprc_continuous", ranking.auprc_continuous()),
        ("auroc", ranking.auroc()),
        ("ap_over_prevalence", ranking.ap_over_prevalence()),
        ("expected_ap_of_random_order", ranking.expected_random_ap()),
    ];
    let counts = [
        ("n", ranking.items()),
        ("positives", ranking.positives()),
        ("negatives", ranking.negatives()),
    ];
    for (key, expected) in expect.as_object().unwrap() {
        if let Some((_, found)) = counts.iter().find(|(count, _)| count == key) {
            assert_eq!(Some(*found), expected.as_u64(), "{case} {key}");
            continue;
        }
        let found = metrics.iter().find(|(metric, _)| metric == key);
        let (_, found) = found.unwrap_or_else(|| panic!("{case}: no metric `{key}`"));
        check(&format!("{case} {key}"), *found, expected, tolerance);
    }
}

#[test]
fn ranking_metrics() {
    let Some(file) = golden("eval_ranking.json") else {
        return;
    };
    let tolerance = file["tolerance"]["relative"].as_f64().unwrap();
    for case in list(&file, "cases") {
        let (labels, scores) = (flags(&case["labels"]), numbers(case, "scores"));
        let ranking = Ranking::from_labels(&labels, &scores).unwrap();
        check_ranking(name(case), &ranking, &case["expect"], tolerance);
        assert_eq!(
            Curve::from_labels(&labels, &scores).unwrap().ranking(),
            ranking,
            "{}",
            name(case)
        );
        if case.get("expect_f32").is_some() {
            let scores: Vec<f32> = scores.iter().map(|&score| score as f32).collect();
            let ranking = Ranking::from_labels(&labels, &scores).unwrap();
            check_ranking(
                &format!("{} as f32", name(case)),
                &ranking,
                &case["expect_f32"],
                tolerance,
            );
        }
    }
    for case in list(&file, "error_cases") {
        let (labels, scores) = (flags(&case["labels"]), numbers(case, "scores"));
        let message = Ranking::from_labels(&labels, &scores)
            .unwrap_err()
            .to_string();
        let expected = case["expect_error"].as_str().unwrap();
        assert!(
            message.contains(expected),
            "{}: `{message}` does not say `{expected}`",
            name(case)
        );
        assert_eq!(
            Curve::from_labels(&labels, &scores)
                .unwrap_err()
                .to_string(),
            message
        );
    }
}

fn check_confusion(case: &str, counts: &Confusion, expect: &Value, tolerance: f64) {
    let found = [
        counts.true_positives,
        counts.false_positives,
        counts.false_negatives,
        counts.true_negatives,
    ];
    assert_eq!(
        found,
        ["tp", "fp", "fn", "tn"].map(|key| expect[key].as_u64().unwrap()),
        "{case}"
    );
    let metrics = [
        ("tpr", counts.true_positive_rate()),
        ("tnr", counts.true_negative_rate()),
        ("precision", counts.precision()),
        ("balanced_accuracy", counts.balanced_accuracy()),
        ("f1", counts.f1()),
        ("mcc", counts.mcc()),
        ("jaccard", counts.jaccard()),
        ("accuracy", counts.accuracy()),
    ];
    for (metric, found) in metrics {
        check(
            &format!("{case} {metric}"),
            found,
            &expect[metric],
            tolerance,
        );
    }
}

/// The estimate of a matrix as the list of its nonzero entries, last first.
fn as_list<'d>(effects: &Array2<f64>) -> Estimate<'d, f64> {
    let mut entries: Vec<_> = effects
        .indexed_iter()
        .filter(|(_, s)| **s != 0.0)
        .map(|((i, j), s)| (i, j, *s))
        .collect();
    entries.reverse();
    Estimate::sparse(effects.nrows(), entries).unwrap()
}

#[test]
fn confusion_over_universes() {
    let Some(file) = golden("eval_confusion.json") else {
        return;
    };
    let tolerance = file["tolerance"]["relative"].as_f64().unwrap();
    for case in list(&file, "cases") {
        let effects = matrix(&case["estimate"]);
        let reference = EdgeSet::from_matrix(&matrix(&case["truth"])).unwrap();
        for estimate in [Estimate::dense(&effects).unwrap(), as_list(&effects)] {
            for (universe, expect) in case["expect"].as_object().unwrap() {
                let what = format!("{} {universe}", name(case));
                let comparison =
                    Comparison::new(&estimate, &reference, &universe.parse().unwrap()).unwrap();
                assert_eq!(
                    comparison.pairs().len(),
                    expect["n_pairs"].as_u64().unwrap(),
                    "{what}"
                );
                check_confusion(
                    &what,
                    &comparison.confusion(Exists::nonzero()),
                    expect,
                    tolerance,
                );
                let ranking = comparison.ranking();
                check(&what, ranking.auroc(), &expect["auroc_abs"], tolerance);
                check(
                    &what,
                    ranking.average_precision(),
                    &expect["average_precision_abs"],
                    tolerance,
                );
                assert_eq!(comparison.curve().ranking(), ranking, "{what}");
                let signs = comparison.sign_agreement(Exists::nonzero());
                check(
                    &what,
                    signs.agreement,
                    &expect["sign_agreement_on_true_positives"],
                    tolerance,
                );
            }
        }
        check_baselines(case, &reference, tolerance);
    }
}

fn check_baselines(case: &Value, reference: &EdgeSet, tolerance: f64) {
    let nothing = Estimate::sparse(reference.genes(), [(0, 0, 0.0)]).unwrap();
    for (baseline, expect) in case["baseline_balanced_accuracy"].as_object().unwrap() {
        let ours = if baseline == "none" {
            "nothing"
        } else {
            baseline
        };
        for (universe, expected) in expect.as_object().unwrap() {
            let comparison =
                Comparison::new(&nothing, reference, &universe.parse().unwrap()).unwrap();
            let baselines = comparison.baselines(PriorKnowledge::default()).unwrap();
            let found = baselines
                .iter()
                .find(|found| found.name == ours)
                .expect("a baseline of this name");
            check(
                &format!("{} {baseline} {universe}", name(case)),
                found.balanced_accuracy,
                expected,
                tolerance,
            );
        }
    }
}

#[test]
fn degenerate_confusion_and_oracle_threshold() {
    let Some(file) = golden("eval_confusion.json") else {
        return;
    };
    let tolerance = file["tolerance"]["relative"].as_f64().unwrap();
    for case in list(&file, "degenerate") {
        let labels = flags(&case["labels"]);
        let expect = &case["expect"];
        if case.get("predicted").is_some() {
            let counts = Confusion::from_labels(&labels, &flags(&case["predicted"])).unwrap();
            check_confusion(name(case), &counts, expect, tolerance);
            continue;
        }
        let youden = Ranking::from_labels(&labels, &numbers(case, "scores"))
            .unwrap()
            .youden();
        check(
            name(case),
            youden.map(|best| best.j),
            &expect["best_j"],
            tolerance,
        );
        check(
            name(case),
            youden.map(|best| best.threshold),
            &expect["threshold_ge"],
            tolerance,
        );
        check(
            name(case),
            youden.map(|best| best.balanced_accuracy),
            &expect["balanced_accuracy"],
            tolerance,
        );
    }
}

#[test]
fn effects_and_their_errors() {
    let Some(file) = golden("eval_effects.json") else {
        return;
    };
    let tolerance = file["tolerance"]["relative"].as_f64().unwrap();
    let multipliers = vector(&file["gene_multipliers"]);
    let normalised = normalised_effects(&matrix(&file["effects"]), &multipliers).unwrap();
    check_matrix(
        "D̃",
        &normalised,
        &matrix(&file["expect_normalised"]),
        tolerance,
    );

    let degrees = out_degree(&normalised).unwrap();
    let expect = &file["expect_out_degree"];
    assert_eq!(
        serde_json::to_value(&degrees.per_regulator).unwrap(),
        expect["per_regulator"]
    );
    check(
        "mean out-degree",
        Ok(degrees.mean),
        &expect["mean"],
        tolerance,
    );

    let truth = matrix(&file["truth"]);
    let normalised_truth = normalised_rows(&truth).unwrap();
    check_matrix(
        "T̃",
        &normalised_truth,
        &matrix(&file["truth_normalised"]),
        tolerance,
    );
    let error = effect_error(&normalised, &truth).unwrap();
    let expect = &file["expect_mse"];
    check(
        "MSE",
        Ok(error.mse),
        &expect["normalised_vs_normalised"],
        tolerance,
    );
    check(
        "MSE to signs",
        Ok(error.mse_to_signs),
        &expect["normalised_vs_signs"],
        tolerance,
    );
    check(
        "best scale",
        error.best_scale,
        &expect["best_scale"],
        tolerance,
    );
    check(
        "MSE at the best scale",
        Ok(error.best_scale_mse),
        &expect["best_scale_mse"],
        tolerance,
    );
    check("cosine", error.cosine, &expect["cosine"], tolerance);

    let weights = &file["sparsity"];
    let [w_sum, w_prod, u_sum, u_prod] =
        ["W_sum", "W_prod", "U_sum", "U_prod"].map(|key| matrix(&weights[key]));
    let [u_sum, u_prod] = [u_sum, u_prod].map(|u| relu_scaled(&multipliers, &u).unwrap());
    let found = sparsity(&[&w_sum, &w_prod, &u_sum, &u_prod]).unwrap();
    check("sparsity", Ok(found.share()), &weights["expect"], tolerance);
}

/// The file holds its gene × gene matrices as \[regulator, target\].
#[test]
fn network_extraction() {
    let Some(file) = golden("grn_extract.json") else {
        return;
    };
    let tolerance: f64 = file["tolerance"].as_str().unwrap().parse().unwrap();
    for case in list(&file, "cases") {
        let [w_sum, w_prod, u_sum, u_prod] =
            ["W_sum", "W_prod", "U_sum", "U_prod"].map(|key| matrix(&case[key]));
        let v = vector(&case["v"]);
        let effects = phoenix_effects(&u_sum, &w_sum, &u_prod, &w_prod).unwrap();
        check_matrix("D", &effects, &matrix(&case["D"]).t(), tolerance);
        let scaled = relu_scaled(&v, &effects).unwrap();
        check_matrix(
            "ReLU(v)⊙D",
            &scaled,
            &matrix(&case["D_tilde"]).t(),
            tolerance,
        );
        let normalised = normalised_effects(&effects, &v).unwrap();
        check_matrix(
            "|D̃|",
            &normalised.mapv(f64::abs),
            &matrix(&case["D_tilde_proportion"]).t(),
            tolerance,
        );
        let pattern = normalised.mapv(|effect| f64::from(u8::from(effect != 0.0)));
        check_matrix("pattern", &pattern, &matrix(&case["edge_pattern"]).t(), 0.0);

        let degrees = out_degree(&normalised).unwrap().per_regulator;
        assert_eq!(
            serde_json::to_value(degrees).unwrap(),
            case["gene_out_degree"]
        );
        let in_degrees = EdgeSet::from_matrix(&normalised).unwrap().in_degrees();
        assert_eq!(
            serde_json::to_value(in_degrees).unwrap(),
            case["gene_in_degree"]
        );

        let weights = sparsity(&[&w_sum, &w_prod, &u_sum, &u_prod]).unwrap();
        let [u_sum, u_prod] = [u_sum, u_prod].map(|u| relu_scaled(&v, &u).unwrap());
        let scaled_weights = sparsity(&[&w_sum, &w_prod, &u_sum, &u_prod]).unwrap();
        for (found, zeros, share) in [
            (weights, "zeros_weights_only", "sparsity_weights_only"),
            (
                scaled_weights,
                "zeros_with_multipliers",
                "sparsity_with_multipliers",
            ),
        ] {
            assert_eq!(
                [found.zeros, found.entries],
                [zeros, "total"].map(|key| case[key].as_u64().unwrap())
            );
            check(share, Ok(found.share()), &case[share], tolerance);
        }
        check_extracted_network(case, &scaled, &normalised, tolerance);
    }
}

fn check_extracted_network(
    case: &Value,
    scaled: &Array2<f64>,
    normalised: &Array2<f64>,
    tolerance: f64,
) {
    let reference = EdgeSet::from_matrix(&matrix(&case["true_edges"]).t()).unwrap();
    let universe = Universe::AllPairs { self_pairs: true };
    let estimate = Estimate::dense(normalised).unwrap();
    let comparison = Comparison::new(&estimate, &reference, &universe).unwrap();
    let counts = comparison.confusion(Exists::nonzero());
    let found = [
        counts.true_positives,
        counts.false_positives,
        counts.true_negatives,
        counts.false_negatives,
    ];
    assert_eq!(
        found,
        ["tp", "fp", "tn", "fn"].map(|key| case["confusion"][key].as_u64().unwrap())
    );
    check("TPR", counts.true_positive_rate(), &case["tpr"], tolerance);
    check("TNR", counts.true_negative_rate(), &case["tnr"], tolerance);
    check(
        "balanced accuracy",
        counts.balanced_accuracy(),
        &case["balanced_accuracy"],
        tolerance,
    );
    check(
        "AUROC of |D̃|",
        comparison.ranking().auroc(),
        &case["auroc_proportion"],
        tolerance,
    );

    let estimate = Estimate::dense(scaled).unwrap();
    let ranking = Comparison::new(&estimate, &reference, &universe)
        .unwrap()
        .ranking();
    check(
        "AUROC of |ReLU(v)⊙D|",
        ranking.auroc(),
        &case["auroc_abs_D_tilde"],
        tolerance,
    );
    check(
        "AP of |ReLU(v)⊙D|",
        ranking.average_precision(),
        &case["average_precision_abs_D_tilde"],
        tolerance,
    );
}

#[test]
fn multiple_testing() {
    let Some(file) = golden("eval_multtest.json") else {
        return;
    };
    let tolerance = file["tolerance"]["relative"].as_f64().unwrap();
    let methods = [
        ("bonferroni", Adjustment::Bonferroni),
        ("holm", Adjustment::Holm),
        ("benjamini_hochberg", Adjustment::BenjaminiHochberg),
        ("benjamini_yekutieli", Adjustment::BenjaminiYekutieli),
    ];
    for case in list(&file, "cases") {
        let p_values = numbers(case, "p");
        for (method, adjustment) in methods {
            let found = adjust(&p_values, adjustment);
            if let Some(expected) = case.get("expect_error") {
                let message = found.unwrap_err().to_string();
                assert!(message.contains(expected.as_str().unwrap()), "{message}");
            } else if let Some(expected) = case["expect"].get(method) {
                check_adjusted(
                    &format!("{} {method}", name(case)),
                    found,
                    expected,
                    tolerance,
                );
            }
        }
    }
    let resolution = &file["resolution"];
    let fewest = fewest_permutations(
        resolution["tests"].as_u64().unwrap(),
        resolution["alpha"].as_f64().unwrap(),
    );
    assert_eq!(
        fewest.unwrap(),
        resolution["fewest_permutations_that_can_reach_alpha"]
            .as_u64()
            .unwrap()
    );
    let tests = usize::try_from(resolution["tests"].as_u64().unwrap()).unwrap();
    let smallest = 1.0 / (resolution["permutations"].as_f64().unwrap() + 1.0);
    check(
        "smallest p",
        Ok(smallest),
        &resolution["smallest_p_plus_one"],
        tolerance,
    );
    let adjusted = adjust(&vec![smallest; tests], Adjustment::Bonferroni).unwrap();
    check(
        "Bonferroni of it",
        Ok(adjusted[0]),
        &resolution["bonferroni_of_it"],
        tolerance,
    );
}

fn check_adjusted(what: &str, found: Result<Vec<f64>, Error>, expected: &Value, tolerance: f64) {
    let (found, expected) = (found.unwrap(), expected.as_array().unwrap());
    assert_eq!(found.len(), expected.len(), "{what}");
    for (&found, expected) in found.iter().zip(expected) {
        let Some(expected) = expected.as_f64() else {
            assert!(found.is_nan(), "{what}: {found}, expected NaN");
            continue;
        };
        assert!(
            (found - expected).abs() <= tolerance * expected,
            "{what}: {found}, expected {expected}"
        );
    }
}
