//! Fits shared among machines: shards of one folder lead to what one machine finds.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use tempfile::TempDir;

/// The worked example with few and short fits.
fn example(more: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/own-data");
    for file in ["expression.csv", "prior.csv"] {
        fs::copy(example.join(file), folder.path().join(file)).unwrap();
    }
    let config = fs::read_to_string(example.join("fit.toml")).unwrap();
    let config = config.replace(
        "\n[expression]",
        &format!("seeds = 4\n{more}\n[training]\nepochs = 3\n[expression]"),
    );
    fs::write(folder.path().join("fit.toml"), config).unwrap();
    folder
}

/// Standard output and standard error of a call that succeeds.
fn fit(folder: &TempDir, arguments: &[&str]) -> (String, String) {
    let run = Command::cargo_bin("xtask")
        .unwrap()
        .current_dir(folder.path())
        .args(["fit", "fit.toml"])
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    (text(&run.stdout), text(&run.stderr))
}

#[test]
fn shards_lead_to_the_network_of_a_single_call() {
    let folder = example("");
    let network = |out: &str| fs::read_to_string(folder.path().join(out).join("network.csv"));
    let (first, _) = fit(&folder, &["--out", "shared", "--shard", "1/2"]);
    assert!(first.contains("of 4 fits are done"), "{first}");
    assert!(network("shared").is_err());
    let (second, _) = fit(&folder, &["--out", "shared", "--shard", "2/2"]);
    assert!(second.contains("4 of 4 fits are done"), "{second}");
    let (_, progress) = fit(&folder, &["--out", "shared"]);
    assert_eq!(progress.matches("already done").count(), 4, "{progress}");
    fit(&folder, &["--out", "alone"]);
    assert_eq!(network("shared").unwrap(), network("alone").unwrap());
}

#[test]
fn one_shard_chooses_lambda_and_the_others_wait() {
    let folder = example(
        "[model]\nkind = \"phoenix\"\nhidden = 4\n[lambda]\ngrid = { lambda1 = [0.5], lambda2 = [0.2, 0.8], folds = 2 }",
    );
    let said: Vec<String> = ["1/2", "2/2", "1/2", "2/2"]
        .map(|shard| fit(&folder, &["--shard", shard]).0)
        .into();
    let waits = |text: &&String| text.contains("another shard chooses λ");
    // The first waits if the choice belongs to the second.
    assert!(said.iter().filter(waits).count() <= 1, "{said:?}");
    assert!(said[3].contains("4 of 4 fits are done"), "{said:?}");
    let (_, progress) = fit(&folder, &[]);
    assert_eq!(progress.matches("already done").count(), 5, "{progress}");
}
