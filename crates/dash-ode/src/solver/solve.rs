//! Solving once: the plain way in.

use ndarray::{Array2, Array3, ArrayView2, Axis};

use super::{Integrator, SolverOptions, Span, Statistics};
use crate::error::check_size;
use crate::field::VectorField;
use crate::{Real, Result};

/// End states of a solve, and what it cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution<T> {
    /// End states, rows × dim.
    pub states: Array2<T>,
    /// Evaluations, accepted and rejected steps.
    pub statistics: Statistics,
}

/// Integrates every row of `y0` (rows × dim) over its own span.
///
/// # Errors
/// As [`Integrator::solve`].
pub fn solve<T: Real, F: VectorField<T> + ?Sized>(
    field: &mut F,
    y0: ArrayView2<'_, T>,
    spans: &[Span],
    options: &SolverOptions,
) -> Result<Solution<T>> {
    check_size("columns of the initial states", field.dim(), y0.ncols())?;
    check_size("number of spans", y0.nrows(), spans.len())?;
    let start: Vec<T> = y0.iter().copied().collect();
    let mut end = vec![T::zero(); start.len()];
    let statistics = Integrator::new(*options)?.solve(field, &start, spans, &mut end)?;
    let mut states = Array2::zeros(y0.raw_dim());
    states
        .iter_mut()
        .zip(end)
        .for_each(|(state, end)| *state = end);
    Ok(Solution { states, statistics })
}

/// Integrates every row of `y0` (rows × dim) from the first of `times` and returns its state at each of them.
///
/// # Shapes
/// times × rows × dim; entry 0 is `y0`.
///
/// # Errors
/// As [`Integrator::solve`]; [`crate::Error::Span`] if the times decrease.
pub fn solve_at<T: Real, F: VectorField<T> + ?Sized>(
    field: &mut F,
    y0: ArrayView2<'_, T>,
    times: &[f64],
    options: &SolverOptions,
) -> Result<Array3<T>> {
    check_size("columns of the initial states", field.dim(), y0.ncols())?;
    let mut states = Array3::zeros((times.len(), y0.nrows(), y0.ncols()));
    let mut integrator = Integrator::new(*options)?;
    let mut current: Vec<T> = y0.iter().copied().collect();
    let mut next = current.clone();
    for (index, mut slice) in states.axis_iter_mut(Axis(0)).enumerate() {
        if index > 0 {
            let span = Span {
                start: times[index - 1],
                end: times[index],
            };
            integrator.solve(field, &current, &vec![span; y0.nrows()], &mut next)?;
            std::mem::swap(&mut current, &mut next);
        }
        slice.iter_mut().zip(&current).for_each(|(s, c)| *s = *c);
    }
    Ok(states)
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::{Error, FnField};

    fn oscillator() -> FnField<impl FnMut(&[f64], &mut [f64])> {
        FnField::new(2, |y: &[f64], dydt: &mut [f64]| {
            dydt[0] = y[1];
            dydt[1] = -y[0];
        })
    }

    #[test]
    fn the_error_follows_the_tolerance() {
        let exact = [4.0_f64.cos(), -4.0_f64.sin()];
        let error = |rtol: f64| {
            let options = SolverOptions {
                rtol,
                atol: rtol,
                ..SolverOptions::default()
            };
            let states = solve_at(
                &mut oscillator(),
                array![[1.0, 0.0]].view(),
                &[0.0, 4.0],
                &options,
            )
            .unwrap();
            (states[[1, 0, 0]] - exact[0])
                .abs()
                .max((states[[1, 0, 1]] - exact[1]).abs())
        };
        let errors = [1e-4, 1e-6, 1e-8, 1e-10].map(error);
        for pair in errors.windows(2) {
            assert!(pair[1] < pair[0] / 10.0, "{errors:?}");
        }
        assert!(errors[3] < 1e-8);
    }

    #[test]
    fn rows_have_their_own_spans_and_do_not_see_each_other() {
        let spans = [(0.0, 1.0), (2.0, 2.0), (0.0, 7.0), (1.0, 1.5)]
            .map(|(start, end)| Span { start, end });
        let y0 = array![[1.0, 0.0], [0.3, 0.4], [0.0, 2.0], [-1.0, 1.0]];
        let options = SolverOptions::default();
        let together = solve(&mut oscillator(), y0.view(), &spans, &options).unwrap();
        let mut cost = Statistics::default();
        for row in 0..4 {
            let start = y0.slice(ndarray::s![row..=row, ..]);
            let alone = solve(&mut oscillator(), start, &spans[row..=row], &options).unwrap();
            assert_eq!(alone.states.row(0), together.states.row(row));
            cost += alone.statistics;
        }
        assert_eq!(cost, together.statistics);
        assert_eq!(together.states.row(1), y0.row(1));
    }

    #[test]
    fn a_blow_up_is_an_error_that_names_row_time_and_gene() {
        let mut field = FnField::new(2, |y: &[f64], dydt: &mut [f64]| {
            dydt[0] = -y[0];
            dydt[1] = y[1] * y[1];
        });
        let span = |end| Span { start: 0.0, end };
        let error = solve(
            &mut field,
            array![[1.0, 0.1], [1.0, 1.0]].view(),
            &[span(5.0), span(5.0)],
            &SolverOptions {
                max_steps: 500,
                ..SolverOptions::default()
            },
        );
        match error.unwrap_err() {
            Error::NonFinite { row, time, gene }
            | Error::StepUnderflow {
                row, time, gene, ..
            }
            | Error::TooManySteps {
                row, time, gene, ..
            } => {
                assert_eq!((row, gene), (1, 1));
                // The exact solution 1/(1 − t) ends at 1; the discrete one may pass it by a step.
                assert!((0.9..=1.001).contains(&time), "{time}");
            }
            other => panic!("{other}"),
        }
    }

    #[test]
    fn what_cannot_be_solved_is_refused() {
        let y0 = array![[1.0, 0.0]];
        let options = SolverOptions::default();
        let run = |y0: ArrayView2<'_, f64>, start, end| {
            solve(&mut oscillator(), y0, &[Span { start, end }], &options)
        };
        assert!(matches!(
            run(y0.view(), 1.0, 0.0).unwrap_err(),
            Error::Span { row: 0, .. }
        ));
        assert!(matches!(
            run(y0.view(), 0.0, f64::NAN).unwrap_err(),
            Error::Span { .. }
        ));
        assert!(matches!(
            run(array![[1.0, f64::NAN]].view(), 0.0, 1.0).unwrap_err(),
            Error::NonFinite { gene: 1, .. }
        ));
        assert!(matches!(
            run(array![[1.0]].view(), 0.0, 1.0).unwrap_err(),
            Error::Shape {
                expected: 2,
                found: 1,
                ..
            }
        ));
        let none = SolverOptions {
            rtol: 0.0,
            ..options
        };
        assert!(matches!(
            solve(&mut oscillator(), y0.view(), &[], &none).unwrap_err(),
            Error::Shape { .. }
        ));
        let spans = [Span {
            start: 0.0,
            end: 1.0,
        }];
        assert!(matches!(
            solve(&mut oscillator(), y0.view(), &spans, &none).unwrap_err(),
            Error::Setting { name: "rtol", .. }
        ));
    }

    #[test]
    fn an_empty_batch_is_no_work() {
        let nothing = solve(
            &mut oscillator(),
            Array2::zeros((0, 2)).view(),
            &[],
            &SolverOptions::default(),
        )
        .unwrap();
        assert_eq!(nothing.statistics, Statistics::default());
    }
}
