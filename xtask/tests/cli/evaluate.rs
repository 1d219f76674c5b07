//! `cargo xtask evaluate` as a user meets it.

use std::fs;
use std::path::Path;
use std::process::Output;

use assert_cmd::Command;
use serde_json::Value;

const TRUTH: &str = "Gene1,Gene2,Type\nA,B,+\nA,C,-\nB,C,+\nA,B,+\nB,B,+\n";
const PREDICTED: &str = "Gene1\tGene2\tEdgeWeight\nA\tB\t0.9\nC\tA\t0.5\nB\tC\t0.4\n";

fn evaluate(folder: &Path, arguments: &[&str]) -> Output {
    Command::cargo_bin("xtask")
        .unwrap()
        .current_dir(folder)
        .arg("evaluate")
        .args(arguments)
        .output()
        .unwrap()
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (file, text) in files {
        fs::write(folder.path().join(file), text).unwrap();
    }
    folder
}

#[test]
fn several_networks_are_rows_of_one_table_and_of_the_json() {
    let folder = folder(&[
        ("truth.csv", TRUTH),
        ("tool.csv", PREDICTED),
        ("other.csv", "from,to,weight\nA,C,1\n"),
        ("tfs.csv", "gene\nA\nB\n"),
    ]);
    let run = evaluate(
        folder.path(),
        &[
            "--pred",
            "tool.csv",
            "--pred",
            "other.csv",
            "--truth",
            "truth.csv",
            "--prior",
            "other.csv",
            "--regulators",
            "tfs.csv",
            "--json",
            "out/scores.json",
        ],
    );
    let text = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    for part in [
        "tool.csv",
        "other.csv",
        "random order",
        "prior",
        "known regulators to all",
        "1 repeated",
    ] {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
    let json: Value =
        serde_json::from_slice(&fs::read(folder.path().join("out/scores.json")).unwrap()).unwrap();
    assert_eq!(json["schema"], 1);
    let scores = json["networks"][0]["scores"].as_array().unwrap();
    let universes: Vec<&str> = scores
        .iter()
        .map(|scores| scores["universe"].as_str().unwrap())
        .collect();
    assert_eq!(universes, ["all_pairs", "reference_regulators"]);
    // Over 9 pairs with 4 true ones: A→B and B→C are found, C→A is wrong.
    let counts = &scores[0]["confusion"];
    assert_eq!(
        (&counts["true_positives"], &counts["false_positives"]),
        (&Value::from(2), &Value::from(1))
    );
    assert_eq!(scores[0]["prevalence"].as_f64(), Some(4.0 / 9.0));
}

#[test]
fn what_cannot_be_judged_is_refused_with_its_place() {
    for (file, text, words) in [
        ("tool.csv", "", &["tool.csv", "no edge"][..]),
        (
            "tool.csv",
            "Gene1\tGene2\tEdgeWeight\n",
            &["tool.csv", "no edge"],
        ),
        (
            "tool.csv",
            "A\nB\n",
            &["tool.csv", "line 1", "column 2", "a target"],
        ),
        (
            "tool.csv",
            "Gene1,Gene2,EdgeWeight\nA,B,NaN\n",
            &["tool.csv", "line 2", "column 3", "`NaN`"],
        ),
        (
            "tool.csv",
            "Gene1,Gene2,EdgeWeight\nA,B,high\n",
            &["line 2", "column 3", "`high`"],
        ),
        (
            "tool.csv",
            "X,Y,1\n",
            &["tool.csv", "truth.csv", "share no gene", "`X`", "`A`"],
        ),
        ("truth.csv", "", &["truth.csv", "no edge"]),
        ("truth.csv", "A,B,0\n", &["truth.csv", "no edge"]),
    ] {
        let folder = folder(&[("truth.csv", TRUTH), ("tool.csv", PREDICTED)]);
        fs::write(folder.path().join(file), text).unwrap();
        refused(
            &evaluate(
                folder.path(),
                &["--pred", "tool.csv", "--truth", "truth.csv"],
            ),
            words,
        );
    }
    let folder = folder(&[
        ("truth.csv", TRUTH),
        ("tool.csv", PREDICTED),
        ("genes.csv", "x\nQ\nR\n"),
    ]);
    let run = |more: &[&str]| {
        let all = [&["--pred", "tool.csv", "--truth", "truth.csv"], more].concat();
        evaluate(folder.path(), &all)
    };
    refused(&run(&["--genes", "genes.csv"]), &["truth.csv", "no edge"]);
    refused(&run(&["--universes", "every"]), &["every", "all_pairs"]);
    refused(&run(&["--prior", "none.csv"]), &["cannot read none.csv"]);
    refused(
        &evaluate(
            folder.path(),
            &["--pred", "none.csv", "--truth", "truth.csv"],
        ),
        &["cannot read none.csv"],
    );
    refused(
        &evaluate(folder.path(), &["--pred", "tool.csv"]),
        &["--truth"],
    );
}

#[track_caller]
fn refused(run: &Output, words: &[&str]) {
    let message = String::from_utf8_lossy(&run.stderr);
    assert_eq!(run.status.code(), Some(2), "{message}");
    assert!(
        run.stdout.is_empty() && !message.contains("panicked"),
        "{message}"
    );
    for word in words {
        assert!(message.contains(word), "`{word}` is not in `{message}`");
    }
}

/// 200 genes; genes 10·s to 10·s + 9 are set s.
fn sets() -> String {
    let genes = |set: usize| {
        (10 * set..10 * set + 10)
            .map(|gene| format!("G{gene}"))
            .collect::<Vec<_>>()
    };
    let line = |set: usize| {
        format!(
            "REACTOME_PATHWAY_OF_{set}\tlink\t{}\n",
            genes(set).join("\t")
        )
    };
    (0..20).map(line).collect()
}

/// Scores in which one set stands out.
fn scores(high: usize) -> String {
    let score =
        |gene: usize| (gene * 37 % 101) as f64 / 101.0 + if gene / 10 == high { 3.0 } else { 0.0 };
    let row = |gene: usize| format!("G{gene}\t{}", score(gene));
    (0..200).map(row).collect::<Vec<_>>().join("\n")
}

#[test]
fn pathways_of_several_methods_are_tested_and_drawn() {
    let (dash, imp, sets) = (scores(4), scores(7), sets());
    let folder = folder(&[("DASH.rnk", &dash), ("IMP.rnk", &imp), ("sets.gmt", &sets)]);
    let figure = |name| {
        let arguments = [
            "pathways",
            "--scores",
            "DASH.rnk",
            "IMP.rnk",
            "--sets",
            "sets.gmt",
            "--permutations",
            "100",
            "--json",
            "p.json",
            "--figure",
            name,
        ];
        let run = evaluate(folder.path(), &arguments);
        assert!(
            run.status.success(),
            "{}",
            String::from_utf8_lossy(&run.stderr)
        );
        (
            String::from_utf8(run.stdout).unwrap(),
            fs::read(folder.path().join(name)).unwrap(),
        )
    };
    let (text, svg) = figure("map.svg");
    assert!(
        text.contains("100 permutations cannot pass Bonferroni"),
        "{text}"
    );
    let svg = String::from_utf8(svg).unwrap();
    for part in ["Pathway of 4", "Pathway of 7", "DASH", "IMP", "adjusted p"] {
        assert!(svg.contains(part), "`{part}` is not in the figure");
    }
    assert!(!svg.contains("Pathway of 5"));
    assert!(figure("map.png").1.starts_with(b"\x89PNG"));
    let json: Value =
        serde_json::from_slice(&fs::read(folder.path().join("p.json")).unwrap()).unwrap();
    let found = |method: usize, set: usize| {
        json["methods"][method]["sets"][set]["adjusted_p"]
            .as_f64()
            .unwrap()
    };
    assert!(found(0, 4) < 1e-6 && found(1, 7) < 1e-6 && found(0, 7) > 0.5);
    assert_eq!(json["methods"][1]["name"], "IMP");
}

#[test]
fn what_is_not_taken_over_of_pathway_files_is_said() {
    let scores = format!("gene\tscore\n{}", scores(4));
    let sets = format!(
        "{}REACTOME_PATHWAY_OF_4\tlink\tG1\tG2\nEMPTY\tlink\nTWICE\tlink\tG1\tG2\tG1\n",
        sets()
    );
    let folder = folder(&[("a.rnk", &scores), ("sets.gmt", &sets)]);
    let arguments = [
        "pathways", "--scores", "a.rnk", "--sets", "sets.gmt", "--json", "p.json",
    ];
    let run = evaluate(folder.path(), &arguments);
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(run.status.success(), "{said}");
    for note in [
        "note: sets.gmt: duplicate set name, skipped: REACTOME_PATHWAY_OF_4 (line 21)\n",
        "note: sets.gmt: set without genes, skipped: EMPTY (line 22)\n",
        "note: sets.gmt: duplicate gene, kept once: G1 (line 23)\n",
        "note: a.rnk: the first line is taken as a heading, as `gene\tscore`",
    ] {
        assert!(said.contains(note), "{note:?} is not in {said:?}");
    }
    let json: Value =
        serde_json::from_slice(&fs::read(folder.path().join("p.json")).unwrap()).unwrap();
    assert_eq!(json["warnings"].as_array().unwrap().len(), 3);
    assert_eq!(json["warnings"][0]["line"], 21);
    assert_eq!(json["methods"][0]["heading"], "gene\tscore");
}

#[test]
fn pathway_files_that_make_no_sense_are_refused() {
    for (file, text, words) in [
        ("a.rnk", "G1\t1\nG2\tx\n", &["a.rnk", "line 2", "`x`"][..]),
        ("a.rnk", "G1\t1\nG1\t2\n", &["a.rnk", "line 2", "`G1`"]),
        ("a.rnk", "", &["a.rnk", "none of 20 sets"]),
        (
            "a.rnk",
            "ENSG01\t1\nENSG02\t2\n",
            &["a.rnk", "ENSG01", "identifier"],
        ),
        ("sets.gmt", "ONE\n", &["sets.gmt", "line 1"]),
    ] {
        let (scores, sets) = (scores(4), sets());
        let folder = folder(&[("a.rnk", &scores), ("sets.gmt", &sets)]);
        fs::write(folder.path().join(file), text).unwrap();
        let arguments = ["pathways", "--scores", "a.rnk", "--sets", "sets.gmt"];
        refused(&evaluate(folder.path(), &arguments), words);
    }
    let (scores, sets) = (scores(4), sets());
    let folder = folder(&[("a.rnk", &scores), ("sets.gmt", &sets)]);
    let arguments = [
        "pathways", "--scores", "a.rnk", "--sets", "sets.gmt", "--figure", "a.jpg",
    ];
    refused(
        &evaluate(folder.path(), &arguments),
        &["a.jpg", ".svg or .png"],
    );
}
