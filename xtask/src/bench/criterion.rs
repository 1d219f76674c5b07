//! Timing of one workload by criterion.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use serde::Deserialize;

use super::program::{Program, output};

/// How long one timing takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pace {
    /// Seconds before anything is timed.
    pub(crate) warm_up: f64,
    /// Seconds that are timed.
    pub(crate) measurement: f64,
}

/// The fewest samples that criterion takes.
const SAMPLES: &str = "10";
/// Bootstrap resamples for criterion's own estimates, which are not used: the fewest that it takes without a warning.
const RESAMPLES: &str = "1001";

/// Memory stays with a program that has it. By default the C library gives it back and takes it again by rules that depend
/// on where the heap happens to end, which makes two builds of the same code differ by a factor of two.
const KEEP_MEMORY: [(&str, &str); 3] = [
    ("MALLOC_MMAP_THRESHOLD_", "1073741824"),
    ("MALLOC_TRIM_THRESHOLD_", "1073741824"),
    ("MALLOC_TOP_PAD_", "67108864"),
];

/// Criterion's `sample.json`: sample i took `times[i]` nanoseconds for `iters[i]` calls.
#[derive(Debug, Deserialize)]
struct Samples {
    iters: Vec<f64>,
    times: Vec<f64>,
}

/// Seconds of one call: the least of criterion's samples, since whatever disturbs a run makes it longer.
///
/// # Errors
/// When the program fails, or criterion left no samples in `folder`.
pub(super) fn time(
    program: &Program,
    workload: &str,
    pace: Pace,
    folder: &Path,
) -> anyhow::Result<f64> {
    if folder.exists() {
        fs::remove_dir_all(folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    let mut command = Command::new(&program.path);
    command
        .env("CRITERION_HOME", folder)
        .envs(KEEP_MEMORY)
        .args(["--bench", "--noplot", "--exact", workload])
        .args(["--sample-size", SAMPLES, "--nresamples", RESAMPLES])
        .args(["--warm-up-time", &pace.warm_up.to_string()])
        .args(["--measurement-time", &pace.measurement.to_string()]);
    output(&mut command)?;
    let file = samples_below(folder)
        .with_context(|| format!("criterion did not time `{workload}` of {program:?}"))?;
    let text = fs::read_to_string(&file)?;
    least(&text).with_context(|| format!("cannot read {}", file.display()))
}

/// The one `new/sample.json` below a folder.
fn samples_below(folder: &Path) -> Option<PathBuf> {
    let file = folder.join("new/sample.json");
    if file.is_file() {
        return Some(file);
    }
    let folders = fs::read_dir(folder).ok()?.flatten();
    folders
        .filter(|entry| entry.path().is_dir())
        .find_map(|entry| samples_below(&entry.path()))
}

fn least(text: &str) -> anyhow::Result<f64> {
    let samples: Samples = serde_json::from_str(text)?;
    let calls = samples.times.iter().zip(&samples.iters);
    let least = calls
        .map(|(time, calls)| time / calls)
        .fold(f64::INFINITY, f64::min);
    ensure!(least.is_finite() && least > 0.0, "no sample took any time");
    Ok(least * 1e-9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_disturbed_sample_counts() {
        let text =
            r#"{"sampling_mode":"Linear","iters":[1.0,2.0,3.0],"times":[900.0,1000.0,2100.0]}"#;
        assert!((least(text).unwrap() - 500e-9).abs() < 1e-15);
        assert!(least(r#"{"iters":[],"times":[]}"#).is_err());
        assert!(least(r#"{"iters":[1.0]}"#).is_err());
    }

    #[test]
    fn samples_are_found_at_any_depth() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(samples_below(folder.path()), None);
        let deep = folder.path().join("ode_eval/new");
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join("sample.json"), "{}").unwrap();
        assert_eq!(samples_below(folder.path()), Some(deep.join("sample.json")));
    }
}
