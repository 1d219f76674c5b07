//! What is said before anything is trained: of sound files, and of files that cannot be used.

use super::{Case, PRIOR, expression};
use std::fs;

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
        "never changing, able to regulate and not regulated: 1 gene (IN)",
        "prior: 1 edge of 3 rows",
        "2 rows are lost with TF1, other",
        "1 of the lost genes differ by case only (other here, OTHER",
        "test: 2 whole trajectories",
    ] {
        assert!(said.contains(part), "{part:?} is not in {said}");
    }
    assert!(!case.path("out").exists());
}

#[test]
fn a_folder_that_cannot_be_written_is_found_out_before_training() {
    let case = Case::new();
    let message = case.refused(&["fit.toml", "--out", "expression.csv"]);
    for part in ["cannot write to expression.csv", "--out"] {
        assert!(message.contains(part), "{part:?} is not in {message:?}");
    }
    assert!(!message.contains("fits on"), "{message}");
}

#[test]
fn what_training_would_refuse_the_check_refuses_too() {
    let case = Case::new();
    let one = "trajectory,time,gene,value\na,0,IN,1\na,1,IN,2\na,2,IN,1\n";
    case.write("expression.csv", one);
    let message = case.refused(&["fit.toml", "--check"]);
    assert!(message.contains("at least 2"), "{message}");
    case.write("expression.csv", &expression(10));
    for (rest, part) in [
        (
            "[model]\nkind = \"phoenix\"\nhidden = 0",
            "model.hidden = 0",
        ),
        ("[lambda]\nfixed = [2.0, 0.5]", "lambda.fixed: 2"),
        ("seeds = 100000000000\n\n", "seeds = 100000000000"),
    ] {
        case.config("format = \"tidy\"", rest);
        let message = case.refused(&["fit.toml", "--check"]);
        assert!(message.contains(part), "{part:?} is not in {message:?}");
    }
    case.config("format = \"tidy\"", "[schedule]\ntarget_sparsity = 0.99");
    let said = case.fits(&["fit.toml", "--check"]);
    assert!(
        said.contains("schedule: the direct model has no use"),
        "{said}"
    );
}
