//! Networks of the simulated sets: the truth, its published corruptions, and ours.

use super::{edges, genes, names};
use dash_prior::{
    Error, GeneIndex, GeneNames, InputSuffix, Network, Orientation, PriorMatrix, co_regulation,
    read_dense, relocate_edges, write_edge_list,
};
use dash_tests::shared;
use std::collections::BTreeSet;
use std::path::Path;

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
