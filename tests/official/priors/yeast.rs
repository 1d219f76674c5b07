//! Yeast: motif map, references, and pair lists.

use super::{count, edges, genes};
use dash_prior::{
    Columns, Delimiter, Error, GeneIndex, TableFormat, UnknownGenes, genes_in_edge_list,
    read_edge_list, read_pair_list,
};
use dash_tests::shared;

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
