//! What the tests across crates share: where the golden numbers and the official data lie, and how they are read.

use std::path::PathBuf;

use ndarray::{Array1, Array2};
use serde_json::Value;

/// The folder `../shared` beside the workspace, or `None` (and a line that says so) in a clone that has none.
pub fn shared(path: &str) -> Option<PathBuf> {
    let shared = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared"));
    if shared.is_dir() {
        return Some(shared.join(path));
    }
    eprintln!("skipped: no ../shared");
    None
}

/// A golden file as JSON, or `None` where there is no `../shared`.
///
/// # Panics
/// If the folder is there but the file is missing or is not JSON: that is a broken set-up, not a skip.
pub fn golden(file: &str) -> Option<Value> {
    let path = shared("golden")?.join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    Some(serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display())))
}

/// A JSON list of numbers.
///
/// # Panics
/// If the value is something else.
pub fn vector(value: &Value) -> Array1<f64> {
    let items = value.as_array().expect("a list of numbers");
    items
        .iter()
        .map(|v| v.as_f64().expect("a number"))
        .collect()
}

/// A JSON list of rows.
///
/// # Panics
/// If the value is something else, or its rows differ in length.
pub fn matrix(value: &Value) -> Array2<f64> {
    let rows = value.as_array().expect("a list of rows");
    let cols = rows.first().map_or(0, |r| vector(r).len());
    let flat = rows.iter().flat_map(|r| vector(r).to_vec()).collect();
    Array2::from_shape_vec((rows.len(), cols), flat).expect("rows of one length")
}
