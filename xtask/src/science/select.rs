//! A job that chooses λ and a sparsity by cross-validation on the training data.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::PoisonError;

use dash_ode::{Differentiable, Initialise, TimeSeries};
use dash_prune::{FoldCurve, LambdaCurve, LambdaGrid, LambdaSearch, Prior, select_lambda};

use super::fit::{Recipe, Task, Value, settings, with_field};
use super::{Observe, Outcome, Progress};
use crate::store::machine;

pub(super) fn select(
    recipe: Recipe<'_>,
    grid: &LambdaGrid,
    series: &TimeSeries,
    prior: &Prior,
    progress: &Observe<'_>,
) -> anyhow::Result<Outcome> {
    let search = Search {
        recipe,
        grid,
        series,
        prior,
        progress,
    };
    with_field(recipe.model, series.genes().len(), search)
}

struct Search<'a> {
    recipe: Recipe<'a>,
    grid: &'a LambdaGrid,
    series: &'a TimeSeries,
    prior: &'a Prior,
    progress: &'a Observe<'a>,
}

/// What is known while trainings end, from the one thread that runs them.
#[derive(Default)]
struct State {
    done: usize,
    best: f64,
    sparsity: f64,
    cpu_seconds: Option<f64>,
}

impl Search<'_> {
    fn note(&self, state: &Mutex<State>, training: &FoldCurve) {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.done += 1;
        // The trainings run in a thread of their own, whose clock only it can read.
        state.cpu_seconds = machine::thread_cpu_seconds();
        for level in &training.levels {
            if level.error < state.best {
                (state.best, state.sparsity) = (level.error, level.sparsity);
            }
        }
        (self.progress)(Progress {
            epoch: state.done,
            epochs: self.grid.points().len() * self.grid.folds,
            validation: state.best,
            sparsity: state.sparsity,
        });
    }
}

impl Task for Search<'_> {
    type Output = Outcome;

    fn run<F: Differentiable<Value> + Initialise + Clone + Send + Sync>(
        self,
        field: F,
    ) -> anyhow::Result<Outcome> {
        let state = Mutex::new(State {
            best: f64::INFINITY,
            ..State::default()
        });
        let curve = select_lambda(
            &LambdaSearch {
                field: &field,
                initial: &field.initialise(self.recipe.model.seed).cast(),
                prior: self.prior,
                series: self.series,
                settings: &settings(self.recipe),
                training: self.recipe.training,
                seed: self.recipe.seed,
                threads: 1,
            },
            self.grid,
            &[],
            &|training| self.note(&state, training),
        )?;
        let state = state.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(outcome(curve, state.cpu_seconds))
    }
}

fn outcome(curve: LambdaCurve, cpu_seconds: Option<f64>) -> Outcome {
    let chosen = curve.chosen;
    Outcome {
        metrics: BTreeMap::from([
            ("sparsity".into(), chosen.sparsity),
            ("validation_mse".into(), chosen.mean),
        ]),
        notes: vec![
            "chosen by cross-validation on the training data; no test data, no true network".into(),
        ],
        timings: cpu_seconds
            .map(|seconds| ("cpu_seconds".to_owned(), seconds))
            .into_iter()
            .collect(),
        curve: Some(curve),
        ..Outcome::default()
    }
}
