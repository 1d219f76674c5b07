//! The command line from the outside: what it refuses, what it lists, and that it then writes nothing.

mod bad_files;

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use tempfile::TempDir;

const TABLE_1: &str = include_str!("../../../experiments/table1.toml");

fn xtask(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("xtask").expect("the binary is built with its tests");
    command
        .current_dir(folder)
        .env_remove("DASH_DATA")
        .env_remove("RUST_LOG");
    command
}

struct Said {
    code: i32,
    stdout: String,
    stderr: String,
}

fn run(folder: &Path, arguments: &[&str]) -> Said {
    let output = xtask(folder).args(arguments).output().unwrap();
    Said {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// What a call says that must be refused before anything is written.
fn refused(arguments: &[&str]) -> String {
    let folder = TempDir::new().unwrap();
    let said = run(folder.path(), arguments);
    assert_eq!(said.code, 2, "{arguments:?}: {}", said.stderr);
    assert_eq!(said.stdout, "", "{arguments:?}");
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        0,
        "{arguments:?}"
    );
    said.stderr
}

/// What is said about table 1 with `from` replaced by `to`.
fn refused_experiment(from: &str, to: &str) -> String {
    let text = TABLE_1.replacen(from, to, 1);
    assert_ne!(text, TABLE_1, "`{from}` is not in table1.toml");
    let file = TempDir::new().unwrap();
    let path = file.path().join("mine.toml");
    fs::write(&path, text).unwrap();
    let message = refused(&["reproduce", "--config", path.to_str().unwrap()]);
    assert!(message.contains("mine.toml"), "{message}");
    message
}

#[test]
fn unknown_keys_are_refused_with_the_nearest_known_one() {
    for (from, to, words) in [
        (
            "title =",
            "titel =",
            ["unknown field `titel`", "did you mean `title`?"],
        ),
        (
            "\nepochs = 500",
            "\nepoch = 500",
            ["[training]", "did you mean `epochs`?"],
        ),
        (
            "every = 10",
            "evry = 10",
            ["[schedule]", "did you mean `every`?"],
        ),
        (
            "\ntest = 10",
            "\ntests = 10",
            ["[data]", "did you mean `test`?"],
        ),
        (
            "lambda =",
            "lamda =",
            ["[strategy]", "did you mean `lambda`?"],
        ),
        (
            "seeds = 3",
            "seed = 3",
            ["unknown field `seed`", "did you mean `seeds`?"],
        ),
    ] {
        let message = refused_experiment(from, to);
        for word in words {
            assert!(message.contains(word), "{word}: {message}");
        }
    }
}

#[test]
fn unknown_names_are_refused() {
    for (from, to, words) in [
        ("[\"sim350\"]", "[\"sim35\"]", "did you mean `sim350`?"),
        ("name = \"IMP\"", "name = \"IPM\"", "did you mean `IMP`?"),
        (
            "kind = \"phoenix\"",
            "kind = \"fenix\"",
            "unknown variant `fenix`",
        ),
        ("\"auroc\",", "\"aurok\",", "did you mean `auroc`?"),
        (
            "mode = \"Balanced\"",
            "mode = \"balanced\"",
            "did you mean `Balanced`?",
        ),
        (
            "[\"Prior\", \"Block\"]",
            "[\"IMP\"]",
            "IMP is none of Prior, Regulators, Block",
        ),
    ] {
        let message = refused_experiment(from, to);
        assert!(message.contains(words), "{words}: {message}");
    }
}

#[test]
fn values_out_of_range_are_refused() {
    for (from, to, words) in [
        (
            "[0.5, 0.5]",
            "[0.5, 1.5]",
            "strategy.lambda[1] = 1.5 is outside 0..=1",
        ),
        (
            "[0.5, 0.5]",
            "[nan, 0.5]",
            "strategy.lambda[0] = NaN is outside 0..=1",
        ),
        ("[0.5, 0.5]", "[0.5]", "[strategy]"),
        ("\nepochs = 500", "\nepochs = 0", "training: epochs = 0"),
        (
            "epochs = 6,",
            "epochs = 0,",
            "profile smoke: training: epochs = 0",
        ),
        (
            "target_sparsity = 0.95",
            "target_sparsity = 1.0",
            "schedule: target_sparsity is 1",
        ),
        (
            "first_fraction = 0.7",
            "first_fraction = 1.0",
            "would prune everything",
        ),
        (
            "first_epoch = 3",
            "first_epoch = 501",
            "nothing would be pruned",
        ),
        (
            "learning_rate = 1e-3",
            "learning_rate = -1",
            "training: learning_rate = -1",
        ),
        ("noise = 0.05", "noise = -0.05", "levels.noise"),
        ("sim350 = 40", "sim350 = 0", "hidden = 0"),
        ("seeds = 3", "seeds = 0", "profiles.full.seeds = 0"),
        ("train = 140", "train = 0", "data.train = 0"),
        ("id = \"table1\"", "id = \"../table1\"", "it names files"),
        (
            "[profiles.full]\nseeds = 3",
            "",
            "[profiles.full] is missing",
        ),
        ("[[figures]]", "[[figures", "line "),
    ] {
        let message = refused_experiment(from, to);
        assert!(message.contains(words), "{words}: {message}");
    }
}

#[test]
fn wrong_arguments_are_refused() {
    for (arguments, words) in [
        (
            &["reproduce", "--only", "tabel1"][..],
            "did you mean `table1`?",
        ),
        (&["reproduce", "--jobs", "0"], "--jobs"),
        (&["reproduce", "--seeds", "0"], "--seeds 0"),
        (&["reproduce", "--shard", "3/2"], "is not a shard"),
        (
            &["reproduce", "--profile", "fast"],
            "possible values: smoke, quick, full",
        ),
        (
            &["reproduce", "--data", "nowhere"],
            "data folder nowhere does not exist",
        ),
        (
            &["reproduce", "--config", "nowhere.toml"],
            "cannot read nowhere.toml",
        ),
        (&["report"], "out holds no results"),
        (&["reprodcue"], "reproduce"),
    ] {
        let message = refused(arguments);
        assert!(message.contains(words), "{words}: {message}");
    }
}

#[test]
fn absent_data_are_named_and_nothing_runs() {
    let data = TempDir::new().unwrap();
    let folder = data.path().to_str().unwrap();
    let message = refused(&["reproduce", "--data", folder]);
    assert!(message.contains("not run: data absent"), "{message}");
    assert!(message.contains("train_val_150.csv"), "{message}");
}

#[test]
fn a_dry_run_lists_every_job_and_writes_nothing() {
    let folder = TempDir::new().unwrap();
    let said = run(
        folder.path(),
        &["reproduce", "--only", "table1", "--dry-run", "--explain"],
    );
    assert_eq!(said.code, 0, "{}", said.stderr);
    let lines: Vec<&str> = said.stdout.lines().collect();
    let (last, jobs) = lines.split_last().unwrap();
    assert!(
        jobs.iter()
            .all(|line| line.contains("CPU s") && line.ends_with("(never ran)"))
    );
    assert!(
        jobs.iter()
            .any(|line| line.contains("DASH phoenix sim350 5% seed 2"))
    );
    let start = format!("{} jobs to run, 0 done already, then ", jobs.len());
    assert!(last.starts_with(&start), "{last}");
    assert!(last.contains("with the settings chosen for"), "{last}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn shards_of_a_dry_run_part_the_jobs() {
    let folder = TempDir::new().unwrap();
    let keys = |shard: &[&str]| -> Vec<String> {
        let said = run(
            folder.path(),
            &[&["reproduce", "--dry-run"], shard].concat(),
        );
        said.stdout
            .lines()
            .filter(|line| line.contains("CPU s "))
            .map(|line| line[..32].to_owned())
            .collect()
    };
    let mut parts = [
        keys(&["--shard", "1/3"]),
        keys(&["--shard", "2/3"]),
        keys(&["--shard", "3/3"]),
    ]
    .concat();
    let mut whole = keys(&[]);
    parts.sort();
    whole.sort();
    assert_eq!(parts, whole);
    assert!(!whole.is_empty());
}

#[test]
fn an_empty_variable_means_embedded_data() {
    let folder = TempDir::new().unwrap();
    xtask(folder.path())
        .args(["reproduce", "--dry-run"])
        .env("DASH_DATA", "")
        .assert()
        .success();
}

#[test]
fn the_help_names_every_option_of_the_contract() {
    let folder = TempDir::new().unwrap();
    let said = run(folder.path(), &["reproduce", "--help"]);
    for option in [
        "--only",
        "--profile",
        "--jobs",
        "--seeds",
        "--data",
        "--out",
        "--shard",
        "--dry-run",
        "--explain",
        "--config",
    ] {
        assert!(said.stdout.contains(option), "{option}");
    }
}
