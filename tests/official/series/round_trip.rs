//! What is written is what was read; a file cut short is noticed.

use super::{OFFICIAL, assert_same, names, read};
use dash_ode::io::{
    DataError, Genes, Ties, read_published, read_tidy, write_published, write_tidy,
};
use dash_tests::shared;

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
