//! The error on held-out data, with its uncertainty and with what needs no model beside it.

use dash_ode::{Intervals, TimeSeries, stream};
use ndarray::Array2;
use rand::Rng as _;
use serde::{Deserialize, Serialize};

use super::Model;
use super::parts::{HeldOut, Parts};
use super::simulate::one_interval_ahead;

/// Draws of the bootstrap.
const DRAWS: usize = 2000;
/// Fewest test trajectories to be drawn as wholes.
const ENOUGH: usize = 5;

/// Mean squared errors on the test data, in the model's units.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct TestError {
    pub(crate) rows: Vec<ErrorRow>,
    /// What the bootstrap draws: `trajectories`, or `courses of single genes`.
    pub(crate) drawn: String,
    pub(crate) intervals: usize,
}

/// Below so many held-out intervals the bootstrap's interval is not to be relied on.
const FEW: usize = 10;

impl TestError {
    /// What the 95% interval of the last value's error minus the model's says against the model, and how few intervals
    /// it rests on.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.intervals < FEW {
            warnings.push(format!(
                "Only {} {} held out: the 95% intervals say little.",
                self.intervals,
                if self.intervals == 1 {
                    "interval is"
                } else {
                    "intervals are"
                }
            ));
        }
        let versus_last = self.rows.get(1).and_then(|last| last.minus_model);
        let verdict = match versus_last {
            Some((_, high)) if high < 0.0 => "clearly worse than",
            Some((low, _)) if low <= 0.0 => "not clearly better than",
            _ => return warnings,
        };
        warnings.push(format!(
            "The model is {verdict} repeating the last value. Its network then says little: more time points, more trajectories or less noise are needed."
        ));
        warnings
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ErrorRow {
    pub(crate) name: String,
    pub(crate) mse: f64,
    /// 95% interval of the bootstrap.
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// The same of the difference to the model, of a baseline.
    pub(crate) minus_model: Option<(f64, f64)>,
}

/// The test error of a model, and of two predictions that know no network.
pub(crate) fn test_error(model: &Model, parts: &Parts) -> anyhow::Result<TestError> {
    let test = Intervals::<f64>::of(&parts.test, "test")?;
    let k = test.genes();
    let rows = |values: &[f64]| Array2::from_shape_vec((test.len(), k), values.to_vec());
    let (starts, ends) = (rows(test.starts())?, rows(test.targets())?);
    let predicted = one_interval_ahead(model, &parts.test)?;
    let mean = means(&parts.train);
    let mean = Array2::from_shape_fn(ends.raw_dim(), |(_, gene)| mean[gene]);
    // Rows × genes, one after the other.
    let errors = |prediction: &Array2<f64>| -> Vec<f64> {
        (prediction - &ends).iter().map(|d| d * d).collect()
    };
    let named = [
        ("model", errors(&predicted)),
        ("last value", errors(&starts)),
        ("training mean", errors(&mean)),
    ];
    let by_trajectory =
        test.by_trajectory().count() >= ENOUGH && matches!(parts.how, HeldOut::Trajectories { .. });
    let units: Vec<Vec<usize>> = if by_trajectory {
        let rows = test.by_trajectory();
        rows.map(|rows| (rows.start * k..rows.end * k).collect())
            .collect()
    } else {
        // Errors of one course depend on each other: they are drawn together.
        let of = |rows: std::ops::Range<usize>, gene| rows.map(move |row| row * k + gene);
        test.by_trajectory()
            .flat_map(|rows| (0..k).map(move |gene| of(rows.clone(), gene).collect()))
            .collect()
    };
    let draws = draws(units.len());
    let model_errors = &named[0].1;
    let rows = named.iter().map(|(name, errors)| {
        let (low, high) = interval(&draws, &units, errors);
        let difference: Vec<f64> = errors
            .iter()
            .zip(model_errors)
            .map(|(a, b)| a - b)
            .collect();
        ErrorRow {
            name: (*name).to_owned(),
            mse: errors.iter().sum::<f64>() / errors.len() as f64,
            low,
            high,
            minus_model: (*name != "model").then(|| interval(&draws, &units, &difference)),
        }
    });
    Ok(TestError {
        rows: rows.collect(),
        drawn: if by_trajectory {
            "trajectories"
        } else {
            "courses of single genes"
        }
        .to_owned(),
        intervals: test.len(),
    })
}

/// Mean of every gene over all training points.
fn means(train: &TimeSeries) -> Vec<f64> {
    let mean = |gene: usize| {
        let values = train
            .trajectories()
            .iter()
            .flat_map(|t| t.values.column(gene).to_vec());
        let present: Vec<f64> = values.filter(|v| !v.is_nan()).collect();
        present.iter().sum::<f64>() / present.len().max(1) as f64
    };
    (0..train.genes().len()).map(mean).collect()
}

/// Units drawn with replacement, the same for all rows.
fn draws(units: usize) -> Vec<Vec<usize>> {
    let mut rng = stream(0, 0);
    let draw = |_| (0..units).map(|_| rng.random_range(0..units)).collect();
    (0..DRAWS).map(draw).collect()
}

/// The middle 95% of the mean over draws.
fn interval(draws: &[Vec<usize>], units: &[Vec<usize>], errors: &[f64]) -> (f64, f64) {
    let mean = |draw: &Vec<usize>| {
        let drawn = draw.iter().flat_map(|&unit| &units[unit]);
        let (sum, count) = drawn.fold((0.0, 0.0), |(sum, count), &at| {
            (sum + errors[at], count + 1.0)
        });
        sum / count
    };
    let mut means: Vec<f64> = draws.iter().map(mean).collect();
    means.sort_by(f64::total_cmp);
    let at = |share: f64| means[((means.len() - 1) as f64 * share).round() as usize];
    (at(0.025), at(0.975))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_covers_the_mean_and_narrows_with_data() {
        let width = |n: usize| {
            let errors: Vec<f64> = (0..n).map(|i| (i % 5) as f64).collect();
            let units: Vec<Vec<usize>> = (0..n).map(|row| vec![row]).collect();
            let (low, high) = interval(&draws(n), &units, &errors);
            assert!(low < 2.0 && high > 2.0, "{low} {high}");
            high - low
        };
        // √2 times 1.96 standard errors on both sides.
        assert!((width(100) - 0.55).abs() < 0.08, "{}", width(100));
        assert!(width(400) < 0.6 * width(100));
    }

    #[test]
    fn a_model_must_be_clearly_better_than_the_last_value() {
        let row = |minus_model| ErrorRow {
            name: String::new(),
            mse: 1.0,
            low: 0.5,
            high: 2.0,
            minus_model,
        };
        let error = |last| TestError {
            rows: vec![row(None), row(Some(last))],
            drawn: String::new(),
            intervals: 1,
        };
        let said = |difference| error(difference).warnings().join(" ");
        assert!(!said((0.1, 0.3)).contains("last value"));
        assert!(said((-0.1, 0.3)).contains("not clearly better"));
        assert!(said((-0.4, -0.3)).contains("clearly worse"));
        assert!(said((0.1, 0.3)).contains("Only 1 interval is held out"));
    }
}
