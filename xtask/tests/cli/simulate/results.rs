//! What is written, that it is the same every time, and that models train on it.

#![expect(clippy::float_cmp, reason = "what is copied has the same bits")]

use super::{HILL, all_files, refused, run, simulated, trains};
use dash_ode::io::{Genes, Ties, read_gene_names, read_published, read_tidy};
use dash_prior::{TableFormat, UnknownGenes, genes_in_edge_list, read_edge_list};
use dash_synth::{read_10x, read_beeline, read_expression};
use std::collections::BTreeSet;
use std::fs;
use tempfile::TempDir;

#[test]
fn the_example_runs_and_every_format_holds_the_same_cells() {
    let folder = TempDir::new().unwrap();
    assert_eq!(run(folder.path(), &["--init", "mine.toml"]).code, 0);
    assert_eq!(run(folder.path(), &["--init", "mine.toml"]).code, 2);
    let said = run(folder.path(), &["mine.toml", "--out", "deep/there"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let out = folder.path().join("deep/there");
    for set in ["train", "test"] {
        let dense = read_expression(&out.join(set).join("expression.csv.gz")).unwrap();
        assert_eq!(dense.genes().len(), 100);
        assert_eq!(read_10x(&out.join(set).join("10x")).unwrap(), dense);
        let beeline = read_beeline(&out.join(set).join("beeline")).unwrap();
        assert_eq!(beeline.cells, dense);
        assert!(beeline.pseudotime.is_none());
        trains(&read_tidy(&out.join(set).join("series.csv"), None).unwrap());
    }
    // Held out: changed conditions alone, and no cell of them is trained on.
    let table = fs::read_to_string(out.join("cells.csv")).unwrap();
    let mut sets = [BTreeSet::new(), BTreeSet::new()];
    for row in table.lines().skip(1) {
        let fields: Vec<&str> = row.split(',').collect();
        sets[usize::from(fields[1] == "test")].insert(fields[2]);
    }
    assert!(sets[0].contains("wild_type") && sets[0].is_disjoint(&sets[1]));
    let share = sets[1].len() as f64 / (sets[0].len() + sets[1].len() - 1) as f64;
    assert!((share - 0.25).abs() < 0.03, "{share}");
    // The truth is the system of SERGIO's own files beside it.
    let truth = out.join("truth");
    let system = dash_synth::sergio::read_system(
        &truth.join("sergio/targets.csv"),
        &truth.join("sergio/masters.csv"),
        None,
    )
    .unwrap();
    let genes = genes_in_edge_list(truth.join("signs.csv"), &TableFormat::default()).unwrap();
    let edges = read_edge_list(
        truth.join("signs.csv"),
        &genes,
        UnknownGenes::Error,
        &TableFormat::default(),
    );
    assert_eq!(
        edges.unwrap().0.edges().len(),
        system.network().edges().len()
    );
}

#[test]
fn the_same_configuration_gives_the_same_files_and_is_not_repeated() {
    let (a, b) = (simulated(HILL), simulated(HILL));
    let files = |folder: &TempDir| {
        let mut files = Vec::new();
        all_files(&folder.path().join("simulated"), &mut files);
        files
            .into_iter()
            .map(|(_, bytes)| bytes)
            .collect::<Vec<_>>()
    };
    assert_eq!(files(&a), files(&b));
    let again = run(a.path(), &["c.toml"]);
    assert_eq!(again.code, 0);
    assert!(
        again.stderr.contains("already simulated"),
        "{}",
        again.stderr
    );
    fs::write(
        a.path().join("c.toml"),
        HILL.replace("seed = 3", "seed = 4"),
    )
    .unwrap();
    let other = run(a.path(), &["c.toml"]);
    assert_eq!(other.code, 2);
    assert!(
        other.stderr.contains("holds something else"),
        "{}",
        other.stderr
    );
}

#[test]
fn hill_series_train_in_both_formats() {
    let folder = simulated(HILL);
    let train = folder.path().join("simulated/train");
    let tidy = read_tidy(&train.join("series.csv"), None).unwrap();
    let names = read_gene_names(&train.join("gene_names.csv")).unwrap();
    let genes = Genes::Named(&names.names);
    let published = read_published(&train.join("published.csv"), genes, Ties::Error).unwrap();
    assert_eq!(published.genes(), tidy.genes());
    for (a, b) in tidy.trajectories().iter().zip(published.trajectories()) {
        assert_eq!((&a.times, &a.values), (&b.times, &b.values));
    }
    trains(&tidy);
    let beeline = read_beeline(&train.join("beeline")).unwrap();
    assert_eq!(beeline.cells.names().len(), 3 * tidy.trajectories().len());
    let times = beeline.pseudotime.unwrap();
    assert_eq!(
        times.column(0).iter().take(3).copied().collect::<Vec<_>>(),
        [0.0, 1.0, 2.0]
    );
    // Two of six samples of every condition, and all of the conditions that are held out.
    let table = fs::read_to_string(folder.path().join("simulated/trajectories.csv")).unwrap();
    let wild_type = table.lines().filter(|row| row.starts_with("wild_type."));
    assert_eq!(wild_type.filter(|row| row.contains(",test,")).count(), 2);
}

#[test]
fn differentiation_gives_pseudotime_snapshots_and_series() {
    let folder = simulated(
        "seed = 2\nsemantics = \"v1\"\n[network.scale-free]\ngenes = 15\n[kinetics]\ntypes = 3\n\
         [simulator.sergio-differentiation]\ncells = 60\n\
         [lineage]\ntransitions = [[0, 0.5, 0.5], [0, 0, 0], [0, 0, 0]]\n\
         [series]\nsnapshots = 6\nreplicates = 3\n[split]\ntrajectories = 0.34\n",
    );
    let out = folder.path().join("simulated");
    let beeline = read_beeline(&out.join("train/beeline")).unwrap();
    let times = beeline.pseudotime.unwrap();
    assert_eq!(times.dim(), (180, 2));
    // The root is on both lineages, its descendants on one each.
    assert!(
        times
            .rows()
            .into_iter()
            .take(60)
            .all(|row| row[0] == row[1])
    );
    assert!(
        times
            .rows()
            .into_iter()
            .skip(60)
            .all(|row| row[0].is_nan() != row[1].is_nan())
    );
    let part = |name: &str| read_expression(&out.join("train").join(name)).unwrap();
    let sum = part("unspliced.csv.gz").values() + part("spliced.csv.gz").values();
    assert_eq!(&sum, part("expression.csv.gz").values());
    let series = read_tidy(&out.join("train/series.csv"), None).unwrap();
    assert_eq!(series.trajectories().len(), 4);
    trains(&series);
    let test = read_tidy(&out.join("test/series.csv"), None).unwrap();
    assert_eq!(test.trajectories().len(), 2);
    let snapshots = fs::read_to_string(out.join("snapshots.csv")).unwrap();
    assert_eq!(snapshots.lines().count(), 1 + 2 * 120);
}

#[test]
fn differentiation_can_be_perturbed() {
    let folder = simulated(
        "seed = 2\n[network.scale-free]\ngenes = 12\n[kinetics]\ntypes = 2\n\
         [simulator.sergio-differentiation]\ncells = 40\n\
         [lineage]\ntransitions = [[0, 0.5], [0, 0]]\n\
         [perturbations]\nlist = [{ gene = \"G1\", factor = 0 }, { gene = \"G2\", factor = 2 }]\n\
         [split]\nperturbations = 0.5\n[series]\nsnapshots = 4\nreplicates = 2\n\
         [noise]\ntechnical = \"10x-a\"\n",
    );
    let out = folder.path().join("simulated");
    let read = |name: &str| read_expression(&out.join(name)).unwrap();
    let (train, test) = (
        read("train/expression.csv.gz"),
        read("test/expression.csv.gz"),
    );
    assert_eq!((train.names().len(), test.names().len()), (2 * 80, 80));
    let clean = read("truth/expression.csv.gz");
    let silent = clean.genes().iter().position(|gene| gene == "G1").unwrap();
    for (cell, name) in clean.names().iter().enumerate() {
        let value = clean.values()[[silent, cell]];
        assert_eq!(
            value == 0.0,
            name.starts_with("G1_knock_out."),
            "{name}: {value}"
        );
    }
    let series = read_tidy(&out.join("train/series.csv"), None).unwrap();
    assert_eq!(series.trajectories().len(), 4);
    trains(&series);
}

#[test]
fn responses_begin_with_the_change_whatever_times_are_asked_for() {
    let config = |times: &str| {
        format!(
            "seed = 6\n[network.scale-free]\ngenes = 10\n\
             [simulator.sergio-steady]\ncells = 5\ndecay = 0.8\n\
             [perturbations]\nlist = [{{ gene = \"G1\", factor = 0 }}]\n[series]\ntimes = {times}\n"
        )
    };
    let series = |times: &str| {
        let folder = simulated(&config(times));
        read_tidy(&folder.path().join("simulated/data/series.csv"), None).unwrap()
    };
    let (all, late) = (series("[0.0, 1.0, 3.0]"), series("[1.0, 3.0]"));
    assert_eq!(all.trajectories().len(), 3);
    for (all, late) in all.trajectories().iter().zip(late.trajectories()) {
        assert_eq!(late.times, [1.0, 3.0]);
        assert_eq!(late.values, all.values.slice(ndarray::s![1.., ..]));
        // Knocked out, the gene decays from where the wild type rests.
        for (point, time) in [(0, 1.0), (1, 3.0)] {
            let left = late.values[[point, 0]] / all.values[[0, 0]];
            assert!((left - (-0.8_f64 * time).exp()).abs() < 1e-6, "{left}");
        }
    }
}

#[test]
fn technical_noise_gives_counts_and_leaves_the_truth_beside_them() {
    let config = "seed = 5\n[network.scale-free]\ngenes = 30\n[kinetics]\ntypes = 2\n\
        [simulator.sergio-steady]\ncells = 40\n[noise]\ntechnical = \"10x-a\"\n";
    let folder = simulated(config);
    let out = folder.path().join("simulated");
    let counts = read_expression(&out.join("data/expression.csv.gz")).unwrap();
    let clean = read_expression(&out.join("truth/expression.csv.gz")).unwrap();
    assert_eq!(counts.names(), clean.names());
    assert_eq!(counts.values().dim(), (30, 80));
    assert!(
        counts
            .values()
            .iter()
            .all(|x| x.fract() == 0.0 && *x >= 0.0)
    );
    let zeros = |cells: &dash_synth::Cells| cells.values().iter().filter(|x| **x == 0.0).count();
    assert!(zeros(&counts) > 2 * zeros(&clean), "dropout makes zeros");
    assert!(clean.values().iter().any(|x| x.fract() != 0.0));
    // Library sizes of the preset: the underlying normal has mean 6 and deviation 0.3, and dropout takes some.
    let totals = counts.values().sum_axis(ndarray::Axis(0));
    let mean = totals.sum() / 80.0;
    assert!((50.0..700.0).contains(&mean), "{mean}");
    assert_eq!(read_10x(&out.join("data/10x")).unwrap(), counts);
    let none = config.replace("10x-a", "11x");
    assert!(refused(&none, &[]).contains("10x-a"));
}

#[test]
fn files_of_sergio_are_read_and_written() {
    let folder = TempDir::new().unwrap();
    let targets = "1.0,2.0,0.0,2.0,1.5,-2.5,2.0,2.0\n3,1,1,4,2\n";
    fs::write(folder.path().join("targets.txt"), targets).unwrap();
    fs::write(folder.path().join("masters.txt"), "0,0.5,2\n2,1,3\n").unwrap();
    let config = "[network.sergio-files]\ntargets = \"targets.txt\"\nmasters = \"masters.txt\"\n\
        [simulator.sergio-steady]\ncells = 5\nsampling_state = 3\n";
    fs::write(folder.path().join("c.toml"), config).unwrap();
    let said = run(folder.path(), &["c.toml"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(said.stderr.contains("no time series"), "{}", said.stderr);
    let written = folder.path().join("simulated/truth/sergio/targets.csv");
    assert_eq!(
        fs::read_to_string(written).unwrap(),
        "1,2,0,2,1.5,-2.5,2,2\n3,1,1,4,2\n"
    );
    let cells = read_expression(&folder.path().join("simulated/data/expression.csv.gz")).unwrap();
    assert_eq!(cells.values().dim(), (4, 10));
}

#[test]
fn feedback_runs_where_half_responses_are_deterministic() {
    let folder = TempDir::new().unwrap();
    let edges = "from,to,sign\nM,A,1\nA,B,1\nB,A,1\n";
    fs::write(folder.path().join("e.csv"), edges).unwrap();
    let config = "[network.edge-list]\nfile = \"e.csv\"\n[simulator.sergio-steady]\ncells = 5\n";
    fs::write(folder.path().join("c.toml"), config).unwrap();
    let said = run(folder.path(), &["c.toml"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
}
