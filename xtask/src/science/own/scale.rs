//! Units: expression to 0..1 and time to intervals, and back.

use dash_ode::{TimeSeries, Trajectory};
use serde::{Deserialize, Serialize};

use crate::own::config::Scaling;

/// Values in here need no scaling: 0 to 1, with room for noise.
const AS_IT_IS: (f64, f64) = (-0.25, 1.25);
/// Median lengths of intervals that need no scaling.
const INTERVALS_AS_THEY_ARE: (f64, f64) = (0.1, 10.0);
/// A range below this share of a gene's values is rounding.
const ROUNDING: f64 = 1e-6;

/// Expression x becomes (x − low) / range of its gene, time t becomes t / `time_unit`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Scale {
    pub(crate) low: Vec<f64>,
    pub(crate) range: Vec<f64>,
    pub(crate) time_unit: f64,
}

impl Scale {
    /// Learned on training data alone.
    pub(super) fn of(train: &TimeSeries, scaling: Scaling) -> Self {
        let genes = train.genes().len();
        let extremes = |gene: usize| {
            let values = train
                .trajectories()
                .iter()
                .flat_map(|t| t.values.column(gene).to_vec());
            let present = values.filter(|v| !v.is_nan());
            present.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| {
                (low.min(v), high.max(v))
            })
        };
        let extremes: Vec<(f64, f64)> = (0..genes).map(extremes).collect();
        let fits = extremes
            .iter()
            .all(|&(low, high)| low >= AS_IT_IS.0 && high <= AS_IT_IS.1);
        let keep = match scaling {
            Scaling::None => true,
            Scaling::Unit => false,
            Scaling::Auto => fits,
        };
        let (low, range) = extremes
            .into_iter()
            .map(|(low, high)| match high - low {
                _ if keep => (0.0, 1.0),
                range if range > 0.0 => (low, range),
                // A gene that never changes goes to the middle.
                _ if low.is_finite() => (low - 0.5, 1.0),
                _ => (0.0, 1.0),
            })
            .unzip();
        Self {
            low,
            range,
            time_unit: time_unit(train),
        }
    }

    /// Whether expression stays as it is.
    #[expect(clippy::float_cmp, reason = "set to exactly these")]
    pub(crate) fn keeps_expression(&self) -> bool {
        self.low.iter().all(|low| *low == 0.0) && self.range.iter().all(|range| *range == 1.0)
    }

    /// Genes whose range is next to nothing beside their values.
    pub(crate) fn hardly_changing(&self) -> Vec<usize> {
        let is_small = |&gene: &usize| {
            let (low, range) = (self.low[gene], self.range[gene]);
            range < ROUNDING * low.abs().max((low + range).abs())
        };
        (0..self.range.len()).filter(is_small).collect()
    }

    pub(crate) fn value_in(&self, gene: usize, value: f64) -> f64 {
        (value - self.low[gene]) / self.range[gene]
    }

    pub(crate) fn value_out(&self, gene: usize, value: f64) -> f64 {
        value * self.range[gene] + self.low[gene]
    }

    /// A series in the model's units.
    pub(crate) fn series_in(&self, series: &TimeSeries) -> anyhow::Result<TimeSeries> {
        convert(
            series,
            |gene, value| self.value_in(gene, value),
            |time| time / self.time_unit,
        )
    }

    /// A series of the model's units in those of the data.
    pub(crate) fn series_out(&self, series: &TimeSeries) -> anyhow::Result<TimeSeries> {
        convert(
            series,
            |gene, value| self.value_out(gene, value),
            |time| time * self.time_unit,
        )
    }
}

fn convert(
    series: &TimeSeries,
    value_of: impl Fn(usize, f64) -> f64,
    time_of: impl Fn(f64) -> f64,
) -> anyhow::Result<TimeSeries> {
    let converted = series.trajectories().iter().map(|t| {
        let mut values = t.values.clone();
        for ((_, gene), value) in values.indexed_iter_mut() {
            *value = value_of(gene, *value);
        }
        Trajectory {
            name: t.name.clone(),
            times: t.times.iter().map(|time| time_of(*time)).collect(),
            values,
        }
    });
    Ok(TimeSeries::new(
        series.genes().to_vec(),
        converted.collect(),
    )?)
}

/// The median interval where intervals are very short (pseudotime) or very long (minutes): the model's rates start near
/// one change a unit of time.
fn time_unit(series: &TimeSeries) -> f64 {
    let intervals = series.intervals();
    let mut lengths: Vec<f64> = intervals.iter().map(|i| i.t1 - i.t0).collect();
    lengths.sort_by(f64::total_cmp);
    let median = lengths.get(lengths.len() / 2).copied().unwrap_or(1.0);
    if (INTERVALS_AS_THEY_ARE.0..=INTERVALS_AS_THEY_ARE.1).contains(&median) {
        1.0
    } else {
        median
    }
}

#[cfg(test)]
#[expect(
    clippy::float_cmp,
    reason = "what is copied or exact in binary has the same bits"
)]
mod tests {
    use ndarray::array;

    use super::*;

    fn series(times: Vec<f64>, values: ndarray::Array2<f64>) -> TimeSeries {
        let genes = (0..values.ncols()).map(|g| format!("g{g}")).collect();
        let trajectory = Trajectory {
            name: "a".into(),
            times,
            values,
        };
        TimeSeries::new(genes, vec![trajectory]).unwrap()
    }

    #[test]
    fn values_go_to_0_to_1_and_back() {
        let counts = series(
            vec![0.0, 0.01, 0.02],
            array![[2.0, 5.0], [6.0, 5.0], [4.0, f64::NAN]],
        );
        let scale = Scale::of(&counts, Scaling::Auto);
        let scaled = scale.series_in(&counts).unwrap();
        let values = &scaled.trajectories()[0].values;
        assert_eq!(values.column(0).to_vec(), [0.0, 1.0, 0.5]);
        assert_eq!(values[[0, 1]], 0.5);
        assert!(values[[2, 1]].is_nan());
        assert!((scaled.trajectories()[0].times[2] - 2.0).abs() < 1e-12);
        assert_eq!(scale.value_out(0, 0.5), 4.0);
        assert!(!scale.keeps_expression());
    }

    #[test]
    fn what_lies_there_already_stays() {
        let unit = series(
            vec![0.0, 1.0, 3.0],
            array![[0.1, 0.9], [0.2, -0.05], [0.3, 1.1]],
        );
        let scale = Scale::of(&unit, Scaling::Auto);
        assert!(scale.keeps_expression());
        assert_eq!(scale.time_unit, 1.0);
        assert!(!Scale::of(&unit, Scaling::Unit).keeps_expression());
    }
}
