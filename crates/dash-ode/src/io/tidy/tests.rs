//! Every trap of the format, and the way there and back.

use ndarray::{Array2, array};
use proptest::prelude::*;

use super::COLUMNS;
use crate::io::{DataError, read_tidy, write_tidy};
use crate::series::{TimeSeries, Trajectory};

fn read_with(content: &str, genes: Option<&[String]>) -> Result<TimeSeries, DataError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    std::fs::write(&path, content).unwrap();
    read_tidy(&path, genes)
}

fn read(content: &str) -> Result<TimeSeries, DataError> {
    read_with(content, None)
}

fn bits(series: &TimeSeries) -> Vec<(String, Vec<u64>, Vec<u64>)> {
    let bits = |v: &f64| if v.is_nan() { u64::MAX } else { v.to_bits() };
    let all = |t: &Trajectory| {
        (
            t.name.clone(),
            t.times.iter().map(bits).collect(),
            t.values.iter().map(bits).collect(),
        )
    };
    series.trajectories().iter().map(all).collect()
}

#[test]
fn columns_and_rows_come_in_any_order() {
    let content =
        "gene,value,trajectory,time\nb,4,t,2\na,NA,t,2\na,1,t,0\na,9,u,1\nb,2,t,0\nb, ,u,1\n";
    let quoted = content
        .replace("\nb,4,t", "\r\n\"b\",\"4\",\"t\"")
        .replace(',', "\t");
    for content in [content, &quoted, &content.replace("gene", "\u{feff} Gene ")] {
        let series = read(content).unwrap();
        assert_eq!(series.genes(), ["b", "a"]);
        let [t, u] = series.trajectories() else {
            panic!("two trajectories")
        };
        assert_eq!((t.name.as_str(), u.name.as_str()), ("t", "u"));
        assert_eq!((&t.times[..], &u.times[..]), (&[0.0, 2.0][..], &[1.0][..]));
        assert_eq!(t.values.row(0).to_vec(), [2.0, 1.0]);
        assert!(t.values[[1, 1]].is_nan() && u.values[[0, 0]].is_nan());
    }
}

#[test]
fn a_row_that_is_not_there_is_a_missing_value() {
    let series = read("trajectory,time,gene,value\nt,0,a,1\nt,0,b,2\nt,1,a,3\n").unwrap();
    assert_eq!(series.trajectories()[0].values.dim(), (2, 2));
    assert!(series.trajectories()[0].values[[1, 1]].is_nan());
}

#[test]
fn a_list_of_genes_sets_their_order_and_must_match() {
    let content = "trajectory,time,gene,value\nt,0,a,1\nt,0,b,2\n";
    let with = |genes: &[&str]| {
        let genes: Vec<String> = genes.iter().map(|&g| g.to_owned()).collect();
        read_with(content, Some(&genes))
    };
    let series = with(&["b", "a"]).unwrap();
    assert_eq!(
        (series.genes(), &series.trajectories()[0].values),
        (&["b".to_owned(), "a".to_owned()][..], &array![[2.0, 1.0]])
    );
    assert!(
        matches!(with(&["a"]), Err(DataError::UnknownGene { place }) if (place.row, place.column) == (3, 3))
    );
    assert!(
        matches!(with(&["a", "b", "c"]), Err(DataError::AbsentGene { gene, .. }) if gene == "c")
    );
    assert!(matches!(
        with(&["a", "b", "a"]),
        Err(DataError::SameName { .. })
    ));
    assert!(matches!(with(&[]), Err(DataError::None { what: "gene" })));
}

#[test]
fn the_same_value_twice_is_an_error() {
    let error =
        read("trajectory,time,gene,value\nt,0,a,1\n\nt,1,a,1\nu,0,a,1\nt,0.0,a,\n").unwrap_err();
    assert!(
        matches!(
            error,
            DataError::DuplicateValue {
                first: 2,
                second: 6,
                ..
            }
        ),
        "{error}"
    );
    assert!(read("trajectory,time,gene,value\nt,0,a,1\nt,-0,a,1\n").is_err());
}

#[test]
fn other_columns_are_an_error() {
    for header in [
        "trajectory,time,gene",
        "trajectory,time,gene,value,batch",
        "trajectory,time,gene,gene",
        "t,0,a,1",
        "value",
    ] {
        let error = read(&format!("{header}\nt,0,a,1\n")).unwrap_err();
        assert!(
            matches!(error, DataError::Header { .. }),
            "{header}: {error}"
        );
    }
    assert!(matches!(read(""), Err(DataError::Empty { .. })));
    assert!(matches!(
        read("trajectory,time,gene,value\n"),
        Err(DataError::HeaderOnly { .. })
    ));
}

#[test]
fn bad_rows_are_named() {
    let error =
        |row: &str| read(&format!("trajectory,time,gene,value\nt,0,a,1\n{row}\n")).unwrap_err();
    assert!(matches!(
        error("t,0,b"),
        DataError::Ragged {
            row: 3,
            found: 3,
            expected: 4,
            ..
        }
    ));
    assert!(matches!(
        error("t,0,b,1,"),
        DataError::Ragged {
            row: 3,
            found: 5,
            ..
        }
    ));
    assert!(
        matches!(error(",0,b,1"), DataError::NameMissing { what: "trajectory", place } if place.column == 1)
    );
    assert!(
        matches!(error("t,0, ,1"), DataError::NameMissing { what: "gene", place } if place.column == 3)
    );
    assert!(
        matches!(error("t,,b,1"), DataError::TimeMissing { place } if (place.row, place.column) == (3, 2))
    );
    assert!(matches!(error("t,NA,b,1"), DataError::NotANumber { place, .. } if place.column == 2));
    assert!(matches!(error("t,inf,b,1"), DataError::NotFinite { .. }));
    assert!(
        matches!(error("t,1,b,one"), DataError::NotANumber { place, text } if place.gene.as_deref() == Some("b") && text == "one")
    );
    assert!(
        matches!(error("t,1,b,nan"), DataError::NotFinite { place, .. } if (place.row, place.column) == (3, 4))
    );
}

#[test]
fn the_text_written() {
    let trajectory = Trajectory {
        name: "t, 1".into(),
        times: vec![0.0, 0.5],
        values: array![[1.0, f64::NAN], [2.5, 1e-9]],
    };
    let series = TimeSeries::new(vec!["a".into(), "b".into()], vec![trajectory]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str| {
        let path = folder.path().join(name);
        write_tidy(&path, &series).unwrap();
        std::fs::read(path).unwrap()
    };
    let expected = "trajectory,time,gene,value\n\"t, 1\",0,a,1\n\"t, 1\",0,b,\n\"t, 1\",0.5,a,2.5\n\"t, 1\",0.5,b,1e-9\n";
    assert_eq!(String::from_utf8(write("table.csv")).unwrap(), expected);
    assert!(write("table.TSV").starts_with(b"trajectory\ttime\tgene\tvalue\nt, 1\t0\ta\t1\n"));
    assert!(write("table.tsv.gz").starts_with(&[0x1f, 0x8b]));
    assert_eq!(
        bits(&read_tidy(&folder.path().join("table.tsv.gz"), None).unwrap()),
        bits(&series)
    );
}

fn names(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<String>> {
    let name = "[a-z,\"'\t\n é_;]{1,6}"
        .prop_map(|name| name.trim().to_owned())
        .prop_filter("a name", |name| !name.is_empty());
    proptest::collection::btree_set(name, count).prop_map(|names| names.into_iter().collect())
}

fn series() -> impl Strategy<Value = TimeSeries> {
    (names(1..4), names(1..4)).prop_flat_map(|(genes, names)| {
        let value = prop_oneof![4 => any::<f64>().prop_filter("finite", |v| v.is_finite()), 1 => Just(f64::NAN)];
        let times = proptest::collection::btree_set(-1000..1000_i32, 1..5);
        let points = times.prop_flat_map(move |times| {
            let values = proptest::collection::vec(value.clone(), times.len() * genes.len());
            let (times, genes) = (times.into_iter().map(|t| f64::from(t) / 3.0).collect::<Vec<_>>(), genes.clone());
            values.prop_map(move |values| (genes.clone(), times.clone(), values))
        });
        proptest::collection::vec(points, names.len()).prop_map(move |points| {
            let genes = points[0].0.clone();
            let trajectories = names.iter().zip(points).map(|(name, (genes, times, values))| Trajectory {
                name: name.clone(),
                values: Array2::from_shape_vec((times.len(), genes.len()), values).unwrap(),
                times,
            });
            TimeSeries::new(genes, trajectories.collect()).unwrap()
        })
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_back_to_the_same_bits(series in series(), name in prop_oneof!["t\\.csv", "t\\.tsv", "t\\.csv\\.gz"]) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        write_tidy(&path, &series).unwrap();
        let read = read_tidy(&path, None).unwrap();
        prop_assert_eq!(read.genes(), series.genes());
        prop_assert_eq!(bits(&read), bits(&series));
    }

    #[test]
    fn the_order_of_the_rows_is_free(series in series(), seed in any::<u64>()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        write_tidy(&path, &series.select(&[0]).unwrap()).unwrap();
        let mut reader = csv::Reader::from_path(&path).unwrap();
        let mut rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let shift = usize::try_from(seed % 97).unwrap() % rows.len();
        rows.rotate_left(shift);
        rows.reverse();
        let mut writer = csv::Writer::from_path(&path).unwrap();
        writer.write_record(COLUMNS).unwrap();
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        writer.flush().unwrap();
        let read = read_tidy(&path, Some(series.genes())).unwrap();
        prop_assert_eq!(bits(&read), bits(&series.select(&[0]).unwrap()));
    }
}
