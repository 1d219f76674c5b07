//! Rows whose settings are chosen: in which order jobs come, what the choice sees, and what a failure does.

use serde_json::Value;

use super::*;
use crate::job::config::JobConfig;
use crate::job::inputs::Inputs;
use crate::science::{Observe, Outcome};

const EXPERIMENT: &str = r#"
like = "table1"
id = "mine"
title = "Mine"
paper = "–"
baselines = []
rows = [
    { strategy = { name = "MP" }, tune = { rule = "best", repeats = 2, grid = [
        { schedule = { target_sparsity = 0.9 } },
        { schedule = { target_sparsity = 0.8 } },
        { schedule = { target_sparsity = 0.7 } },
    ] } },
    { strategy = { name = "DASH", lambda = [0.1, 0.1] }, tune = { cross_validation = { lambda1 = [0.2, 0.5], lambda2 = [0.3, 0.6], folds = 3 } } },
]
[profiles.quick]
seeds = 3
tune = { points = 9, repeats = 9, cross_validation = true }
"#;

fn mine<'a>(out: &Path, execute: &'a Execute<'a>) -> Call<'a> {
    let file = out.join("mine.toml");
    fs::write(&file, EXPERIMENT).unwrap();
    Call {
        request: Request {
            only: Vec::new(),
            config: Some(file),
            seeds: None,
            ..request("mine")
        },
        ..call(out, 2, execute)
    }
}

/// A result whose validation error is lowest at a target sparsity of 0.8, and whose test error and accuracy say the
/// opposite where `is_lying`.
fn measured(config: &JobConfig, is_lying: bool) -> Outcome {
    let mut outcome = pretend(config, &Inputs::default(), &|_| ()).unwrap();
    let target = config.schedule.as_ref().and_then(|s| s.target_sparsity);
    let error = 1e-3 + (target.unwrap_or(0.95) - 0.8).abs();
    let lie = if is_lying { -error } else { error };
    let metrics = [
        ("validation_mse", error),
        ("test_mse", 1.0 + lie),
        ("balanced_accuracy", 0.5 - lie),
        ("auprc", 0.5 - lie),
    ];
    for (name, value) in metrics {
        outcome.metrics.insert(name.to_owned(), value);
    }
    outcome
}

fn table(out: &Path) -> Value {
    let text = fs::read_to_string(out.join("tables/mine.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn what_chooses_runs_first_and_is_not_run_twice() {
    let out = tempfile::tempdir().unwrap();
    let order = Mutex::new(Vec::new());
    let noting: &Execute<'_> = &|config, _, _| {
        order.lock().unwrap().push(config.clone());
        Ok(measured(config, false))
    };
    let call = mine(out.path(), noting);
    let plan = call.plan(&BTreeMap::new()).unwrap();
    // Three settings twice and one cross-validation; then one more seed of the setting, and three with the λ.
    assert_eq!(plan.jobs.len(), 7);
    let then: usize = plan.waiting.iter().map(|row| row.jobs).sum();
    assert_eq!((plan.waiting.len(), then), (2, 4));

    let done = call.run(&Ear::default()).unwrap();
    assert_eq!(done.ends.len(), 11);
    let configs = order.into_inner().unwrap();
    assert_eq!(configs.len(), 11, "nothing twice");
    let (first, rest) = configs.split_at(7);
    assert_eq!(first.iter().filter(|c| c.selection.is_some()).count(), 1);
    for config in rest {
        let schedule = config.schedule.as_ref().unwrap();
        if config.strategy.name() == "MP" {
            assert_eq!(schedule.target_sparsity, Some(0.8));
        } else {
            assert_eq!(config.strategy.lambda, Some((0.5, 0.6)));
            assert_eq!(schedule.rounds, Some(2));
        }
    }
    let table = table(out.path());
    let tuned = |row: usize| &table["rows"][row]["tuned"];
    assert_eq!(tuned(0)["rule"], "best");
    assert_eq!(tuned(0)["chosen"]["schedule"]["target_sparsity"], 0.8);
    assert_eq!(tuned(0)["grid"][0]["validation_mse"]["n"], 2);
    assert_eq!(tuned(1)["rule"], "cross_validation");
    assert_eq!(tuned(1)["chosen"]["strategy"]["lambda"][1], 0.6);
    assert_eq!(tuned(1)["grid"].as_array().unwrap().len(), 4);
    assert_eq!(table["rows"][1]["n"], 3);
    let report = fs::read_to_string(out.path().join("report.html")).unwrap();
    assert!(report.contains("<svg class=\"lambda\""));

    // Everything is there: another call runs nothing and says the same.
    let idle: &Execute<'_> = &|_, _, _| panic!("runs again");
    let again = mine(out.path(), idle).run(&Ear::default()).unwrap();
    assert!(again.ends.values().all(|end| *end == End::Present));
    render_again(out.path()).unwrap();
    assert_eq!(
        fs::read_to_string(out.path().join("report.html")).unwrap(),
        report
    );
}

#[test]
fn pathways_are_tested_of_the_first_seed_of_the_chosen_setting_alone() {
    let out = tempfile::tempdir().unwrap();
    let done = Mutex::new(Vec::new());
    let noting: &Execute<'_> = &|config, _, _| {
        done.lock().unwrap().push(config.clone());
        Ok(measured(config, false))
    };
    let call = mine(out.path(), noting);
    let tested = EXPERIMENT
        .replace(
            "name = \"MP\" }",
            "name = \"MP\" }, pathways = [\"sim350\"]",
        )
        .replace(
            "[profiles.quick]",
            "[pathways]\ndraws = 7\ntimes = 2\n[profiles.quick]",
        );
    fs::write(out.path().join("mine.toml"), tested).unwrap();
    call.run(&Ear::default()).unwrap();
    let configs = done.into_inner().unwrap();
    assert_eq!(
        configs.len(),
        12,
        "the first seed of the chosen setting again"
    );
    let tested: Vec<&JobConfig> = configs.iter().filter(|c| c.pathways.is_some()).collect();
    let [tested] = tested[..] else {
        panic!("one job, not {}", tested.len());
    };
    let same_model = JobConfig {
        pathways: None,
        ..tested.clone()
    };
    assert!(configs.contains(&same_model), "the model that was compared");
    assert_eq!(tested.schedule.as_ref().unwrap().target_sparsity, Some(0.8));
}

#[test]
fn the_choice_sees_neither_test_data_nor_truth() {
    let chosen = |is_lying: bool| {
        let out = tempfile::tempdir().unwrap();
        let execute: &Execute<'_> = &|config, _, _| Ok(measured(config, is_lying));
        mine(out.path(), execute).run(&Ear::default()).unwrap();
        table(out.path())["rows"][0]["tuned"]["chosen"].clone()
    };
    assert_eq!(chosen(false), chosen(true));
}

#[test]
fn a_setting_that_cannot_be_trained_is_out() {
    let out = tempfile::tempdir().unwrap();
    let failing = |worst: f64| {
        move |config: &JobConfig, _: &Inputs, _: &Observe<'_>| {
            let target = config.schedule.as_ref().and_then(|s| s.target_sparsity);
            if config.strategy.name() == "MP" && target.is_some_and(|target| target >= worst) {
                anyhow::bail!("it diverged");
            }
            Ok(measured(config, false))
        }
    };
    let some = failing(0.75);
    mine(out.path(), &some).run(&Ear::default()).unwrap();
    let row = table(out.path())["rows"][0].clone();
    assert_eq!(row["tuned"]["chosen"]["schedule"]["target_sparsity"], 0.7);
    assert_eq!(row["n"], 3);

    let other = tempfile::tempdir().unwrap();
    let all = failing(0.0);
    let done = mine(other.path(), &all).run(&Ear::default()).unwrap();
    assert!(done.plan.waiting.is_empty());
    let row = table(other.path())["rows"][0].clone();
    assert_eq!(
        (&row["n"], &row["tuned"]["chosen"]),
        (&0.into(), &Value::Null)
    );
    assert_eq!(row["note"], "no setting could be chosen: it diverged");
}

#[test]
fn after_a_kill_between_the_phases_the_rest_runs() {
    let out = tempfile::tempdir().unwrap();
    let execute: &Execute<'_> = &|config, _, _| Ok(measured(config, false));
    let call = mine(out.path(), execute);
    let plan = call.plan(&BTreeMap::new()).unwrap();
    let first: Vec<&Job> = plan.jobs.iter().collect();
    let compute = |job: &Job, progress: &Observe<'_>| execute(&job.config, &job.inputs, progress);
    crate::runner::run(&first, &Runs::new(out.path()), 2, &compute, &Ear::default());
    let done = call.run(&Ear::default()).unwrap();
    let ran = |end: &&End| matches!(end, End::Ran(_));
    assert_eq!(done.ends.values().filter(ran).count(), 4);
}
