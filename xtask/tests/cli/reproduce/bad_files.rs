//! Published files that are not what they should be: refused with file and place, before anything is written.

use std::fs;
use std::path::Path;

use assert_cmd::Command;

const GENES: &str = "x\nA_input\nB\n";
const EDGES: &str = "from,to,weight,activation,EC50,n\nA,B,1,TRUE,0.5,1.5\n";
const PRIOR: &str = "from,to,sign\nA,B,1\n";

/// `count` trajectories of an input A and a gene B.
fn trajectories(count: usize) -> String {
    let one = "0.4,0.4,0.4\n0.9,0.5,0.4\n0,1,2\n";
    format!("2,{count},\n{}", one.repeat(count))
}

fn sound(folder: &Path) {
    let set = folder.join("sim350");
    fs::create_dir_all(&set).unwrap();
    fs::write(set.join("gene_names.csv"), GENES).unwrap();
    fs::write(set.join("edge_properties.csv"), EDGES).unwrap();
    fs::write(set.join("prior_noise_0.025.edges.csv"), PRIOR).unwrap();
    fs::write(set.join("train_val_150.csv"), trajectories(150)).unwrap();
    fs::write(set.join("test_10.csv"), trajectories(10)).unwrap();
}

/// What the command says of a folder in which one file was replaced; asserts exit code 2 and an empty output folder.
fn refused(file: &str, content: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    sound(folder.path());
    fs::write(folder.path().join("sim350").join(file), content).unwrap();
    let out = folder.path().join("out");
    let arguments = ["reproduce", "--only", "table1", "--profile", "smoke"];
    let run = Command::cargo_bin("xtask")
        .unwrap()
        .args(arguments)
        .arg("--data")
        .arg(folder.path())
        .arg("--out")
        .arg(&out)
        .output()
        .unwrap();
    let message = String::from_utf8_lossy(&run.stderr).into_owned();
    assert_eq!(run.status.code(), Some(2), "{file}: {message}");
    assert!(!message.contains("panicked"), "{message}");
    assert!(!out.exists(), "{file}: something was written");
    message
}

#[test]
fn bad_files_are_refused_with_their_place() {
    let broken = |from: &str, to: &str| trajectories(10).replacen(from, to, 1);
    for (file, content, words) in [
        ("test_10.csv", String::new(), vec!["test_10.csv", "empty"]),
        (
            "test_10.csv",
            broken("0.9,0.5,0.4", "0.9,x,0.4"),
            vec!["test_10.csv", "row 3", "column 2", "`x`"],
        ),
        (
            "test_10.csv",
            broken("0.9,0.5,0.4", "0.9,NaN,0.4"),
            vec!["row 3", "NaN"],
        ),
        (
            "test_10.csv",
            broken("0.9,0.5,0.4", "0.9,inf,0.4"),
            vec!["row 3", "inf"],
        ),
        (
            "test_10.csv",
            broken("0.9,0.5,0.4", "0.9,0.5"),
            vec!["row 3"],
        ),
        (
            "test_10.csv",
            broken("0,1,2", "0,2,1"),
            vec!["row 4", "falls from 2"],
        ),
        (
            "test_10.csv",
            trajectories(9).replacen("2,9", "2,10", 1),
            vec!["test_10.csv", "10"],
        ),
        (
            "train_val_150.csv",
            "3,150,\n".to_owned(),
            vec!["train_val_150.csv", "3"],
        ),
        (
            "gene_names.csv",
            "x\nA_input\nA\n".to_owned(),
            vec!["gene_names.csv", "A"],
        ),
        (
            "prior_noise_0.025.edges.csv",
            "from,to,sign\nA,Z,1\n".to_owned(),
            vec!["prior_noise", "row 2", "Z"],
        ),
        (
            "prior_noise_0.025.edges.csv",
            "from,to,sign\nA,B,one\n".to_owned(),
            vec!["row 2", "one"],
        ),
        (
            "edge_properties.csv",
            "from,to\n".to_owned(),
            vec!["edge_properties.csv"],
        ),
    ] {
        let message = refused(file, content.as_bytes());
        for word in words {
            assert!(
                message.contains(word),
                "{file}: `{word}` is missing in: {message}"
            );
        }
    }
}

#[test]
fn names_of_other_data_are_noticed() {
    let message = refused("gene_names.csv", b"x\nB_input\nA\n");
    assert!(message.contains('B'), "{message}");
}
