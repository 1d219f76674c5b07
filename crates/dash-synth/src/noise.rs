//! Measurement noise.

use dash_ode::{TimeSeries, Trajectory};

use crate::error::{Result, check_setting};
use crate::random::{Purpose, standard_normal, stream};

/// The series with N(0, `sd`²) added to every value at every time, inputs included; nothing is clipped and missing values
/// stay missing.
///
/// Noise of trajectory i depends on the seed and i alone. The "5%" of the simulated experiments is `sd` = 1/40, the "10%"
/// 1/20, for expression is about ½ on average.
///
/// # Errors
/// [`Error::Setting`](crate::Error::Setting) for an `sd` that is negative or not finite.
pub fn add_noise(series: &TimeSeries, sd: f64, seed: u64) -> Result<TimeSeries> {
    check_setting(
        "sd",
        sd,
        sd >= 0.0 && sd.is_finite(),
        "at least 0 and finite",
    )?;
    let noisy = |(number, trajectory): (usize, &Trajectory)| {
        let mut rng = stream(seed, Purpose::Noise, number);
        let mut noisy = trajectory.clone();
        // Row by row, whatever the layout in memory.
        for mut row in noisy.values.outer_iter_mut() {
            row.mapv_inplace(|x| x + sd * standard_normal(&mut rng));
        }
        noisy
    };
    let trajectories = series
        .trajectories()
        .iter()
        .enumerate()
        .map(noisy)
        .collect();
    let series = TimeSeries::new(series.genes().to_vec(), trajectories);
    Ok(series.map_err(dash_ode::Error::from)?)
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    fn series(trajectories: usize) -> TimeSeries {
        let one =
            |i| Trajectory {
                name: format!("t{i}"),
                times: vec![0.0, 1.0],
                values: Array2::from_shape_fn((2, 5000), |(t, g)| {
                    if (t, g) == (0, 7) { f64::NAN } else { 0.5 }
                }),
            };
        let genes = (0..5000).map(|g| format!("G{g}")).collect();
        TimeSeries::new(genes, (0..trajectories).map(one).collect()).unwrap()
    }

    #[test]
    fn noise_has_its_size_and_leaves_gaps() {
        let noisy = add_noise(&series(2), 0.05, 1).unwrap();
        let values = &noisy.trajectories()[0].values;
        assert!(values[[0, 7]].is_nan());
        assert_eq!(values.iter().filter(|v| v.is_nan()).count(), 1);
        let deviations = values.iter().filter(|v| !v.is_nan()).map(|v| v - 0.5);
        let sd = (deviations.map(|d| d * d).sum::<f64>() / 9999.0).sqrt();
        assert!((sd - 0.05).abs() < 0.002, "{sd}");
    }

    #[test]
    fn a_trajectory_has_its_own_noise_however_many_there_are() {
        let (few, many) = (
            add_noise(&series(1), 0.1, 2).unwrap(),
            add_noise(&series(3), 0.1, 2).unwrap(),
        );
        let first = |s: &TimeSeries| s.trajectories()[0].values.row(1).to_vec();
        assert_eq!(first(&few), first(&many));
        assert_ne!(first(&many), many.trajectories()[1].values.row(1).to_vec());
        assert!(
            add_noise(&series(1), -0.1, 0)
                .unwrap_err()
                .to_string()
                .contains("at least 0")
        );
    }
}
