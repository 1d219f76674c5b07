//! Every trap of the format, and the way there and back.

use std::path::Path;

use ndarray::{Array2, array};
use proptest::prelude::*;

use crate::io::{DataError, Genes, Ties, read_published, write_published};
use crate::series::{TimeSeries, Trajectory};

fn read_as(content: &str, genes: &[&str], ties: Ties) -> Result<TimeSeries, DataError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("series.csv");
    std::fs::write(&path, content).unwrap();
    let names: Vec<String> = genes.iter().map(|&g| g.to_owned()).collect();
    read_published(&path, Genes::Named(&names), ties)
}

fn read(content: &str) -> Result<TimeSeries, DataError> {
    read_as(content, &["a", "b"], Ties::Error)
}

fn bits(series: &TimeSeries) -> Vec<(Vec<u64>, Vec<u64>)> {
    let bits = |v: &f64| if v.is_nan() { u64::MAX } else { v.to_bits() };
    let both = |t: &Trajectory| {
        (
            t.times.iter().map(bits).collect(),
            t.values.iter().map(bits).collect(),
        )
    };
    series.trajectories().iter().map(both).collect()
}

#[test]
fn trajectories_of_different_lengths_with_missing_values() {
    let content = "2,2,,\n1,2,3,\n,5,,\n0,2,3,\n6,7,8,9\n1,,3,4\n0,1,2,3.5\n";
    let tabs = content.replace(',', "\t").replace('\n', "\r\n");
    let marked = format!("\u{feff}{content}");
    let quoted = content.replace(",5,", ",\"5\",");
    for content in [content, &tabs, &marked, &quoted] {
        let series = read(content).unwrap();
        assert_eq!(series.genes(), ["a", "b"]);
        let [first, second] = series.trajectories() else {
            panic!("two trajectories")
        };
        assert_eq!(
            (first.name.as_str(), second.name.as_str()),
            ("trajectory_1", "trajectory_2")
        );
        assert_eq!(first.times, [0.0, 2.0, 3.0]);
        assert_eq!(first.values.column(0).to_vec(), [1.0, 2.0, 3.0]);
        let missing: Vec<bool> = first.values.column(1).iter().map(|v| v.is_nan()).collect();
        assert_eq!(
            (missing, first.values[[1, 1]].to_bits()),
            (vec![true, false, true], 5_f64.to_bits())
        );
        assert_eq!(second.times, [0.0, 1.0, 2.0, 3.5]);
        assert!(second.values[[1, 1]].is_nan());
    }
}

#[test]
fn names_are_made_up_only_if_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("series.csv");
    std::fs::write(&path, "2,1\n1,2\n3,4\n0,1\n").unwrap();
    let numbered = read_published(&path, Genes::Numbered, Ties::Error).unwrap();
    assert_eq!(numbered.genes(), ["gene_1", "gene_2"]);
    let none = read_published(&path, Genes::Named(&[]), Ties::Error).unwrap_err();
    assert!(matches!(
        none,
        DataError::GeneCount {
            header: 2,
            names: 0,
            ..
        }
    ));
    let twice = read_as("2,1\n1,2\n3,4\n0,1\n", &["a", "a"], Ties::Error).unwrap_err();
    assert!(matches!(twice, DataError::SameName { what: "gene", .. }));
}

#[test]
fn a_first_row_that_is_no_pair_of_counts_is_an_error() {
    for first in [
        "2", "2,x", "a,b", "2,1,3", "0,1", "2,0", "-2,1", "2.0,1", "1,2,,0",
    ] {
        let error = read(&format!("{first}\n1,2\n3,4\n0,1\n")).unwrap_err();
        assert!(
            matches!(error, DataError::Header { .. }),
            "{first}: {error}"
        );
    }
}

#[test]
fn counts_that_do_not_fit_the_rows_are_an_error() {
    let count = |content: &str| match read(content).unwrap_err() {
        DataError::RowCount {
            found, expected, ..
        } => (found, expected),
        error => panic!("{error}"),
    };
    assert_eq!(count("2,1\n1,2\n3,4\n"), (2, 3));
    assert_eq!(count("2,1\n1,2\n3,4\n0,1\n5,6\n"), (4, 3));
    assert_eq!(count("2,2\n1,2\n3,4\n0,1\n5,6\n0,1\n"), (5, 6));
    // Cut in the middle of a row.
    assert_eq!(count("2,2\n1,2\n3,4\n0,1\n5,6\n7"), (5, 6));
    assert_eq!(
        count("2,18446744073709551615\n1,2\n3,4\n0,1\n"),
        (3, usize::MAX)
    );
    assert!(matches!(read("2,1,,\n"), Err(DataError::HeaderOnly { .. })));
    assert!(matches!(read(""), Err(DataError::Empty { .. })));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("series.csv");
    std::fs::write(&path, "18446744073709551615,1\n1,2\n").unwrap();
    let huge = read_published(&path, Genes::Numbered, Ties::Error);
    assert!(matches!(huge, Err(DataError::RowCount { found: 1, .. })));
}

#[test]
fn rows_of_unequal_width_are_an_error() {
    let error = read("2,1,\n1,2,3\n\n4,5\n0,1,2\n").unwrap_err();
    assert!(
        matches!(
            error,
            DataError::Ragged {
                row: 4,
                found: 2,
                expected: 3,
                ..
            }
        ),
        "{error}"
    );
    assert!(matches!(
        read("2,1,\n1,2,3\n4,5,6\n0,1,2,\n"),
        Err(DataError::Ragged { row: 4, .. })
    ));
}

#[test]
fn fields_that_are_no_numbers_are_named() {
    let message = |content: &str| {
        let message = read(content).unwrap_err().to_string();
        message.split_once("series.csv").unwrap().1.to_owned()
    };
    assert_eq!(
        message("2,1,\n1,2,3\n4,abc,6\n0,1,2\n"),
        ", row 3, column 2, gene `b`: `abc` is not a number; write it with a decimal point, or leave the field empty if the value is missing"
    );
    assert_eq!(
        message("2,1,\r\n1,NaN,3\r\n4,5,6\r\n0,1,2\r\n"),
        ", row 2, column 2, gene `a`: `NaN` is not a finite number; leave the field empty if the value is missing"
    );
    assert!(
        message("2,1,\n1,NA,3\n4,5,6\n0,1,2\n")
            .starts_with(", row 2, column 2, gene `a`: `NA` is not a number")
    );
    assert!(
        message("2,1,\n1,2,-inf\n4,5,6\n0,1,2\n")
            .starts_with(", row 2, column 3, gene `a`: `-inf`")
    );
    assert!(message("2,1,\n1,2,3\n4,5,6\n0,x,2\n").starts_with(", row 4, column 2: `x`"));
    assert!(message("2,1,\n1,2,3\n4,5,6\n0,1,inf\n").starts_with(", row 4, column 3: `inf`"));
}

#[test]
fn times_are_complete_and_increase() {
    let hole = read("2,1,\n1,2,3\n4,5,6\n0,,2\n").unwrap_err();
    assert!(
        matches!(&hole, DataError::TimeMissing { place } if (place.row, place.column) == (4, 2)),
        "{hole}"
    );
    let none = read("2,1,\n1,2,3\n4,5,6\n,,\n").unwrap_err();
    assert!(
        matches!(&none, DataError::TimeMissing { place } if (place.row, place.column) == (4, 1)),
        "{none}"
    );
    let falling = read("2,1,\n1,2,3\n4,5,6\n0,2,1\n").unwrap_err();
    assert!(falling.to_string().ends_with(
        "series.csv, row 4: trajectory `trajectory_1`: time falls from 2 at point 2 to 1 at point 3; sort the points by time"
    ));
    let tied = read("2,1,\n1,2,3\n4,5,6\n0,2,2\n").unwrap_err();
    let DataError::InFile { row: 4, cause, .. } = tied else {
        panic!("{tied}")
    };
    assert!(matches!(
        *cause,
        DataError::SameTime {
            first: 2,
            second: 3,
            ..
        }
    ));
}

#[test]
fn values_beyond_the_times_are_an_error() {
    let error = read_as(
        "3,1,\n1,2,\n4,5,6\n7,8,\n0,1,\n",
        &["a", "b", "c"],
        Ties::Mean,
    )
    .unwrap_err();
    assert!(
        matches!(&error, DataError::BeyondTimes { place, times: 2 } if (place.row, place.column) == (3, 3) && place.gene.as_deref() == Some("b")),
        "{error}"
    );
}

#[test]
fn a_tied_time_written_once_is_noticed() {
    // Points 2 and 3 share time 1; their values are sorted gene by gene.
    let content = "2,2,,\n5,1,3,2\n9,6,8,7\n0,1,4,\n1,2,3,\n3,2,1,\n0,1,2,\n";
    let error = read(content).unwrap_err();
    assert!(
        matches!(
            error,
            DataError::TimeRowShort {
                row: 4,
                trajectory: 1,
                times: 3,
                values: 4,
                ..
            }
        ),
        "{error}"
    );
    let series = read_as(content, &["a", "b"], Ties::Mean).unwrap();
    let first = &series.trajectories()[0];
    assert_eq!(first.times, [0.0, 1.0, 4.0]);
    assert_eq!(first.values, array![[5.0, 9.0], [2.0, 7.0], [2.0, 7.0]]);
    assert_eq!(series.trajectories()[1].times.len(), 3);
}

#[test]
fn a_missing_value_at_the_end_does_not_hide_a_tie() {
    let content = "3,1,,\n5,1,3,2\n9,6,8,7\n4,2,2,\n0,1,4,\n";
    let error = read_as(content, &["a", "b", "c"], Ties::Error).unwrap_err();
    assert!(
        matches!(
            error,
            DataError::TimeRowShort {
                times: 3,
                values: 4,
                ..
            }
        ),
        "{error}"
    );
    let series = read_as(content, &["a", "b", "c"], Ties::Mean).unwrap();
    assert!(series.trajectories()[0].values[[2, 2]].is_nan());
}

#[test]
fn a_tie_that_cannot_be_found_is_not_guessed() {
    // Both genes rise from point 1 to 2 and from 2 to 3, but one time only is missing.
    let error = read_as("2,1,,\n1,2,3,1\n1,2,3,1\n0,1,4,\n", &["a", "b"], Ties::Mean).unwrap_err();
    assert!(
        matches!(
            error,
            DataError::TieNotLocated {
                ties: 1,
                candidates: 2,
                row: 4,
                ..
            }
        ),
        "{error}"
    );
    let error = read_as("2,1,,\n4,3,2,1\n1,2,3,4\n0,1,4,\n", &["a", "b"], Ties::Mean).unwrap_err();
    assert!(
        matches!(
            error,
            DataError::TieNotLocated {
                ties: 1,
                candidates: 0,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn tied_times_written_out_become_one_point_if_asked() {
    let content = "2,1,,\n1,2,4,5\n4,6,,5\n0,1,1,2\n";
    assert!(matches!(read(content), Err(DataError::InFile { .. })));
    let series = read_as(content, &["a", "b"], Ties::Mean).unwrap();
    assert_eq!(series.trajectories()[0].times, [0.0, 1.0, 2.0]);
    assert_eq!(
        series.trajectories()[0].values,
        array![[1.0, 4.0], [3.0, 6.0], [5.0, 5.0]]
    );
}

#[test]
fn the_text_written_is_the_published_one() {
    let trajectory = |name: &str, times: &[f64], values| Trajectory {
        name: name.into(),
        times: times.to_vec(),
        values,
    };
    let long = trajectory(
        "long",
        &[0.0, 2.0, 3.0],
        array![[0.25, 1.0], [f64::NAN, 1e-7], [0.5, -1.0]],
    );
    let short = trajectory("short", &[1.5], array![[7.0, f64::NAN]]);
    let series = TimeSeries::new(vec!["a".into(), "b".into()], vec![long, short]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("series.csv");
    write_published(&path, &series).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text, "2,2,\n0.25,,0.5\n1,1e-7,-1\n0,2,3\n7,,\n,,\n1.5,,\n");
    let read = read_published(&path, Genes::Named(series.genes()), Ties::Error).unwrap();
    assert_eq!(bits(&read), bits(&series));
}

#[test]
fn nothing_is_written_where_nothing_can_be() {
    let series = read("2,1\n1,2\n3,4\n0,1\n").unwrap();
    let error = write_published(Path::new("/nowhere/series.csv"), &series).unwrap_err();
    assert!(matches!(error, DataError::Write { .. }));
}

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        3 => -1.0..1.0_f64,
        1 => any::<f64>().prop_filter("finite", |v| v.is_finite()),
        1 => Just(f64::NAN),
    ]
}

fn trajectory(genes: usize) -> impl Strategy<Value = (Vec<f64>, Array2<f64>)> {
    proptest::collection::btree_set(-1_000_000..1_000_000_i64, 1..6).prop_flat_map(move |times| {
        let times: Vec<f64> = times.into_iter().map(|t| t as f64 / 7.0).collect();
        let values = proptest::collection::vec(value(), times.len() * genes);
        values.prop_map(move |values| {
            (
                times.clone(),
                Array2::from_shape_vec((times.len(), genes), values).unwrap(),
            )
        })
    })
}

fn series() -> impl Strategy<Value = TimeSeries> {
    (1..5_usize).prop_flat_map(|genes| {
        proptest::collection::vec(trajectory(genes), 1..5).prop_map(move |trajectories| {
            let named = trajectories.into_iter().enumerate();
            let trajectories = named
                .map(|(i, (times, values))| Trajectory {
                    name: format!("t{i}"),
                    times,
                    values,
                })
                .collect();
            TimeSeries::new((0..genes).map(|g| format!("g{g}")).collect(), trajectories).unwrap()
        })
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_back_to_the_same_bits(series in series(), packed in any::<bool>()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(if packed { "series.csv.gz" } else { "series.csv" });
        write_published(&path, &series).unwrap();
        let read = read_published(&path, Genes::Named(series.genes()), Ties::Error).unwrap();
        prop_assert_eq!(bits(&read), bits(&series));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[0-9,.\\-\"\n\ta]{0,80}", ties in any::<bool>()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("series.csv");
        let ties = if ties { Ties::Mean } else { Ties::Error };
        for first in ["", "2,1\n", "1,2,,\n"] {
            std::fs::write(&path, format!("{first}{text}")).unwrap();
            let _ = read_published(&path, Genes::Numbered, ties);
        }
    }
}
