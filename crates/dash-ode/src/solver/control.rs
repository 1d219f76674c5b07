//! Step size of one row.
//!
//! # Reference
//! E. Hairer, S. P. Nørsett & G. Wanner, *Solving Ordinary Differential Equations I* (1993), II.4, but for the first step:
//! theirs bounds the error by the second derivative, which makes it some ten times too short here; ours by the fifth of a
//! linear system with the rate that the probe shows.

use super::{SolverOptions, Span};

const SAFETY: f64 = 0.9;
/// Likewise for the first step, of which one point of the solution is known.
const FIRST_SAFETY: f64 = 0.7;
const SHRINK_MOST: f64 = 0.2;
const GROW_MOST: f64 = 10.0;
/// For y′ = λy, the estimated error of a step h is 97/120000·(hλ)⁵·y and higher powers.
const LINEAR_ERROR: f64 = 97.0 / 120_000.0;
/// Smallest step, as a share of the row's span.
const RESOLUTION: f64 = 1e-12;

/// Where a row is, and the step it tries next.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowClock {
    pub(crate) time: f64,
    pub(crate) step: f64,
    end: f64,
    floor: f64,
    rejected_last: bool,
    attempts: usize,
}

/// What becomes of an attempted step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Accepted,
    /// Accepted, and the end of the span is reached.
    Finished,
    Rejected,
    /// The step fell below the resolution of time.
    Underflow,
    TooManySteps,
}

impl RowClock {
    pub(crate) fn new(span: Span) -> Self {
        let length = span.end - span.start;
        Self {
            time: span.start,
            step: length,
            end: span.end,
            floor: RESOLUTION * length,
            rejected_last: false,
            attempts: 0,
        }
    }

    /// Sets the step, cut to what is left of the span.
    pub(crate) fn propose(&mut self, step: f64) {
        let left = self.end - self.time;
        // Steps of equal size to the end: a last sliver would cost as much as a whole one.
        self.step = left / (left / step).ceil().max(1.0);
    }

    /// Judges a step by its error norm (at most 1 is good) and sets the next one.
    pub(crate) fn judge(&mut self, error: f64, options: &SolverOptions) -> Verdict {
        self.attempts += 1;
        let accepted = error <= 1.0;
        let last = self.step >= self.end - self.time;
        if accepted && last {
            self.time = self.end;
            return Verdict::Finished;
        }
        if self.attempts >= options.max_steps {
            return Verdict::TooManySteps;
        }
        // A norm that is not finite says nothing about the size of the error.
        let scale = if error.is_finite() {
            libm::pow(error.max(1e-30), 0.2)
        } else {
            f64::INFINITY
        };
        if accepted {
            self.time += self.step;
            let growth = SAFETY / scale;
            let most = if self.rejected_last { 1.0 } else { GROW_MOST };
            self.rejected_last = false;
            self.propose(self.step * growth.clamp(SHRINK_MOST, most));
            return Verdict::Accepted;
        }
        let next = self.step * (SAFETY / scale).max(SHRINK_MOST);
        if next < self.floor {
            return Verdict::Underflow;
        }
        self.rejected_last = true;
        self.propose(next);
        Verdict::Rejected
    }
}

/// Size of the Euler step that probes curvature, from the scaled norms of the state and of its slope.
pub(crate) fn probe_step(state: f64, slope: f64, length: f64) -> f64 {
    let step = if slope < 1e-5 {
        0.01 * length
    } else if state < 1e-5 {
        1e-6
    } else {
        0.01 * state / slope
    };
    step.min(length)
}

/// The step whose estimated error would be 1 if the system were linear: `slope` is the scaled norm of the slope, `rate` the
/// relative change of the slope per unit time.
pub(crate) fn first_step(slope: f64, rate: f64) -> f64 {
    FIRST_SAFETY / libm::pow(LINEAR_ERROR * slope * libm::pow(rate, 4.0), 0.2)
}
