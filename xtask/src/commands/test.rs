//! `cargo xtask test`: the whole test suite, with one line at the end that says how many passed.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::thread;

use anyhow::Context;

use crate::cli::Test;
use crate::commands::print;

/// Reference numbers and published data beside the workspace, which a user's clone does not have.
const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared");

/// Runs the command.
///
/// # Errors
/// When cargo cannot be started.
pub(crate) fn run(arguments: &Test) -> anyhow::Result<ExitCode> {
    // Not the examples: that they compile is seen by the lints, and they link large libraries.
    let scope: &[&str] = if arguments.fast {
        &["--lib", "--bins"]
    } else {
        &["--lib", "--bins", "--tests"]
    };
    let runner: &[&str] = if has_nextest() {
        &["nextest", "run"]
    } else {
        &["test"]
    };
    let runner = [runner, &["--workspace", "--no-fail-fast"]].concat();
    let mut sum = cargo(&[&runner, scope].concat())?;
    if !arguments.fast {
        let documentation = cargo(&["test", "--doc", "--workspace", "--no-fail-fast"])?;
        sum.passed += documentation.passed;
        sum.failed += documentation.failed;
        if sum.code == 0 {
            sum.code = documentation.code;
        }
    }
    if !Path::new(SHARED).is_dir() {
        // The tests say so too, but a runner hides what passing tests print.
        eprintln!("skipped: no ../shared (reference numbers and published data)");
    }
    print(&format!("{} passed, {} failed\n", sum.passed, sum.failed))?;
    Ok(ExitCode::from(sum.code))
}

/// What a call of cargo counted, and how it ended.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Tally {
    passed: usize,
    failed: usize,
    code: u8,
}

fn has_nextest() -> bool {
    Command::new(program())
        .args(["nextest", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn program() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

/// Runs cargo, passes on what it writes, and counts the tests it reports.
fn cargo(arguments: &[&str]) -> anyhow::Result<Tally> {
    let mut child = Command::new(program())
        .args(arguments)
        .env("CARGO_TERM_COLOR", "never")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot start cargo")?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (out, err) = thread::scope(|scope| {
        let out = scope.spawn(|| stdout.map(pass_on).unwrap_or_default());
        let err = stderr.map(pass_on).unwrap_or_default();
        (out.join().unwrap_or_default(), err)
    });
    let status = child.wait().context("cannot wait for cargo")?;
    Ok(Tally {
        passed: out.passed + err.passed,
        failed: out.failed + err.failed,
        code: status
            .code()
            .map_or(1, |code| u8::try_from(code).unwrap_or(1)),
    })
}

/// Copies lines to standard error, since standard output carries the count alone.
fn pass_on(stream: impl Read) -> Tally {
    let mut sum = Tally::default();
    for line in BufReader::new(stream).lines().map_while(Result::ok) {
        let _ = writeln!(std::io::stderr(), "{line}");
        let (passed, failed) = count(&line);
        sum.passed += passed;
        sum.failed += failed;
    }
    sum
}

/// Tests passed and failed according to a summary line of nextest or of cargo's own runner; 0 for other lines.
fn count(line: &str) -> (usize, usize) {
    // Nextest shows the output of a failed test indented; its count is in the summary already.
    let summary = line.trim_start().starts_with("Summary [");
    if !(summary || line.starts_with("test result:")) {
        return (0, 0);
    }
    let numbers = |word: &str| -> usize {
        let words: Vec<&str> = line
            .split(|c: char| !c.is_alphanumeric())
            .filter(|w| !w.is_empty())
            .collect();
        words
            .windows(2)
            .filter(|pair| pair[1] == word)
            .filter_map(|pair| pair[0].parse::<usize>().ok())
            .sum()
    };
    // Nextest counts tests that ran out of time, or did not start, apart from those that failed.
    let failed = numbers("failed") + numbers("timed") + numbers("exec");
    (numbers("passed"), failed)
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn summaries_are_counted_and_nothing_else() {
        let nextest = "     Summary [   3.201s] 42 tests run: 39 passed (1 slow), 2 failed, 1 timed out, 3 skipped";
        assert_eq!(count(nextest), (39, 3));
        assert_eq!(
            count("Summary [ 0.1s] 7 tests run: 7 passed, 0 skipped"),
            (7, 0)
        );
        let cargo = "test result: FAILED. 5 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        assert_eq!(count(cargo), (5, 1));
        assert_eq!(count("    test result: FAILED. 0 passed; 1 failed"), (0, 0));
        assert_eq!(count("test tests::two_passed ... ok"), (0, 0));
    }
}
