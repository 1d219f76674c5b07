//! Pathway tests of dash-eval against the golden numbers of `../shared/golden`.

mod enrichment;
mod gene_set_files;
mod over_representation;
mod sum_test;

use dash_eval::{GeneSet, TailMethod, sum_tails};
use dash_tests::vector;
use serde_json::Value;

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key]
        .as_array()
        .unwrap_or_else(|| panic!("a list `{key}`"))
}

fn numbers(value: &Value, key: &str) -> Vec<f64> {
    vector(&value[key]).to_vec()
}

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("a number, not {value}"))
}

fn count(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

fn strings(value: &Value) -> Vec<String> {
    let items = value.as_array().expect("a list of strings");
    items
        .iter()
        .map(|item| item.as_str().unwrap().to_owned())
        .collect()
}

#[track_caller]
fn close(what: &str, found: f64, expected: &Value, tolerance: f64) {
    let expected = number(expected);
    assert!(
        (found - expected).abs() <= tolerance * expected.abs(),
        "{what}: {found}, expected {expected}"
    );
}

fn tail(scores: &[f64], k: usize, x: f64, method: TailMethod) -> f64 {
    sum_tails(scores, &[(k, x)], method).unwrap()[0].p
}

fn gene_sets(sets: &Value) -> Vec<GeneSet> {
    let sets = sets.as_object().unwrap();
    sets.iter()
        .map(|(name, genes)| GeneSet {
            name: name.clone(),
            description: String::new(),
            genes: strings(genes),
        })
        .collect()
}

fn counts(value: &Value) -> Vec<usize> {
    value.as_array().unwrap().iter().map(count).collect()
}
