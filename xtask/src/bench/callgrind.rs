//! Instructions of one workload, counted by callgrind.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Context;

use super::program::{Program, output};

/// The function whose instructions count, its callees included.
const COUNTED: &str = "*dash_benches*counted*";

/// Instructions of one call.
///
/// # Errors
/// When valgrind is missing or fails, or nothing was counted.
pub(super) fn count(program: &Program, workload: &str, file: &Path) -> anyhow::Result<u64> {
    let mut command = Command::new("valgrind");
    command
        .arg("--tool=callgrind")
        .arg(format!("--callgrind-out-file={}", file.display()))
        .arg(format!("--toggle-collect={COUNTED}"))
        .arg(&program.path)
        .args(["--once", workload]);
    output(&mut command).context("valgrind counts the instructions; is it installed?")?;
    let text = fs::read_to_string(file)
        .with_context(|| format!("callgrind left no {}", file.display()))?;
    fs::remove_file(file)?;
    summary(&text).with_context(|| format!("callgrind counted nothing for `{workload}`"))
}

/// The sum in callgrind's output, `summary: N` or `totals: N`.
fn summary(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| {
        line.strip_prefix("summary:")
            .or_else(|| line.strip_prefix("totals:"))
    })?;
    let count = line.split_whitespace().next()?.parse().ok()?;
    (count > 0).then_some(count)
}

#[cfg(test)]
mod tests {
    use super::summary;

    #[test]
    fn the_sum_is_read() {
        let text =
            "# callgrind format\nversion: 1\nevents: Ir\nsummary: 123456\n\nfn=(0) main\n1 2\n";
        assert_eq!(summary(text), Some(123_456));
        assert_eq!(summary("events: Ir\n1 5\ntotals: 77\n"), Some(77));
        assert_eq!(summary("events: Ir\n"), None);
        assert_eq!(summary("summary: 0\n"), None);
    }
}
