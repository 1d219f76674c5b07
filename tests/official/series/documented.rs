//! Shapes, names, times, and inputs are the documented ones.

use super::{OFFICIAL, names, read};
use dash_ode::io::{DataError, Genes, Ties, read_gene_names, read_published, write_gene_names};
use dash_tests::shared;

#[test]
fn every_file_has_the_documented_shape() {
    let Some(data) = shared("data") else { return };
    for (file, list, points, (low, high)) in OFFICIAL {
        let series = read(&data, file, list);
        let found: Vec<usize> = series
            .trajectories()
            .iter()
            .map(|t| t.times.len())
            .collect();
        assert_eq!(found, *points, "{file}");
        let values = || series.trajectories().iter().flat_map(|t| t.values.iter());
        assert!(
            values().all(|v| (low..=high).contains(&v)),
            "{file}: a value beyond {low}..{high}"
        );
        let intervals: usize = points.iter().map(|n| n - 1).sum();
        assert_eq!(series.intervals().len(), intervals, "{file}");
    }
}

#[test]
fn names_are_counted_and_inputs_marked() {
    let Some(data) = shared("data") else { return };
    for (list, count, inputs) in [
        ("sim350/gene_names.csv", 350, 73),
        ("sim690/gene_names.csv", 690, 97),
        ("brca/gene_names_500.csv", 500, 0),
        ("brca/gene_names_2000.csv", 2000, 0),
        ("brca/gene_names_11165.csv", 11165, 0),
        ("yeast/gene_names_500.csv", 500, 0),
        ("yeast/gene_names_3551.csv", 3551, 0),
        ("hema/gene_names_529.csv", 529, 0),
    ] {
        let names = names(&data, list);
        let marked = names.is_input.iter().filter(|&&is_input| is_input).count();
        assert_eq!((names.names.len(), marked), (count, inputs), "{list}");
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("names.csv");
        write_gene_names(&copy, &names).unwrap();
        assert_eq!(read_gene_names(&copy).unwrap(), names, "{list}");
    }
}

#[test]
fn times_are_the_documented_ones() {
    let Some(data) = shared("data") else { return };
    for (file, list, ..) in &OFFICIAL[..3] {
        for trajectory in read(&data, file, list).trajectories() {
            assert_eq!(trajectory.times, [0.0, 2.0, 3.0, 7.0, 9.0], "{file}");
        }
    }
    let minutes: Vec<f64> = (0..=24)
        .filter(|i| *i != 21)
        .map(|i| 5.0 * f64::from(i))
        .collect();
    for (file, list, ..) in OFFICIAL
        .iter()
        .filter(|(file, ..)| file.starts_with("yeast"))
    {
        assert_eq!(
            read(&data, file, list).trajectories()[0].times,
            minutes,
            "{file}"
        );
    }
    let patients = |file| {
        read(&data, file, "brca/gene_names_500.csv").trajectories()[0]
            .times
            .clone()
    };
    let (train, test) = (
        patients("brca/train_500_178T.csv"),
        patients("brca/test_500_8middleT.csv"),
    );
    for time in train.iter().chain(&test) {
        let multiple = (time * 196.0).round() / 196.0;
        assert!((time - multiple).abs() <= 0.5001e-5, "{time}");
    }
    assert_eq!(
        (train[0], train[177], test[0], test[7]),
        (0.030_612, 0.974_49, 0.5, 0.535_71)
    );
    assert!(train.iter().all(|t| *t < test[0] || *t > test[7]));
}

#[test]
fn inputs_are_constant_under_the_right_names_only() {
    let Some(data) = shared("data") else { return };
    for (file, list, ..) in &OFFICIAL[..3] {
        let names = names(&data, list);
        names.check_inputs(&read(&data, file, list)).unwrap();
    }
    let wrong = names(&data, "sim350/upstream_mismatched/gene_names_350.csv");
    assert!(
        wrong
            .names
            .iter()
            .zip(&wrong.is_input)
            .any(|(name, is_input)| name == "SIN3" && *is_input)
    );
    for file in ["sim350/train_val_150.csv", "sim350/test_10.csv"] {
        let series =
            read_published(&data.join(file), Genes::Named(&wrong.names), Ties::Error).unwrap();
        let error = wrong.check_inputs(&series).unwrap_err();
        assert!(matches!(error, DataError::InputVaries { .. }), "{error}");
    }
    let fewer = names(&data, "sim690/gene_names.csv");
    let error = read_published(
        &data.join("sim350/test_10.csv"),
        Genes::Named(&fewer.names),
        Ties::Error,
    )
    .unwrap_err();
    assert!(
        matches!(
            error,
            DataError::GeneCount {
                header: 350,
                names: 690,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn small_gene_sets_are_parts_of_the_large_ones() {
    let Some(data) = shared("data") else { return };
    // In the largest breast cancer set most values are rounded to seven decimals; the smaller ones have nine.
    for (small, small_list, large, large_list, tolerance) in [
        (
            "brca/train_500_178T.csv",
            "brca/gene_names_500.csv",
            "brca/train_2000_178T.csv",
            "brca/gene_names_2000.csv",
            0.0,
        ),
        (
            "brca/test_500_8middleT.csv",
            "brca/gene_names_500.csv",
            "brca/test_2000_8middleT.csv",
            "brca/gene_names_2000.csv",
            0.0,
        ),
        (
            "brca/test_2000_8middleT.csv",
            "brca/gene_names_2000.csv",
            "brca/test_11165_8middleT.csv",
            "brca/gene_names_11165.csv",
            5.001e-8,
        ),
        (
            "yeast/train_500_24T.csv",
            "yeast/gene_names_500.csv",
            "yeast/train_3551_24T.csv",
            "yeast/gene_names_3551.csv",
            0.0,
        ),
        (
            "yeast/val_500_24T.csv",
            "yeast/gene_names_500.csv",
            "yeast/val_3551_24T.csv",
            "yeast/gene_names_3551.csv",
            0.0,
        ),
    ] {
        let (part, whole) = (
            read(&data, small, small_list),
            read(&data, large, large_list),
        );
        let subset = whole.subset_genes(part.genes()).unwrap();
        assert!(subset.absent.is_empty());
        assert_eq!(
            subset.left_out.len(),
            whole.genes().len() - part.genes().len()
        );
        let (found, expected) = (&subset.series.trajectories()[0], &part.trajectories()[0]);
        assert_eq!(found.times, expected.times, "{small}");
        let near = |(a, b): (&f64, &f64)| (a - b).abs() <= tolerance;
        assert!(
            found.values.iter().zip(&expected.values).all(near),
            "{small} against {large}"
        );
    }
}
