//! What a call would run, for `--dry-run` and `--explain`.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::experiment::plan::Waiting;
use crate::job::config::JobConfig;
use crate::job::cost::predict;
use crate::job::explain::explain;
use crate::job::{Job, Work as _, cost::Basis};
use crate::store::Record;

/// One line per job that would run, with its predicted cost, and their sum.
pub(super) fn dry_run(
    jobs: &[&Job],
    present: usize,
    workers: usize,
    finished: &[Record],
    reasons: &BTreeMap<String, String>,
    waiting: &[Waiting],
) -> String {
    let mut text = String::new();
    let (mut expected, mut at_most) = (0.0, 0.0);
    for job in jobs {
        let cost = predict(&job.config, finished);
        expected += cost.expected;
        at_most += cost.at_most;
        let reason = reasons
            .get(&job.key)
            .map(|reason| format!("  ({reason})"))
            .unwrap_or_default();
        let _ = writeln!(
            text,
            "{}  {:48} {:>10} CPU s  {}{reason}",
            job.key,
            job.label(),
            rounded(cost.expected),
            cost.basis.name(),
        );
    }
    for waiting in waiting {
        // Pathways are tested of the first seed alone.
        let other = JobConfig {
            pathways: None,
            ..waiting.config.clone()
        };
        for number in 0..waiting.jobs {
            let config = if number == 0 { &waiting.config } else { &other };
            let cost = predict(config, finished);
            expected += cost.expected;
            at_most += cost.at_most;
        }
    }
    let _ = writeln!(
        text,
        "{} jobs to run, {present} done already{}; about {} CPU seconds, {} seconds on {workers} workers, and at most {} CPU seconds ({})",
        jobs.len(),
        then(waiting),
        rounded(expected),
        rounded(expected / workers as f64),
        rounded(at_most),
        if finished.is_empty() {
            Basis::Stated.name()
        } else {
            "where possible from finished runs"
        },
    );
    text
}

/// `, then 12 more with the settings chosen for 6 rows`; nothing where no more jobs follow.
pub(super) fn then(waiting: &[Waiting]) -> String {
    let jobs: usize = waiting.iter().map(|row| row.jobs).sum();
    if jobs == 0 {
        return String::new();
    }
    let rows = match waiting.len() {
        1 => "1 row".to_owned(),
        rows => format!("{rows} rows"),
    };
    format!(", then {jobs} more with the settings chosen for {rows}")
}

/// Why each of these jobs runs, by key.
pub(super) fn reasons(
    jobs: &[&Job],
    finished: &[Record],
) -> anyhow::Result<BTreeMap<String, String>> {
    jobs.iter()
        .map(|job| Ok((job.key.clone(), explain(job, finished)?)))
        .collect()
}

fn rounded(seconds: f64) -> String {
    if seconds < 10.0 {
        format!("{seconds:.1}")
    } else {
        format!("{seconds:.0}")
    }
}
