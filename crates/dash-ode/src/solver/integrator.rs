//! The batched adaptive solve.

use super::attempt::{Combine, ScaledNorm};
use super::control::{RowClock, Verdict, first_step, probe_step};
use super::reverse::Back;
use super::tableau::{A, ERROR, STAGES};
use super::tape::{Keep, Recording, Tape, Trial};
use super::{SolverOptions, Statistics};
use crate::error::check_size;
use crate::field::{Recorded, VectorField};
use crate::linalg::vectorised;
use crate::{Error, Real, Result};

/// Start and end time of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// Start.
    pub start: f64,
    /// End, not before the start.
    pub end: f64,
}

/// The solver with its work space, to be used again and again without allocating.
///
/// Every row has its own span, step size and error control; the field is evaluated for all rows still running at
/// once. Rows that have reached their end are taken out of the batch.
#[derive(Clone, Debug)]
pub struct Integrator<T> {
    pub(super) options: SolverOptions,
    pub(super) tape: Tape<T>,
    pub(super) back: Back<T>,
    /// Derivatives with respect to the end states of a part.
    pub(super) bars: Vec<T>,
    active: Active<T>,
}

/// The rows still running, side by side.
#[derive(Clone, Debug, Default)]
struct Active<T> {
    ids: Vec<usize>,
    clocks: Vec<RowClock>,
    verdicts: Vec<Verdict>,
    steps: Vec<T>,
    y: Vec<T>,
    y_new: Vec<T>,
    slopes: [Vec<T>; STAGES],
    errors: Vec<T>,
}

impl<T: Real> Integrator<T> {
    /// A solver with these options.
    ///
    /// # Errors
    /// [`Error::Setting`] if an option is outside its range.
    pub fn new(options: SolverOptions) -> Result<Self> {
        options.check()?;
        Ok(Self {
            options,
            tape: Tape::default(),
            back: Back::default(),
            bars: Vec::new(),
            active: Active::default(),
        })
    }

    /// Integrates every row of `y0` (`rows × dim`) over its span and writes the end states to `y1`.
    ///
    /// # Errors
    /// [`Error::NonFinite`], [`Error::StepUnderflow`], [`Error::TooManySteps`] name row, time and gene;
    /// [`Error::Shape`] and [`Error::Span`] for arguments that do not fit.
    pub fn solve<F: VectorField<T> + ?Sized>(
        &mut self,
        field: &mut F,
        y0: &[T],
        spans: &[Span],
        y1: &mut [T],
    ) -> Result<Statistics> {
        self.active
            .run(&mut Trial(field), &self.options, y0, spans, y1)
    }

    /// As [`Integrator::solve`], keeping what [`Integrator::pull_back`] needs.
    ///
    /// # Errors
    /// As [`Integrator::solve`].
    pub fn record<F: Recorded<T> + ?Sized>(
        &mut self,
        field: &mut F,
        y0: &[T],
        spans: &[Span],
        y1: &mut [T],
    ) -> Result<Statistics> {
        let mut recording = Recording::start(
            field,
            &mut self.tape,
            spans.len(),
            self.options.record_bytes,
        );
        self.active
            .run(&mut recording, &self.options, y0, spans, y1)
    }
}

impl<T: Real> Active<T> {
    fn run<K: Keep<T>>(
        &mut self,
        field: &mut K,
        options: &SolverOptions,
        y0: &[T],
        spans: &[Span],
        y1: &mut [T],
    ) -> Result<Statistics> {
        let k = field.dim();
        check_size("initial states (rows × dim)", spans.len() * k, y0.len())?;
        check_size("end states (rows × dim)", spans.len() * k, y1.len())?;
        y1.copy_from_slice(y0);
        self.enter(k, y0, spans)?;
        let mut statistics = Statistics::default();
        if self.ids.is_empty() {
            return Ok(statistics);
        }
        self.first_slopes(field, options, &mut statistics)?;
        while !self.ids.is_empty() {
            self.attempt(field, &mut statistics);
            self.judge(k, options)?;
            let kept = |verdict: &Verdict| matches!(verdict, Verdict::Accepted | Verdict::Finished);
            let accepted = self.verdicts.iter().filter(|v| kept(v)).count();
            statistics.accepted += accepted;
            statistics.rejected += self.verdicts.len() - accepted;
            field.keep_step(&self.ids, &self.steps, &self.y, |row| {
                kept(&self.verdicts[row])
            });
            self.advance(k, y1);
        }
        Ok(statistics)
    }

    /// Takes in the rows whose span has a length.
    fn enter(&mut self, k: usize, y0: &[T], spans: &[Span]) -> Result<()> {
        self.ids.clear();
        self.clocks.clear();
        self.y.clear();
        for (row, span) in spans.iter().enumerate() {
            if !(span.start.is_finite() && span.end.is_finite() && span.start <= span.end) {
                return Err(Error::Span {
                    row,
                    start: span.start,
                    end: span.end,
                });
            }
            let state = &y0[row * k..][..k];
            if let Some(gene) = state.iter().position(|y| !y.is_finite()) {
                return Err(Error::NonFinite {
                    row,
                    time: span.start,
                    gene,
                });
            }
            if span.start < span.end {
                self.ids.push(row);
                self.clocks.push(RowClock::new(*span));
                self.y.extend_from_slice(state);
            }
        }
        let size = self.y.len();
        self.y_new.resize(size.max(self.y_new.len()), T::zero());
        for slope in self.slopes.iter_mut().chain([&mut self.errors]) {
            slope.resize(size.max(slope.len()), T::zero());
        }
        Ok(())
    }

    /// The slopes at the start, and from them and a probe the first step of every row.
    fn first_slopes<K: Keep<T>>(
        &mut self,
        field: &mut K,
        options: &SolverOptions,
        statistics: &mut Statistics,
    ) -> Result<()> {
        let (k, size, rows) = (field.dim(), self.y.len(), self.ids.len());
        let (rtol, atol) = (T::of(options.rtol), T::of(options.atol));
        field.keep_start(&self.ids, &self.y, &mut self.slopes[0][..size]);
        self.steps.clear();
        for (row, clock) in self.clocks.iter_mut().enumerate() {
            let (y, slope) = (&self.y[row * k..][..k], &self.slopes[0][row * k..][..k]);
            if let Some(gene) = slope.iter().position(|s| !s.is_finite()) {
                return Err(Error::NonFinite {
                    row: self.ids[row],
                    time: clock.time,
                    gene,
                });
            }
            let (mut state_norm, mut slope_norm) = (0.0, 0.0);
            vectorised(ScaledNorm {
                value: y,
                a: y,
                b: y,
                rtol,
                atol,
                norm: &mut state_norm,
            });
            vectorised(ScaledNorm {
                value: slope,
                a: y,
                b: y,
                rtol,
                atol,
                norm: &mut slope_norm,
            });
            clock.step = probe_step(state_norm, slope_norm, clock.step);
            self.steps.push(T::of(clock.step));
        }
        let (slopes, rest) = self.slopes.split_at_mut(1);
        vectorised(Combine {
            dim: k,
            base: &self.y,
            slopes,
            weights: &[1.0],
            steps: &self.steps,
            out: &mut self.y_new[..size],
        });
        let probed = &mut rest[0][..size];
        field.eval(&self.y_new[..size], probed);
        statistics.evaluations += 2 * rows;
        for (row, clock) in self.clocks.iter_mut().enumerate() {
            let at = row * k..(row + 1) * k;
            let (y, slope, probed) = (&self.y[at.clone()], &slopes[0][at.clone()], &mut probed[at]);
            let (mut slope_norm, mut change) = (0.0, 0.0);
            vectorised(ScaledNorm {
                value: slope,
                a: y,
                b: y,
                rtol,
                atol,
                norm: &mut slope_norm,
            });
            for (probed, &slope) in probed.iter_mut().zip(slope) {
                *probed -= slope;
            }
            vectorised(ScaledNorm {
                value: probed,
                a: y,
                b: y,
                rtol,
                atol,
                norm: &mut change,
            });
            let step = first_step(slope_norm, change / (clock.step * slope_norm));
            // A probe that left the field's domain says nothing: start with the probe's own size.
            clock.propose(if step > 0.0 { step } else { clock.step });
        }
        Ok(())
    }

    /// Evaluates the stages of one step for all rows; the last stage's state is the new state.
    fn attempt<K: Keep<T>>(&mut self, field: &mut K, statistics: &mut Statistics) {
        let (k, size) = (field.dim(), self.y.len());
        self.steps.clear();
        self.steps.extend(self.clocks.iter().map(|c| T::of(c.step)));
        field.begin_step();
        for stage in 1..STAGES {
            let (before, after) = self.slopes.split_at_mut(stage);
            let y_stage = &mut self.y_new[..size];
            let weights = &A[stage][..stage];
            vectorised(Combine {
                dim: k,
                base: &self.y,
                slopes: before,
                weights,
                steps: &self.steps,
                out: y_stage,
            });
            field.keep_stage(y_stage, &mut after[0][..size]);
        }
        statistics.evaluations += (STAGES - 1) * self.ids.len();
    }

    fn judge(&mut self, k: usize, options: &SolverOptions) -> Result<()> {
        self.verdicts.clear();
        let (size, slopes, steps) = (self.y.len(), &self.slopes, &self.steps);
        let errors = &mut self.errors[..size];
        vectorised(Combine {
            dim: k,
            base: &[],
            slopes,
            weights: &ERROR,
            steps,
            out: errors,
        });
        for (row, clock) in self.clocks.iter_mut().enumerate() {
            let at = row * k..(row + 1) * k;
            let (value, a, b) = (&errors[at.clone()], &self.y[at.clone()], &self.y_new[at]);
            let (rtol, atol) = (T::of(options.rtol), T::of(options.atol));
            let mut norm = 0.0;
            vectorised(ScaledNorm {
                value,
                a,
                b,
                rtol,
                atol,
                norm: &mut norm,
            });
            let (time, step) = (clock.time, clock.step);
            let verdict = clock.judge(norm, options);
            if matches!(verdict, Verdict::Underflow | Verdict::TooManySteps) {
                let (gene, row) = (worst(value, a), self.ids[row]);
                return Err(match verdict {
                    Verdict::TooManySteps => Error::TooManySteps {
                        row,
                        time,
                        gene,
                        max_steps: options.max_steps,
                    },
                    _ if !norm.is_finite() => Error::NonFinite { row, time, gene },
                    _ => Error::StepUnderflow {
                        row,
                        time,
                        step,
                        gene,
                    },
                });
            }
            self.verdicts.push(verdict);
        }
        Ok(())
    }

    /// Moves accepted rows on, hands out finished ones, and closes the gaps.
    fn advance(&mut self, k: usize, y1: &mut [T]) {
        let mut kept = 0;
        for row in 0..self.ids.len() {
            let (from, to) = (row * k..(row + 1) * k, kept * k);
            match self.verdicts[row] {
                Verdict::Finished => {
                    y1[self.ids[row] * k..][..k].copy_from_slice(&self.y_new[from]);
                    continue;
                }
                Verdict::Accepted => {
                    self.y[to..to + k].copy_from_slice(&self.y_new[from.clone()]);
                    let (first, rest) = self.slopes.split_at_mut(1);
                    first[0][to..to + k].copy_from_slice(&rest[STAGES - 2][from]);
                }
                _ if kept < row => {
                    self.y.copy_within(from.clone(), to);
                    self.slopes[0].copy_within(from, to);
                }
                _ => {}
            }
            self.ids[kept] = self.ids[row];
            self.clocks[kept] = self.clocks[row];
            kept += 1;
        }
        self.ids.truncate(kept);
        self.clocks.truncate(kept);
        self.y.truncate(kept * k);
    }
}

/// The gene whose error is not finite, or else is the largest relative to its size.
fn worst<T: Real>(errors: &[T], y: &[T]) -> usize {
    let size = |i: usize| {
        let relative = errors[i].f64().abs() / (y[i].f64().abs() + f64::MIN_POSITIVE);
        if relative.is_finite() {
            relative
        } else {
            f64::INFINITY
        }
    };
    (0..errors.len())
        .max_by(|&a, &b| size(a).total_cmp(&size(b)).then(b.cmp(&a)))
        .unwrap_or(0)
}
