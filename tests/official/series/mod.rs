//! The published trajectory files: read whole, under the right names, and written back unchanged.

mod cells;
mod documented;
mod round_trip;

use dash_ode::io::{GeneNames, Genes, Ties, read_gene_names, read_published};
use dash_ode::{TimeSeries, Trajectory};
use std::path::Path;

/// A published file, its gene names, the points of each trajectory, and the range its values lie in.
type Official = (&'static str, &'static str, &'static [usize], (f64, f64));

pub(super) const SIM_POINTS: &[usize] = &[5; 150];

pub(super) const OFFICIAL: &[Official] = &[
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
pub(super) const LINEAGES: &[(&str, &[&str])] = &[
    ("B_529genes_2samples", &["B_11", "B_12"]),
    ("B_529genes_3testsamples", &["B_21", "B_24", "B_36"]),
    ("eryth_529genes_2samples", &["eryth_11", "eryth_12"]),
    ("mono_529genes_2samples", &["mono_11", "mono_12"]),
];

pub(super) fn names(data: &Path, list: &str) -> GeneNames {
    read_gene_names(&data.join(list)).unwrap()
}

pub(super) fn read(data: &Path, file: &str, list: &str) -> TimeSeries {
    read_published(
        &data.join(file),
        Genes::Named(&names(data, list).names),
        Ties::Error,
    )
    .unwrap()
}

pub(super) fn bits(series: &TimeSeries) -> Vec<(Vec<u64>, Vec<u64>)> {
    let bits = |v: &f64| if v.is_nan() { u64::MAX } else { v.to_bits() };
    let both = |t: &Trajectory| {
        (
            t.times.iter().map(bits).collect(),
            t.values.iter().map(bits).collect(),
        )
    };
    series.trajectories().iter().map(both).collect()
}

pub(super) fn assert_same(a: &TimeSeries, b: &TimeSeries, what: &str) {
    assert_eq!(a.genes(), b.genes(), "{what}");
    assert!(bits(a) == bits(b), "{what}: the values differ");
}
