//! Configurations and files that are refused.

use std::fmt::Write as _;

use super::{DIFFERENTIATION, HILL, STEADY, refused};

#[test]
fn bad_configurations_are_refused_with_place_and_mend() {
    for (config, says) in [
        (
            STEADY.replace("cells", "cell"),
            vec!["line 4", "did you mean `cells`?"],
        ),
        (
            STEADY.replace("scale-free", "scalefree"),
            vec!["line 1", "`scale-free`"],
        ),
        (
            format!("sed = 1\n{STEADY}"),
            vec!["line 1", "did you mean `seed`?"],
        ),
        (format!("{STEADY}seed = 1\n"), vec!["one seed, at the top"]),
        (
            STEADY.replace("cells = 5", "cells = 0"),
            vec!["cells = 0: must be at least 1"],
        ),
        (
            STEADY.replace("cells = 5", "decay = -1.0"),
            vec!["sergio-steady", "decay = -1"],
        ),
        (
            STEADY.replace("cells = 5", "noise_type = \"sd\""),
            vec!["line 4", "dpd"],
        ),
        (
            STEADY.replace("genes = 10", "genes = 1"),
            vec!["[network]", "genes = 1"],
        ),
        (
            format!("{STEADY}[lineage]\ntransitions = [[0]]\n"),
            vec!["[lineage] has no effect"],
        ),
        (
            format!("{STEADY}[hill]\n"),
            vec!["[hill] has no effect", "[kinetics]"],
        ),
        (
            format!("{STEADY}[split]\nperturbations = 0.5\n"),
            vec!["no [perturbations]"],
        ),
        (
            format!("{STEADY}[perturbations]\n"),
            vec!["give `screen` or `list`"],
        ),
        (
            format!("{STEADY}[perturbations]\nlist = [{{ gene = \"X\", factor = 0 }}]\n"),
            vec!["gene \"X\"", "G1, G2, G3"],
        ),
        (
            format!("{STEADY}[perturbations]\nscreen = \"all-genes\"\nfactor = -1.0\n"),
            vec!["factor = -1: must be at least 0"],
        ),
        (
            format!("semantics = \"v3\"\n{STEADY}"),
            vec!["line 1", "v2"],
        ),
        (
            DIFFERENTIATION.into(),
            vec!["[lineage] is missing", "transitions"],
        ),
        (
            format!("{DIFFERENTIATION}[lineage]\ntransitions = [[0, 1], [0, 0]]\n"),
            vec!["2 cell types where there are 3"],
        ),
        (
            format!(
                "{DIFFERENTIATION}[lineage]\ntransitions = [[0, 1, 0], [1, 0, 0], [0, 0, 0]]\n"
            ),
            vec!["descends from itself"],
        ),
        (
            format!("{DIFFERENTIATION}[lineage]\ntransitions = [[0, 1], [1]]\n"),
            vec!["row 2: 1 numbers where the first row has 2"],
        ),
        (
            "[network.toy]\nmodel = \"HSC\"\n[simulator.sergio-steady]\n".into(),
            vec!["no master regulator"],
        ),
        (
            "[network.toy]\nmodel = \"HSD\"\n[simulator.hill-ode]\n".into(),
            vec!["line 2", "did you mean"],
        ),
        (
            "[simulator.hill-ode]\n".into(),
            vec!["missing field `network`"],
        ),
        ("network = 1 = 2\n".into(), vec!["line 1"]),
    ] {
        says_all(&config, &says);
    }
}

/// Refuses the configuration with all of these parts.
fn says_all(config: &str, says: &[&str]) {
    let message = refused(config, &[]);
    for part in says {
        assert!(message.contains(part), "{part:?} is not in: {message}");
    }
}

const CHANGED: &str = "[perturbations]\nscreen = \"regulators\"\n";
const LINEAGE: &str = "[kinetics]\ntypes = 2\n[lineage]\ntransitions = [[0, 1], [0, 0]]\n";

#[test]
fn two_of_a_kind_are_named() {
    for (config, says) in [
        (
            format!("{STEADY}[network.toy]\nmodel = \"HSC\"\n"),
            "network.scale-free and network.toy exclude each other: leave one",
        ),
        (
            format!("{STEADY}[simulator.hill-ode]\n"),
            "simulator.hill-ode and simulator.sergio-steady exclude each other",
        ),
        (
            format!("{DIFFERENTIATION}{LINEAGE}file = \"b.tab\"\n"),
            "lineage.file and lineage.transitions exclude each other",
        ),
        (
            format!(
                "{STEADY}[kinetics.masters.low_or_high]\n[kinetics.masters.markers]\nper_type = 1\n"
            ),
            "kinetics.masters.low_or_high and kinetics.masters.markers exclude each other",
        ),
    ] {
        says_all(&config, &[says]);
    }
}

#[test]
fn settings_without_effect_are_refused() {
    let steady = |rest: &str| format!("{STEADY}{rest}");
    let differentiation = |rest: &str| format!("{DIFFERENTIATION}{LINEAGE}{rest}");
    let hill = |rest: &str| format!("{HILL}{rest}");
    for (config, says) in [
        (
            steady("[noise]\nmeasurement_sd = 0.1\n"),
            "noise.measurement_sd has no effect on sergio-steady without [perturbations]",
        ),
        (
            steady("[series]\ntimes = [0.0, 1.0]\n"),
            "series.times has no effect on sergio-steady without [perturbations]",
        ),
        (
            steady("[series]\nsnapshots = 4\n"),
            "series.snapshots has no effect on sergio-steady",
        ),
        (
            // The default, but who writes it expects something of it.
            format!("{STEADY}{CHANGED}[series]\nreplicates = 5\n"),
            "series.replicates has no effect on sergio-steady",
        ),
        (
            format!("{STEADY}{CHANGED}[split]\ntrajectories = 0.5\n"),
            "split.trajectories has no effect on sergio-steady",
        ),
        (
            steady("[perturbations]\nfactor = 0.5\nlist = [{ gene = \"G1\", factor = 0 }]\n"),
            "perturbations.factor has no effect without `screen`",
        ),
        (
            differentiation("[noise]\nmeasurement_sd = 0.1\n"),
            "noise.measurement_sd has no effect on sergio-differentiation",
        ),
        (
            differentiation("[series]\ntimes = [0.0, 1.0]\n"),
            "series.times has no effect on sergio-differentiation",
        ),
        (
            hill("[series]\ntimes = [0.0, 1.0]\n"),
            "series.times has no effect on hill-ode; its times are those of [simulator.hill-ode]",
        ),
        (
            hill("[series]\nsnapshots = 4\n"),
            "series.snapshots has no effect on hill-ode",
        ),
        (
            hill("technical = \"10x-a\"\n"),
            "noise.technical has no effect on hill-ode",
        ),
    ] {
        says_all(&config, &[says]);
    }
}

#[test]
fn times_of_responses_that_cannot_be_are_refused() {
    for (times, says) in [
        ("[]", "series.times is empty"),
        ("[-1.0, 1.0]", "series.times: -1 must be at least 0"),
        ("[0.0, nan]", "series.times: NaN must be at least 0"),
        ("[0.0, inf]", "series.times: inf must be at least 0"),
        ("[0.0, 1.0, 1.0]", "series.times: 1 comes after 1"),
        ("[0.0, 2.0, 1.0]", "series.times: 1 comes after 2"),
    ] {
        says_all(
            &format!("{STEADY}{CHANGED}[series]\ntimes = {times}\n"),
            &[says],
        );
    }
}

#[test]
fn what_no_memory_could_hold_is_refused() {
    let yeast = "[network.yeast-like]\ngenes = 100\n";
    for (config, says) in [
        (
            STEADY.replace("genes = 10", "genes = 100000000"),
            "[network.scale-free] genes = 100000000: must be at most 1000000",
        ),
        (
            STEADY.replace("genes = 10", "genes = 1000000\nmean_degree = 200000.0"),
            "[network.scale-free] mean_degree: 1000000 genes of 200000 edges each are 2e11 edges",
        ),
        (
            HILL.replace("genes = 12", "genes = 2000000"),
            "[network.yeast-like] genes = 2000000: must be at most 1000000",
        ),
        (
            HILL.replace(
                "genes = 12",
                "genes = 1000000\nin_degree_p = 1e-9\nmax_in_degree = 1000000",
            ),
            "[network.yeast-like] in_degree_p: 1000000 genes of",
        ),
        (
            STEADY.replace("cells = 5", "cells = 100000000000"),
            "simulator.sergio-steady.cells: 100000000000 cells × 3 types × 10 genes × 1 conditions are 3.0e12",
        ),
        (
            format!("{STEADY}[kinetics]\ntypes = 100000000000\n"),
            "kinetics.types: 5 cells × 100000000000 types",
        ),
        (
            STEADY.replace("cells = 5", "spacing = 9000000000000000000"),
            "burn_in + cells × spacing",
        ),
        (
            format!("{DIFFERENTIATION}{LINEAGE}").replace("cells = 5", "cells = 100000000000"),
            "simulator.sergio-differentiation.cells: 100000000000 cells × 2 types",
        ),
        (
            format!("{DIFFERENTIATION}{LINEAGE}").replace("cells = 5", "paths = 100000000000"),
            "simulator.sergio-differentiation.paths: 100000000000 paths × 10 genes",
        ),
        (
            format!("{DIFFERENTIATION}{LINEAGE}").replace("[0, 1]", "[0, 1e12]"),
            "[lineage]: 1000000000000 paths per cell × 5 cells",
        ),
        (
            format!("{DIFFERENTIATION}{LINEAGE}[series]\nreplicates = 100000000000\n"),
            "series.replicates: 10 snapshots × 100000000000 replicates",
        ),
        (
            HILL.replace("samples = 6", "samples = 100000000000"),
            "simulator.hill-ode.samples: 100000000000 samples × 3 times × 12 genes",
        ),
        (
            format!(
                "{yeast}[kinetics.masters.markers]\nper_type = 9000000000000000000\n\
                 [simulator.sergio-steady]\n"
            ),
            "per_type = 9000000000000000000",
        ),
    ] {
        says_all(&config, &[says]);
    }
}

#[test]
fn correlations_of_too_many_inputs_are_refused() {
    let config = "[network.edge-list]\nfile = \"e.csv\"\n[simulator.hill-ode]\nsamples = 1\n\
        inputs.correlation = 1.0\n";
    let mut edges = String::from("from,to,sign\n");
    for input in 0..120_000 {
        let _ = writeln!(edges, "I{input},T,1");
    }
    let message = refused(config, &[("e.csv", &edges)]);
    let says =
        "simulator.hill-ode.inputs.correlation: 120000 inputs × 120000 inputs are 1.4e10 values";
    assert!(message.contains(says), "{message}");
}

#[test]
fn bad_files_are_refused_with_their_place() {
    let edges = "[network.edge-list]\nfile = \"e.csv\"\n[simulator.sergio-steady]\ncells = 5\n";
    assert!(refused(edges, &[]).contains("e.csv"));
    let message = refused(edges, &[("e.csv", "from,to,sign\n")]);
    assert!(
        message.contains("e.csv") || message.contains("no edge"),
        "{message}"
    );
    let message = refused(edges, &[("e.csv", "from,to,sign\nA,B,7\n")]);
    assert!(message.contains("row 2"), "{message}");
    let circle = [("e.csv", "from,to,sign\nM,A,1\nA,B,1\nB,A,1\n")];
    let message = refused(&format!("semantics = \"v1\"\n{edges}"), &circle);
    assert!(
        message.contains("A -> B -> A") || message.contains("B -> A -> B"),
        "{message}"
    );
    assert!(
        message.contains("deterministic half responses"),
        "{message}"
    );
    let sergio = "[network.sergio-files]\ntargets = \"t.txt\"\nmasters = \"m.txt\"\n\
        [simulator.sergio-steady]\n";
    for (targets, masters, says) in [
        (
            "1,1,0,2,2\n",
            "0,-1\n",
            "m.txt, row 1, column 2: the rate -1",
        ),
        (
            "1,1,5,2,2\n",
            "0,1\n",
            "t.txt, row 1, column 3: regulator 5",
        ),
        ("1,1,0,2,2\n", "0,1,2\n2,1\n", "m.txt, row 2"),
        ("1,1,0,2\n", "0,1\n", "t.txt, row 1"),
        ("1,1,0,2,2\n", "", "m.txt"),
    ] {
        let message = refused(sergio, &[("t.txt", targets), ("m.txt", masters)]);
        assert!(message.contains(says), "{says:?} is not in: {message}");
    }
}
