//! The rows still running, and one step of all of them.

use super::attempt::{BLOCK, Combine, ScaledNorms};
use super::control::{RowClock, Verdict, first_step, probe_step};
use super::options::{SolverOptions, Span, Statistics};
use super::tableau::{A, ERROR, STAGES};
use super::tape::Keep;
use crate::error::check_size;
use crate::linalg::{lanes, vectorised};
use crate::{Error, Real, Result};

/// The rows still running, in groups.
#[derive(Clone, Debug, Default)]
pub(crate) struct Active<T> {
    /// Rows that lie side by side, and values of a group.
    lanes: usize,
    width: usize,
    /// Rows of the batch that move at all.
    rows: Vec<usize>,
    /// Lane by lane: the place of its row among those that move; none where a lane has no row.
    slots: Vec<Option<usize>>,
    /// Lane by lane; none where a lane is at rest.
    clocks: Vec<Option<RowClock>>,
    verdicts: Vec<Option<Verdict>>,
    /// Scaled norms of the slopes at the start.
    slope_norms: Vec<f64>,
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
        if self.slots.is_empty() {
            return Ok(statistics);
        }
        self.first_slopes(field, options, &mut statistics)?;
        while !self.slots.is_empty() {
            self.attempt(field, &mut statistics);
            self.judge(options)?;
            let rejected = self.reject();
            let accepted = self.verdicts.iter().flatten().count() - rejected;
            statistics.accepted += accepted;
            statistics.rejected += rejected;
            let y = &self.y[..self.size()];
            field.keep_step(&self.slots, &self.steps, y, rejected > 0);
            self.advance(rejected > 0);
            self.hand_out(y1);
            self.close_gaps(field);
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
        self.slots.clear();
        self.slots.extend((0..self.rows.len()).map(Some));
        self.pad();
        let size = self.size();
        for buffer in [&mut self.y, &mut self.y_new, &mut self.errors]
            .into_iter()
            .chain(&mut self.slopes)
        {
            buffer.resize(size.max(buffer.len()), T::zero());
        }
        let rows = &self.y_new[..self.rows.len() * k];
        lanes::enter_groups(self.lanes, k, rows, &mut self.y[..size]);
        Ok(())
    }

    /// Fills up the last group with lanes that have no row.
    fn pad(&mut self) {
        let lanes = self.slots.len().next_multiple_of(self.lanes);
        self.slots.resize(lanes, None);
        self.clocks.resize(lanes, None);
    }

    /// Values of all groups.
    fn size(&self) -> usize {
        self.slots.len() / self.lanes * self.width
    }

    /// Rows that are not at rest.
    fn running(&self) -> usize {
        self.clocks.iter().flatten().count()
    }

    /// The row of the batch that a lane has.
    fn row(&self, slot: usize) -> Option<usize> {
        self.slots[slot].map(|place| self.rows[place])
    }

    /// The slopes at the start, and from them and a probe the first step of every row.
    fn first_slopes<K: Keep<T>>(
        &mut self,
        field: &mut K,
        options: &SolverOptions,
        statistics: &mut Statistics,
    ) -> Result<()> {
        let (lanes, width, size) = (self.lanes, self.width, self.size());
        let y = &self.y[..size];
        field.keep_start(&self.rows, y, &mut self.slopes[0][..size]);
        self.check_slopes()?;
        self.steps.clear();
        self.slope_norms.clear();
        let groups = y
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
                self.slope_norms.push(slope_norms[lane]);
            }
        }
        let (slopes, rest) = self.slopes.split_at_mut(1);
        vectorised(Combine {
            lanes,
            width,
            base: y,
            slopes,
            weights: &[1.0],
            steps: &self.steps,
            out: &mut self.y_new[..size],
        });
        let probed = &mut rest[0][..size];
        field.eval(&self.y_new[..size], probed);
        let groups = y.chunks_exact(width).zip(slopes[0].chunks_exact(width));
        let groups = groups.zip(probed.chunks_exact_mut(width));
        let lanes_of_groups = self.clocks.chunks_exact_mut(lanes);
        let lanes_of_groups = lanes_of_groups.zip(self.slope_norms.chunks_exact(lanes));
        for (((y, slope), probed), (clocks, slope_norms)) in groups.zip(lanes_of_groups) {
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
        let slopes = &self.slopes[0][..self.size()];
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
        let size = self.size();
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
        let (lanes, width, size) = (self.lanes, self.width, self.size());
        vectorised(Combine {
            lanes,
            width,
            base: &[],
            slopes: &self.slopes,
            weights: &ERROR,
            steps: &self.steps,
            out: &mut self.errors[..size],
        });
        for group in 0..size / width {
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

    /// Moves accepted rows on.
    fn advance(&mut self, some_rejected: bool) {
        if !some_rejected {
            std::mem::swap(&mut self.y, &mut self.y_new);
            self.slopes.swap(0, STAGES - 1);
            return;
        }
        let [first, .., last] = &mut self.slopes;
        for (slot, verdict) in self.verdicts.iter().enumerate() {
            if matches!(verdict, Some(Verdict::Accepted | Verdict::Finished)) {
                let start = slot / self.lanes * self.width + slot % self.lanes;
                for at in (start..).step_by(self.lanes).take(self.width / self.lanes) {
                    self.y[at] = self.y_new[at];
                    first[at] = last[at];
                }
            }
        }
    }

    /// Writes the end states of the rows that are through, whose lanes are at rest from now on.
    fn hand_out(&mut self, y1: &mut [T]) {
        let (lanes, width, k) = (self.lanes, self.width, self.width / self.lanes);
        for (slot, verdict) in self.verdicts.iter().enumerate() {
            if *verdict == Some(Verdict::Finished) {
                self.clocks[slot] = None;
                if let Some(row) = self.row(slot) {
                    let group = &self.y[slot / lanes * width..][..width];
                    lanes::copy_out(group, lanes, slot % lanes, &mut y1[row * k..][..k]);
                }
            }
        }
    }

    /// Puts the rows that run closer together where that makes for fewer groups, or for smaller ones.
    fn close_gaps<K: Keep<T>>(&mut self, field: &mut K) {
        let (running, k) = (self.running(), self.width / self.lanes);
        let lanes = field.lanes_of(running);
        if running.next_multiple_of(lanes) == self.slots.len() {
            return;
        }
        let closer = running.next_multiple_of(lanes) * k;
        for buffer in [&mut self.y, &mut self.slopes[0]] {
            let rows = &mut self.y_new[..running * k];
            let slots = (0..).zip(&self.clocks).filter(|(_, clock)| clock.is_some());
            for ((slot, _), row) in slots.zip(rows.chunks_exact_mut(k)) {
                let group = &buffer[slot / self.lanes * self.width..][..self.width];
                lanes::copy_out(group, self.lanes, slot % self.lanes, row);
            }
            lanes::enter_groups(lanes, k, rows, &mut buffer[..closer]);
        }
        let mut runs = self.clocks.iter().map(Option::is_some);
        self.slots.retain(|_| runs.next().unwrap_or_default());
        self.clocks.retain(Option::is_some);
        field.set_lanes(lanes);
        (self.lanes, self.width) = (lanes, k * lanes);
        self.pad();
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
    let kernel = ScaledNorms {
        value,
        a,
        b,
        rtol: T::of(options.rtol),
        atol: T::of(options.atol),
        norms: &mut norms,
    };
    lanes::on_lanes(lanes, kernel);
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
