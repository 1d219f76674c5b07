//! Adjustment for multiple testing.

use dash_eval::{Adjustment, Error, adjust, fewest_permutations};
use dash_tests::golden;
use serde_json::Value;

use super::{check, list, name, numbers};

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
