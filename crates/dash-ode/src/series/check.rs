//! The conditions that every [`TimeSeries`](super::TimeSeries) meets.

use std::collections::HashMap;

use super::Trajectory;
use crate::io::DataError;

/// `Ok` if there is at least one name and all are non-empty, free of surrounding blanks, and different.
pub(crate) fn check_names<'a>(
    what: &'static str,
    names: impl Iterator<Item = &'a str>,
) -> Result<(), DataError> {
    let mut seen = HashMap::new();
    for (name, number) in names.zip(1..) {
        if name.is_empty() || name.trim() != name {
            return Err(DataError::BadName {
                what,
                number,
                name: name.to_owned(),
            });
        }
        if let Some(first) = seen.insert(name, number) {
            return Err(DataError::SameName {
                what,
                name: name.to_owned(),
                first,
                second: number,
            });
        }
    }
    if seen.is_empty() {
        Err(DataError::None { what })
    } else {
        Ok(())
    }
}

/// `Ok` if times and values of a trajectory fit each other and the genes.
pub(crate) fn check_trajectory(trajectory: &Trajectory, genes: &[String]) -> Result<(), DataError> {
    let Trajectory {
        name,
        times,
        values,
    } = trajectory;
    if values.dim() != (times.len(), genes.len()) {
        return Err(DataError::Shape {
            name: name.clone(),
            rows: values.nrows(),
            columns: values.ncols(),
            times: times.len(),
            genes: genes.len(),
        });
    }
    if times.is_empty() {
        return Err(DataError::None { what: "point" });
    }
    check_times(name, times)?;
    match values.indexed_iter().find(|(_, value)| value.is_infinite()) {
        None => Ok(()),
        Some(((step, gene), &value)) => Err(DataError::InfiniteValue {
            name: name.clone(),
            point: step + 1,
            gene: genes[gene].clone(),
            value,
        }),
    }
}

fn check_times(name: &str, times: &[f64]) -> Result<(), DataError> {
    if let Some(step) = times.iter().position(|t| !t.is_finite()) {
        return Err(DataError::InfiniteTime {
            name: name.to_owned(),
            point: step + 1,
            time: times[step],
        });
    }
    let Some(step) = times.windows(2).position(|pair| pair[0] >= pair[1]) else {
        return Ok(());
    };
    let (name, first, second) = (name.to_owned(), step + 1, step + 2);
    let (before, after) = (times[step], times[step + 1]);
    if before > after {
        Err(DataError::DecreasingTime {
            name,
            first,
            second,
            before,
            after,
        })
    } else {
        Err(DataError::SameTime {
            name,
            first,
            second,
            time: before,
        })
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::*;
    use crate::series::TimeSeries;

    fn new(
        genes: &[&str],
        names: &[&str],
        times: &[f64],
        values: &Array2<f64>,
    ) -> Result<TimeSeries, DataError> {
        let trajectory = |name: &&str| Trajectory {
            name: (*name).into(),
            times: times.to_vec(),
            values: values.clone(),
        };
        TimeSeries::new(
            genes.iter().map(|g| (*g).into()).collect(),
            names.iter().map(trajectory).collect(),
        )
    }

    #[test]
    fn names_must_be_there_and_differ() {
        let new = |genes: &[&str], names: &[&str]| {
            new(genes, names, &[0.0], &Array2::zeros((1, genes.len()))).unwrap_err()
        };
        assert!(matches!(new(&[], &["a"]), DataError::None { what: "gene" }));
        assert!(matches!(
            new(&["g"], &[]),
            DataError::None { what: "trajectory" }
        ));
        assert!(matches!(
            new(&["g", ""], &["a"]),
            DataError::BadName {
                what: "gene",
                number: 2,
                ..
            }
        ));
        assert!(matches!(
            new(&["g", " h"], &["a"]),
            DataError::BadName {
                what: "gene",
                number: 2,
                ..
            }
        ));
        assert!(matches!(
            new(&["g"], &["a\t"]),
            DataError::BadName {
                what: "trajectory",
                number: 1,
                ..
            }
        ));
        assert!(matches!(
            new(&["g", "h", "g"], &["a"]),
            DataError::SameName {
                what: "gene",
                first: 1,
                second: 3,
                ..
            }
        ));
        assert!(matches!(
            new(&["g"], &["a", "b", "b"]),
            DataError::SameName {
                what: "trajectory",
                first: 2,
                second: 3,
                ..
            }
        ));
    }

    #[test]
    fn values_must_be_times_by_genes() {
        for shape in [(2, 3), (3, 1), (3, 2)] {
            let result = new(&["g", "h"], &["a"], &[0.0, 1.0], &Array2::zeros(shape));
            assert!(
                matches!(
                    result,
                    Err(DataError::Shape {
                        times: 2,
                        genes: 2,
                        ..
                    })
                ),
                "{shape:?}"
            );
        }
        let result = new(&["g", "h"], &["a"], &[], &Array2::zeros((0, 2)));
        assert!(matches!(result, Err(DataError::None { what: "point" })));
    }

    #[test]
    fn times_must_increase() {
        let new = |times: &[f64]| new(&["g"], &["a"], times, &Array2::zeros((times.len(), 1)));
        assert!(new(&[-1.0, 0.0, 1e-9]).is_ok());
        assert!(matches!(
            new(&[0.0, f64::NAN]),
            Err(DataError::InfiniteTime { point: 2, .. })
        ));
        assert!(matches!(
            new(&[0.0, f64::INFINITY]),
            Err(DataError::InfiniteTime { point: 2, .. })
        ));
        assert!(matches!(
            new(&[0.0, 1.0, 0.5]),
            Err(DataError::DecreasingTime {
                first: 2,
                second: 3,
                ..
            })
        ));
        assert!(matches!(
            new(&[0.0, 1.0, 1.0]),
            Err(DataError::SameTime {
                first: 2,
                second: 3,
                ..
            })
        ));
        assert!(matches!(
            new(&[-0.0, 0.0]),
            Err(DataError::SameTime {
                first: 1,
                second: 2,
                ..
            })
        ));
    }

    #[test]
    fn values_may_be_missing_but_not_infinite() {
        let new = |value| {
            new(
                &["g", "h"],
                &["a"],
                &[0.0, 1.0],
                &array![[0.0, 1.0], [2.0, value]],
            )
        };
        assert!(new(f64::NAN).is_ok());
        let error = new(f64::NEG_INFINITY).unwrap_err();
        assert_eq!(
            error.to_string(),
            "trajectory `a`, point 2, gene `h`: the value is -inf; make it finite, or NaN if it is missing"
        );
    }
}
