//! Sections of an experiment, set anew key by key: by a profile, a data set, a row.

use anyhow::Context as _;
use toml::{Table, Value};

use crate::experiment::file::describe;

/// Reads a section from tables of which later ones set keys anew.
pub(super) fn section<T: serde::de::DeserializeOwned>(
    name: &str,
    tables: &[&Table],
) -> anyhow::Result<T> {
    let mut merged = Table::new();
    for table in tables {
        merge(&mut merged, table);
    }
    merged
        .try_into()
        .map_err(|error| describe(&error, None))
        .with_context(|| format!("[{name}]"))
}

pub(super) fn merge(into: &mut Table, from: &Table) {
    for (key, value) in from {
        match (into.get_mut(key), value) {
            (Some(Value::Table(old)), Value::Table(new)) => merge(old, new),
            _ => {
                into.insert(key.clone(), value.clone());
            }
        }
    }
}
