//! dash-eval against the golden numbers of `../shared/golden`.

mod confusion;
mod effects;
mod multiple_testing;
mod ranking;

use dash_eval::Metric;
use dash_tests::vector;
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
