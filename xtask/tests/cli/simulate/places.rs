//! Where the data go: runs that share a place, and places that cannot be written.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use assert_cmd::cargo::CommandCargoExt as _;
use tempfile::TempDir;

use super::{HILL, Said, all_files, run, simulated};

fn folder(config: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("c.toml"), config).unwrap();
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn assert_refused_before_the_work(said: &Said, code: i32, says: &str) {
    assert_eq!(said.code, code, "{}", said.stderr);
    assert!(said.stderr.contains(says), "{}", said.stderr);
    assert!(
        !said.stderr.contains("wild_type: simulated"),
        "{}",
        said.stderr
    );
}

/// Two runs at once, of different seeds: one of them is refused, and the data are those of the other as a whole.
#[test]
fn of_two_runs_at_once_one_is_refused() {
    let slow = HILL.replace("samples = 6", "samples = 1500");
    let folder = folder(&slow);
    fs::write(
        folder.path().join("d.toml"),
        slow.replace("seed = 3", "seed = 4"),
    )
    .unwrap();
    let mut first = Command::cargo_bin("xtask").unwrap();
    first
        .current_dir(folder.path())
        .args(["simulate", "c.toml"])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut first = first.spawn().unwrap();
    let begin = Instant::now();
    while !folder.path().join(".simulated.lock").exists() {
        assert!(
            begin.elapsed() < Duration::from_mins(1),
            "nothing is claimed"
        );
        std::thread::sleep(Duration::from_millis(1));
    }
    let second = run(folder.path(), &["d.toml"]);
    let is_done = first.try_wait().unwrap().is_some();
    assert!(!is_done, "the first run was too quick for this test");
    assert_refused_before_the_work(&second, 2, "another process is writing simulated");
    assert!(first.wait().unwrap().success());
    assert_eq!(names(folder.path()), ["c.toml", "d.toml", "simulated"]);
    let alone = simulated(&slow);
    let files = |folder: &TempDir| {
        let mut files = Vec::new();
        all_files(&folder.path().join("simulated"), &mut files);
        files
            .into_iter()
            .map(|(_, bytes)| bytes)
            .collect::<Vec<_>>()
    };
    assert!(files(&folder) == files(&alone), "other files than alone");
}

#[cfg(target_os = "linux")]
#[test]
fn what_a_killed_run_left_is_in_nobodys_way() {
    let folder = folder(HILL);
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let host = host.trim();
    let plain: String = host
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '-' })
        .collect();
    let holder =
        format!("{{\"pid\":4294967295,\"host\":\"{host}\",\"process_start\":1,\"claimed\":0}}");
    fs::write(folder.path().join(".simulated.lock"), holder).unwrap();
    let left = format!(".simulated.{plain}.4294967295.unfinished");
    fs::create_dir_all(folder.path().join(&left).join("data")).unwrap();
    fs::write(folder.path().join(left).join("data/series.csv"), "cut").unwrap();
    let said = run(folder.path(), &["c.toml"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert_eq!(names(folder.path()), ["c.toml", "simulated"]);
}

#[test]
fn an_empty_folder_is_filled() {
    let folder = folder(HILL);
    fs::create_dir(folder.path().join("simulated")).unwrap();
    let said = run(folder.path(), &["c.toml"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert_eq!(names(folder.path()), ["c.toml", "simulated"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_place_that_cannot_be_written_is_found_before_the_work() {
    let folder = folder(HILL);
    let said = run(folder.path(), &["c.toml", "--out", "/proc/x"]);
    assert_refused_before_the_work(&said, 1, "cannot write /proc/x");
    let said = run(folder.path(), &["c.toml", "--out", "c.toml/x"]);
    assert_refused_before_the_work(&said, 1, "c.toml/x");
    std::os::unix::fs::symlink("elsewhere", folder.path().join("link")).unwrap();
    let said = run(folder.path(), &["c.toml", "--out", "link"]);
    assert_refused_before_the_work(&said, 1, "link is a link");
    assert_eq!(names(folder.path()), ["c.toml", "link"]);
}
