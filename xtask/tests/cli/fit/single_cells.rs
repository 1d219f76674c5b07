//! Single cells as input: tables in pseudotime and files of anndata.

use super::Case;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

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
    let said = case.fits(&["--init", "tiny.h5ad", "-o", "tiny.toml"]);
    assert!(said.contains("1 of 12 cells are left out"), "{said}");
    assert!(said.contains("obs has a column branch (a, b)"), "{said}");
    let text = case.read("tiny.toml");
    assert!(text.contains("# lineage_column = \"branch\""), "{text}");
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
        plain.contains("3 genes, 1 trajectory of 11 points"),
        "{plain}"
    );
    assert!(
        plain.contains("values 0 to 1\n") && plain.contains("11 cells"),
        "{plain}"
    );
    assert!(said("layer = \"doubled\"", 20).contains("values 0 to 2"));
    let branches = said("lineage_column = \"branch\"", 5);
    assert!(
        branches.contains("2 trajectories of 5 points") && branches.contains("a: 6 cells"),
        "{branches}"
    );
    for (more, part) in [
        ("layer = \"none\"", "no matrix none; there is doubled"),
        (
            "lineage_column = \"dpt_pseudotime\"",
            "lineage_column = \"dpt_pseudotime\": the column holds no text",
        ),
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
fn a_pseudotime_of_another_name_is_named() {
    let case = Case::new();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tiny.h5ad");
    fs::copy(fixture, case.path("tiny.h5ad")).unwrap();
    let wrong = case.refused(&[
        "--init",
        "tiny.h5ad",
        "--pseudotime",
        "time",
        "-o",
        "t.toml",
    ]);
    assert!(
        wrong.contains("--pseudotime COLUMN, one of: dpt_pseudotime"),
        "{wrong}"
    );
    case.fits(&[
        "--init",
        "tiny.h5ad",
        "--pseudotime",
        "dpt_pseudotime",
        "-o",
        "t.toml",
    ]);
    assert!(case.read("t.toml").contains("\"dpt_pseudotime\""));
}

#[test]
fn a_missing_value_of_a_cell_is_said() {
    let case = Case::new();
    cells(&case);
    let expression = case.read("ExpressionData.csv");
    let (head, last) = expression.trim_end().rsplit_once(',').unwrap();
    assert!(last.parse::<f64>().is_ok());
    case.write("ExpressionData.csv", &format!("{head},NA\n"));
    let said = case.fits(&[
        "--init",
        "ExpressionData.csv",
        "PseudoTime.csv",
        "-o",
        "c.toml",
    ]);
    assert!(
        said.contains("1 of 180 values of cells are missing, most of gene OTHER (1 of 60 cells)"),
        "{said}"
    );
}
