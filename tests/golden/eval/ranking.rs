//! Ranking metrics.

use dash_eval::{Curve, Ranking};
use dash_tests::golden;
use serde_json::Value;

use super::{check, flags, list, name, numbers};

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
