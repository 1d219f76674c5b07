//! Solve and gradient of many rows, part by part.

use std::ops::Range;

use super::{Integrator, Span, Statistics};
use crate::error::check_size;
use crate::field::Differentiable;
use crate::{Real, Result};

impl<T: Real> Integrator<T> {
    /// Integrates every row of `y0` (`rows × dim`) over its span, writes the end states to `y1`, and *adds* to `gradient`
    /// the derivative of a loss with respect to the parameters, or to the [`Differentiable::survivors`] alone.
    ///
    /// `loss` is told, for a range of rows, their end states and writes the derivative of the loss with respect to
    /// them. As [`Integrator::record`] and [`Integrator::pull_back`], but rows are taken a few at a time, so that what is
    /// recorded stays in the cache: with hundreds of rows several times as fast.
    ///
    /// # Errors
    /// As [`Integrator::solve`].
    pub fn gradient<F: Differentiable<T> + ?Sized>(
        &mut self,
        field: &mut F,
        y0: &[T],
        spans: &[Span],
        y1: &mut [T],
        mut loss: impl FnMut(Range<usize>, &[T], &mut [T]),
        gradient: &mut [T],
    ) -> Result<Statistics> {
        let k = field.dim();
        check_size("initial states (rows × dim)", spans.len() * k, y0.len())?;
        check_size("end states (rows × dim)", spans.len() * k, y1.len())?;
        let mut statistics = Statistics::default();
        let mut bars = std::mem::take(&mut self.bars);
        for first in (0..spans.len()).step_by(rows_together(field)) {
            let rows = first..spans.len().min(first + rows_together(field));
            let values = rows.start * k..rows.end * k;
            let ends = &mut y1[values.clone()];
            statistics += self
                .record(field, &y0[values], &spans[rows.clone()], ends)
                .map_err(|error| error.counted_from(first))?;
            bars.clear();
            bars.resize(ends.len(), T::zero());
            loss(rows, ends, &mut bars);
            self.pull_back(field, &mut bars, gradient)?;
        }
        self.bars = bars;
        Ok(statistics)
    }
}

/// Rows that are solved together: as many as an evaluation can record in a quarter of the space of the parameters. More
/// would push the parameters out of the cache, fewer would use each too rarely while it is there.
fn rows_together<T: Real, F: Differentiable<T> + ?Sized>(field: &F) -> usize {
    let record = (field.record_len(8) / 8).max(1);
    (field.layout().len() / 4 / record)
        .max(1)
        .next_multiple_of(8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Error, Initialise as _, Phoenix, SolverOptions};

    const GENES: usize = 5;

    fn job(rows: usize) -> (Phoenix<f64>, Vec<f64>, Vec<Span>) {
        let parameters = Phoenix::<f64>::new(GENES, 4).unwrap().initialise(1);
        let field = Phoenix::with_parameters(&parameters).unwrap();
        let states = (0..rows * GENES).map(|i| 0.5 + 0.5 * (i as f64).sin());
        let span = |row: usize| Span {
            start: 0.0,
            end: (row % 5) as f64,
        };
        (field, states.collect(), (0..rows).map(span).collect())
    }

    #[test]
    fn parts_make_up_the_whole() {
        for rows in [0, 1, 8, 9, 50] {
            let (mut field, states, spans) = job(rows);
            let mut integrator = Integrator::new(SolverOptions::default()).unwrap();
            let n = field.layout().len();
            let (mut ends, mut whole) = (vec![0.0; states.len()], vec![0.0; n]);
            let want = integrator
                .record(&mut field, &states, &spans, &mut ends)
                .unwrap();
            // The loss is half the sum of squares: its derivative is the end state itself.
            let mut bars = ends.clone();
            integrator
                .pull_back(&mut field, &mut bars, &mut whole)
                .unwrap();
            let (mut same_ends, mut gradient) = (vec![0.0; states.len()], vec![0.0; n]);
            let mut seen = Vec::new();
            let loss = |rows: Range<usize>, ends: &[f64], bars: &mut [f64]| {
                seen.extend(rows);
                bars.copy_from_slice(ends);
            };
            let got = integrator.gradient(
                &mut field,
                &states,
                &spans,
                &mut same_ends,
                loss,
                &mut gradient,
            );
            assert_eq!(got.unwrap(), want);
            assert_eq!(same_ends, ends);
            assert!(seen.into_iter().eq(0..rows));
            for (part, whole) in gradient.iter().zip(&whole) {
                assert!((part - whole).abs() < 1e-12 * (1.0 + whole.abs()));
            }
        }
    }

    #[test]
    fn a_failure_names_the_row_of_the_whole_batch() {
        let (mut field, mut states, spans) = job(30);
        states[29 * GENES + 3] = f64::NAN;
        let mut integrator = Integrator::new(SolverOptions::default()).unwrap();
        let (mut ends, mut gradient) = (vec![0.0; states.len()], vec![0.0; field.layout().len()]);
        let loss = |_: Range<usize>, _: &[f64], _: &mut [f64]| {};
        let failed =
            integrator.gradient(&mut field, &states, &spans, &mut ends, loss, &mut gradient);
        let failed = failed.unwrap_err();
        assert!(
            matches!(
                failed,
                Error::NonFinite {
                    row: 29,
                    gene: 3,
                    ..
                }
            ),
            "{failed}"
        );
    }
}
