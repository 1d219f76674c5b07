//! What this process has used, as Linux tells.

use std::fs;
use std::io::{Error, Result};

use rustix::time::{ClockId, clock_gettime};

/// CPU seconds of the calling thread.
pub fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + 1e-9 * time.tv_nsec as f64
}

/// Largest resident memory so far.
///
/// # Errors
/// Where `/proc/self/status` does not tell.
pub fn peak_bytes() -> Result<f64> {
    let text = fs::read_to_string("/proc/self/status")?;
    let mut lines = text.lines();
    let peak = lines.find_map(|line| line.strip_prefix("VmHWM:"));
    Ok(1024.0 * first_number(peak.unwrap_or_default())?)
}

fn first_number(text: &str) -> Result<f64> {
    let number = text.split_whitespace().next();
    number
        .and_then(|number| number.parse().ok())
        .ok_or_else(|| Error::other("no number where Linux has one"))
}
