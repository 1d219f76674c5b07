//! Training, validation and test data.

use std::collections::BTreeSet;

use anyhow::bail;
use dash_ode::{TimeSeries, Trajectory, stream};
use ndarray::Axis;
use rand::seq::SliceRandom as _;
use serde::{Deserialize, Serialize};

use super::Scale;
use crate::own::config::{FEW_TRAJECTORIES, HoldOut, Scaling};
use crate::own::findings::{count, examples};

/// The parts of a series, in the model's units.
#[derive(Clone, Debug)]
pub(crate) struct Parts {
    pub(crate) train: TimeSeries,
    pub(crate) validation: TimeSeries,
    pub(crate) test: TimeSeries,
    pub(crate) scale: Scale,
    pub(crate) how: HeldOut,
}

/// What was held out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum HeldOut {
    /// Whole trajectories, by name.
    Trajectories {
        test: Vec<String>,
        validation: Vec<String>,
    },
    /// The last points of every trajectory that is long enough: how many intervals to test and to validate on, and
    /// the names of the trajectories that are too short and train whole.
    LastPoints {
        test: usize,
        validation: usize,
        #[serde(default)]
        whole: Vec<String>,
    },
}

impl HeldOut {
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::Trajectories { test, validation } => format!(
                "test: {} ({}); validation: {} ({})",
                count(test.len(), "whole trajectory", "whole trajectories"),
                examples(test),
                validation.len(),
                examples(validation)
            ),
            Self::LastPoints {
                test,
                validation,
                whole,
            } => {
                let (of, training) = if whole.is_empty() {
                    ("every trajectory", String::new())
                } else {
                    (
                        "every trajectory that is long enough",
                        format!(
                            "; too few intervals without missing values to hold any out, and trained on whole: {}",
                            examples(whole)
                        ),
                    )
                };
                format!(
                    "test: the last {} of {of}; validation: the {validation} before (fewer than {FEW_TRAJECTORIES} trajectories are too few to hold some out whole){training}",
                    count(*test, "interval", "intervals")
                )
            }
        }
    }
}

impl Parts {
    /// Holds data out and scales all parts by the training part.
    ///
    /// # Errors
    /// Too little data to hold any out; trajectories asked for that there are not.
    pub(crate) fn new(
        series: &TimeSeries,
        hold_out: &HoldOut,
        scaling: Scaling,
    ) -> anyhow::Result<Self> {
        let usable: BTreeSet<usize> = series.intervals().iter().map(|i| i.trajectory).collect();
        let usable: Vec<usize> = usable.into_iter().collect();
        let whole = usable.len() >= FEW_TRAJECTORIES || !hold_out.test_trajectories.is_empty();
        let ([train, validation, test], how) = if whole {
            by_trajectory(series, &usable, hold_out)?
        } else {
            by_points(series, &usable, hold_out)?
        };
        let scale = Scale::of(&train, scaling);
        Ok(Self {
            train: scale.series_in(&train)?,
            validation: scale.series_in(&validation)?,
            test: scale.series_in(&test)?,
            scale,
            how,
        })
    }
}

fn by_trajectory(
    series: &TimeSeries,
    usable: &[usize],
    hold_out: &HoldOut,
) -> anyhow::Result<([TimeSeries; 3], HeldOut)> {
    let name = |t: usize| series.trajectories()[t].name.clone();
    let mut order = usable.to_vec();
    order.shuffle(&mut stream(hold_out.seed, 0));
    let count = |share: f64| ((usable.len() as f64 * share).round() as usize).max(1);
    let mut test: Vec<usize> = if hold_out.test_trajectories.is_empty() {
        order.split_off(order.len() - count(hold_out.test))
    } else {
        let wanted = &hold_out.test_trajectories;
        if let Some(absent) = wanted
            .iter()
            .find(|w| !usable.iter().any(|&t| name(t) == **w))
        {
            bail!(
                "hold_out.test_trajectories: no trajectory {absent:?} with at least two complete points; there are {}",
                examples(&usable.iter().map(|&t| name(t)).collect::<Vec<_>>())
            );
        }
        order.retain(|&t| !wanted.contains(&name(t)));
        usable
            .iter()
            .copied()
            .filter(|&t| wanted.contains(&name(t)))
            .collect()
    };
    let left = order.len();
    if left < 2 {
        bail!(
            "hold_out leaves {left} trajectories; at least one is needed to train on and one for validation"
        );
    }
    let mut validation = order.split_off(left - count(hold_out.validation).min(left - 1));
    for part in [&mut order, &mut validation, &mut test] {
        part.sort_unstable();
    }
    let how = HeldOut::Trajectories {
        test: test.iter().map(|&t| name(t)).collect(),
        validation: validation.iter().map(|&t| name(t)).collect(),
    };
    let parts = [
        series.select(&order)?,
        series.select(&validation)?,
        series.select(&test)?,
    ];
    Ok((parts, how))
}

/// The first points of every trajectory train, the last ones test, those between validate; neighbours share a point.
///
/// What is counted are intervals without missing values, not points: every part of a trajectory has one, and the parts
/// after the first begin with a complete state.
fn by_points(
    series: &TimeSeries,
    usable: &[usize],
    hold_out: &HoldOut,
) -> anyhow::Result<([TimeSeries; 3], HeldOut)> {
    let mut parts: [Vec<Trajectory>; 3] = Default::default();
    let (mut tests, mut validations, mut most) = (0, 0, 0);
    let mut undivided = Vec::new();
    let intervals = series.intervals();
    for &t in usable {
        let trajectory = &series.trajectories()[t];
        let of_it = intervals.iter().filter(|i| i.trajectory == t);
        let steps: Vec<usize> = of_it.map(|i| i.step).collect();
        most = most.max(steps.len());
        let count = |share: f64| ((steps.len() as f64 * share).round() as usize).max(1);
        let (test, validation) = (count(hold_out.test), count(hold_out.validation));
        if steps.len() < test + validation + 1 {
            parts[0].push(trajectory.clone());
            undivided.push(trajectory.name.clone());
            continue;
        }
        let tested = steps.len() - test;
        let cuts = [
            0,
            steps[tested - validation],
            steps[tested],
            trajectory.times.len() - 1,
        ];
        for (part, cut) in parts.iter_mut().zip(cuts.windows(2)) {
            part.push(points(trajectory, cut[0]..cut[1] + 1));
        }
        tests += test;
        validations += validation;
    }
    if tests == 0 {
        bail!(
            "the trajectories are too short to hold points out: at least one with three intervals without missing values (four points), or {FEW_TRAJECTORIES} trajectories, are needed; the data have {} of at most {}",
            count(usable.len(), "trajectory", "trajectories"),
            count(most, "such interval", "such intervals")
        );
    }
    let whole = |part: Vec<Trajectory>| TimeSeries::new(series.genes().to_vec(), part);
    let [train, validation, test] = parts;
    let parts = [whole(train)?, whole(validation)?, whole(test)?];
    let how = HeldOut::LastPoints {
        test: tests,
        validation: validations,
        whole: undivided,
    };
    Ok((parts, how))
}

/// Consecutive points of a trajectory.
pub(super) fn points(trajectory: &Trajectory, range: std::ops::Range<usize>) -> Trajectory {
    Trajectory {
        name: trajectory.name.clone(),
        times: trajectory.times[range.clone()].to_vec(),
        values: trajectory
            .values
            .select(Axis(0), &range.collect::<Vec<_>>()),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    fn series(trajectories: usize, points: usize) -> TimeSeries {
        let trajectory = |t: usize| Trajectory {
            name: format!("t{t}"),
            times: (0..points).map(|p| p as f64).collect(),
            values: Array2::from_shape_fn((points, 2), |(p, g)| ((t + p * 3 + g) % 7) as f64 / 7.0),
        };
        let genes = vec!["A".into(), "B".into()];
        TimeSeries::new(genes, (0..trajectories).map(trajectory).collect()).unwrap()
    }

    #[test]
    fn whole_trajectories_are_held_out_where_there_are_enough() {
        let parts = Parts::new(&series(10, 4), &HoldOut::default(), Scaling::Auto).unwrap();
        let count = |series: &TimeSeries| series.trajectories().len();
        assert_eq!(
            [&parts.train, &parts.validation, &parts.test].map(count),
            [7, 1, 2]
        );
        let HeldOut::Trajectories { test, .. } = &parts.how else {
            panic!("{:?}", parts.how)
        };
        let kept: Vec<&String> = parts.train.trajectories().iter().map(|t| &t.name).collect();
        assert!(test.iter().all(|name| !kept.contains(&name)));
    }

    #[test]
    fn the_last_points_are_held_out_where_there_are_few() {
        let parts = Parts::new(&series(1, 11), &HoldOut::default(), Scaling::Auto).unwrap();
        let times = |series: &TimeSeries| series.trajectories()[0].times.clone();
        assert_eq!(times(&parts.train).last(), Some(&7.0));
        assert_eq!(times(&parts.validation), [7.0, 8.0]);
        assert_eq!(times(&parts.test), [8.0, 9.0, 10.0]);
        assert!(Parts::new(&series(2, 3), &HoldOut::default(), Scaling::Auto).is_err());
    }

    /// That series without the value of the first gene at these points of the first trajectory.
    fn with_missing(trajectories: usize, points: usize, missing: &[usize]) -> TimeSeries {
        let whole = series(trajectories, points);
        let mut all = whole.trajectories().to_vec();
        for &point in missing {
            all[0].values[[point, 0]] = f64::NAN;
        }
        TimeSeries::new(whole.genes().to_vec(), all).unwrap()
    }

    #[test]
    fn every_part_of_a_trajectory_has_an_interval_whatever_is_missing() {
        for missing in [vec![4], vec![4, 5], vec![5], vec![3], vec![0], vec![1]] {
            let data = with_missing(2, 6, &missing);
            let parts = Parts::new(&data, &HoldOut::default(), Scaling::Auto).unwrap();
            for part in [&parts.train, &parts.validation, &parts.test] {
                let with_one: BTreeSet<usize> =
                    part.intervals().iter().map(|i| i.trajectory).collect();
                assert_eq!(with_one.len(), 2, "{missing:?}: {part:?}");
            }
            for trajectory in parts.test.trajectories() {
                let start = trajectory.values.row(0);
                assert!(!start.iter().any(|v| v.is_nan()), "{missing:?}");
            }
        }
    }

    #[test]
    fn a_trajectory_without_enough_intervals_trains_whole_and_is_named() {
        let data = with_missing(2, 6, &[1, 4]);
        let parts = Parts::new(&data, &HoldOut::default(), Scaling::Auto).unwrap();
        assert_eq!(parts.train.trajectories()[0].times.len(), 6);
        assert_eq!(parts.test.trajectories().len(), 1);
        let sentence = parts.how.sentence();
        assert!(sentence.contains("long enough"), "{sentence}");
        assert!(sentence.ends_with("trained on whole: t0"), "{sentence}");
        let data = with_missing(1, 6, &[1, 4]);
        let error = Parts::new(&data, &HoldOut::default(), Scaling::Auto).unwrap_err();
        assert!(
            error.to_string().contains("at most 1 such interval"),
            "{error}"
        );
    }

    #[test]
    fn trajectories_can_be_named() {
        let hold_out = HoldOut {
            test_trajectories: vec!["t1".into()],
            ..HoldOut::default()
        };
        let parts = Parts::new(&series(4, 4), &hold_out, Scaling::Auto).unwrap();
        assert_eq!(parts.test.trajectories()[0].name, "t1");
        let hold_out = HoldOut {
            test_trajectories: vec!["T1".into()],
            ..HoldOut::default()
        };
        let error = Parts::new(&series(4, 4), &hold_out, Scaling::Auto).unwrap_err();
        assert!(error.to_string().contains("\"T1\""), "{error}");
    }
}
