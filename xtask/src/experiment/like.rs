//! `like = "table1"`: an experiment that takes over from a built-in one what it does not say itself.

use anyhow::{Context as _, bail};
use toml::Table;

use crate::experiment::builtin::EXPERIMENTS;
use crate::experiment::file::describe;
use crate::experiment::hint::unknown_id;
use crate::experiment::sections::merge;

/// What every experiment says itself.
const OWN: [&str; 4] = ["id", "title", "paper", "figures"];

/// The text of an experiment with everything that it takes over: its own keys set single keys of tables anew; lists are
/// replaced as a whole. A text without `like` stays as it is.
///
/// # Errors
/// When the text is not TOML, or the other experiment is unknown or itself like another.
pub(super) fn resolve(text: &str) -> anyhow::Result<String> {
    let mut own = parse(text)?;
    let Some(like) = own.remove("like") else {
        return Ok(text.to_owned());
    };
    let Some(like) = like.as_str() else {
        bail!("`like` must be the id of a built-in experiment, such as \"table1\"");
    };
    let mut known = Vec::new();
    for &(origin, text) in EXPERIMENTS {
        let base = parse(text).context(origin)?;
        let id = base
            .get("id")
            .and_then(toml::Value::as_str)
            .unwrap_or_default();
        if id == like {
            return merged(base, &own);
        }
        known.push(id.to_owned());
    }
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    Err(unknown_id(like, &known).context("like"))
}

fn merged(mut base: Table, own: &Table) -> anyhow::Result<String> {
    if base.contains_key("like") {
        bail!("`like` must name an experiment that is not itself like another");
    }
    for key in OWN {
        base.remove(key);
    }
    merge(&mut base, own);
    Ok(toml::to_string(&base)?)
}

fn parse(text: &str) -> anyhow::Result<Table> {
    toml::from_str(text).map_err(|error| describe(&error, Some(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_keys_win_and_names_are_never_taken_over() {
        let own = "like = 'table1'\nid = 'mine'\ncolumns = ['auroc']\ntraining.epochs = 7";
        let table = parse(&resolve(own).unwrap()).unwrap();
        assert_eq!(table["id"].as_str(), Some("mine"));
        assert_eq!(table["columns"].as_array().map(Vec::len), Some(1));
        assert_eq!(table["training"]["epochs"].as_integer(), Some(7));
        assert!(table["training"].get("patience").is_some());
        assert!(table.contains_key("rows"));
        for key in ["like", "title", "paper", "figures"] {
            assert!(!table.contains_key(key), "{key}");
        }
    }

    #[test]
    fn an_unknown_experiment_is_refused() {
        let error = format!("{:#}", resolve("like = 'tabel1'").unwrap_err());
        assert!(error.contains("did you mean `table1`?"), "{error}");
        assert!(resolve("like = 1").is_err());
    }
}
