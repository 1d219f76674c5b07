//! Networks and priors of the published data sets: they read with the counts that their documentation states.

use std::collections::BTreeSet;
use std::path::Path;

use dash_prior::{
    Columns, Delimiter, Error, GeneIndex, GeneNames, InputSuffix, Network, Orientation,
    PriorMatrix, ReadReport, TableFormat, UnknownGenes, co_regulation, genes_in_edge_list,
    read_dense, read_edge_list, read_gene_names, read_pair_list, relocate_edges, write_edge_list,
};
use dash_tests::shared;

/// One simulated data set and what is documented about it.
struct Simulated {
    folder: &'static str,
    genes: usize,
    inputs: usize,
    edges: usize,
    activating: usize,
    /// Noise in the file name, edges moved.
    noise: [(&'static str, usize); 4],
}

const SIMULATED: [Simulated; 2] = [
    Simulated {
        folder: "sim350",
        genes: 350,
        inputs: 73,
        edges: 550,
        activating: 374,
        noise: [("0.0", 0), ("0.025", 27), ("0.05", 55), ("0.1", 110)],
    },
    Simulated {
        folder: "sim690",
        genes: 690,
        inputs: 97,
        edges: 1082,
        activating: 860,
        noise: [("0.0", 0), ("0.025", 54), ("0.05", 108), ("0.1", 216)],
    },
];

fn names(path: &Path, suffix: InputSuffix) -> GeneNames {
    read_gene_names(path, suffix, None).unwrap_or_else(|e| panic!("{e}"))
}

fn genes(data: &Path, file: &str) -> GeneIndex {
    names(&data.join(file), InputSuffix::Keep).genes
}

fn edges(path: &Path, genes: &GeneIndex) -> (Network, ReadReport) {
    let format = TableFormat::default();
    read_edge_list(path, genes, UnknownGenes::Error, &format).unwrap_or_else(|e| panic!("{e}"))
}

/// The edges and regulators of a file all of whose genes are known.
fn count(data: &Path, file: &str, genes: &GeneIndex) -> (usize, usize) {
    let (network, report) = edges(&data.join(file), genes);
    assert_eq!(
        (report.rows, report.duplicates),
        (network.edges().len(), 0),
        "{file}"
    );
    (network.edges().len(), network.regulators().len())
}

fn truth(data: &Path) -> (Network, GeneNames) {
    let names = names(&data.join("gene_names.csv"), InputSuffix::Strip);
    let (network, report) = edges(&data.join("edge_properties.csv"), &names.genes);
    assert_eq!(report.ignored_columns, ["EC50", "n"]);
    (network, names)
}

fn prior(data: &Path, noise: &str, genes: &GeneIndex) -> Network {
    edges(&data.join(format!("prior_noise_{noise}.edges.csv")), genes).0
}

/// How many edges of `network` are there in `other`, whatever their weights.
fn shared_edges(network: &Network, other: &Network) -> usize {
    network
        .edges()
        .iter()
        .filter(|edge| other.weight(edge.from, edge.to).is_some())
        .count()
}

/// How many genes are the origin of an edge of `network` that `truth` lacks.
fn origins_of_false_edges(network: &Network, truth: &Network) -> usize {
    let moved = network
        .edges()
        .iter()
        .filter(|edge| truth.weight(edge.from, edge.to).is_none());
    moved.map(|edge| edge.from).collect::<BTreeSet<_>>().len()
}

#[test]
fn simulated_networks_are_their_noise_free_priors() {
    for set in &SIMULATED {
        let Some(data) = shared(&format!("data/{}", set.folder)) else {
            return;
        };
        let (network, names) = truth(&data);
        assert_eq!(
            (names.genes.len(), names.inputs.len()),
            (set.genes, set.inputs)
        );
        assert_eq!(network.edges().len(), set.edges);
        assert_eq!(network.sign_counts().activating, set.activating);
        assert!(
            prior(&data, "0.0", &names.genes) == network,
            "{}",
            set.folder
        );
        network.check_inputs(&names.inputs).unwrap();
        let regulated: BTreeSet<_> = network.targets().into_iter().collect();
        let unregulated: Vec<_> = (0..set.genes)
            .filter(|gene| !regulated.contains(gene))
            .collect();
        assert_eq!(
            names.inputs, unregulated,
            "the marked genes are all genes without regulators"
        );
    }
}

#[test]
fn published_noise_moves_the_stated_number_of_edges_and_keeps_signs() {
    for set in &SIMULATED {
        let Some(data) = shared(&format!("data/{}", set.folder)) else {
            return;
        };
        let (network, names) = truth(&data);
        for (noise, moved) in set.noise {
            let prior = prior(&data, noise, &names.genes);
            assert_eq!(prior.edges().len(), set.edges, "{} {noise}", set.folder);
            assert_eq!(
                prior.edges().len() - shared_edges(&prior, &network),
                moved,
                "{} {noise}",
                set.folder
            );
            assert_eq!(prior.sign_counts(), network.sign_counts());
            assert_eq!(prior.self_loops(), 0);
            let kept = prior
                .edges()
                .iter()
                .filter_map(|e| Some((e.weight, network.weight(e.from, e.to)?)));
            assert!(
                kept.into_iter()
                    .all(|(ours, theirs)| ours.signum() == theirs.signum())
            );
        }
    }
}

#[test]
fn our_relocation_has_the_statistics_of_the_published_one() {
    const SEEDS: u64 = 200;
    for set in &SIMULATED {
        let Some(data) = shared(&format!("data/{}", set.folder)) else {
            return;
        };
        let (network, names) = truth(&data);
        for (noise, moved) in set.noise {
            let mut origins = Vec::new();
            for seed in 0..SEEDS {
                let ours = relocate_edges(&network, moved as f64 / set.edges as f64, seed).unwrap();
                assert_eq!(ours.edges().len(), set.edges);
                assert_eq!(set.edges - shared_edges(&ours, &network), moved);
                assert_eq!(ours.sign_counts(), network.sign_counts());
                assert_eq!(ours.self_loops(), 0);
                origins.push(origins_of_false_edges(&ours, &network) as f64);
            }
            // Published edges go to random genes, not only to regulators: so do ours, within four standard deviations.
            let mean = origins.iter().sum::<f64>() / SEEDS as f64;
            let variance = origins
                .iter()
                .map(|count| (count - mean).powi(2))
                .sum::<f64>()
                / SEEDS as f64;
            let theirs =
                origins_of_false_edges(&prior(&data, noise, &names.genes), &network) as f64;
            let distance = (theirs - mean).abs();
            assert!(
                distance <= 4.0 * variance.sqrt(),
                "{} {noise}: {theirs}, ours {mean:.1}",
                set.folder
            );
        }
    }
}

#[test]
fn a_dense_prior_has_regulators_in_rows() {
    for set in &SIMULATED {
        let Some(data) = shared(&format!("data/{}", set.folder)) else {
            return;
        };
        let (_, names) = truth(&data);
        let list = prior(&data, "0.05", &names.genes);
        let dense = data.join("prior_noise_0.05.dense.csv");
        let (by_regulator, report) =
            read_dense(&dense, &names.genes, Orientation::RegulatorRows, None).unwrap();
        assert_eq!((report.rows, report.edges), (set.genes, set.edges));
        assert!(by_regulator == list, "{}", set.folder);
        let (by_target, _) =
            read_dense(&dense, &names.genes, Orientation::TargetRows, None).unwrap();
        assert!(by_target != list, "{}", set.folder);
        assert_eq!(
            PriorMatrix::from_network(&by_target),
            PriorMatrix::from_network(&list).transpose()
        );
    }
}

#[test]
fn gene_names_of_another_data_set_are_noticed() {
    let Some(data) = shared("data/sim350") else {
        return;
    };
    let (network, _) = truth(&data);
    let wrong = names(
        &data.join("upstream_mismatched/gene_names_350.csv"),
        InputSuffix::Strip,
    );
    let (reordered, _) = edges(&data.join("edge_properties.csv"), &wrong.genes);
    let error = reordered.check_inputs(&wrong.inputs).unwrap_err();
    let Error::RegulatedInputs { genes, .. } = &error else {
        panic!("{error}")
    };
    assert!(genes.contains(&"SIN3".to_string()), "{error}");
    // The dense noise-free prior is not at hand; the list, put into the order of the right names, stands in for it.
    let as_published = Network::new(wrong.genes.clone(), network.edges().to_vec()).unwrap();
    assert_eq!(
        shared_edges(&as_published, &reordered),
        260,
        "documented: 260 of 550 edges fall on true ones"
    );
    assert!(as_published.check_inputs(&wrong.inputs).is_err());
}

#[test]
fn yeast_priors_and_references_have_the_stated_counts() {
    let Some(data) = shared("data/yeast") else {
        return;
    };
    let genes = genes(&data, "gene_names_3551.csv");
    assert_eq!(genes.len(), 3551);
    assert_eq!(count(&data, "prior_3551.edges.csv", &genes), (51254, 65));
    assert_eq!(
        count(&data, "validation_harbison_3551.edges.csv", &genes),
        (3833, 110)
    );
    assert_eq!(
        count(
            &data,
            "validation_harbison_3551_motif_tfs.edges.csv",
            &genes
        ),
        (3307, 63)
    );
    let small = self::genes(&data, "gene_names_500.csv");
    assert_eq!(count(&data, "prior_500.edges.csv", &small), (1146, 6));
}

#[test]
fn yeast_motif_map_reports_factors_without_expression() {
    let Some(data) = shared("data/yeast") else {
        return;
    };
    let genes = genes(&data, "gene_names_3551.csv");
    let (file, format) = (data.join("motif_prior.csv"), TableFormat::default());
    let everyone = genes_in_edge_list(&file, &format).unwrap();
    let (all, _) = edges(&file, &everyone);
    assert_eq!(
        (
            all.edges().len(),
            all.regulators().len(),
            all.targets().len()
        ),
        (81230, 105, 3551)
    );

    let (usable, report) = read_edge_list(&file, &genes, UnknownGenes::Drop, &format).unwrap();
    assert_eq!(
        (
            report.edges,
            report.unknown_rows,
            report.unknown_genes.len()
        ),
        (51254, 29976, 40)
    );
    assert_eq!(
        report
            .unknown_genes
            .iter()
            .map(|gene| gene.edges)
            .sum::<usize>(),
        29976
    );
    assert!(
        usable == edges(&data.join("prior_3551.edges.csv"), &genes).0,
        "what is left is the published prior"
    );
    let (subset, lost) = all.subset(&genes);
    assert!(subset == usable);
    assert_eq!(
        (
            lost.edges_dropped,
            lost.genes_dropped.len(),
            lost.genes_added.len()
        ),
        (29976, 40, 0)
    );

    let error = read_edge_list(&file, &genes, UnknownGenes::Error, &format).unwrap_err();
    let Error::UnknownGene { at, gene, .. } = &error else {
        panic!("{error}")
    };
    let text = std::fs::read_to_string(&file).unwrap();
    let line = text.lines().nth(at.row - 1).unwrap();
    assert!(
        line.split(',').any(|field| field == gene),
        "{error}: {line}"
    );
}

#[test]
fn yeast_files_of_other_layouts_need_their_layout_stated() {
    let Some(data) = shared("data/yeast") else {
        return;
    };
    let headless = data.join("validation_harbison.tsv");
    let error = genes_in_edge_list(&headless, &TableFormat::default()).unwrap_err();
    assert!(matches!(error, Error::Columns { .. }), "{error}");
    let positional = TableFormat {
        columns: Columns::Positional,
        delimiter: Some(Delimiter::Tab),
    };
    let everyone = genes_in_edge_list(&headless, &positional).unwrap();
    let (_, report) =
        read_edge_list(&headless, &everyone, UnknownGenes::Error, &positional).unwrap();
    assert_eq!((report.rows, report.edges), (10970, 10970));

    let assayed = data.join("validation_hackett_subset.csv");
    let error = genes_in_edge_list(&assayed, &TableFormat::default()).unwrap_err();
    assert!(matches!(error, Error::Columns { .. }), "{error}");
    let weight = Some("shrunken_log2fc".to_string());
    let columns = Columns::Named {
        from: "regulator".into(),
        to: "target".into(),
        weight,
    };
    let named = TableFormat {
        columns,
        delimiter: None,
    };
    let everyone = genes_in_edge_list(&assayed, &named).unwrap();
    let (_, report) = read_edge_list(&assayed, &everyone, UnknownGenes::Error, &named).unwrap();
    assert_eq!(
        (report.rows, report.edges, report.zeros),
        (36 * 292, 471, 36 * 292 - 471)
    );
}

#[test]
fn breast_cancer_priors_and_references_have_the_stated_counts() {
    let Some(data) = shared("data/brca") else {
        return;
    };
    let genes = |count: usize| self::genes(&data, &format!("gene_names_{count}.csv"));
    assert_eq!(count(&data, "prior_500.edges.csv", &genes(500)), (7732, 34));
    assert_eq!(
        count(&data, "validation_chip_500.edges.csv", &genes(500)),
        (1586, 7)
    );
    assert_eq!(
        count(&data, "validation_chip_2000.edges.csv", &genes(2000)),
        (8174, 10)
    );
    assert_eq!(
        count(&data, "prior_alt_celloracle_2000.edges.csv", &genes(2000)).0,
        51795
    );

    let file = data.join("validation_chip.edges.csv");
    let format = TableFormat::default();
    let (chip, report) = read_edge_list(&file, &genes(11165), UnknownGenes::Drop, &format).unwrap();
    assert_eq!(
        (report.rows, report.rows - report.unknown_rows),
        (226_844, 226_545)
    );
    assert_eq!(
        (chip.edges().len(), report.duplicates),
        (226_514, 31),
        "31 rows of the file repeat another"
    );
    assert_eq!(chip.regulators().len(), 61);
}

#[test]
fn dense_priors_of_real_data_equal_their_lists() {
    for (folder, genes_file, prior, weight) in [
        ("data/brca", "gene_names_500.csv", "prior_500", 0.5),
        ("data/yeast", "gene_names_500.csv", "prior_500", 0.5),
        ("data/hema", "gene_names_529.csv", "prior_529", 1.0),
    ] {
        let Some(data) = shared(folder) else { return };
        let genes = genes(&data, genes_file);
        let (list, _) = edges(&data.join(format!("{prior}.edges.csv")), &genes);
        let file = data.join(format!("{prior}.dense.csv"));
        let (dense, _) = read_dense(file, &genes, Orientation::RegulatorRows, None).unwrap();
        let (list, dense) = (
            PriorMatrix::from_network(&list),
            PriorMatrix::from_network(&dense),
        );
        assert_eq!(dense, list.scaled(weight), "{folder}");
    }
}

#[test]
fn bone_marrow_priors_have_the_stated_counts() {
    let Some(data) = shared("data/hema") else {
        return;
    };
    let genes = genes(&data, "gene_names_529.csv");
    assert_eq!(genes.len(), 529);
    assert_eq!(count(&data, "prior_529.edges.csv", &genes), (31030, 111));
    assert_eq!(
        count(&data, "prior_alt_celloracle_529.edges.csv", &genes).0,
        22689
    );
    let (prior, _) = edges(&data.join("prior_529.edges.csv"), &genes);
    assert_eq!(
        prior.sign_counts().repressing,
        0,
        "documented: all positive"
    );
}

#[test]
fn breast_cancer_and_bone_marrow_agree_where_they_meet() {
    let (Some(brca), Some(hema)) = (shared("data/brca"), shared("data/hema")) else {
        return;
    };
    let breast = edges(
        &brca.join("prior_500.edges.csv"),
        &genes(&brca, "gene_names_500.csv"),
    )
    .0;
    let marrow = edges(
        &hema.join("prior_529.edges.csv"),
        &genes(&hema, "gene_names_529.csv"),
    )
    .0;
    let is_common = |name: &&String| breast.genes().position(name).is_some();
    let common = GeneIndex::new(
        marrow
            .genes()
            .names()
            .iter()
            .filter(is_common)
            .cloned()
            .collect(),
    )
    .unwrap();
    let (of_breast, of_marrow) = (breast.subset(&common).0, marrow.subset(&common).0);
    assert_eq!((common.len(), of_breast.edges().len()), (23, 52));
    assert_eq!(
        PriorMatrix::from_network(&of_breast).abs(),
        PriorMatrix::from_network(&of_marrow)
    );
}

#[test]
fn pair_lists_have_the_stated_counts() {
    // Folder, gene names, pairs, pairs of different genes above 0.6, genes with a partner.
    for (file, genes_file, pairs, above, partners) in [
        ("brca/ppi_500", "brca/gene_names_500", 313, Some(49), 45),
        (
            "brca/ppi_2000",
            "brca/gene_names_2000",
            1803,
            Some(217),
            172,
        ),
        (
            "brca/ppi_11165",
            "brca/gene_names_11165",
            30425,
            Some(4030),
            986,
        ),
        ("hema/ppi_529", "hema/gene_names_529", 2318, Some(354), 125),
        ("yeast/ppi_3551", "yeast/gene_names_3551", 703, None, 38),
    ] {
        let Some(data) = shared("data") else { return };
        let genes = genes(&data, &format!("{genes_file}.csv"));
        let list = data.join(format!("{file}.edges.csv"));
        let (c, report) =
            read_pair_list(list, &genes, UnknownGenes::Error, &TableFormat::default()).unwrap();
        assert_eq!((report.edges, report.duplicates), (pairs, 0), "{file}");
        assert_eq!(c.nnz(), 2 * pairs - report.self_loops, "{file}");
        assert_eq!(c, c.transpose(), "{file}");
        assert_eq!(
            (0..c.dim())
                .filter(|&gene| !c.row(gene).0.is_empty())
                .count(),
            partners,
            "{file}"
        );
        if let Some(above) = above {
            assert_eq!(
                c.filtered(|i, j, score| i < j && score > 0.6).nnz(),
                above,
                "{file}"
            );
        }
    }
}

#[test]
fn yeast_interactions_lose_the_factors_without_expression() {
    let Some(data) = shared("data/yeast") else {
        return;
    };
    let genes = genes(&data, "gene_names_3551.csv");
    let format = TableFormat::default();
    let all = data.join("ppi_panda.edges.csv");
    let everyone = genes_in_edge_list(&all, &format).unwrap();
    assert_eq!(everyone.len(), 43);
    assert_eq!(
        read_pair_list(&all, &everyone, UnknownGenes::Error, &format)
            .unwrap()
            .1
            .edges,
        903
    );
    let (c, report) = read_pair_list(&all, &genes, UnknownGenes::Drop, &format).unwrap();
    assert_eq!(
        (
            report.edges,
            report.unknown_rows,
            report.unknown_genes.len()
        ),
        (703, 200, 5)
    );
    let known = data.join("ppi_3551.edges.csv");
    assert_eq!(
        c,
        read_pair_list(known, &genes, UnknownGenes::Error, &format)
            .unwrap()
            .0
    );
}

#[test]
fn interactions_by_number_equal_those_by_name() {
    let Some(data) = shared("data/brca") else {
        return;
    };
    let names = genes(&data, "gene_names_11165.csv");
    let numbers =
        GeneIndex::new((1..=names.len()).map(|number| number.to_string()).collect()).unwrap();
    let positional = TableFormat {
        columns: Columns::Positional,
        delimiter: None,
    };
    let triplets = data.join("ppi_11165.triplets.csv");
    let (by_number, _) =
        read_pair_list(triplets, &numbers, UnknownGenes::Error, &positional).unwrap();
    let list = data.join("ppi_11165.edges.csv");
    let (by_name, _) =
        read_pair_list(list, &names, UnknownGenes::Error, &TableFormat::default()).unwrap();
    assert_eq!(by_number, by_name);
}

#[test]
fn co_regulation_of_a_simulated_prior_counts_shared_targets() {
    let Some(data) = shared("data/sim350") else {
        return;
    };
    let (network, _) = truth(&data);
    let c = co_regulation(&PriorMatrix::from_network(&network));
    for (gene, degree) in network.out_degrees().into_iter().enumerate() {
        let (partners, shared) = c.row(gene);
        let own = partners.binary_search(&gene).map_or(0.0, |at| shared[at]);
        assert!((own - degree as f64).abs() < 1e-12, "gene {gene}");
    }
    let pairs_per_target: usize = network
        .in_degrees()
        .iter()
        .map(|regulators| regulators * regulators)
        .sum();
    assert!((c.sum() - pairs_per_target as f64).abs() < 1e-9);
}

#[test]
fn a_published_prior_survives_writing() {
    let Some(data) = shared("data/yeast") else {
        return;
    };
    let genes = genes(&data, "gene_names_3551.csv");
    let (prior, _) = edges(&data.join("prior_3551.edges.csv"), &genes);
    let folder = tempfile::tempdir().unwrap();
    for name in ["prior.csv", "prior.csv.gz"] {
        let file = folder.path().join(name);
        write_edge_list(&file, &prior).unwrap();
        assert!(edges(&file, &genes).0 == prior, "{name}");
    }
}
