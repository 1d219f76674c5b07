//! What a fit leaves behind, and how it goes on after a stop.

#![expect(clippy::float_cmp, reason = "a gene that is knocked out is exactly 0")]

use super::Case;
use std::fmt::Write as _;
use std::fs;
use std::process::{Command as Process, Stdio};
use std::time::{Duration, Instant};

#[test]
fn a_fit_writes_network_model_predictions_figures_and_report() {
    let case = Case::new();
    let said = case.fits(&["fit.toml"]);
    assert!(said.contains("test MSE, last value"), "{said}");
    for file in [
        "network.csv",
        "edges.csv",
        "network.graphml",
        "network.sif",
        "model.safetensors",
        "predictions.csv",
        "report.html",
        "fit.json",
        "figures/network.png",
        "figures/trajectories.svg",
        "figures/errors.png",
        "figures/learning.svg",
    ] {
        assert!(
            case.path("out/fit").join(file).metadata().unwrap().len() > 0,
            "{file}"
        );
        assert!(said.contains(file), "{file} is not named");
    }
    let network = case.read("out/fit/network.csv");
    assert!(
        network.starts_with("from,to,weight,rank\nIN,FOLLOWER,"),
        "{network}"
    );
    let edges = case.read("out/fit/edges.csv");
    assert!(
        edges.starts_with("from,to,weight,in_network,stability,in_prior,evidence,probability\n")
    );
    assert!(edges.contains("IN,FOLLOWER"), "{edges}");
    assert!(
        case.read("out/fit/network.sif")
            .contains("IN\tactivates\tFOLLOWER")
    );
    let report = case.read("out/fit/report.html");
    assert!(report.contains("<svg") && report.contains("What was found in the data"));
    assert!(!report.contains("http-equiv") && !report.contains("<script"));
    let summary: serde_json::Value = serde_json::from_str(&case.read("out/fit/fit.json")).unwrap();
    assert_eq!(summary["found"]["prior"]["edges"], 2);
    let rows = summary["test_error"]["rows"].as_array().unwrap();
    let mse = |row: usize| rows[row]["mse"].as_f64().unwrap();
    assert!(
        mse(0) < 0.5 * mse(1),
        "worse than repeating the last value: {rows:?}"
    );
    // The same again, from finished fits and in another folder, is the same to the byte.
    let again = case.run(&["fit.toml"]);
    assert!(String::from_utf8_lossy(&again.stderr).contains("already done"));
    assert_eq!(case.read("out/fit/network.csv"), network);
    case.fits(&["fit.toml", "--out", "other", "--jobs", "1"]);
    for file in [
        "network.csv",
        "edges.csv",
        "predictions.csv",
        "network.graphml",
    ] {
        assert_eq!(
            case.read(&format!("other/{file}")),
            case.read(&format!("out/fit/{file}")),
            "{file}"
        );
    }
    let model = |folder: &str| fs::read(case.path(folder).join("model.safetensors")).unwrap();
    assert!(model("other") == model("out/fit"));
}

#[test]
fn a_model_is_simulated_whole_and_without_genes() {
    let case = Case::new();
    let missing = case.refused(&["fit.toml", "--predict"]);
    assert!(missing.contains("fit first"), "{missing}");
    case.fits(&["fit.toml"]);
    case.fits(&[
        "fit.toml",
        "--predict",
        "--knockout",
        "IN",
        "--knockout",
        "IN,OTHER",
    ]);
    let of = |name: &str| case.read(&format!("out/fit/predict/{name}"));
    let last = |text: &str, gene: &str| -> f64 {
        let row = text
            .lines()
            .rfind(|line| line.starts_with("t9,") && line.contains(gene))
            .unwrap();
        row.rsplit(',').next().unwrap().parse().unwrap()
    };
    let (whole, without) = (of("wild_type.csv"), of("knockout_IN.csv"));
    assert!(whole.starts_with("trajectory,time,gene,value\n"));
    assert_eq!(last(&without, ",IN,"), 0.0);
    // IN of the last trajectory is 0.82, and FOLLOWER ends near it unless IN is gone.
    assert!(
        (last(&whole, ",FOLLOWER,") - 0.82).abs() < 0.1,
        "{}",
        last(&whole, ",FOLLOWER,")
    );
    assert!(last(&without, ",FOLLOWER,") < last(&whole, ",FOLLOWER,") - 0.2);
    assert!(of("knockout_IN.changes.csv").starts_with("gene,mean_change,mean_absolute_change\n"));
    assert_eq!(last(&of("knockout_IN_OTHER.csv"), ",OTHER,"), 0.0);
    assert!(case.path("out/fit/predict/knockout_IN.png").exists());
    let run = case.run(&["fit.toml", "--knockout", "FOLOWER"]);
    let message = String::from_utf8_lossy(&run.stderr).into_owned();
    assert_eq!(run.status.code(), Some(2));
    assert!(message.contains("did you mean FOLLOWER"), "{message}");
}

/// Two replicates of six points of two genes, without the values of A at these points of `r0`.
fn replicates(missing: &[usize]) -> String {
    let mut text = String::from("trajectory,time,gene,value\n");
    for replicate in 0..2 {
        for point in 0..6 {
            let a = 0.2 + 0.1 * f64::from(point) + 0.05 * f64::from(replicate);
            let b = 0.9 * (-0.3 * f64::from(point)).exp();
            let a = if replicate == 0 && missing.contains(&(point as usize)) {
                String::new()
            } else {
                format!("{a:.4}")
            };
            let _ = writeln!(
                text,
                "r{replicate},{point},A,{a}\nr{replicate},{point},B,{b:.4}"
            );
        }
    }
    text
}

#[test]
fn values_missing_near_the_end_do_not_fail_a_fit_after_its_training() {
    let case = Case::new();
    case.config("format = \"tidy\"", "# no prior");
    for missing in [vec![4], vec![4, 5]] {
        case.write("expression.csv", &replicates(&missing));
        case.fits(&["fit.toml"]);
        let predictions = case.read("out/fit/predictions.csv");
        assert!(predictions.contains("\nr0,") && predictions.contains("\nr1,"));
    }
}

#[test]
fn a_trajectory_without_a_state_to_start_from_is_left_out_and_named() {
    let case = Case::new();
    case.config("format = \"tidy\"", "# no prior");
    case.write("expression.csv", &replicates(&[]));
    case.fits(&["fit.toml"]);
    for missing in [vec![0, 1, 2, 3, 4], vec![0, 1, 2, 3, 4, 5]] {
        case.write("expression.csv", &replicates(&missing));
        let run = case.run(&["fit.toml", "--predict", "--knockout", "B"]);
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        assert_eq!(run.status.code(), Some(0), "{said}");
        assert!(said.contains("note: not simulated: r0;"), "{said}");
        let courses = case.read("out/fit/predict/wild_type.csv");
        assert!(courses.contains("\nr1,") && !courses.contains("r0,"));
    }
}

#[test]
fn a_fit_that_replaces_another_says_so_and_takes_its_simulations_away() {
    let case = Case::new();
    case.fits(&["fit.toml"]);
    case.fits(&["fit.toml", "--knockout", "IN"]);
    let said = |run: std::process::Output| String::from_utf8_lossy(&run.stderr).into_owned();
    let again = said(case.run(&["fit.toml"]));
    assert!(!again.contains("replaced"), "{again}");
    assert!(case.path("out/fit/predict/knockout_IN.csv").exists());
    let before = case.read("out/fit/network.csv");
    let prior = case.read("prior.csv");
    case.write("prior.csv", "from,to\nOTHER,FOLLOWER\n");
    let other = said(case.run(&["fit.toml"]));
    for part in ["a file changed", "out/fit", "is removed", "--out"] {
        assert!(other.contains(part), "{part:?} is not in {other:?}");
    }
    assert!(!case.path("out/fit/predict").exists());
    case.write("prior.csv", &prior);
    let back = said(case.run(&["fit.toml"]));
    assert!(back.contains("already done"), "{back}");
    assert_eq!(case.read("out/fit/network.csv"), before);
}

#[test]
fn names_of_any_length_are_drawn_and_edges_of_genes_to_themselves_are_left_out() {
    let case = Case::new();
    let long = "FOLLOWER".repeat(20);
    case.write(
        "expression.csv",
        &super::expression(10).replace("FOLLOWER", &long),
    );
    case.write("prior.csv", &format!("from,to\nIN,{long}\nOTHER,OTHER\n"));
    let run = case.run(&["fit.toml"]);
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert_eq!(run.status.code(), Some(0), "{said}");
    assert!(
        said.contains("left out: 1 edge of a gene to itself"),
        "{said}"
    );
    let edges = case.read("out/fit/edges.csv");
    assert!(
        edges.contains(&format!("IN,{long},")) && !edges.contains("OTHER,OTHER"),
        "{edges}"
    );
    let figure = case.read("out/fit/figures/network.svg");
    assert!(figure.contains('…') && !figure.contains(&long));
}

#[test]
fn what_init_cannot_use_it_says_and_what_it_can_it_sets() {
    let case = Case::new();
    case.write("motif.txt", "IN\tFOLLOWER\t1\nFOLLOWER\tOTHER\t1\n");
    let two = case.refused(&[
        "--init",
        "expression.csv",
        "prior.csv",
        "motif.txt",
        "-o",
        "a.toml",
    ]);
    assert!(
        two.contains("prior.csv and motif.txt both look like a prior"),
        "{two}"
    );
    case.write("pairs.csv", "from,to\nIN,OTHER\n");
    let lists = case.refused(&[
        "--init",
        "expression.csv",
        "prior.csv",
        "pairs.csv",
        "-o",
        "a.toml",
    ]);
    assert!(lists.contains("[interactions]"), "{lists}");

    case.write(
        "beeline.csv",
        "Gene1,Gene2,Type\nIN,FOLLOWER,+\nFOLLOWER,OTHER,-\n",
    );
    let said = case.fits(&["--init", "expression.csv", "beeline.csv", "-o", "b.toml"]);
    assert!(said.contains("prior: 2 edges of 2 rows"), "{said}");

    case.write("lower.csv", "from,to\nin,follower\nfollower,other\n");
    case.fits(&["--init", "expression.csv", "lower.csv", "-o", "c.toml"]);
    assert!(case.read("c.toml").contains("\nignore_case = true"));
}

#[test]
fn a_killed_fit_goes_on_where_it_was() {
    let case = Case::new();
    // Long enough to be killed in the middle.
    let long = case
        .read("fit.toml")
        .replace("seeds = 2", "seeds = 40")
        .replace("epochs = 3", "epochs = 200");
    case.write("fit.toml", &long);
    let program = assert_cmd::cargo::cargo_bin("xtask");
    let mut child = Process::new(program)
        .current_dir(case.folder.path())
        .args(["fit", "fit.toml", "--jobs", "1"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let finished = || {
        let runs = fs::read_dir(case.path("out/fit/runs"))
            .into_iter()
            .flatten()
            .flatten();
        runs.filter(|f| f.path().extension().is_some_and(|e| e == "json"))
            .count()
    };
    let begin = Instant::now();
    while finished() < 2 && begin.elapsed() < Duration::from_mins(2) {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let before = finished();
    assert!((2..40).contains(&before), "{before}");
    assert!(!case.path("out/fit/report.html").exists());
    let run = case.run(&["fit.toml"]);
    let said = String::from_utf8_lossy(&run.stderr);
    assert_eq!(run.status.code(), Some(0), "{said}");
    assert_eq!(said.matches("already done").count(), before, "{said}");
    let resumed = case.read("out/fit/network.csv");
    case.fits(&["fit.toml", "--out", "whole"]);
    assert_eq!(case.read("whole/network.csv"), resumed);
}

#[test]
fn init_writes_a_configuration_that_fits() {
    let case = Case::new();
    let said = case.fits(&["--init", "prior.csv", "expression.csv", "-o", "mine.toml"]);
    assert!(said.contains("wrote mine.toml"), "{said}");
    let text = case.read("mine.toml");
    assert!(
        text.contains("file = \"expression.csv\"") && text.contains("file = \"prior.csv\""),
        "{text}"
    );
    case.fits(&["mine.toml", "--check"]);
    let again = case.refused(&["--init", "prior.csv", "expression.csv", "-o", "mine.toml"]);
    assert!(again.contains("there already"), "{again}");
    let none = case.refused(&["--init", "prior.csv", "-o", "new.toml"]);
    assert!(none.contains("no expression data"), "{none}");
    case.write("strange.txt", "hello\nworld\n");
    let strange = case.refused(&["--init", "strange.txt", "-o", "new.toml"]);
    assert!(
        strange.contains("strange.txt") && strange.contains("`hello`"),
        "{strange}"
    );
    assert!(!case.path("new.toml").exists());
}

#[test]
fn the_factorised_model_chooses_lambda_with_a_prior_and_prunes_by_magnitude_without() {
    let case = Case::new();
    let model = "[model]\nkind = \"phoenix\"\nhidden = 4\n[schedule]\ntarget_sparsity = 0.6\nevery = 1\nfirst_epoch = 1\n[lambda]\ngrid = { lambda1 = [0.2, 0.8], lambda2 = [0.5], folds = 2 }\n";
    case.config("format = \"tidy\"", model);
    let longer = case.read("fit.toml").replace("epochs = 3", "epochs = 12");
    case.write("fit.toml", &longer);
    case.fits(&["fit.toml"]);
    let summary: serde_json::Value = serde_json::from_str(&case.read("out/fit/fit.json")).unwrap();
    assert_eq!(summary["lambda"]["points"].as_array().unwrap().len(), 2);
    assert!(case.path("out/fit/figures/lambda.png").exists());
    case.write(
        "fit.toml",
        &longer.replace("[prior]\nfile = \"prior.csv\"\n", ""),
    );
    case.fits(&["fit.toml", "--out", "without"]);
    let summary: serde_json::Value = serde_json::from_str(&case.read("without/fit.json")).unwrap();
    assert!(summary["lambda"].is_null() && summary["found"]["prior"].is_null());
}
