//! The published trajectory files: read whole, under the right names, and written back unchanged.

#![expect(clippy::unwrap_used, reason = "a test may panic, its helpers too")]

use std::path::Path;

use dash_ode::io::{
    DataError, Digits, GeneNames, Genes, Ties, read_cells, read_gene_names, read_published,
    read_tidy, write_gene_names, write_published, write_published_with, write_tidy,
};
use dash_ode::{TimeSeries, Trajectory};
use dash_tests::shared;
use ndarray::Axis;

/// A published file, its gene names, the points of each trajectory, and the range its values lie in.
type Official = (&'static str, &'static str, &'static [usize], (f64, f64));

const SIM_POINTS: &[usize] = &[5; 150];
const OFFICIAL: &[Official] = &[
    (
        "sim350/train_val_150.csv",
        "sim350/gene_names.csv",
        SIM_POINTS,
        (0.0, 1.0),
    ),
    (
        "sim350/test_10.csv",
        "sim350/gene_names.csv",
        &[5; 10],
        (0.0, 1.0),
    ),
    (
        "sim690/train_val_150.csv",
        "sim690/gene_names.csv",
        SIM_POINTS,
        (0.0, 1.0),
    ),
    (
        "brca/train_500_178T.csv",
        "brca/gene_names_500.csv",
        &[178],
        (0.0, 1.1),
    ),
    (
        "brca/train_2000_178T.csv",
        "brca/gene_names_2000.csv",
        &[178],
        (0.0, 1.1),
    ),
    (
        "brca/test_500_8middleT.csv",
        "brca/gene_names_500.csv",
        &[8],
        (0.0, 1.1),
    ),
    (
        "brca/test_2000_8middleT.csv",
        "brca/gene_names_2000.csv",
        &[8],
        (0.0, 1.1),
    ),
    (
        "brca/test_11165_8middleT.csv",
        "brca/gene_names_11165.csv",
        &[8],
        (0.0, 1.1),
    ),
    (
        "yeast/train_500_24T.csv",
        "yeast/gene_names_500.csv",
        &[24],
        (-2.54, 4.05),
    ),
    (
        "yeast/val_500_24T.csv",
        "yeast/gene_names_500.csv",
        &[24],
        (-2.54, 4.05),
    ),
    (
        "yeast/train_3551_24T.csv",
        "yeast/gene_names_3551.csv",
        &[24],
        (-2.54, 4.05),
    ),
    (
        "yeast/val_3551_24T.csv",
        "yeast/gene_names_3551.csv",
        &[24],
        (-2.54, 4.05),
    ),
    (
        "hema/dash/hema_B_529genes_2samples.csv",
        "hema/gene_names_529.csv",
        &[482, 168],
        (0.0, 1.0),
    ),
    (
        "hema/dash/hema_B_529genes_3testsamples.csv",
        "hema/gene_names_529.csv",
        &[391, 1005, 48],
        (0.0, 1.0),
    ),
    (
        "hema/dash/hema_eryth_529genes_2samples.csv",
        "hema/gene_names_529.csv",
        &[1197, 280],
        (0.0, 1.0),
    ),
    (
        "hema/dash/hema_mono_529genes_2samples.csv",
        "hema/gene_names_529.csv",
        &[998, 824],
        (0.0, 1.0),
    ),
];

/// The `hema/dash` trajectories and the cell files they were made from.
const LINEAGES: &[(&str, &[&str])] = &[
    ("B_529genes_2samples", &["B_11", "B_12"]),
    ("B_529genes_3testsamples", &["B_21", "B_24", "B_36"]),
    ("eryth_529genes_2samples", &["eryth_11", "eryth_12"]),
    ("mono_529genes_2samples", &["mono_11", "mono_12"]),
];

fn names(data: &Path, list: &str) -> GeneNames {
    read_gene_names(&data.join(list)).unwrap()
}

fn read(data: &Path, file: &str, list: &str) -> TimeSeries {
    read_published(
        &data.join(file),
        Genes::Named(&names(data, list).names),
        Ties::Error,
    )
    .unwrap()
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

fn assert_same(a: &TimeSeries, b: &TimeSeries, what: &str) {
    assert_eq!(a.genes(), b.genes(), "{what}");
    assert!(bits(a) == bits(b), "{what}: the values differ");
}

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

#[test]
fn what_is_written_is_what_was_published() {
    let Some(data) = shared("data") else { return };
    let folder = tempfile::tempdir().unwrap();
    for (file, list, ..) in OFFICIAL {
        let series = read(&data, file, list);
        for name in ["copy.csv", "copy.csv.gz"] {
            let copy = folder.path().join(name);
            write_published(&copy, &series).unwrap();
            let again = read_published(&copy, Genes::Named(series.genes()), Ties::Error).unwrap();
            assert_same(&again, &series, file);
        }
        let official = std::fs::read_to_string(data.join(file)).unwrap();
        let copy = std::fs::read_to_string(folder.path().join("copy.csv")).unwrap();
        // Upstream writes small numbers as 1e-05 or as 0.00001, whichever is shorter, and does not always end the last line.
        let differing = official
            .split([',', '\n'])
            .zip(copy.split([',', '\n']))
            .filter(|(a, b)| a != b);
        for (official, copy) in differing {
            assert!(
                official.parse::<f64>().unwrap().abs() < 1e-3,
                "{file}: {official} became {copy}"
            );
        }
        assert_eq!(
            official.trim_end_matches('\n').matches([',', '\n']).count() + 1,
            copy.matches([',', '\n']).count(),
            "{file}"
        );
    }
}

#[test]
fn published_and_tidy_files_hold_the_same() {
    let Some(data) = shared("data") else { return };
    let folder = tempfile::tempdir().unwrap();
    for (file, list, ..) in OFFICIAL {
        let series = read(&data, file, list);
        let tidy = folder.path().join("copy.tsv");
        write_tidy(&tidy, &series).unwrap();
        assert_same(&read_tidy(&tidy, None).unwrap(), &series, file);
        assert_same(
            &read_tidy(&tidy, Some(series.genes())).unwrap(),
            &series,
            file,
        );
    }
}

#[test]
fn bone_marrow_files_follow_from_the_cells_digit_for_digit() {
    let Some(data) = shared("data/hema") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let names = names(&data, "gene_names_529.csv").names;
    for (file, batches) in LINEAGES {
        let made = |batch: &&str| {
            let cells = read_cells(&data.join(format!("pathreg/{batch}_norm.csv"))).unwrap();
            assert_eq!(cells.genes, names, "{batch}");
            cells.trajectory(batch, Ties::Error).unwrap()
        };
        let series = TimeSeries::new(names.clone(), batches.iter().map(made).collect()).unwrap();
        let copy = folder.path().join("copy.csv");
        write_published_with(&copy, &series, Digits::Fifteen).unwrap();
        let official = data.join(format!("dash/hema_{file}.csv"));
        let official = std::fs::read_to_string(official).unwrap();
        let copied = std::fs::read_to_string(&copy).unwrap();
        // One value of mono_12 lies so close to the middle between two numbers of 15 digits that the program which wrote the
        // official file rounded it up, in its longer arithmetic; it is a unit of the last digit away.
        let known = usize::from(*file == "mono_529genes_2samples");
        let fields = |text: &str| -> Vec<String> {
            let fields = text.split(['\n', ',']);
            fields.map(str::to_owned).collect()
        };
        let (official, copied) = (fields(&official), fields(&copied));
        assert_eq!(official.len(), copied.len(), "{file}");
        let pairs = official.iter().zip(&copied);
        let off: Vec<_> = pairs.filter(|(a, b)| a != b).collect();
        assert_eq!(off.len(), known, "{file}: {off:?}");
        for (a, b) in off {
            let [a, b] = [a, b].map(|text| text.parse::<f64>().unwrap());
            assert!((a - b).abs() <= 1.01e-16, "{file}: {a} {b}");
        }
    }
}

#[test]
fn cells_of_the_test_batches_can_be_read() {
    let Some(data) = shared("data/hema") else {
        return;
    };
    for (batch, cells) in [("eryth_21", 717), ("eryth_36", 190)] {
        let found = read_cells(&data.join(format!("pathreg/{batch}_norm.csv"))).unwrap();
        assert_eq!(found.times.len(), cells, "{batch}");
        let trajectory = found.trajectory(batch, Ties::Mean).unwrap();
        assert!(trajectory.times.len() <= cells - 30, "{batch}");
        assert!(trajectory.values.iter().all(|v| (0.0..=1.0).contains(v)));
    }
}

/// A published file of one trajectory in which the time of points `tied` and `tied + 1` is written once and their values are
/// sorted gene by gene, as in the one official file with cells of equal pseudotime.
fn with_tie(trajectory: &Trajectory, tied: usize) -> String {
    let points = trajectory.times.len();
    let join = |values: Vec<f64>| {
        values
            .iter()
            .map(f64::to_string)
            .collect::<Vec<_>>()
            .join(",")
    };
    let mut text = format!(
        "{},1{}\n",
        trajectory.values.ncols(),
        ",".repeat(points - 2)
    );
    for gene in trajectory.values.axis_iter(Axis(1)) {
        let mut row = gene.to_vec();
        row[tied..=tied + 1].sort_by(f64::total_cmp);
        text.push_str(&join(row));
        text.push('\n');
    }
    let mut times = trajectory.times.clone();
    times.remove(tied + 1);
    text + &join(times) + ",\n"
}

#[test]
fn cells_of_equal_pseudotime_are_noticed_found_and_averaged() {
    let Some(data) = shared("data/hema") else {
        return;
    };
    let series = read(
        &data,
        "dash/hema_B_529genes_3testsamples.csv",
        "gene_names_529.csv",
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tied.csv");
    let whole = &series.trajectories()[1];
    for tied in [0, 500, 1003] {
        std::fs::write(&path, with_tie(whole, tied)).unwrap();
        let error = read_published(&path, Genes::Named(series.genes()), Ties::Error).unwrap_err();
        assert!(
            matches!(
                error,
                DataError::TimeRowShort {
                    row: 531,
                    trajectory: 1,
                    times: 1004,
                    values: 1005,
                    ..
                }
            ),
            "{error}"
        );
        let merged = read_published(&path, Genes::Named(series.genes()), Ties::Mean).unwrap();
        let merged = &merged.trajectories()[0];
        assert_eq!(merged.times[tied].to_bits(), whole.times[tied].to_bits());
        for (point, values) in merged.values.outer_iter().enumerate() {
            let expected = match point.cmp(&tied) {
                std::cmp::Ordering::Less => whole.values.row(point).to_owned(),
                std::cmp::Ordering::Equal => {
                    (&whole.values.row(tied) + &whole.values.row(tied + 1)) / 2.0
                }
                std::cmp::Ordering::Greater => whole.values.row(point + 1).to_owned(),
            };
            assert!(values == expected, "point {point} with a tie at {tied}");
        }
    }
}

#[test]
fn a_file_cut_short_is_noticed() {
    let Some(data) = shared("data") else { return };
    let whole = std::fs::read(data.join("sim350/test_10.csv")).unwrap();
    let names = names(&data, "sim350/gene_names.csv").names;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.csv");
    for share in [3, 5, 7] {
        std::fs::write(&path, &whole[..whole.len() * share / 8]).unwrap();
        let error = read_published(&path, Genes::Named(&names), Ties::Error).unwrap_err();
        assert!(
            matches!(error, DataError::RowCount { expected: 3510, .. }),
            "{error}"
        );
    }
}
