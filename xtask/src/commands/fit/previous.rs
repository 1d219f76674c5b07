//! The fit that the folder of results holds already.

use std::fs;

use anyhow::Context as _;
use serde_json::Value;

use super::Call;
use crate::own::config::FitConfig;

/// What differs from the last fit: the configuration or the files; nothing if there is none.
pub(super) fn change(call: &Call) -> Option<&'static str> {
    let text = fs::read_to_string(call.out.join("fit.json")).ok()?;
    let fit: Value = serde_json::from_str(&text).ok()?;
    let config: FitConfig = serde_json::from_value(fit.get("config")?.clone()).ok()?;
    let inputs = serde_json::to_value(&call.data.hashes).ok()?;
    if config.identity() != call.config.identity() {
        Some("the configuration")
    } else if fit.get("inputs") != Some(&inputs) {
        Some("a file")
    } else {
        None
    }
}

/// Takes away what was simulated with a model that is about to be replaced by another, and says what is lost and what is not.
pub(super) fn replace(call: &Call) -> anyhow::Result<()> {
    let Some(what) = change(call) else {
        return Ok(());
    };
    let out = call.out.display();
    let simulated = call.out.join("predict");
    let also = if simulated.exists() {
        fs::remove_dir_all(&simulated)
            .with_context(|| format!("cannot remove {}", simulated.display()))?;
        ", what was simulated with its model is removed"
    } else {
        ""
    };
    eprintln!(
        "note: {what} changed since the last fit in {out}: its network, model and report are replaced{also}; its single fits are kept, \
         so the call of then brings it back at once. Use --out to keep both"
    );
    Ok(())
}
