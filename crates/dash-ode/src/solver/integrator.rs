//! The batched adaptive solve.

use super::active::Active;
use super::options::{SolverOptions, Span, Statistics};
use super::reverse::Back;
use super::tape::{Recording, Tape, Trial};
use super::view::View;
use crate::field::{Recorded, VectorField};
use crate::{Real, Result};

/// The solver with its work space, to be used again and again without allocating.
///
/// Every row has its own span, step size and error control; the field is evaluated for all rows still running at
/// once. Rows that have reached their end are taken out of the batch; where rows lie side by side, as soon as the others fit
/// fewer groups.
#[derive(Clone, Debug)]
pub struct Integrator<T> {
    pub(super) options: SolverOptions,
    pub(super) tape: Tape<T>,
    pub(super) back: Back<T>,
    /// Derivatives with respect to the end states of a part.
    pub(super) bars: Vec<T>,
    active: Active<T>,
}

impl<T: Real> Integrator<T> {
    /// A solver with these options.
    ///
    /// # Errors
    /// [`crate::Error::Setting`] if an option is outside its range.
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
    /// [`crate::Error::NonFinite`], [`crate::Error::StepUnderflow`], [`crate::Error::TooManySteps`] name row, time and gene;
    /// [`crate::Error::Shape`] and [`crate::Error::Span`] for arguments that do not fit.
    pub fn solve<F: VectorField<T> + ?Sized>(
        &mut self,
        field: &mut F,
        y0: &[T],
        spans: &[Span],
        y1: &mut [T],
    ) -> Result<Statistics> {
        let mut trial = Trial(View::of(field, moving(spans)));
        self.active.run(&mut trial, &self.options, y0, spans, y1)
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
            View::of(field, moving(spans)),
            &mut self.tape,
            spans.len(),
            self.options.record_bytes,
        );
        self.active
            .run(&mut recording, &self.options, y0, spans, y1)
    }
}

/// Rows whose span has a length.
fn moving(spans: &[Span]) -> usize {
    spans.iter().filter(|span| span.start < span.end).count()
}
