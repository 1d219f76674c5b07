//! What the evaluation says of the published breast cancer data: rules that need no learning.

use std::collections::BTreeSet;
use std::fs;

use dash_eval::{
    Baseline, Comparison, Estimate, GeneNames, PriorKnowledge, Universe, parse_edges, parse_genes,
};
use dash_tests::shared;

/// "Every gene of the published TF–TF interaction file regulates every gene" has the balanced accuracy over all pairs
/// that the paper gives for DASH, and that of a guess over the regulators that were assayed.
#[test]
fn knowing_who_is_a_regulator_is_nearly_all_of_balanced_accuracy() {
    let Some(folder) = shared("data/brca") else {
        return;
    };
    let read = |file: &str| fs::read_to_string(folder.join(file)).unwrap();
    let genes = GeneNames::new(parse_genes(&read("gene_names_11165.csv")).unwrap());
    let listed = parse_edges(&read("validation_chip.edges.csv")).unwrap();
    let (reference, unplaced) = genes.reference(&listed).unwrap();
    // 226,844 rows, of which 31 are repeated and 299 name a gene that is not measured.
    assert_eq!(
        (listed.edges.len() + listed.duplicates, listed.duplicates),
        (226_844, 31)
    );
    assert_eq!(
        (reference.edges().len(), reference.self_edges()),
        (226_514, 43)
    );
    assert_eq!(listed.edges.len() - unplaced.edges, 226_514);
    let pairs = parse_edges(&read("ppi_11165.edges.csv")).unwrap();
    let factors: BTreeSet<usize> = pairs
        .edges
        .iter()
        .flat_map(|edge| [&edge.regulator, &edge.target])
        .filter_map(|gene| genes.place(gene))
        .collect();
    assert_eq!(factors.len(), 986);
    let factors: Vec<usize> = factors.into_iter().collect();
    let estimate = Estimate::sparse(11_165, [(0, 0, 0.0)]).unwrap();
    let balanced_accuracy = |universe: Universe| {
        let comparison = Comparison::new(&estimate, &reference, &universe).unwrap();
        let knowledge = PriorKnowledge {
            prior: None,
            regulators: Some(&factors),
        };
        let baselines = comparison.baselines(knowledge).unwrap();
        let rule = |baseline: &&Baseline| baseline.name == "known_regulators_to_all";
        let rule = baselines.iter().find(rule).unwrap();
        let rates = [
            rule.confusion.true_positive_rate(),
            rule.confusion.true_negative_rate(),
        ];
        (rule.balanced_accuracy.unwrap(), rates)
    };
    let (all, [tpr, tnr]) = balanced_accuracy(Universe::AllPairs { self_pairs: true });
    assert_eq!(tpr, Ok(1.0));
    assert!((tnr.unwrap() - 0.913).abs() < 5e-4, "{tnr:?}");
    assert!((all - 0.957).abs() < 5e-4, "{all}");
    let (assayed, _) = balanced_accuracy(Universe::ReferenceRegulators { self_pairs: true });
    assert!((assayed - 0.5).abs() < 1e-12, "{assayed}");
}
