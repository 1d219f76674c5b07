//! The measured data as they are published; without them there is nothing to test.

use std::path::PathBuf;

use super::*;
use crate::job::config::Source;
use crate::job::dataset::Dataset;
use crate::job::inputs::Resolver;
use crate::testing::config;

/// The data of a measured set with the first data seed, `None` (and a line that says so) in a clone that has none.
fn measured(dataset: Dataset, train: usize, validation: usize) -> Option<Data> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data"));
    if !folder.is_dir() {
        eprintln!("skipped: no ../shared");
        return None;
    }
    let config = DataConfig {
        dataset,
        source: Source::Official,
        noise: 0.0,
        prior_corruption: 0.0,
        train,
        validation,
        test: 8,
        seed: 41,
    };
    let mut resolver = Resolver::new(Some(folder)).unwrap();
    let inputs = resolver.resolve(&config).unwrap();
    Some(prepare(&config, &inputs).unwrap())
}

fn shape(series: &TimeSeries) -> Vec<usize> {
    let points = series.trajectories().iter().map(|t| t.times.len());
    points.collect()
}

fn says(data: &Data, what: &str) -> bool {
    data.notes.iter().any(|note| note.contains(what))
}

#[test]
fn breast_cancer_is_cut_and_aligned() {
    let Some(data) = measured(Dataset::Brca500, 170, 8) else {
        return;
    };
    assert_eq!(
        [&data.train, &data.validation, &data.test].map(shape),
        [[170], [8], [8]]
    );
    let held = &data.validation.trajectories()[0].times;
    let rest = &data.train.trajectories()[0].times;
    assert!(!rest.iter().any(|t| (held[0]..=held[7]).contains(t)));
    assert_eq!(
        (data.prior.edges().len(), data.prior.regulators().len()),
        (7732, 34)
    );
    assert_eq!(data.prior.sign_counts().repressing, 0);
    assert_eq!(
        (
            data.reference.edges().len(),
            data.reference.regulators().len()
        ),
        (1586, 7)
    );
    assert_eq!(
        data.interactions.as_ref().map(PriorMatrix::nnz),
        Some(2 * 49)
    );
    assert_eq!(data.regulators.len(), 45);
    assert!(says(&data, "signs are random"), "{:?}", data.notes);
    assert!(says(&data, "genes without expression"), "{:?}", data.notes);
    assert!(!says(&data, "ALTERNATIVE"), "{:?}", data.notes);
}

#[test]
fn a_prior_that_stands_in_is_labelled() {
    let Some(data) = measured(Dataset::Brca2000, 170, 8) else {
        return;
    };
    assert!(says(&data, "ALTERNATIVE"), "{:?}", data.notes);
    assert_eq!(data.prior.edges().len(), 51795);
    assert_eq!(
        (
            data.reference.edges().len(),
            data.reference.regulators().len()
        ),
        (8174, 10)
    );
    assert_eq!(
        data.interactions.as_ref().map(PriorMatrix::nnz),
        Some(2 * 217)
    );
}

#[test]
fn yeast_factors_without_expression_are_counted() {
    let Some(data) = measured(Dataset::Yeast3551, 19, 5) else {
        return;
    };
    assert_eq!(
        [&data.train, &data.validation, &data.test].map(shape),
        [[19], [5], [24]]
    );
    assert_eq!(
        (data.prior.edges().len(), data.prior.regulators().len()),
        (51254, 65)
    );
    assert!(
        says(
            &data,
            "lost: 29976 of 81230 rows, which name 40 genes without expression"
        ),
        "{:?}",
        data.notes
    );
    assert_eq!(
        data.interactions.as_ref().map(PriorMatrix::nnz),
        Some(2 * 703)
    );
    assert_eq!(
        (
            data.reference.edges().len(),
            data.reference.regulators().len()
        ),
        (3307, 63)
    );
    let assay = data.perturbation.as_ref().unwrap();
    assert!(assay.tested.len() <= 36 * 292, "{}", assay.tested.len());
    let responses = assay.network.edges();
    assert!(responses.len() <= 471 && !responses.is_empty());
    assert!(
        responses
            .iter()
            .all(|edge| assay.tested.contains(&Pair::new(edge.to, edge.from)))
    );
    let small = measured(Dataset::Yeast500, 19, 5).unwrap();
    assert_eq!(
        (small.prior.edges().len(), small.prior.regulators().len()),
        (1146, 6)
    );
}

#[test]
fn bone_marrow_is_tested_without_the_batch_that_is_missing() {
    let Some(data) = measured(Dataset::HemaEryth, 1, 1) else {
        return;
    };
    assert_eq!([&data.train, &data.validation].map(shape), [[280], [1197]]);
    let test = shape(&data.test);
    assert_eq!(test.len(), 2);
    assert!(test[0] <= 687 && test[1] <= 160, "{test:?}");
    assert!(
        says(&data, "S2D1 and S3D6, WITHOUT S2D4"),
        "{:?}",
        data.notes
    );
    assert_eq!(
        (data.prior.edges().len(), data.prior.regulators().len()),
        (31030, 111)
    );
    assert_eq!(
        data.interactions.as_ref().map(PriorMatrix::nnz),
        Some(2 * 354)
    );
    let b = measured(Dataset::HemaB, 1, 1).unwrap();
    assert_eq!(shape(&b.test), [391, 1005, 48]);
}

#[test]
fn a_block_that_does_not_fit_is_refused() {
    let mut config = config("DASH").data;
    let genes = vec!["A".to_owned(), "B".to_owned()];
    let trajectory = dash_ode::Trajectory {
        name: "a".into(),
        times: (0..10).map(f64::from).collect(),
        values: ndarray::Array2::zeros((10, 2)),
    };
    let series = TimeSeries::new(genes, vec![trajectory]).unwrap();
    (config.train, config.validation) = (7, 3);
    for seed in 0..20 {
        config.seed = seed;
        let (train, validation, start) = split::contiguous(&series, &config).unwrap();
        assert_eq!((shape(&train), shape(&validation)), (vec![7], vec![3]));
        assert!((validation.trajectories()[0].times[0] - start as f64).abs() < 1e-12);
    }
    config.train = 8;
    let error = split::contiguous(&series, &config).unwrap_err().to_string();
    assert!(error.contains("has 10 points"), "{error}");
}
