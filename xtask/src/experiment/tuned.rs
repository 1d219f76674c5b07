//! The choice of a row's setting, as far as finished jobs tell.

use std::collections::BTreeMap;

use dash_prune::LambdaChoice;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::experiment::choose::{Measured, choose};
use crate::experiment::tune::Rule;
use crate::store::{Record, Runs};

/// Name of the rule by which λ is chosen.
pub(crate) const CROSS_VALIDATION: &str = "cross_validation";

/// What has become of jobs so far.
#[derive(Debug)]
pub(crate) struct Settled<'a> {
    pub(crate) runs: &'a Runs,
    /// Why jobs failed in this call, by key. Failures are not stored: another call tries again.
    pub(crate) failed: &'a BTreeMap<String, String>,
}

/// The jobs that a setting is chosen by, and the choice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct TunePlan {
    pub(crate) rule: String,
    /// The settings; for cross-validation the one job that compares them all.
    pub(crate) points: Vec<PointPlan>,
    /// Key of that job.
    pub(crate) selection: Option<String>,
    /// Position of the chosen setting in its grid, once all runs have ended.
    pub(crate) chosen: Option<usize>,
    /// Why none can be chosen, though all runs have ended.
    pub(crate) failure: Option<String>,
}

/// One setting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct PointPlan {
    /// What it sets, as in the experiment.
    pub(crate) setting: Value,
    /// Keys of its runs by repeat.
    pub(crate) keys: Vec<String>,
}

impl TunePlan {
    /// The choice from a grid.
    pub(crate) fn of_grid(rule: Rule, points: Vec<PointPlan>, settled: &Settled<'_>) -> Self {
        let mut plan = Self {
            rule: rule.name().to_owned(),
            points,
            selection: None,
            chosen: None,
            failure: None,
        };
        let mut measured = Vec::new();
        for point in &plan.points {
            let mut records = Vec::new();
            for key in &point.keys {
                match settled.runs.found(key) {
                    Some(record) => records.push(record),
                    None if settled.failed.contains_key(key) => {}
                    None => return plan,
                }
            }
            measured.push((records.len() == point.keys.len()).then(|| measure(&records)));
        }
        plan.chosen = choose(rule, &measured);
        if plan.chosen.is_none() {
            let reason = plan.keys().find_map(|key| settled.failed.get(key));
            let reason = reason.map_or("no run has a finite validation error", String::as_str);
            plan.failure = Some(format!("no setting could be chosen: {reason}"));
        }
        plan
    }

    /// The choice of a job of cross-validation, with what it chose.
    pub(crate) fn of_cross_validation(
        key: String,
        settled: &Settled<'_>,
    ) -> (Self, Option<LambdaChoice>) {
        let record = settled.runs.found(&key);
        let curve = record.as_ref().and_then(|record| record.curve.as_ref());
        let failure = match (&record, curve, settled.failed.get(&key)) {
            (Some(_), None, _) => Some("its record holds no curve".to_owned()),
            (None, _, Some(reason)) => Some(reason.clone()),
            _ => None,
        };
        let points: Vec<(f64, f64)> = curve
            .map(|curve| curve.points.iter().map(|point| point.lambda).collect())
            .unwrap_or_default();
        let choice = curve.map(|curve| curve.chosen);
        let plan = Self {
            rule: CROSS_VALIDATION.to_owned(),
            chosen: choice
                .and_then(|choice| points.iter().position(|lambda| *lambda == choice.lambda)),
            points: points
                .iter()
                .map(|lambda| PointPlan::of_lambda(*lambda))
                .collect(),
            selection: Some(key),
            failure: failure.map(|reason| format!("λ could not be chosen: {reason}")),
        };
        (plan, choice)
    }

    /// Keys of all jobs that the choice rests on.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        let runs = self.points.iter().flat_map(|point| &point.keys);
        runs.chain(&self.selection).map(String::as_str)
    }
}

impl PointPlan {
    fn of_lambda((first, second): (f64, f64)) -> Self {
        Self {
            setting: json!({ "strategy": { "lambda": [first, second] } }),
            keys: Vec::new(),
        }
    }

    /// `strength = 0.001`: what it sets, without the sections.
    pub(crate) fn name(&self) -> String {
        let sections = self
            .setting
            .as_object()
            .into_iter()
            .flat_map(|s| s.values());
        let settings = sections.filter_map(Value::as_object).flatten();
        let parts: Vec<String> = settings
            .map(|(key, value)| format!("{key} = {value}"))
            .collect();
        if parts.is_empty() {
            return "as stated".to_owned();
        }
        parts.join(", ")
    }
}

/// Validation error and sparsity, and nothing else: a choice must not see test data or the truth.
fn measure(records: &[Record]) -> Measured {
    let values = |name: &str| -> Vec<f64> {
        let of = |record: &Record| record.value(name).unwrap_or(f64::NAN);
        records.iter().map(of).collect()
    };
    Measured {
        validation: values("validation_mse"),
        sparsity: values("sparsity"),
    }
}
