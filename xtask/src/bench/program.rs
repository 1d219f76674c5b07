//! The workloads of one version, built.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail, ensure};
use serde_json::Value;

/// The workspace.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// The target of the package `dash-benches`.
const TARGET: &str = "hot_paths";

/// A program that runs workloads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Program {
    pub(crate) path: PathBuf,
}

/// One workload of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) name: String,
    /// Whether it is measured only where time does not matter.
    pub(crate) slow: bool,
}

impl Program {
    /// Builds the workloads of the working copy.
    ///
    /// # Errors
    /// When cargo fails; it says why on standard error.
    pub(crate) fn of_working_copy() -> anyhow::Result<Self> {
        build(Path::new(ROOT))
    }

    /// Builds the workloads of a commit, in a worktree of its own that is gone afterwards, and keeps the program in
    /// `folder`. It is not built again by the same toolchain.
    ///
    /// # Errors
    /// When there is no such commit, or it cannot be built.
    pub(crate) fn of_commit(revision: &str, folder: &Path) -> anyhow::Result<Self> {
        let revision = format!("{revision}^{{commit}}");
        let commit = git(&["rev-parse", "--verify", "--quiet", &revision])
            .with_context(|| format!("there is no commit `{revision}`"))?;
        let toolchain = env!("DASH_TOOLCHAIN").split(' ').nth(1).unwrap_or_default();
        let kept = folder.join(format!("{commit}-{toolchain}"));
        if kept.is_file() {
            return Ok(Self { path: kept });
        }
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let tree = folder.join("worktree");
        let place = tree.to_string_lossy();
        // What a call that was killed has left.
        let _ = git(&["worktree", "remove", "--force", &place]);
        git(&["worktree", "add", "--detach", &place, &commit])?;
        let built = build(&tree).and_then(|program| program.keep(&kept));
        git(&["worktree", "remove", "--force", &place])?;
        built.with_context(|| format!("cannot build the benches of {commit}"))
    }

    /// Copies the program, for later builds replace it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn keep(&self, path: &Path) -> anyhow::Result<Self> {
        let place = || format!("cannot write {}", path.display());
        fs::create_dir_all(path.parent().with_context(place)?).with_context(place)?;
        let part = path.with_extension("part");
        fs::copy(&self.path, &part).with_context(place)?;
        fs::rename(&part, path).with_context(place)?;
        Ok(Self {
            path: path.to_owned(),
        })
    }

    /// Its workloads, in order.
    ///
    /// # Errors
    /// When it does not run here.
    pub(crate) fn list(&self) -> anyhow::Result<Vec<Listed>> {
        let mut command = Command::new(&self.path);
        let text = output(command.arg("--workloads"))?;
        text.lines().map(listed).collect()
    }
}

/// `quick NAME` or `slow NAME`.
fn listed(line: &str) -> anyhow::Result<Listed> {
    match line.split_once(' ') {
        Some((pace @ ("quick" | "slow"), name)) => Ok(Listed {
            name: name.to_owned(),
            slow: pace == "slow",
        }),
        _ => bail!("the benches list `{line}`, not `quick NAME` or `slow NAME`"),
    }
}

fn build(workspace: &Path) -> anyhow::Result<Program> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let target = target_folder()?;
    cargo
        .current_dir(workspace)
        .env("CARGO_TARGET_DIR", target)
        .args(["build", "--release", "--package", "dash-benches"])
        .args(["--bench", TARGET, "--message-format"])
        .arg("json-render-diagnostics")
        .stderr(Stdio::inherit());
    let path = output(&mut cargo)?
        .lines()
        .find_map(executable)
        .context("cargo built no benches")?;
    Ok(Program { path })
}

/// The program in one of cargo's messages.
fn executable(message: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    let is_ours = message["target"]["name"] == TARGET;
    let path = message["executable"].as_str()?;
    is_ours.then(|| PathBuf::from(path))
}

/// Where cargo builds.
///
/// # Errors
/// When cargo does not say.
pub(crate) fn target_folder() -> anyhow::Result<PathBuf> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(ROOT)
        .args(["metadata", "--no-deps", "--format-version", "1"]);
    let metadata: Value = serde_json::from_str(&output(&mut cargo)?)?;
    let folder = metadata["target_directory"].as_str();
    Ok(folder.context("cargo names no target folder")?.into())
}

/// The commit of the working copy, with a `+` where files differ from it.
pub(crate) fn commit() -> String {
    let commit = git(&["rev-parse", "--short=12", "HEAD"]).unwrap_or_else(|_| "unknown".into());
    match git(&["status", "--porcelain", "--untracked-files=no"]) {
        Ok(changes) if changes.is_empty() => commit,
        _ => format!("{commit}+"),
    }
}

fn git(arguments: &[&str]) -> anyhow::Result<String> {
    let mut git = Command::new("git");
    let text = output(git.current_dir(ROOT).args(arguments))?;
    Ok(text.trim().to_owned())
}

/// What a program writes to standard output.
///
/// # Errors
/// When it does not start or fails; what it wrote to standard error is then in the message.
pub(super) fn output(command: &mut Command) -> anyhow::Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let done = command
        .output()
        .with_context(|| format!("cannot start {name}"))?;
    let said = String::from_utf8_lossy(&done.stderr);
    ensure!(
        done.status.success(),
        "{name} failed ({}) {}",
        done.status,
        said.trim()
    );
    String::from_utf8(done.stdout).with_context(|| format!("{name} wrote no text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read() {
        let slow = listed("slow ode/epoch/phoenix").unwrap();
        assert_eq!((slow.name.as_str(), slow.slow), ("ode/epoch/phoenix", true));
        assert!(!listed("quick eval/report").unwrap().slow);
        assert!(listed("eval/report: benchmark").is_err());
    }

    #[test]
    fn the_program_is_found_among_the_messages_of_cargo() {
        let ours = r#"{"reason":"compiler-artifact","target":{"name":"hot_paths"},"executable":"/t/hot_paths-1"}"#;
        assert_eq!(executable(ours), Some(PathBuf::from("/t/hot_paths-1")));
        let library =
            r#"{"reason":"compiler-artifact","target":{"name":"dash_benches"},"executable":null}"#;
        assert_eq!(executable(library), None);
        assert_eq!(executable("not json"), None);
    }

    #[test]
    fn a_failure_says_what_the_program_said() {
        let error = output(Command::new("git").arg("no-such-command")).unwrap_err();
        assert!(error.to_string().contains("no-such-command"), "{error}");
    }
}
