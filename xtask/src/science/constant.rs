//! What is predicted without a model: errors below these are what a model has learnt.

use std::collections::BTreeMap;

use dash_ode::Intervals;

use super::Outcome;
use super::data::Data;

/// Every gene stays as it was observed last.
pub(super) fn last_value(data: &Data) -> anyhow::Result<Outcome> {
    let test: Intervals<f64> = Intervals::of(&data.test, "test")?;
    Ok(outcome(mean_square(test.starts(), test.targets())))
}

/// Every gene has its mean over the training data.
pub(super) fn training_mean(data: &Data) -> anyhow::Result<Outcome> {
    let train: Intervals<f64> = Intervals::of(&data.train, "training")?;
    let test: Intervals<f64> = Intervals::of(&data.test, "test")?;
    let mut mean = vec![0.0; train.genes()];
    for row in train.targets().chunks_exact(train.genes()) {
        for (mean, value) in mean.iter_mut().zip(row) {
            *mean += value / train.len() as f64;
        }
    }
    Ok(outcome(mean_square(
        &mean.repeat(test.len()),
        test.targets(),
    )))
}

fn mean_square(predicted: &[f64], observed: &[f64]) -> f64 {
    let squares = predicted.iter().zip(observed).map(|(p, o)| (p - o).powi(2));
    squares.sum::<f64>() / observed.len() as f64
}

fn outcome(test_mse: f64) -> Outcome {
    Outcome {
        metrics: BTreeMap::from([("test_mse".to_owned(), test_mse)]),
        notes: vec!["not trained; there is no network".into()],
        ..Outcome::default()
    }
}
