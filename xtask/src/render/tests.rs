use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::experiment::Profile;
use crate::experiment::plan::{Plan, Request};
use crate::experiment::tuned::Settled;
use crate::job::Job;
use crate::render::RenderedTable;
use crate::render::claims::{self, Claim, Data, Judge, Judgement, Verdict};
use crate::render::figure::draw;
use crate::render::{csv, json, markdown};
use crate::runner::{End, Observer, run};
use crate::science::{Observe, Progress};
use crate::store::Runs;
use crate::testing::pretend;

struct Silent;

impl Observer for Silent {
    fn expect(&self, _jobs: usize) {}
    fn started(&self, _worker: usize, _job: &dyn crate::job::Work) {}
    fn progressed(&self, _worker: usize, _progress: Progress) {}
    fn ended(&self, _worker: usize, _job: &dyn crate::job::Work, _end: &End) {}
    fn note(&self, _text: &str) {}
}

/// Table 1 of pretended results, of which those of IMP are missing.
fn rendered(out: &Path, profile: Profile) -> (Plan, RenderedTable) {
    let runs = Runs::new(out);
    let request = Request {
        only: vec!["table1".to_owned()],
        config: None,
        profile,
        seeds: Some(3),
        data: None,
    };
    let settled = Settled {
        runs: &runs,
        failed: &BTreeMap::new(),
    };
    let all = || Plan::new(&request, &settled).unwrap();
    // The jobs that choose settings, then the others.
    for _phase in 1..=2 {
        let plan = all();
        let wanted = |job: &&Job| job.config.strategy.name() != "IMP";
        let jobs: Vec<&Job> = plan.jobs.iter().filter(wanted).collect();
        let pretend =
            |job: &Job, progress: &Observe<'_>| pretend(&job.config, &job.inputs, progress);
        run(&jobs, &runs, 2, &pretend, &Silent);
    }
    let plan = all();
    let missing: BTreeMap<_, _> = plan
        .jobs
        .iter()
        .map(|job| (job.key.clone(), "failed: step size | too small".to_owned()))
        .collect();
    let claims = claims::load().unwrap();
    let table = RenderedTable::new(&plan.tables[0], &runs, &missing, &claims).unwrap();
    (plan, table)
}

#[test]
fn json_csv_and_markdown_agree() {
    let out = tempfile::tempdir().unwrap();
    let (_, rendered) = rendered(out.path(), Profile::Quick);
    let json: Value = serde_json::from_str(&json::json(&rendered).unwrap()).unwrap();
    let text = csv::csv(&rendered).unwrap();
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let markdown = markdown::markdown(&rendered);
    let lines: Vec<&str> = markdown
        .lines()
        .filter(|line| line.starts_with("| "))
        .collect();
    let rows = json["rows"].as_array().unwrap();
    assert_eq!(lines.len(), rows.len() + 1);
    let mut numbers = 0;
    for ((row, record), line) in rows.iter().zip(reader.records()).zip(&lines[1..]) {
        let record = record.unwrap();
        let field = |name: &str| {
            let position = headers.iter().position(|header| header == name).unwrap();
            record[position].to_owned()
        };
        assert_eq!(field("strategy"), row["strategy"].as_str().unwrap());
        assert_eq!(field("n"), row["n"].to_string());
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        assert!(cells[0].starts_with(row["label"].as_str().unwrap()));
        for (column, cell) in rendered
            .columns
            .iter()
            .zip(&cells[cells.len() - rendered.columns.len()..])
        {
            let summary = &row["metrics"][column.name];
            let Some(mean) = summary["mean"].as_f64() else {
                assert_eq!((field(column.name).as_str(), *cell), ("", "–"));
                continue;
            };
            let same =
                |value: f64, text: &str| value.to_bits() == text.parse::<f64>().unwrap().to_bits();
            assert!(same(mean, &field(column.name)));
            assert!(same(
                summary["sd"].as_f64().unwrap(),
                &field(&format!("{}_sd", column.name))
            ));
            let shown: f64 = cell.split(' ').next().unwrap().parse().unwrap();
            let rounding = 0.5001 * 0.1_f64.powi(i32::try_from(column.decimals).unwrap());
            assert!(
                (shown - mean * column.scale).abs() <= rounding,
                "{cell} {mean}"
            );
            numbers += 1;
        }
    }
    assert!(numbers > 30, "{numbers}");
}

#[test]
fn the_markdown_of_table_1_reads_like_this() {
    let out = tempfile::tempdir().unwrap();
    let (_, mut rendered) = rendered(out.path(), Profile::Quick);
    rendered.columns.truncate(2);
    let shown = [
        "PHOENIX",
        "IMP",
        "SparseFlow",
        "BioPrune",
        "DASH",
        "Prior",
        "Block",
    ];
    rendered
        .table
        .rows
        .retain(|row| shown.contains(&row.label.as_str()));
    for row in &mut rendered.table.rows {
        for (position, summary) in row.metrics.values_mut().enumerate() {
            summary.mean = 0.125 + 0.25 * position as f64;
            summary.sd = Some(0.01);
        }
    }
    let text = markdown::markdown(&rendered);
    assert_eq!(
        text,
        "## SIM350, 5% noise: all strategies (Table 1, Figure 2)

Profile quick, embedded data. Mean ± standard deviation over n seeds. † uses the prior; rows marked “untrained” are baselines without any model. Fractions are 0..1.

| Strategy | n | Sparsity | Balanced accuracy, all pairs |
|---|---:|---:|---:|
| PHOENIX | 3 | 1.375 ± 0.010 | 0.625 ± 0.010 |
| IMP | 0 | – | – |
| SparseFlow | 3 | 1.375 ± 0.010 | 0.625 ± 0.010 |
| BioPrune † | 3 | 1.375 ± 0.010 | 0.625 ± 0.010 |
| DASH † | 3 | 1.375 ± 0.010 | 0.625 ± 0.010 |
| Prior † (untrained) | 3 | 1.125 ± 0.010 | 0.625 ± 0.010 |
| Block † (untrained) | 3 | 1.125 ± 0.010 | 0.625 ± 0.010 |

IMP: failed: step size | too small
"
    );
}

#[test]
fn the_json_keeps_its_contract() {
    let out = tempfile::tempdir().unwrap();
    let (_, rendered) = rendered(out.path(), Profile::Quick);
    let json: Value = serde_json::from_str(&json::json(&rendered).unwrap()).unwrap();
    assert_eq!(json["schema"], 1);
    assert_eq!(json["id"], "table1");
    assert_eq!(json["profile"], "quick");
    assert_eq!(json["data_source"], "embedded");
    let rows = json["rows"].as_array().unwrap();
    let row = |name: &str| rows.iter().find(|row| row["strategy"] == name).unwrap();
    let dash = row("DASH");
    assert_eq!(dash["dataset"], "sim350");
    assert_eq!(dash["noise"], 0.05);
    assert_eq!(dash["model"], "phoenix");
    assert_eq!(dash["uses_prior"], true);
    assert_eq!(dash["n"], 3);
    assert!(dash["metrics"]["sparsity"]["mean"].is_f64());
    assert!(dash["metrics"]["cpu_seconds"]["sd"].is_f64());
    assert_eq!(
        dash["paper"]["balanced_accuracy"],
        "DASH has the best balanced accuracy of all."
    );
    assert_eq!(dash["paper"]["auroc"], Value::Null);
    assert_eq!(row("IMP")["n"], 0);
    assert_eq!(row("IMP")["uses_prior"], false);
    assert_eq!(row("Block")["trained"], false);
}

#[test]
fn the_figure_shows_every_row_and_is_the_same_each_time() {
    let out = tempfile::tempdir().unwrap();
    let (plan, rendered) = rendered(out.path(), Profile::Quick);
    let entry = &plan.tables[0].experiment.file.figures[0];
    let runs = Runs::new(out.path());
    let figure = draw(entry, &rendered, &runs).unwrap().unwrap();
    let again = draw(entry, &rendered, &runs).unwrap().unwrap();
    assert!(figure.svg == again.svg && figure.png == again.png);
    for row in rendered.table.rows.iter().filter(|row| row.n > 0) {
        assert!(figure.svg.contains(&row.label), "{}", row.label);
    }
    assert!(figure.png.starts_with(b"\x89PNG"));
    assert!(figure.png.len() > 20_000, "{}", figure.png.len());

    let mut empty = rendered;
    empty.table.rows.retain(|row| row.n == 0);
    assert!(draw(entry, &empty, &runs).unwrap().is_none());
}

#[test]
fn the_report_has_every_row_and_loads_nothing() {
    let out = tempfile::tempdir().unwrap();
    let (plan, rendered) = rendered(out.path(), Profile::Quick);
    super::output::write_all(&plan.tables, out.path(), &BTreeMap::new()).unwrap();
    let html = std::fs::read_to_string(out.path().join("report.html")).unwrap();
    let (_, table) = html.split_once("<table class=\"results\">").unwrap();
    let (table, _) = table.split_once("</table>").unwrap();
    for name in [
        "PHOENIX",
        "Random",
        "MP",
        "IMP",
        "SparseFlow",
        "BioPrune",
        "DASH",
        "Prior",
        "Block",
    ] {
        assert!(table.contains(&format!("<td>{name}")), "{name}");
    }
    for loading in [
        "<script",
        "<link",
        "<img",
        "<iframe",
        "@import",
        "url(http",
        "src=",
        "href=\"http",
    ] {
        assert!(!html.contains(loading), "{loading}");
    }
    for address in html.split("http").skip(1) {
        assert!(address.starts_with("://www.w3.org/"), "{}", &address[..40]);
    }
    // Every strategy with a schedule is pruned once; the first seed's step is marked.
    let rows = plan.tables[0].rows.iter().zip(&rendered.table.rows);
    let pruned = rows.filter(|(row, shown)| row.config.schedule.is_some() && shown.n > 0);
    let pruned = pruned.count();
    assert_eq!(html.matches("<line class=\"pruned\"").count(), pruned);
    assert!(html.contains("training.epochs 500 → 40"));
    assert!(html.contains("Settings chosen on validation data"));
    assert!(html.contains("<td>target_sparsity = 0.95</td>"));
    assert!(html.contains("does not hold") || html.contains("holds"));
    assert_eq!(
        html.matches("<details>").count(),
        html.matches("</details>").count()
    );
}

#[test]
fn claims_have_names_of_their_own_and_known_columns() {
    let claims = claims::load().unwrap();
    let mut ids: Vec<&str> = claims.iter().map(|claim| claim.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), claims.len());
    for claim in &claims {
        assert!(!claim.reason.is_empty());
        for cell in &claim.about {
            super::columns::known(&cell.metric).unwrap();
        }
    }
}

/// The verdict on a claim about three rows: DASH (sparse, 0.9), IMP (sparse, 0.7) and PHOENIX (dense, 0.5).
fn verdict(judge: Judge, data: Data, profile: Profile) -> Judgement {
    let out = tempfile::tempdir().unwrap();
    let (_, mut rendered) = rendered(out.path(), profile);
    rendered
        .table
        .rows
        .retain(|row| ["DASH", "IMP", "PHOENIX"].contains(&row.label.as_str()));
    for (name, sparsity, accuracy) in [
        ("PHOENIX", 0.1, 0.5),
        ("IMP", 0.9, 0.7),
        ("DASH", 0.92, 0.9),
    ] {
        let row = rendered
            .table
            .rows
            .iter_mut()
            .find(|row| row.strategy == name)
            .unwrap();
        let summary =
            |mean: f64| super::table::Summary::of(&[mean - 0.02, mean, mean + 0.02]).unwrap();
        row.metrics.insert("sparsity".into(), summary(sparsity));
        row.metrics
            .insert("balanced_accuracy".into(), summary(accuracy));
        row.metrics.insert("test_mse".into(), summary(accuracy));
    }
    let claim = Claim {
        id: "claim".into(),
        table: "table1".into(),
        dataset: None,
        model: None,
        noise: None,
        prior_corruption: None,
        except: Vec::new(),
        text: "Stated.".into(),
        about: Vec::new(),
        data,
        judge: Some(judge),
        reason: "Because.".into(),
    };
    claim.judge(&[&rendered])
}

fn judge(toml: &str) -> Judgement {
    verdict(toml::from_str(toml).unwrap(), Data::Any, Profile::Quick)
}

#[test]
fn every_rule_can_hold_and_fail() {
    let accuracy = "metric = 'balanced_accuracy'";
    for (rule, holds, fails) in [
        (
            "kind = 'at_most'\nstrategy = 'IMP'\ntolerance = 0.05",
            "value = 0.66",
            "value = 0.6",
        ),
        (
            "kind = 'at_least'\nstrategy = 'IMP'\ntolerance = 0.05",
            "value = 0.74",
            "value = 0.8",
        ),
        (
            "kind = 'equals'\nstrategy = 'IMP'\ntolerance = 0.05",
            "value = 0.74",
            "value = 0.6",
        ),
        (
            "kind = 'gap'\nstrategy = 'DASH'\nother = 'IMP'\ntolerance = 0.05",
            "value = 0.2",
            "value = 0.3",
        ),
        (
            "kind = 'ratio_at_most'\nstrategy = 'IMP'\nother = 'DASH'\ntolerance = 0.0",
            "value = 0.8",
            "value = 0.7",
        ),
        (
            "kind = 'above'\ntolerance = 0.0",
            "strategy = 'DASH'\nothers = ['IMP', 'PHOENIX']",
            "strategy = 'IMP'\nothers = ['PHOENIX', 'DASH']",
        ),
        (
            "kind = 'best'\ntolerance = 0.1",
            "strategy = 'DASH'",
            "strategy = 'IMP'",
        ),
        (
            "kind = 'within_standard_error'\ntolerance = 0.0",
            "strategy = 'DASH'",
            "strategy = 'IMP'",
        ),
        (
            "kind = 'split'\nby = 'sparsity'\nabove = 0.8\ntolerance = 0.0",
            "below = 0.5",
            "below = 0.95",
        ),
    ] {
        assert_eq!(
            judge(&format!("{rule}\n{accuracy}\n{holds}")).verdict,
            Verdict::Holds,
            "{rule}"
        );
        let fails = judge(&format!("{rule}\n{accuracy}\n{fails}"));
        assert_eq!(fails.verdict, Verdict::DoesNotHold, "{rule}");
    }
}

#[test]
fn a_small_error_is_the_better_one() {
    let rule = "kind = 'best'\nmetric = 'test_mse'\ntolerance = 0.0\nstrategy = ";
    assert_eq!(judge(&format!("{rule}'PHOENIX'")).verdict, Verdict::Holds);
    assert_eq!(
        judge(&format!("{rule}'DASH'")).verdict,
        Verdict::DoesNotHold
    );
}

#[test]
fn what_cannot_be_judged_is_not() {
    let equals = || Judge::Equals {
        strategy: "IMP".into(),
        metric: "sparsity".into(),
        value: 0.9,
        tolerance: 0.1,
    };
    let judged = |data, profile| verdict(equals(), data, profile).verdict;
    assert_eq!(judged(Data::Any, Profile::Quick), Verdict::Holds);
    assert_eq!(
        judged(Data::Official, Profile::Quick),
        Verdict::NotComparable
    );
    assert_eq!(judged(Data::Any, Profile::Smoke), Verdict::NotComparable);
    let similar = "kind = 'gap'\nstrategy = 'DASH'\nother = 'PHOENIX'\nmetric = 'balanced_accuracy'\nvalue = 0.4\ntolerance = 0.1\nsimilar = 'sparsity'";
    assert_eq!(judge(similar).verdict, Verdict::NotComparable);
    let absent =
        "kind = 'at_most'\nstrategy = 'PathReg'\nmetric = 'sparsity'\nvalue = 1.0\ntolerance = 0.0";
    assert_eq!(judge(absent).verdict, Verdict::NotRun);
}
