//! `cargo xtask fit` as its user calls it.

#![expect(clippy::unwrap_used, reason = "a test may panic, its helpers too")]
#![expect(clippy::float_cmp, reason = "a gene that is knocked out is exactly 0")]
#![expect(clippy::cast_possible_wrap, reason = "counts are small")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Output, Stdio};
use std::time::{Duration, Instant};

use assert_cmd::Command;
use tempfile::TempDir;

const PRIOR: &str = "from,to\nIN,FOLLOWER\nFOLLOWER,OTHER\n";

/// FOLLOWER follows IN, OTHER goes its own way; `trajectories` of five points, with a little noise that is the same
/// every time.
fn expression(trajectories: usize) -> String {
    let mut text = String::from("trajectory,time,gene,value\n");
    for n in 0..trajectories {
        let (drive, start) = (0.1 + 0.08 * n as f64, 0.9 - 0.07 * (n * 7 % 10) as f64);
        for point in 0..5 {
            let (time, noise) = (
                f64::from(point),
                0.003 * f64::from((point * 5 + n as i32 * 3) % 7 - 3),
            );
            let follower = drive + (start - drive) * (-time).exp() + noise;
            let other = 0.5 + (0.05 * (n % 5) as f64 - 0.2) * (-0.7 * time).exp() - noise;
            for (gene, value) in [("IN", drive), ("FOLLOWER", follower), ("OTHER", other)] {
                let _ = writeln!(text, "t{n},{time},{gene},{value:.5}");
            }
        }
    }
    text
}

struct Case {
    folder: TempDir,
}

impl Case {
    /// The files of a small fit of two seeds.
    fn new() -> Self {
        let case = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        case.write("expression.csv", &expression(10));
        case.write("prior.csv", PRIOR);
        case.config("format = \"tidy\"", "");
        case
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, content: &str) {
        fs::write(self.path(name), content).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn config(&self, expression: &str, rest: &str) {
        let head = if rest.contains("seeds =") {
            ""
        } else {
            "seeds = 2\n"
        };
        let (top, rest) = rest.split_once("\n\n").unwrap_or(("", rest));
        let prior = if rest.contains("[prior]") || rest.contains("no prior") {
            ""
        } else {
            "[prior]\nfile = \"prior.csv\"\n"
        };
        let file = if expression.contains("file =") {
            ""
        } else {
            "file = \"expression.csv\"\n"
        };
        self.write(
            "fit.toml",
            &format!("{head}{top}\n[training]\nepochs = 3\n{prior}[expression]\n{file}{expression}\n{rest}\n"),
        );
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::cargo_bin("xtask").unwrap();
        command
            .current_dir(self.folder.path())
            .arg("fit")
            .args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// What a fit that succeeds says on standard output.
    fn fits(&self, arguments: &[&str]) -> String {
        let run = self.run(arguments);
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        assert_eq!(run.status.code(), Some(0), "{said}");
        String::from_utf8_lossy(&run.stdout).into_owned()
    }

    /// What a call that is refused says; asserts exit code 2, no panic, and that nothing was written.
    fn refused(&self, arguments: &[&str]) -> String {
        let run = self.run(arguments);
        let message = String::from_utf8_lossy(&run.stderr).into_owned();
        assert_eq!(run.status.code(), Some(2), "{message}");
        assert!(!message.contains("panicked"), "{message}");
        assert!(
            !self.path("out").exists(),
            "something was written: {message}"
        );
        message
    }
}

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
fn bad_files_are_refused_with_place_and_mend() {
    let case = Case::new();
    let sound = expression(10);
    for (content, parts) in [
        ("", ["expression.csv", "empty"]),
        (
            "trajectory,time,gene,value\n",
            ["expression.csv", "no data"],
        ),
        (
            "a,b,c\n1,2,3\n",
            ["expression.csv, row 1", "trajectory, time, gene"],
        ),
        (
            "trajectory,time,gene,value\na,0,g,inf\n",
            ["row 2, column 4", "inf"],
        ),
        (
            "trajectory,time,gene,value\na,0,g,x\n",
            ["row 2, column 4", "`x`"],
        ),
        (
            "trajectory,time,gene,value\na,0,IN,1\na,0,OTHER,2\n",
            ["one time point", "at least two"],
        ),
        (
            "trajectory,time,gene,value\na,0,IN,1\na,1,IN,1\na,2,IN,1\n",
            ["no gene ever changes", "expression.csv"],
        ),
        (
            "trajectory,time,gene,value\na,0,IN,1\na,1,IN,\na,2,IN,2\n",
            ["missing values", "gene IN"],
        ),
        (
            "trajectory,time,gene,value\na,0,IN,1\na,1,IN,2\na,0,FOLLOWER,1\na,1,FOLLOWER,3\n",
            ["too short", "trajectories"],
        ),
    ] {
        case.write("expression.csv", content);
        let message = case.refused(&["fit.toml"]);
        for part in parts {
            assert!(
                message.contains(part),
                "{part:?} is not in {message:?} ({content:?})"
            );
        }
    }
    fs::remove_file(case.path("expression.csv")).unwrap();
    let message = case.refused(&["fit.toml"]);
    for part in [
        "cannot read",
        "expression.csv (expression.file of the configuration)",
    ] {
        assert!(message.contains(part), "{part:?} is not in {message:?}");
    }
    case.write("expression.csv", &sound);
    for (prior, parts) in [
        ("from,to\nX,Y\n", ["none of its 1 edges", "IN"]),
        (
            "from,to\nin,follower\n",
            ["differ by case only", "ignore_case"],
        ),
        (
            "from,to,score\nIN,OTHER,1\n",
            ["prior.csv, row 1", "weight"],
        ),
        ("from,to\n", ["prior.csv", "no rows"]),
    ] {
        case.write("prior.csv", prior);
        let message = case.refused(&["fit.toml"]);
        for part in parts {
            assert!(message.contains(part), "{part:?} is not in {message:?}");
        }
    }
    case.write("prior.csv", PRIOR);
    for (key, parts) in [
        (
            "format = \"tidy\"\nfle = \"x\"",
            ["fit.toml", "did you mean `file`"],
        ),
        (
            "format = \"beeline\"",
            ["fit.toml", "expression.pseudotime"],
        ),
    ] {
        case.config(key, "");
        let message = case.refused(&["fit.toml"]);
        for part in parts {
            assert!(message.contains(part), "{part:?} is not in {message:?}");
        }
    }
    assert!(case.refused(&["none.toml"]).contains("--init"));
}

#[test]
fn what_was_found_is_said_before_anything_is_trained() {
    let case = Case::new();
    case.write(
        "prior.csv",
        "from,to\nIN,FOLLOWER\nTF1,OTHER\nother,FOLLOWER\n",
    );
    let said = case.fits(&["fit.toml", "--check"]);
    for part in [
        "3 genes, 10 trajectories of 5 points",
        "1 genes never change (IN)",
        "prior: 1 edges of 3 rows",
        "2 rows are lost with TF1, other",
        "1 of the lost genes differ by case only (other here, OTHER",
        "test: 2 whole trajectories",
    ] {
        assert!(said.contains(part), "{part:?} is not in {said}");
    }
    assert!(!case.path("out").exists());
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

/// One trajectory in pseudotime: 60 cells of three genes, of which the second follows the first.
fn cells(case: &Case) {
    let (mut expression, mut times) = (String::new(), String::from(",PseudoTime\n"));
    for cell in 0..60 {
        let _ = write!(expression, ",c{cell}");
        let _ = writeln!(times, "c{cell},{}", f64::from(cell / 2) / 30.0);
    }
    expression.push('\n');
    for (gene, phase) in [("IN", 0.0), ("FOLLOWER", 0.4), ("OTHER", 2.0)] {
        expression.push_str(gene);
        for cell in 0..60 {
            let noise = 0.1 * f64::from((cell * 7 + gene.len() as i32) % 5 - 2);
            let _ = write!(
                expression,
                ",{:.4}",
                4.0 + 3.0 * (f64::from(cell) / 8.0 - phase).sin() + noise
            );
        }
        expression.push('\n');
    }
    case.write("ExpressionData.csv", &expression);
    case.write("PseudoTime.csv", &times);
}

#[test]
fn single_cells_become_one_trajectory_whose_end_is_held_out() {
    let case = Case::new();
    cells(&case);
    case.fits(&[
        "--init",
        "ExpressionData.csv",
        "PseudoTime.csv",
        "-o",
        "cells.toml",
    ]);
    let text = case.read("cells.toml").replace("# seeds = 10", "seeds = 2");
    case.write(
        "cells.toml",
        &text.replace("# points = 50", "points = 20 #"),
    );
    let said = case.fits(&["cells.toml", "--check"]);
    for part in [
        "60 cells sorted by pseudotime (30 share",
        "averaged into 20 points",
        "the last 4 intervals",
        "scaled to 0..1",
        "median intervals",
    ] {
        assert!(said.contains(part), "{part:?} is not in {said}");
    }
    case.fits(&["cells.toml"]);
    let predictions = case.read("out/cells/predictions.csv");
    // In the units of the file: 4 ± 3.
    let observed = predictions
        .lines()
        .nth(1)
        .unwrap()
        .split(',')
        .nth(3)
        .unwrap()
        .parse::<f64>()
        .unwrap();
    assert!((0.5..7.5).contains(&observed), "{predictions}");
}

#[test]
fn a_file_of_anndata_is_read() {
    let case = Case::new();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tiny.h5ad");
    fs::copy(fixture, case.path("tiny.h5ad")).unwrap();
    case.fits(&["--init", "tiny.h5ad", "-o", "tiny.toml"]);
    let text = case.read("tiny.toml");
    assert!(
        text.contains("pseudotime_column = \"dpt_pseudotime\""),
        "{text}"
    );
    // X is stored as CSR, its layer dense and twice as large; `tiny_h5ad.py` wrote them.
    let with = |more: &str, points: usize| {
        case.write("fit.toml", &format!("[expression]\nfile = \"tiny.h5ad\"\nformat = \"h5ad\"\npseudotime_column = \"dpt_pseudotime\"\npoints = {points}\n{more}\n"));
        case.run(&["fit.toml", "--check"])
    };
    let said = |more: &str, points: usize| {
        let run = with(more, points);
        assert_eq!(
            run.status.code(),
            Some(0),
            "{}",
            String::from_utf8_lossy(&run.stderr)
        );
        String::from_utf8_lossy(&run.stdout).into_owned()
    };
    let plain = said("", 20);
    assert!(
        plain.contains("3 genes, 1 trajectories of 11 points"),
        "{plain}"
    );
    assert!(
        plain.contains("values 0.0000 to 1.0000") && plain.contains("11 cells"),
        "{plain}"
    );
    assert!(said("layer = \"doubled\"", 20).contains("values 0.0000 to 2.0000"));
    let branches = said("lineage_column = \"branch\"", 5);
    assert!(
        branches.contains("2 trajectories of 5 points") && branches.contains("a: 6 cells"),
        "{branches}"
    );
    for (more, part) in [
        ("layer = \"none\"", "no matrix none"),
        (
            "lineage_column = \"brnch\"",
            "it has branch, dpt_pseudotime",
        ),
    ] {
        let run = with(more, 5);
        let message = String::from_utf8_lossy(&run.stderr).into_owned();
        assert_eq!(run.status.code(), Some(2), "{message}");
        assert!(
            message.contains(part) && message.contains("tiny.h5ad"),
            "{message}"
        );
    }
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
