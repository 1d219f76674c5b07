use std::fs;
use std::path::PathBuf;

use super::*;
use crate::io::{DataError, Ties};

fn written(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cells.csv");
    fs::write(&path, text).unwrap();
    (folder, path)
}

fn read(text: &str) -> Result<Cells, DataError> {
    let (_folder, path) = written(text);
    read_cells(&path)
}

/// 10 cells that are left out, `middle`, 20 that are left out.
fn cells(middle: &[(f64, [f64; 2])]) -> Cells {
    let outside = (0.5, [900.0, -900.0]);
    let all: Vec<(f64, [f64; 2])> = [outside; 10]
        .into_iter()
        .chain(middle.iter().copied())
        .chain([outside; 20])
        .collect();
    Cells {
        genes: vec!["HBB".into(), "GATA1".into()],
        times: all.iter().map(|(time, _)| *time).collect(),
        values: all
            .iter()
            .map(|(_, values)| *values)
            .collect::<Vec<_>>()
            .into(),
    }
}

#[test]
fn cells_keep_the_order_of_the_file() {
    let found = read("dpt_pseudotime\tHBB\tGATA1\n0.8\t0.0\t3.5\n0.1\t2\t0\n").unwrap();
    assert_eq!(found.genes, ["HBB", "GATA1"]);
    assert_eq!(found.times, [0.8, 0.1]);
    assert_eq!(found.values, ndarray::array![[0.0, 3.5], [2.0, 0.0]]);
}

#[test]
fn what_is_no_table_of_cells_is_an_error() {
    let header = "dpt_pseudotime\tHBB\n";
    assert!(matches!(
        read("HBB\tGATA1\n1\t2\n"),
        Err(DataError::Header { .. })
    ));
    assert!(matches!(
        read("dpt_pseudotime\n1\n"),
        Err(DataError::Header { .. })
    ));
    assert!(matches!(read(header), Err(DataError::HeaderOnly { .. })));
    let wide = read(&format!("{header}0.1\t1\t2\n")).unwrap_err();
    assert!(
        matches!(
            wide,
            DataError::Ragged {
                row: 2,
                found: 3,
                expected: 2,
                ..
            }
        ),
        "{wide}"
    );
    let missing = read(&format!("{header}0.1\t1\n\t1\n")).unwrap_err();
    assert!(
        matches!(missing, DataError::TimeMissing { .. }),
        "{missing}"
    );
    let empty = read(&format!("{header}0.1\t\n")).unwrap_err();
    assert!(
        matches!(&empty, DataError::NotANumber { place, .. } if place.gene.as_deref() == Some("HBB")),
        "{empty}"
    );
}

#[test]
fn the_ends_of_the_file_are_left_out_and_one_scale_holds_for_the_batch() {
    let cells = cells(&[(0.6, [4.0, 0.0]), (0.2, [1.0, 8.0]), (0.4, [0.0, 2.0])]);
    let trajectory = cells.trajectory("S1D1", Ties::Error).unwrap();
    assert_eq!(trajectory.name, "S1D1");
    assert_eq!(trajectory.times[0].to_bits(), 0.0_f64.to_bits());
    assert!((trajectory.times[1] - 0.5).abs() < 1e-15);
    assert_eq!(
        trajectory.values,
        ndarray::array![[0.125, 1.0], [0.0, 0.25], [0.5, 0.0]]
    );
}

#[test]
fn cells_of_one_pseudotime_are_noticed_or_become_their_mean() {
    let cells = cells(&[(0.2, [0.0, 8.0]), (0.4, [2.0, 2.0]), (0.4, [4.0, 0.0])]);
    let error = cells.trajectory("a", Ties::Error).unwrap_err();
    assert!(matches!(error, DataError::SameTime { .. }), "{error}");
    let merged = cells.trajectory("a", Ties::Mean).unwrap();
    assert_eq!(merged.values, ndarray::array![[0.0, 1.0], [0.375, 0.125]]);
}

#[test]
fn too_few_cells_and_cells_that_are_all_alike() {
    let error = cells(&[(0.2, [1.0, 2.0])])
        .trajectory("a", Ties::Error)
        .unwrap_err();
    assert!(
        matches!(
            error,
            DataError::TooFewCells {
                found: 31,
                needed: 32
            }
        ),
        "{error}"
    );
    let alike = cells(&[(0.2, [3.0, 3.0]), (0.4, [3.0, 3.0])]);
    let trajectory = alike.trajectory("a", Ties::Error).unwrap();
    assert!(trajectory.values.iter().all(|value| *value == 0.0));
}
