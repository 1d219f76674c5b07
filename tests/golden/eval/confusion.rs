//! Threshold metrics over universes.

use dash_eval::{Comparison, Confusion, EdgeSet, Estimate, Exists, PriorKnowledge, Ranking};
use dash_tests::{golden, matrix};
use ndarray::Array2;
use serde_json::Value;

use super::{check, flags, list, name, numbers};

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
