//! Says why a job runs, by comparing it with the nearest earlier run.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::job::Job;
use crate::job::key::CODE;
use crate::store::Record;

/// Why the result of `job` is not there yet, given all results that are.
pub(crate) fn explain(job: &Job, finished: &[Record]) -> anyhow::Result<String> {
    let config = serde_json::to_value(&job.config)?;
    let nearest = finished
        .iter()
        .filter(|record| is_comparable(&config, job.seed_number, record))
        .map(|record| (differences(&record.config, &config), record))
        .min_by_key(|(differences, record)| (differences.len(), &record.key));
    let Some((differences, record)) = nearest else {
        return Ok("never ran".to_owned());
    };
    let mut reasons = Vec::new();
    if !differences.is_empty() {
        reasons.push(format!("configuration changed: {}", differences.join(", ")));
    }
    for (role, hash) in job.inputs.hashes() {
        if record.inputs.get(role) != Some(hash) {
            reasons.push(format!("input `{role}` changed"));
        }
    }
    if record.code.fingerprint != CODE {
        let old = &record.code.fingerprint;
        reasons.push(format!("code changed: {old} → {CODE}"));
    }
    if reasons.is_empty() {
        reasons.push("its result is damaged".to_owned());
    }
    Ok(reasons.join("; "))
}

/// Whether a run is of the same strategy, data set, model and seed number, so that a comparison tells something.
fn is_comparable(config: &Value, seed_number: u64, record: &Record) -> bool {
    record.seed_number == seed_number
        && ["/strategy/name", "/data/dataset", "/model/kind"]
            .iter()
            .all(|pointer| record.setting(pointer) == config.pointer(pointer))
}

/// `training.epochs 60 → 500` for every leaf that differs. Seeds follow from the rest and are left out.
pub(crate) fn differences(old: &Value, new: &Value) -> Vec<String> {
    let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
    leaves(old, String::new(), &mut before);
    leaves(new, String::new(), &mut after);
    let mut keys: Vec<&String> = before.keys().chain(after.keys()).collect();
    keys.sort();
    keys.dedup();
    keys.into_iter()
        .filter(|key| key.rsplit('.').next() != Some("seed"))
        .filter(|key| before.get(*key) != after.get(*key))
        .map(|key| {
            let text = |side: &BTreeMap<String, String>| {
                side.get(key)
                    .cloned()
                    .unwrap_or_else(|| "(none)".to_owned())
            };
            format!("{key} {} → {}", text(&before), text(&after))
        })
        .collect()
}

/// Every leaf below objects by its dotted path; arrays count as leaves.
fn leaves(value: &Value, path: String, found: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let dot = if path.is_empty() { "" } else { "." };
                leaves(value, format!("{path}{dot}{key}"), found);
            }
        }
        leaf => {
            found.insert(path, leaf.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{job, record};

    #[test]
    fn every_reason_has_its_words() {
        let mut job = job("DASH", 1);
        assert_eq!(explain(&job, &[]).unwrap(), "never ran");
        let others = [record("IMP", 1, 0.5), record("DASH", 2, 0.5)];
        assert_eq!(explain(&job, &others).unwrap(), "never ran");

        let same = record("DASH", 1, 0.5);
        let finished = std::slice::from_ref(&same);
        assert_eq!(explain(&job, finished).unwrap(), "its result is damaged");

        job.config.training.epochs = 60;
        job.config.seed = 99;
        assert_eq!(
            explain(&job, finished).unwrap(),
            "configuration changed: training.epochs 500 → 60"
        );

        job.config.training.epochs = 500;
        let mut old = same;
        old.code.fingerprint = "0123".into();
        assert_eq!(
            explain(&job, &[old]).unwrap(),
            format!("code changed: 0123 → {CODE}")
        );
    }

    #[test]
    fn the_nearest_run_is_compared() {
        let mut far = record("DASH", 1, 0.5);
        far.config["data"]["noise"] = 0.1.into();
        far.config["training"]["epochs"] = 7.into();
        let mut near = record("DASH", 1, 0.5);
        near.config["schedule"]["target_sparsity"] = 0.9.into();
        assert_eq!(
            explain(&job("DASH", 1), &[far, near]).unwrap(),
            "configuration changed: schedule.target_sparsity 0.9 → 0.95"
        );
    }
}
