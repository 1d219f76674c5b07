//! Intervals of a time series, as rows for the solver.

use rand::Rng;
use rand::seq::SliceRandom as _;
use serde::{Deserialize, Serialize};

use crate::{Error, Real, Result, Span, TimeSeries};

/// What one optimiser step sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchRule {
    /// All intervals of one trajectory.
    Trajectory,
    /// This many intervals, drawn without repetition over an epoch.
    Intervals(usize),
}

/// All intervals of a time series: start states, spans, and the states observed at their ends.
#[derive(Clone, Debug)]
pub struct Intervals<T> {
    genes: usize,
    starts: Vec<T>,
    targets: Vec<T>,
    spans: Vec<Span>,
    /// Trajectory of every interval; those of one trajectory are side by side.
    trajectories: Vec<usize>,
}

/// The rows of one optimiser step.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows<T> {
    pub(crate) starts: Vec<T>,
    pub(crate) targets: Vec<T>,
    pub(crate) spans: Vec<Span>,
}

impl<T: Real> Intervals<T> {
    /// The intervals of a series. Points with missing values are skipped with their intervals.
    ///
    /// # Errors
    /// [`Error::NoIntervals`] if there is none; `part` names the data in the message.
    pub fn of(series: &TimeSeries, part: &'static str) -> Result<Self> {
        let genes = series.genes().len();
        let (mut starts, mut targets, mut spans, mut trajectories) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for interval in series.intervals() {
            let values = &series.trajectories()[interval.trajectory].values;
            starts.extend(values.row(interval.step).iter().map(|&x| T::of(x)));
            targets.extend(values.row(interval.step + 1).iter().map(|&x| T::of(x)));
            spans.push(Span {
                start: interval.t0,
                end: interval.t1,
            });
            trajectories.push(interval.trajectory);
        }
        if spans.is_empty() {
            return Err(Error::NoIntervals { part });
        }
        Ok(Self {
            genes,
            starts,
            targets,
            spans,
            trajectories,
        })
    }

    /// The intervals with the given indices, in the given order. Neighbours of one trajectory still make one optimiser step.
    ///
    /// # Errors
    /// [`Error::NoSuchInterval`] for an index beyond the last; [`Error::NoIntervals`] if none is chosen, `part` then names
    /// the data in the message.
    pub fn select(&self, chosen: &[usize], part: &'static str) -> Result<Self> {
        let count = self.len();
        if let Some(&index) = chosen.iter().find(|&&i| i >= count) {
            return Err(Error::NoSuchInterval { index, count });
        }
        if chosen.is_empty() {
            return Err(Error::NoIntervals { part });
        }
        let mut rows = Rows::default();
        self.gather(chosen, &mut rows);
        Ok(Self {
            genes: self.genes,
            starts: rows.starts,
            targets: rows.targets,
            spans: rows.spans,
            trajectories: chosen.iter().map(|&i| self.trajectories[i]).collect(),
        })
    }

    /// Number of genes.
    pub fn genes(&self) -> usize {
        self.genes
    }

    /// Number of intervals.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there is no interval (never, as built).
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Start states, intervals × genes, row-major.
    pub fn starts(&self) -> &[T] {
        &self.starts
    }

    /// States observed at the ends, intervals × genes, row-major.
    pub fn targets(&self) -> &[T] {
        &self.targets
    }

    /// Index of the trajectory of every interval, in the order of the series.
    pub fn trajectories(&self) -> &[usize] {
        &self.trajectories
    }

    /// Start and end time of every interval.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Cuts an epoch into optimiser steps, in random order.
    pub(crate) fn steps(&self, rule: BatchRule, rng: &mut impl Rng) -> Vec<Vec<usize>> {
        match rule {
            BatchRule::Trajectory => {
                let all: Vec<usize> = (0..self.len()).collect();
                let mut steps: Vec<Vec<usize>> = all
                    .chunk_by(|&a, &b| self.trajectories[a] == self.trajectories[b])
                    .map(<[usize]>::to_vec)
                    .collect();
                steps.shuffle(rng);
                steps
            }
            BatchRule::Intervals(size) => {
                let mut all: Vec<usize> = (0..self.len()).collect();
                all.shuffle(rng);
                all.chunks(size).map(<[usize]>::to_vec).collect()
            }
        }
    }

    /// Copies the chosen intervals side by side.
    pub(crate) fn gather(&self, chosen: &[usize], rows: &mut Rows<T>) {
        rows.starts.clear();
        rows.targets.clear();
        rows.spans.clear();
        for &i in chosen {
            let at = i * self.genes..(i + 1) * self.genes;
            rows.starts.extend_from_slice(&self.starts[at.clone()]);
            rows.targets.extend_from_slice(&self.targets[at]);
            rows.spans.push(self.spans[i]);
        }
    }
}
