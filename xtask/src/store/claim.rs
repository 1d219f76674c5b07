//! Claims: a file beside the result says which process is computing it, so that processes can share a folder.
//!
//! A claim only saves work. Two processes that compute the same job, say after a claim was wrongly taken for dead, write
//! the same bytes.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::store::machine;

/// How often the holder of a claim shows that it is alive.
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(10);

/// Silence after which a claim of another machine, whose processes cannot be seen from here, counts as dead.
const SILENCE: Duration = Duration::from_mins(2);

/// Who computes a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Holder {
    pub(crate) pid: u32,
    pub(crate) host: String,
    /// Start of the process, where the system tells.
    pub(crate) process_start: Option<u64>,
    /// Seconds since 1970 at which the job was claimed.
    pub(crate) claimed: u64,
}

/// A claim that is held; the file goes when it is dropped.
#[derive(Debug)]
pub(crate) struct Claim {
    path: PathBuf,
}

/// Whether a claim could be had.
#[derive(Debug)]
pub(crate) enum Attempt {
    Claimed(Claim),
    /// Somebody else is computing the job.
    Held,
}

impl Claim {
    /// Claims what `path` stands for, taking over from a holder that is dead.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn attempt(path: &Path) -> anyhow::Result<Attempt> {
        let place = || format!("cannot claim {}", path.display());
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(place)?;
        }
        if let Some(claim) = create(path).with_context(place)? {
            return Ok(Attempt::Claimed(claim));
        }
        if is_alive(path) {
            return Ok(Attempt::Held);
        }
        // Whoever renames the dead claim first may create the next one.
        let grave = path.with_extension(format!("lock.{}.tmp", std::process::id()));
        if fs::rename(path, &grave).is_ok() {
            let _ = fs::remove_file(&grave);
        }
        Ok(match create(path).with_context(place)? {
            Some(claim) => Attempt::Claimed(claim),
            None => Attempt::Held,
        })
    }

    /// The file that stands for the claim.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // A claim that stays behind is taken over once this process is dead.
        let _ = fs::remove_file(&self.path);
    }
}

/// Shows that the holder of the claim at `path` is alive.
pub(crate) fn refresh(path: &Path) {
    if let Ok(file) = File::options().write(true).open(path) {
        // A claim that cannot be refreshed costs at most double work.
        let _ = file.set_modified(SystemTime::now());
    }
}

fn create(path: &Path) -> std::io::Result<Option<Claim>> {
    let mut file = match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(None),
        Err(error) => return Err(error),
    };
    let claim = Claim {
        path: path.to_owned(),
    };
    let pid = std::process::id();
    let holder = Holder {
        pid,
        host: machine::host(),
        process_start: machine::process_start(pid),
        claimed: SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |time| time.as_secs()),
    };
    file.write_all(serde_json::to_string(&holder)?.as_bytes())?;
    Ok(Some(claim))
}

/// Whether the holder of a claim is, as far as can be seen, still at work.
fn is_alive(path: &Path) -> bool {
    let silent = fs::metadata(path)
        .and_then(|data| data.modified())
        .ok()
        .and_then(|time| SystemTime::now().duration_since(time).ok())
        .unwrap_or_default();
    let holder: Option<Holder> = fs::read_to_string(path)
        .ok()
        .and_then(|text| serde_json::from_str(&text).ok());
    match holder {
        Some(holder) if holder.host == machine::host() && holder.process_start.is_some() => {
            holder.process_start == machine::process_start(holder.pid)
        }
        Some(_) => silent < SILENCE,
        // Killed between creating and writing it, or just about to write it.
        None => silent < HEARTBEAT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("runs/key.lock");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        (folder, path)
    }

    fn left_behind(path: &Path, pid: u32, host: &str, start: Option<u64>, age: Duration) {
        let holder = Holder {
            pid,
            host: host.to_owned(),
            process_start: start,
            claimed: 0,
        };
        fs::write(path, serde_json::to_string(&holder).unwrap()).unwrap();
        make_older(path, age);
    }

    fn make_older(path: &Path, age: Duration) {
        let file = File::options().write(true).open(path).unwrap();
        file.set_modified(SystemTime::now() - age).unwrap();
    }

    fn is_claimed(path: &Path) -> bool {
        matches!(Claim::attempt(path).unwrap(), Attempt::Claimed(_))
    }

    #[test]
    fn only_one_claim_at_a_time_and_none_stays() {
        let (_folder, path) = lock();
        let Attempt::Claimed(claim) = Claim::attempt(&path).unwrap() else {
            panic!("free, but not claimed");
        };
        assert!(!is_claimed(&path));
        drop(claim);
        assert!(!path.exists());
        assert!(is_claimed(&path));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_dead_of_this_machine_are_taken_over_at_once() {
        let (_folder, path) = lock();
        let here = machine::host();
        left_behind(&path, u32::MAX, &here, Some(1), Duration::ZERO);
        assert!(is_claimed(&path));
        // The id of a dead process can be in use again: by this one, here.
        left_behind(&path, std::process::id(), &here, Some(1), Duration::ZERO);
        assert!(is_claimed(&path));
        let start = machine::process_start(std::process::id());
        left_behind(
            &path,
            std::process::id(),
            &here,
            start,
            Duration::from_hours(1),
        );
        assert!(!is_claimed(&path));
    }

    #[test]
    fn claims_of_other_machines_die_of_silence() {
        let (_folder, path) = lock();
        left_behind(&path, 1, "elsewhere", Some(1), Duration::ZERO);
        assert!(!is_claimed(&path));
        make_older(&path, SILENCE * 2);
        refresh(&path);
        assert!(!is_claimed(&path));
        make_older(&path, SILENCE * 2);
        assert!(is_claimed(&path));
    }

    #[test]
    fn an_empty_claim_is_taken_over_after_a_while() {
        let (_folder, path) = lock();
        fs::write(&path, "").unwrap();
        assert!(!is_claimed(&path));
        make_older(&path, HEARTBEAT * 2);
        assert!(is_claimed(&path));
    }
}
