//! `simulate` from the outside: what it writes, that models train on it, and what it refuses.

mod places;
mod refusals;
mod results;

use assert_cmd::Command;
use dash_ode::{Direct, Initialise, Intervals, NoStrategy, TimeSeries, TrainConfig, train};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

pub(super) struct Said {
    code: i32,
    stdout: String,
    stderr: String,
}

pub(super) fn run(folder: &Path, arguments: &[&str]) -> Said {
    let mut command = Command::cargo_bin("xtask").unwrap();
    let output = command
        .current_dir(folder)
        .env_remove("RUST_LOG")
        .arg("simulate")
        .args(arguments)
        .output()
        .unwrap();
    Said {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A folder in which this configuration was simulated, into `simulated`.
pub(super) fn simulated(config: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("c.toml"), config).unwrap();
    let said = run(folder.path(), &["c.toml"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let listed: BTreeSet<&str> = said.stdout.lines().collect();
    assert!(
        listed.contains("simulated/metadata.json"),
        "{}",
        said.stdout
    );
    for file in listed {
        assert!(folder.path().join(file).is_file(), "{file}");
    }
    folder
}

/// What is said of a configuration that must be refused; files beside it may be given. Asserts that nothing is written.
pub(super) fn refused(config: &str, files: &[(&str, &str)]) -> String {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("c.toml"), config).unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let said = run(folder.path(), &["c.toml"]);
    assert_eq!(said.code, 2, "{config}\n{}", said.stderr);
    assert_eq!(said.stdout, "");
    assert!(!said.stderr.contains("panicked"), "{}", said.stderr);
    assert!(said.stderr.contains("c.toml"), "{}", said.stderr);
    let left = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 1 + files.len(), "something was written");
    said.stderr
}

pub(super) fn all_files(folder: &Path, files: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all_files(&path, files);
        } else {
            files.push((path.display().to_string(), fs::read(&path).unwrap()));
        }
    }
    files.sort();
}

/// Trains a model for a few epochs; its error must fall.
pub(super) fn trains(series: &TimeSeries) {
    let validation = series.select(&[0]).unwrap();
    let intervals = Intervals::of(series, "training").unwrap();
    let validation = Intervals::of(&validation, "validation").unwrap();
    let mut field = Direct::<f32>::new(series.genes().len()).unwrap();
    let initial = field.initialise(1).cast();
    let config = TrainConfig {
        epochs: 8,
        ..TrainConfig::default()
    };
    let fit = train(
        &mut field,
        &initial,
        &mut NoStrategy,
        &intervals,
        &validation,
        &config,
        1,
        &mut |_| {},
    )
    .unwrap();
    let first = fit.history[0].validation;
    assert!(
        fit.best.validation < first,
        "{} of {first}",
        fit.best.validation
    );
}

pub(super) const HILL: &str = "seed = 3\n[network.yeast-like]\ngenes = 12\n\
    [simulator.hill-ode]\nsamples = 6\ntimes = [0.0, 1.0, 2.0]\n\
    [perturbations]\nscreen = \"regulators\"\n[split]\nperturbations = 0.5\ntrajectories = 0.34\n\
    [noise]\nmeasurement_sd = 0.01\n";

pub(super) const STEADY: &str =
    "[network.scale-free]\ngenes = 10\n[simulator.sergio-steady]\ncells = 5\n";

pub(super) const DIFFERENTIATION: &str =
    "[network.scale-free]\ngenes = 10\n[simulator.sergio-differentiation]\ncells = 5\n";
