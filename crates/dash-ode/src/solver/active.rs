//! The rows still running, and one step of all of them.

use super::attempt::{BLOCK, Combine, ScaledNorms};
use super::control::{RowClock, Verdict, first_step, probe_step};
use super::options::{SolverOptions, Span, Statistics};
use super::tableau::{A, ERROR, STAGES};
use super::tape::Keep;
use crate::error::check_size;
use crate::linalg::{lanes, vectorised};
use crate::{Error, Real, Result};

/// The groups of rows still running.
#[derive(Clone, Debug, Default)]
pub(crate) struct Active<T> {
    /// Rows that lie side by side, and values of a group.
    lanes: usize,
    width: usize,
    /// Row of the batch of every lane that has one, group by group from the start.
    rows: Vec<usize>,
    groups: Vec<usize>,
    /// Lane by lane; none where a lane is at rest.
    clocks: Vec<Option<RowClock>>,
    verdicts: Vec<Option<Verdict>>,
    /// Step sizes, 0 for lanes at rest: such a step changes nothing.
    steps: Vec<T>,
    y: Vec<T>,
    y_new: Vec<T>,
    slopes: [Vec<T>; STAGES],
    errors: Vec<T>,
}

impl<T: Real> Active<T> {
    /// Integrates all rows.
    pub(crate) fn run<K: Keep<T>>(
        &mut self,
        field: &mut K,
        options: &SolverOptions,
        y0: &[T],
        spans: &[Span],
        y1: &mut [T],
    ) -> Result<Statistics> {
        (self.lanes, self.width) = (field.lanes(), field.width());
        let k = self.width / self.lanes;
        check_size("initial states (rows × dim)", spans.len() * k, y0.len())?;
        check_size("end states (rows × dim)", spans.len() * k, y1.len())?;
        y1.copy_from_slice(y0);
        self.enter(k, y0, spans)?;
        let mut statistics = Statistics::default();
        if self.groups.is_empty() {
            return Ok(statistics);
        }
        self.first_slopes(field, options, &mut statistics)?;
        while !self.groups.is_empty() {
            self.attempt(field, &mut statistics);
            self.judge(options)?;
            let rejected = self.reject();
            let accepted = self.verdicts.iter().flatten().count() - rejected;
            statistics.accepted += accepted;
            statistics.rejected += rejected;
            field.keep_step(&self.groups, &self.steps, &self.y, rejected > 0);
            self.advance(y1);
        }
        Ok(statistics)
    }

    /// Takes in the rows whose span has a length.
    fn enter(&mut self, k: usize, y0: &[T], spans: &[Span]) -> Result<()> {
        self.rows.clear();
        self.clocks.clear();
        self.y_new.clear();
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
                self.rows.push(row);
                self.clocks.push(Some(RowClock::new(*span)));
                self.y_new.extend_from_slice(state);
            }
        }
        let groups = self.rows.len().div_ceil(self.lanes);
        self.groups.clear();
        self.groups.extend(0..groups);
        self.clocks.resize(groups * self.lanes, None);
        let size = groups * self.width;
        self.y.resize(size, T::zero());
        lanes::enter_groups(self.lanes, k, &self.y_new, &mut self.y);
        for buffer in [&mut self.y_new, &mut self.errors]
            .into_iter()
            .chain(&mut self.slopes)
        {
            buffer.resize(size.max(buffer.len()), T::zero());
        }
        Ok(())
    }

    /// Rows that are not at rest.
    fn running(&self) -> usize {
        self.clocks.iter().flatten().count()
    }

    /// The row of a lane of the groups that run.
    fn row(&self, slot: usize) -> Option<usize> {
        let (group, lane) = (self.groups[slot / self.lanes], slot % self.lanes);
        self.rows.get(group * self.lanes + lane).copied()
    }

    /// The slopes at the start, and from them and a probe the first step of every row.
    fn first_slopes<K: Keep<T>>(
        &mut self,
        field: &mut K,
        options: &SolverOptions,
        statistics: &mut Statistics,
    ) -> Result<()> {
        let (lanes, width, size) = (self.lanes, self.width, self.y.len());
        field.keep_start(&self.rows, &self.y, &mut self.slopes[0][..size]);
        self.check_slopes()?;
        self.steps.clear();
        let groups = self
            .y
            .chunks_exact(width)
            .zip(self.slopes[0].chunks_exact(width));
        for ((y, slope), clocks) in groups.zip(self.clocks.chunks_exact_mut(lanes)) {
            let state_norms = norms(lanes, y, y, y, options);
            let slope_norms = norms(lanes, slope, y, y, options);
            for (lane, clock) in clocks.iter_mut().enumerate() {
                let step = clock.as_mut().map_or(0.0, |clock| {
                    clock.step = probe_step(state_norms[lane], slope_norms[lane], clock.step);
                    clock.step
                });
                self.steps.push(T::of(step));
            }
        }
        let (slopes, rest) = self.slopes.split_at_mut(1);
        vectorised(Combine {
            lanes,
            width,
            base: &self.y,
            slopes,
            weights: &[1.0],
            steps: &self.steps,
            out: &mut self.y_new[..size],
        });
        let probed = &mut rest[0][..size];
        field.eval(&self.y_new[..size], probed);
        let groups = self
            .y
            .chunks_exact(width)
            .zip(slopes[0].chunks_exact(width));
        let groups = groups.zip(probed.chunks_exact_mut(width));
        for (((y, slope), probed), clocks) in groups.zip(self.clocks.chunks_exact_mut(lanes)) {
            let slope_norms = norms(lanes, slope, y, y, options);
            for (probed, &slope) in probed.iter_mut().zip(slope) {
                *probed -= slope;
            }
            let changes = norms(lanes, probed, y, y, options);
            for (lane, clock) in clocks.iter_mut().enumerate() {
                let Some(clock) = clock else { continue };
                let (slope, change) = (slope_norms[lane], changes[lane]);
                let step = first_step(slope, change / (clock.step * slope));
                // A probe that left the field's domain says nothing: start with the probe's own size.
                clock.propose(if step > 0.0 { step } else { clock.step });
            }
        }
        statistics.evaluations += 2 * self.running();
        Ok(())
    }

    fn check_slopes(&self) -> Result<()> {
        let slopes = &self.slopes[0][..self.y.len()];
        let Some(at) = slopes.iter().position(|s| !s.is_finite()) else {
            return Ok(());
        };
        let (group, within) = (at / self.width, at % self.width);
        let slot = group * self.lanes + within % self.lanes;
        Err(Error::NonFinite {
            row: self.row(slot).unwrap_or_default(),
            time: self.clocks[slot].map_or(0.0, |clock| clock.time),
            gene: within / self.lanes,
        })
    }

    /// Evaluates the stages of one step for all rows; the last stage's state is the new state.
    fn attempt<K: Keep<T>>(&mut self, field: &mut K, statistics: &mut Statistics) {
        let size = self.y.len();
        self.steps.clear();
        let steps = self
            .clocks
            .iter()
            .map(|clock| clock.map_or(0.0, |c| c.step));
        self.steps.extend(steps.map(T::of));
        field.begin_step();
        for stage in 1..STAGES {
            let (before, after) = self.slopes.split_at_mut(stage);
            let y_stage = &mut self.y_new[..size];
            vectorised(Combine {
                lanes: self.lanes,
                width: self.width,
                base: &self.y,
                slopes: before,
                weights: &A[stage][..stage],
                steps: &self.steps,
                out: y_stage,
            });
            field.keep_stage(y_stage, &mut after[0][..size]);
        }
        statistics.evaluations += (STAGES - 1) * self.running();
    }

    fn judge(&mut self, options: &SolverOptions) -> Result<()> {
        self.verdicts.clear();
        let (lanes, width, size) = (self.lanes, self.width, self.y.len());
        vectorised(Combine {
            lanes,
            width,
            base: &[],
            slopes: &self.slopes,
            weights: &ERROR,
            steps: &self.steps,
            out: &mut self.errors[..size],
        });
        for group in 0..self.groups.len() {
            let at = group * width..(group + 1) * width;
            let (value, a) = (&self.errors[at.clone()], &self.y[at.clone()]);
            let norms = norms(lanes, value, a, &self.y_new[at], options);
            for (lane, &norm) in norms.iter().enumerate().take(lanes) {
                let slot = group * lanes + lane;
                let Some(clock) = &mut self.clocks[slot] else {
                    self.verdicts.push(None);
                    continue;
                };
                let (time, step) = (clock.time, clock.step);
                let verdict = clock.judge(norm, options);
                self.verdicts.push(Some(verdict));
                if matches!(verdict, Verdict::Underflow | Verdict::TooManySteps) {
                    let row = self.row(slot).unwrap_or_default();
                    let gene = worst(value, a, lanes, lane);
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
            }
        }
        Ok(())
    }

    /// Takes back the steps of rejected lanes, and counts them.
    fn reject(&mut self) -> usize {
        let mut rejected = 0;
        for (step, verdict) in self.steps.iter_mut().zip(&self.verdicts) {
            if *verdict == Some(Verdict::Rejected) {
                *step = T::zero();
                rejected += 1;
            }
        }
        rejected
    }

    /// Moves accepted rows on, hands out groups that are through, and closes the gaps.
    fn advance(&mut self, y1: &mut [T]) {
        let (lanes, width) = (self.lanes, self.width);
        let mut kept = 0;
        for group in 0..self.groups.len() {
            let slots = group * lanes..(group + 1) * lanes;
            let verdicts = &self.verdicts[slots.clone()];
            let (from, to) = (group * width..(group + 1) * width, kept * width);
            let (first, rest) = self.slopes.split_at_mut(1);
            let (first, last) = (&mut first[0], &rest[STAGES - 2]);
            if verdicts.contains(&Some(Verdict::Rejected)) {
                self.y.copy_within(from.clone(), to);
                first.copy_within(from.clone(), to);
                for (lane, verdict) in verdicts.iter().enumerate() {
                    if matches!(verdict, Some(Verdict::Accepted | Verdict::Finished)) {
                        for i in (lane..width).step_by(lanes) {
                            self.y[to + i] = self.y_new[from.start + i];
                            first[to + i] = last[from.start + i];
                        }
                    }
                }
            } else if !verdicts.contains(&Some(Verdict::Accepted)) {
                self.hand_out(group, y1);
                continue;
            } else {
                self.y[to..to + width].copy_from_slice(&self.y_new[from.clone()]);
                first[to..to + width].copy_from_slice(&last[from]);
            }
            self.groups[kept] = self.groups[group];
            for (lane, slot) in slots.enumerate() {
                let finished = self.verdicts[slot] == Some(Verdict::Finished);
                self.clocks[kept * lanes + lane] = self.clocks[slot].filter(|_| !finished);
            }
            kept += 1;
        }
        self.groups.truncate(kept);
        self.clocks.truncate(kept * lanes);
        self.y.truncate(kept * width);
    }

    /// Writes the end states of a group.
    fn hand_out(&self, group: usize, y1: &mut [T]) {
        let (lanes, k) = (self.lanes, self.width / self.lanes);
        let state = &self.y_new[group * self.width..][..self.width];
        for lane in 0..lanes {
            if let Some(row) = self.row(group * lanes + lane) {
                let y1 = &mut y1[row * k..][..k];
                for (y1, &y) in y1.iter_mut().zip(state[lane..].iter().step_by(lanes)) {
                    *y1 = y;
                }
            }
        }
    }
}

/// The scaled norms of a group, lane by lane.
fn norms<T: Real>(
    lanes: usize,
    value: &[T],
    a: &[T],
    b: &[T],
    options: &SolverOptions,
) -> [f64; BLOCK] {
    let mut norms = [0.0; BLOCK];
    vectorised(ScaledNorms {
        lanes,
        value,
        a,
        b,
        rtol: T::of(options.rtol),
        atol: T::of(options.atol),
        norms: &mut norms,
    });
    norms
}

/// The gene of a lane whose error is not finite, or else is the largest relative to its size.
fn worst<T: Real>(errors: &[T], y: &[T], lanes: usize, lane: usize) -> usize {
    let size = |gene: usize| {
        let at = gene * lanes + lane;
        let relative = errors[at].f64().abs() / (y[at].f64().abs() + f64::MIN_POSITIVE);
        if relative.is_finite() {
            relative
        } else {
            f64::INFINITY
        }
    };
    (0..errors.len() / lanes)
        .max_by(|&a, &b| size(a).total_cmp(&size(b)).then(b.cmp(&a)))
        .unwrap_or(0)
}
