//! `cargo xtask fit` as its user calls it.

#![expect(clippy::cast_possible_wrap, reason = "counts are small")]

mod refusals;
mod results;
mod shards;
mod single_cells;

use assert_cmd::Command;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Output;
use tempfile::TempDir;

pub(super) const PRIOR: &str = "from,to\nIN,FOLLOWER\nFOLLOWER,OTHER\n";

/// FOLLOWER follows IN, OTHER goes its own way; `trajectories` of five points, with a little noise that is the same
/// every time.
pub(super) fn expression(trajectories: usize) -> String {
    let mut text = String::from("trajectory,time,gene,value\n");
    for n in 0..trajectories {
        let (drive, start) = (0.1 + 0.08 * n as f64, 0.9 - 0.07 * (n * 7 % 10) as f64);
        for point in 0..5 {
            let (time, noise) = (
                f64::from(point),
                0.003 * f64::from((point * 5 + n as i32 * 3) % 7 - 3),
            );
            let follower = drive + (start - drive) * (-time).exp() + noise;
            let other = 0.5 + (0.05 * (n % 5) as f64 - 0.2) * (-0.7 * time).exp() - noise;
            for (gene, value) in [("IN", drive), ("FOLLOWER", follower), ("OTHER", other)] {
                let _ = writeln!(text, "t{n},{time},{gene},{value:.5}");
            }
        }
    }
    text
}

pub(super) struct Case {
    folder: TempDir,
}

impl Case {
    /// The files of a small fit of two seeds.
    pub(super) fn new() -> Self {
        let case = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        case.write("expression.csv", &expression(10));
        case.write("prior.csv", PRIOR);
        case.config("format = \"tidy\"", "");
        case
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn write(&self, name: &str, content: &str) {
        fs::write(self.path(name), content).unwrap();
    }

    pub(super) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(super) fn config(&self, expression: &str, rest: &str) {
        let head = if rest.contains("seeds =") {
            ""
        } else {
            "seeds = 2\n"
        };
        let (top, rest) = rest.split_once("\n\n").unwrap_or(("", rest));
        let prior = if rest.contains("[prior]") || rest.contains("no prior") {
            ""
        } else {
            "[prior]\nfile = \"prior.csv\"\n"
        };
        let file = if expression.contains("file =") {
            ""
        } else {
            "file = \"expression.csv\"\n"
        };
        self.write(
            "fit.toml",
            &format!("{head}{top}\n[training]\nepochs = 3\n{prior}[expression]\n{file}{expression}\n{rest}\n"),
        );
    }

    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::cargo_bin("xtask").unwrap();
        command
            .current_dir(self.folder.path())
            .arg("fit")
            .args(arguments);
        command
    }

    pub(super) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// What a fit that succeeds says on standard output.
    pub(super) fn fits(&self, arguments: &[&str]) -> String {
        let run = self.run(arguments);
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        assert_eq!(run.status.code(), Some(0), "{said}");
        String::from_utf8_lossy(&run.stdout).into_owned()
    }

    /// What a call that is refused says; asserts exit code 2, no panic, and that nothing was written.
    pub(super) fn refused(&self, arguments: &[&str]) -> String {
        let run = self.run(arguments);
        let message = String::from_utf8_lossy(&run.stderr).into_owned();
        assert_eq!(run.status.code(), Some(2), "{message}");
        assert!(!message.contains("panicked"), "{message}");
        assert!(
            !self.path("out").exists(),
            "something was written: {message}"
        );
        message
    }
}
