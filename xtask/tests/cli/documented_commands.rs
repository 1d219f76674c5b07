//! Every call of `cargo xtask` in the documents names a command and options that there are.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;

/// Documents for users: Markdown in the root, in `docs`, and beside the examples.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folders = [
        ".",
        "docs",
        "docs/cluster",
        "docs/benchmarks",
        "examples/own-data",
    ];
    let files = folders
        .iter()
        .flat_map(|folder| fs::read_dir(root.join(folder)).unwrap());
    let paths = files.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|kind| kind == "md"))
        .filter(|path| !path.ends_with("CHANGELOG.md"))
        .collect()
}

/// The words of every call in a text, up to a comment, a pipe or the end of the code.
fn calls(text: &str) -> Vec<Vec<&str>> {
    let parts = text
        .lines()
        .flat_map(|line| line.split("cargo xtask ").skip(1));
    parts
        .map(|call| {
            call.split(['#', '|', '`', ';', ')'])
                .next()
                .unwrap_or_default()
        })
        .map(|call| call.split_whitespace().collect())
        .filter(|words: &Vec<&str>| !words.is_empty())
        .collect()
}

/// What `--help` of a command says, or nothing if there is no such command.
fn help(command: &[&str]) -> Option<String> {
    let said = Command::cargo_bin("xtask")
        .unwrap()
        .args(command)
        .arg("--help")
        .output()
        .unwrap();
    said.status
        .success()
        .then(|| String::from_utf8_lossy(&said.stdout).into_owned())
}

/// Subcommands that have subcommands themselves.
fn command<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let deep =
        matches!(words, ["data" | "evaluate", next, ..] if next.chars().all(char::is_alphabetic));
    words[..if deep { 2 } else { 1 }].to_vec()
}

#[test]
fn documented_calls_name_commands_and_options_that_there_are() {
    let mut known: BTreeMap<Vec<String>, Option<String>> = BTreeMap::new();
    let mut wrong = BTreeSet::new();
    let mut count = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for words in calls(&text) {
            let command = command(&words);
            let key = command.iter().map(|word| (*word).to_owned()).collect();
            let help = known.entry(key).or_insert_with(|| help(&command));
            count += 1;
            let Some(help) = help else {
                wrong.insert(format!("{}: no command {command:?}", page.display()));
                continue;
            };
            let named: BTreeSet<&str> = help
                .split(|c: char| !(c.is_alphanumeric() || c == '-'))
                .collect();
            for option in words.iter().filter(|word| word.starts_with("--")) {
                let option = option.split('=').next().unwrap();
                if !named.contains(option) {
                    wrong.insert(format!("{}: {command:?} has no {option}", page.display()));
                }
            }
        }
    }
    assert!(count > 20, "only {count} calls found");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn calls_are_found_with_their_options() {
    let text = "`cargo xtask fit a.toml --out b` and\ncargo xtask data list   # --all\nno call";
    assert_eq!(
        calls(text),
        [vec!["fit", "a.toml", "--out", "b"], vec!["data", "list"]]
    );
    assert!(help(&["no-such-command"]).is_none());
}
