//! What every solve is told, and what it reports.

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::error::check_setting;

/// Start and end time of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// Start.
    pub start: f64,
    /// End, not before the start.
    pub end: f64,
}

/// Tolerances and limits of the adaptive solver.
///
/// The estimated error of a step, divided by `atol + rtol·|y|` per gene, has a root mean square of at most 1 in
/// every row.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SolverOptions {
    /// Relative tolerance, > 0.
    pub rtol: f64,
    /// Absolute tolerance, > 0.
    pub atol: f64,
    /// Most steps, rejected ones included, that one row may take.
    pub max_steps: usize,
    /// Bytes of intermediate values that a recorded solve keeps; beyond, it stores states and computes the rest again.
    pub record_bytes: usize,
}

impl Default for SolverOptions {
    fn default() -> Self {
        Self {
            rtol: 3e-4,
            atol: 3e-6,
            max_steps: 10_000,
            record_bytes: 256 << 20,
        }
    }
}

impl SolverOptions {
    /// Tolerances for checking others against: `rtol` 1e-11, `atol` 1e-13; meant for `f64`.
    pub fn tight() -> Self {
        Self {
            rtol: 1e-11,
            atol: 1e-13,
            ..Self::default()
        }
    }

    /// The published code's tolerances: `rtol` 1e-7, `atol` 1e-9.
    pub fn published() -> Self {
        Self {
            rtol: 1e-7,
            atol: 1e-9,
            ..Self::default()
        }
    }

    /// Checks the ranges.
    ///
    /// # Errors
    /// [`crate::Error::Setting`] that names the setting outside its range.
    pub fn check(&self) -> Result<()> {
        let positive = |x: f64| x > 0.0 && x.is_finite();
        check_setting("rtol", self.rtol, positive(self.rtol), "finite and above 0")?;
        check_setting("atol", self.atol, positive(self.atol), "finite and above 0")?;
        check_setting(
            "max_steps",
            self.max_steps as f64,
            self.max_steps > 0,
            "at least 1",
        )
    }
}

/// What a solve cost, summed over its rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statistics {
    /// Evaluations of the field.
    pub evaluations: usize,
    /// Accepted steps.
    pub accepted: usize,
    /// Rejected steps.
    pub rejected: usize,
}

impl std::ops::AddAssign for Statistics {
    fn add_assign(&mut self, other: Self) {
        self.evaluations += other.evaluations;
        self.accepted += other.accepted;
        self.rejected += other.rejected;
    }
}
