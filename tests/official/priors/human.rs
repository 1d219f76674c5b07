//! Breast cancer and bone marrow.

use super::{count, edges, genes};
use dash_prior::{
    GeneIndex, Orientation, PriorMatrix, TableFormat, UnknownGenes, read_dense, read_edge_list,
};
use dash_tests::shared;

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
