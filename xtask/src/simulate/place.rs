//! Where a simulation goes: claimed before the work begins, filled under another name, and put there as a whole.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;

use anyhow::{Context, bail};

use crate::store::claim::{Attempt, Claim, HEARTBEAT, refresh};
use crate::store::machine;

/// A place that this process holds. Dropped before it is published, it leaves nothing behind.
///
/// A claim alone would not do, for it can be taken over by mistake: so every process fills a folder of its own, and the first to
/// rename it wins.
#[derive(Debug)]
pub(crate) struct Place {
    out: PathBuf,
    unfinished: PathBuf,
    // Dropped in this order: the heart stops before the claim goes.
    _heart: Sender<()>,
    _claim: Claim,
}

impl Place {
    /// Claims `out`, an absolute path; nothing while another process writes it.
    ///
    /// # Errors
    /// When the finished folder could not be put there.
    pub(crate) fn claim(out: &Path) -> anyhow::Result<Option<Self>> {
        let place = || format!("cannot write {}", out.display());
        let name = out
            .file_name()
            .with_context(|| format!("{} is no folder to write to", out.display()))?
            .to_string_lossy();
        if out.is_symlink() {
            bail!(
                "{} is a link; give --out the folder that it leads to",
                out.display()
            );
        }
        let lock = out.with_file_name(format!(".{name}.lock"));
        let Attempt::Claimed(claim) = Claim::attempt(&lock).with_context(place)? else {
            return Ok(None);
        };
        let unfinished = Unfinished::of(&name);
        unfinished.remove_abandoned(out).with_context(place)?;
        let held = Self {
            out: out.to_owned(),
            unfinished: out.with_file_name(unfinished.name(process::id())),
            _heart: beat(lock),
            _claim: claim,
        };
        held.try_to_replace()?;
        fs::create_dir(&held.unfinished).with_context(place)?;
        Ok(Some(held))
    }

    /// The folder to fill.
    pub(super) fn unfinished(&self) -> &Path {
        &self.unfinished
    }

    /// Puts the filled folder where it belongs.
    ///
    /// # Errors
    /// When something else has come there meanwhile.
    pub(super) fn publish(self, key: &str) -> anyhow::Result<()> {
        match fs::rename(&self.unfinished, &self.out) {
            Ok(()) => Ok(()),
            // Somebody was faster; the same key, the same files.
            Err(_) if holds(&self.out, key)? => Ok(()),
            Err(error) => {
                Err(error).with_context(|| format!("cannot write {}", self.out.display()))
            }
        }
    }

    /// An empty folder gives way to a finished one, but not where it is a mount point: moves it away and back.
    fn try_to_replace(&self) -> anyhow::Result<()> {
        let is_empty = |mut entries: fs::ReadDir| entries.next().is_none();
        if !fs::read_dir(&self.out).is_ok_and(is_empty) {
            return Ok(());
        }
        fs::rename(&self.out, &self.unfinished)
            .and_then(|()| fs::rename(&self.unfinished, &self.out))
            .with_context(|| {
                format!(
                    "{} is an empty folder that cannot be replaced; give --out a folder in it",
                    self.out.display()
                )
            })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // What stays behind is removed by the next run; what was published is no longer there.
        let _ = fs::remove_dir_all(&self.unfinished);
    }
}

/// Whether the folder holds this simulation; not if it is empty, or not there.
///
/// # Errors
/// When it holds something else.
pub(crate) fn holds(out: &Path, key: &str) -> anyhow::Result<bool> {
    let Ok(mut entries) = fs::read_dir(out) else {
        if out.exists() {
            bail!("{} is a file; name another --out", out.display());
        }
        return Ok(false);
    };
    if entries.next().is_none() {
        return Ok(false);
    }
    let metadata = fs::read(out.join("metadata.json")).unwrap_or_default();
    let metadata: serde_json::Value = serde_json::from_slice(&metadata).unwrap_or_default();
    if metadata["key"] == key {
        return Ok(true);
    }
    bail!(
        "{} holds something else; name another --out, or remove it",
        out.display()
    );
}

/// Shows other machines that the claim is alive, until the sender is dropped.
fn beat(lock: PathBuf) -> Sender<()> {
    let (heart, stopped) = channel();
    thread::spawn(move || {
        while stopped.recv_timeout(HEARTBEAT) == Err(RecvTimeoutError::Timeout) {
            refresh(&lock);
        }
    });
    heart
}

/// Names of the folders that processes of this machine fill for one place.
struct Unfinished {
    prefix: String,
}

const SUFFIX: &str = ".unfinished";

impl Unfinished {
    fn of(name: &str) -> Self {
        let plain = |c: char| if c.is_alphanumeric() { c } else { '-' };
        let host: String = machine::host().chars().map(plain).collect();
        Self {
            prefix: format!(".{name}.{host}."),
        }
    }

    fn name(&self, pid: u32) -> String {
        format!("{}{pid}{SUFFIX}", self.prefix)
    }

    /// Removes what killed processes of this machine have left. Those of others cannot be told from processes at work.
    fn remove_abandoned(&self, out: &Path) -> io::Result<()> {
        let Some(folder) = out.parent() else {
            return Ok(());
        };
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let pid = name
                .strip_prefix(&self.prefix)
                .and_then(|rest| rest.strip_suffix(SUFFIX))
                .and_then(|pid| pid.parse().ok());
            let is_dead = |pid| pid == process::id() || machine::process_start(pid).is_none();
            if pid.is_some_and(is_dead) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(folder: &Path) -> Vec<String> {
        let names = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = names
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    fn claimed(out: &Path) -> Place {
        Place::claim(out).unwrap().unwrap()
    }

    fn fill(folder: &Path, key: &str) {
        fs::create_dir_all(folder).unwrap();
        fs::write(
            folder.join("metadata.json"),
            format!("{{\"key\":\"{key}\"}}"),
        )
        .unwrap();
    }

    #[test]
    fn one_process_at_a_time_and_nothing_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let place = claimed(&out);
        assert!(Place::claim(&out).unwrap().is_none());
        assert!(place.unfinished().is_dir());
        drop(place);
        assert_eq!(entries(folder.path()), [""; 0]);
        let place = claimed(&out);
        fill(place.unfinished(), "k");
        place.publish("k").unwrap();
        assert_eq!(entries(folder.path()), ["out"]);
        assert!(holds(&out, "k").unwrap());
    }

    #[test]
    fn what_came_meanwhile_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        for (key, is_same) in [("mine", true), ("other", false)] {
            let out = folder.path().join(key);
            let place = claimed(&out);
            fill(place.unfinished(), "mine");
            fill(&out, key);
            fs::write(out.join("theirs"), "").unwrap();
            let result = place.publish("mine");
            assert_eq!(result.is_ok(), is_same);
            if let Err(error) = result {
                let message = error.to_string();
                assert!(message.contains("holds something else"), "{message}");
            }
            assert_eq!(entries(&out), ["metadata.json", "theirs"]);
        }
        assert_eq!(entries(folder.path()), ["mine", "other"]);
    }

    #[test]
    fn an_empty_folder_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        fs::create_dir(&out).unwrap();
        let place = claimed(&out);
        assert_eq!(entries(folder.path()).len(), 3);
        fill(place.unfinished(), "k");
        place.publish("k").unwrap();
        assert_eq!(entries(&out), ["metadata.json"]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn only_what_the_dead_left_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let names = Unfinished::of("out");
        for pid in [process::id(), u32::MAX] {
            fill(&folder.path().join(names.name(pid)), "cut");
        }
        let others = [
            ".out.elsewhere.7.unfinished".to_owned(),
            Unfinished::of("out.b").name(u32::MAX),
            names.name(std::os::unix::process::parent_id()),
        ];
        for name in &others {
            fill(&folder.path().join(name), "at work");
        }
        let place = claimed(&out);
        assert_eq!(entries(place.unfinished()), [""; 0]);
        drop(place);
        let mut left = others.to_vec();
        left.sort();
        assert_eq!(entries(folder.path()), left);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        std::os::unix::fs::symlink("elsewhere", &out).unwrap();
        let message = Place::claim(&out).unwrap_err().to_string();
        assert!(message.contains("is a link"), "{message}");
        assert_eq!(entries(folder.path()), ["out"]);
    }
}
