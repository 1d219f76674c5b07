//! How the setting of a row was chosen.

use dash_prune::LambdaCurve;
use serde::Serialize;
use serde_json::{Value, json};

use crate::experiment::tuned::{PointPlan, TunePlan};
use crate::render::table::Summary;
use crate::store::{Record, Runs};

/// The settings that were tried, and the one taken. Validation data alone decide.
#[derive(Debug, Serialize)]
pub(crate) struct Tuned {
    pub(crate) rule: String,
    pub(crate) grid: Vec<TunedPoint>,
    /// What the row runs with; `null` while runs are missing.
    pub(crate) chosen: Option<Value>,
    /// Errors over λ and sparsity, where the choice was made by cross-validation.
    #[serde(skip)]
    pub(crate) curve: Option<LambdaCurve>,
    /// Why nothing is chosen.
    #[serde(skip)]
    pub(crate) note: Option<String>,
}

/// One setting.
#[derive(Debug, Serialize)]
pub(crate) struct TunedPoint {
    pub(crate) setting: Value,
    /// In words.
    #[serde(skip)]
    pub(crate) name: String,
    /// Over repeats; over folds at the pruning level of lowest error, in cross-validation.
    pub(crate) validation_mse: Option<Summary>,
    pub(crate) sparsity: Option<Summary>,
    pub(crate) is_chosen: bool,
}

impl Tuned {
    /// The choice as it was planned, with the numbers that it rests on.
    pub(crate) fn new(plan: &TunePlan, runs: &Runs) -> Self {
        let record = plan.selection.as_ref().and_then(|key| runs.found(key));
        let curve = record.and_then(|record| record.curve);
        let grid: Vec<TunedPoint> = plan
            .points
            .iter()
            .enumerate()
            .map(|(position, point)| {
                let is_chosen = plan.chosen == Some(position);
                let measured = curve.as_ref().and_then(|curve| curve.points.get(position));
                if let Some(measured) = measured {
                    let levels = measured.levels.iter();
                    let best = levels.min_by(|a, b| a.mean.total_cmp(&b.mean));
                    return TunedPoint {
                        validation_mse: best.and_then(|level| Summary::of(&level.errors)),
                        sparsity: best.and_then(|level| Summary::of(&[level.sparsity])),
                        ..TunedPoint::of(point, &[], is_chosen)
                    };
                }
                let found = point.keys.iter().filter_map(|key| runs.found(key));
                TunedPoint::of(point, &found.collect::<Vec<_>>(), is_chosen)
            })
            .collect();
        let chosen = match &curve {
            Some(curve) => Some(json!({
                "strategy": { "lambda": curve.chosen.lambda },
                "schedule": { "rounds": curve.chosen.round },
            })),
            None => plan
                .chosen
                .and_then(|at| Some(plan.points.get(at)?.setting.clone())),
        };
        Self {
            rule: plan.rule.clone(),
            grid,
            chosen,
            curve,
            note: note(plan, runs),
        }
    }
}

impl TunedPoint {
    fn of(point: &PointPlan, records: &[Record], is_chosen: bool) -> Self {
        let summary = |name: &str| {
            let values: Vec<f64> = records.iter().filter_map(|r| r.value(name)).collect();
            Summary::of(&values)
        };
        Self {
            setting: point.setting.clone(),
            name: point.name(),
            validation_mse: summary("validation_mse"),
            sparsity: summary("sparsity"),
            is_chosen,
        }
    }
}

fn note(plan: &TunePlan, runs: &Runs) -> Option<String> {
    if plan.chosen.is_some() {
        return None;
    }
    if plan.failure.is_some() {
        return plan.failure.clone();
    }
    let missing = plan.keys().filter(|key| runs.found(key).is_none()).count();
    let all = plan.keys().count();
    Some(format!(
        "not run: its setting is not chosen yet, {missing} of {all} runs that choose it are missing"
    ))
}
