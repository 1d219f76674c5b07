//! The workloads, timed by criterion (`cargo bench -p dash-benches`).
//!
//! `cargo xtask bench` calls the program in two more ways: `--workloads` lists them, `--once NAME` does one of them once
//! under a tool that counts instructions.

use std::io::{self, Write as _};
use std::process::ExitCode;

use criterion::Criterion;
use dash_benches::{Work, counted, workloads};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        ["--workloads", ..] => list(),
        ["--once", name, ..] => once(name),
        _ => {
            time();
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes `quick NAME` or `slow NAME` of every workload.
fn list() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for workload in workloads() {
        let pace = if workload.slow { "slow" } else { "quick" };
        writeln!(out, "{pace} {}", workload.name)?;
    }
    Ok(())
}

/// Does a workload once after it has been done before, so that all work space has its size.
fn once(name: &str) -> io::Result<()> {
    let workload = workloads().find(|workload| workload.name == name);
    let workload = workload.ok_or_else(|| io::Error::other(format!("no workload `{name}`")))?;
    let mut work = (workload.prepare)();
    work();
    counted(&mut work);
    Ok(())
}

fn time() {
    let mut criterion = Criterion::default().configure_from_args();
    for workload in workloads() {
        // Criterion calls the closure again and again; a workload that is filtered out is never set up.
        let mut work: Option<Work> = None;
        criterion.bench_function(workload.name, |bencher| {
            let work = work.get_or_insert_with(workload.prepare);
            bencher.iter(work);
        });
    }
    criterion.final_summary();
}
