//! Effects, and networks that are extracted from models.

use dash_eval::{
    Comparison, EdgeSet, Estimate, Exists, Universe, effect_error, normalised_effects,
    normalised_rows, out_degree, phoenix_effects, relu_scaled, sparsity,
};
use dash_tests::{golden, matrix, vector};
use ndarray::Array2;
use serde_json::Value;

use super::{check, check_matrix, list};

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
