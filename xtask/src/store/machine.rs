//! Facts about the machine, read from `/proc` where there is one.

use std::fs;

use serde::{Deserialize, Serialize};

/// What a result was computed on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Machine {
    /// Model name of the processor, if known.
    pub(crate) cpu: Option<String>,
    pub(crate) cores: usize,
    pub(crate) target: String,
}

impl Machine {
    pub(crate) fn here() -> Self {
        let cpu = fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("model name"))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        });
        Self {
            cpu,
            cores: cores(),
            target: env!("DASH_TARGET").to_owned(),
        }
    }
}

/// Number of cores that this process may use.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// CPU seconds that the calling thread has used, if the system says so.
pub(crate) fn thread_cpu_seconds() -> Option<f64> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: u64 = text.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds as f64 * 1e-9)
}

/// Largest memory that this process (all its workers together) has held, in bytes, if the system says so.
pub(crate) fn peak_memory_bytes() -> Option<u64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024)
}

/// Name of this machine.
pub(crate) fn host() -> String {
    fs::read_to_string("/proc/sys/kernel/hostname")
        .ok()
        .or_else(|| std::env::var("HOSTNAME").ok())
        .map_or_else(|| "unknown".to_owned(), |name| name.trim().to_owned())
}

/// When a process of this machine started, in ticks since boot: tells a process from a later one with the same id.
/// `None` when there is no such process, or no `/proc`.
pub(crate) fn process_start(id: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name of the program, in brackets, may hold blanks; the start is the 20th field after it.
    let (_, fields) = text.rsplit_once(')')?;
    let mut fields = fields.split_whitespace();
    // Killed, but its parent has not asked for its exit code yet.
    let is_dead = matches!(fields.next(), Some("Z" | "X"));
    let start = fields.nth(18)?.parse().ok();
    start.filter(|_| !is_dead)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_system_tells() {
        assert!(thread_cpu_seconds().unwrap() >= 0.0);
        assert!(peak_memory_bytes().unwrap() > 1 << 20);
        assert!(process_start(std::process::id()).unwrap() > 0);
        assert_eq!(process_start(u32::MAX), None);
        assert!(!host().is_empty());
    }
}
