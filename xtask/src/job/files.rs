//! Which files a data set is read from.

use crate::job::config::DataConfig;
use crate::job::dataset::{Dataset, Family};

/// A file by what it is for, below the folder of all data.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct File {
    pub(crate) role: &'static str,
    /// Names under which it may be there, the first found is taken.
    pub(crate) names: Vec<String>,
    /// Whether the data set can be read without it.
    pub(crate) optional: bool,
}

/// The files of a job.
pub(crate) fn files(data: &DataConfig) -> Vec<File> {
    let genes = data.dataset.genes();
    let (mut files, pathways) = match data.dataset.family() {
        Family::Simulated => (simulated(data), None),
        Family::BreastCancer => (breast_cancer(genes), Some(REACTOME)),
        Family::Yeast => (yeast(genes), Some(GO_SLIM)),
        Family::BoneMarrow => (bone_marrow(data.dataset), Some(REACTOME)),
    };
    let folder = data.dataset.folder();
    for name in files.iter_mut().flat_map(|file| &mut file.names) {
        *name = format!("{folder}/{name}");
    }
    files.extend(pathways.map(|name| File {
        optional: true,
        ..file("pathways", name)
    }));
    files
}

const REACTOME: &str = "pathways/human/c2.cp.reactome.v7.0.symbols.gmt";
const GO_SLIM: &str = "pathways/yeast/goslim_bp.sgd.gmt";

fn file(role: &'static str, name: impl Into<String>) -> File {
    File {
        role,
        names: vec![name.into()],
        optional: false,
    }
}

/// The published test trajectories of SIM690 are not read yet.
fn simulated(data: &DataConfig) -> Vec<File> {
    let prior = prior_level(data.prior_corruption);
    let mut files = vec![
        file("train", "train_val_150.csv"),
        file("genes", "gene_names.csv"),
        file("edges", "edge_properties.csv"),
        file("prior", format!("prior_noise_{prior}.edges.csv")),
    ];
    if data.dataset == Dataset::Sim350 {
        files.push(file("test", "test_10.csv"));
    }
    files
}

/// The number in the name of a published prior is half the share of its moved edges. Shares that were not published
/// start from the true network, whose edges the job then moves itself.
fn prior_level(corruption: f64) -> &'static str {
    const PUBLISHED: [(f64, &str); 3] = [(0.05, "0.025"), (0.1, "0.05"), (0.2, "0.1")];
    PUBLISHED
        .iter()
        .find(|(share, _)| (share - corruption).abs() < 1e-9)
        .map_or("0.0", |(_, level)| level)
}

/// The larger priors were published, but are not in every copy of the data: a motif network of another source stands in.
fn breast_cancer(genes: usize) -> Vec<File> {
    let prior = [
        format!("prior_{genes}.edges.csv"),
        format!("prior_{genes}.dense.csv"),
        format!("prior_alt_celloracle_{genes}.edges.csv"),
        format!("prior_alt_celloracle_{genes}.adj.txt"),
    ];
    vec![
        file("train", format!("train_{genes}_178T.csv")),
        file("test", format!("test_{genes}_8middleT.csv")),
        file("genes", format!("gene_names_{genes}.csv")),
        File {
            role: "prior",
            names: prior.to_vec(),
            optional: false,
        },
        file("interactions", format!("ppi_{genes}.edges.csv")),
        file("reference", "validation_chip.edges.csv"),
    ]
}

fn yeast(genes: usize) -> Vec<File> {
    vec![
        file("train", format!("train_{genes}_24T.csv")),
        file("test", format!("val_{genes}_24T.csv")),
        file("genes", format!("gene_names_{genes}.csv")),
        file("prior", "motif_prior.csv"),
        file("interactions", "ppi_panda.edges.csv"),
        file("reference", "validation_harbison_3551_motif_tfs.edges.csv"),
        file("perturbation", "validation_hackett_subset.csv"),
    ]
}

/// Test batches are read cell by cell: a batch that is not there is left out, and the run says so.
fn bone_marrow(dataset: Dataset) -> Vec<File> {
    let lineage = match dataset {
        Dataset::HemaMono => "mono",
        Dataset::HemaB => "B",
        _ => "eryth",
    };
    let mut files = vec![
        file(
            "train",
            format!("dash/hema_{lineage}_529genes_2samples.csv"),
        ),
        file("genes", "gene_names_529.csv"),
        file("prior", "prior_529.edges.csv"),
        file("interactions", "ppi_529.edges.csv"),
        file("reference", "validation_chip_529.edges.csv"),
    ];
    for (role, batch) in [("test S2D1", 21), ("test S2D4", 24), ("test S3D6", 36)] {
        files.push(File {
            optional: true,
            ..file(role, format!("pathreg/{lineage}_{batch}_norm.csv"))
        });
    }
    files
}
