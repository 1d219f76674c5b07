//! The key of a job: a hash of its configuration, of the content of its inputs, and of the code.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::job::canonical::{canonical, hash};
use crate::job::config::JobConfig;

/// Version of the layout of keys and results.
pub(crate) const SCHEMA: u32 = 1;

/// Fingerprint of the code that this program was built from.
pub(crate) const CODE: &str = env!("DASH_CODE");

#[derive(Serialize)]
struct Identity<'a> {
    schema: u32,
    code: &'a str,
    config: &'a JobConfig,
    inputs: &'a BTreeMap<String, String>,
}

/// Key of the result of `config` with input files of these content hashes.
pub(crate) fn key(
    config: &JobConfig,
    inputs: &BTreeMap<String, String>,
    code: &str,
) -> anyhow::Result<String> {
    let identity = Identity {
        schema: SCHEMA,
        code,
        config,
        inputs,
    };
    Ok(hash(canonical(&identity)?.as_bytes()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::*;
    use crate::testing::config;

    fn key_of(config: &JobConfig) -> String {
        key(config, &BTreeMap::new(), "code").unwrap()
    }

    /// Every leaf of a JSON value, as a path.
    fn leaves(value: &Value, path: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => fields
                .iter()
                .for_each(|(key, value)| leaves(value, &format!("{path}/{key}"), found)),
            Value::Array(items) => items
                .iter()
                .enumerate()
                .for_each(|(position, item)| leaves(item, &format!("{path}/{position}"), found)),
            _ => found.push(path.to_owned()),
        }
    }

    fn changed(value: &Value) -> Value {
        match value {
            Value::Number(number) if number.is_u64() => json!(number.as_u64().unwrap() + 1),
            Value::Number(number) => json!(number.as_f64().unwrap() / 2.0 + 0.001),
            Value::Null => json!(3),
            Value::String(text) if text == "trajectory" => json!({ "intervals": 4 }),
            Value::String(text) => json!(match text.as_str() {
                "sim350" => "sim690",
                "embedded" => "official",
                "phoenix" => "mlp",
                "Balanced" => "Reference",
                other => panic!("no other value known for {other}"),
            }),
            other => panic!("no other value known for {other}"),
        }
    }

    #[test]
    fn the_same_configuration_has_the_same_key() {
        assert_eq!(key_of(&config("DASH")), key_of(&config("DASH")));
        assert_eq!(key_of(&config("DASH")).len(), 32);
    }

    #[test]
    fn every_field_changes_the_key() {
        let base = serde_json::to_value(config("DASH")).unwrap();
        let mut paths = Vec::new();
        leaves(&base, "", &mut paths);
        paths.retain(|path| path != "/strategy/name");
        assert!(paths.len() > 25, "{paths:?}");
        let mut keys = BTreeSet::from([key_of(&config("DASH")), key_of(&config("BioPrune"))]);
        for path in &paths {
            let mut value = base.clone();
            let leaf = value.pointer_mut(path).unwrap();
            *leaf = changed(leaf);
            let config: JobConfig = serde_json::from_value(value).unwrap();
            assert!(
                keys.insert(key_of(&config)),
                "{path} does not change the key"
            );
        }
        assert_eq!(keys.len(), paths.len() + 2);
    }

    #[test]
    fn code_and_inputs_change_the_key() {
        let config = config("IMP");
        let none = BTreeMap::new();
        let file = |hash: &str| BTreeMap::from([("train".to_owned(), hash.to_owned())]);
        let keys = BTreeSet::from([
            key(&config, &none, "a").unwrap(),
            key(&config, &none, "b").unwrap(),
            key(&config, &file("1"), "a").unwrap(),
            key(&config, &file("2"), "a").unwrap(),
        ]);
        assert_eq!(keys.len(), 4);
    }
}
