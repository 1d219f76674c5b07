//! Bone marrow: trajectories made from single cells, among them cells of equal pseudotime.

use super::{LINEAGES, names, read};
use dash_ode::io::{
    DataError, Digits, Genes, Ties, read_cells, read_published, write_published_with,
};
use dash_ode::{TimeSeries, Trajectory};
use dash_tests::shared;
use ndarray::Axis;

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
