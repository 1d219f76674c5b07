//! Metrics of an inferred network, 350 × 350, against the true one.

use std::hint::black_box;

use dash_eval::{
    Adjustment, Comparison, EdgeSet, Estimate, Exists, PriorKnowledge, Ranking, Universe, adjust,
    normalised_effects, phoenix_effects,
};
use dash_prior::PriorMatrix;
use ndarray::{Array1, Array2};

use crate::data::{GENES, HIDDEN, NETWORK, weights};
use crate::{Work, Workload};

pub(crate) const WORKLOADS: &[Workload] = &[
    Workload::new("eval/ranking/auprc", || auprc(GENES)),
    Workload::new("eval/comparison/confusion", || {
        let (effects, reference) = (estimated(), reference());
        Box::new(move || {
            let estimate = Estimate::dense(black_box(&effects)).expect("square and finite");
            let comparison = compare(&estimate, &reference);
            black_box(comparison.confusion(Exists::nonzero()));
        })
    }),
    Workload::new("eval/comparison/auprc_auroc", || {
        let (effects, reference) = (estimated(), reference());
        Box::new(move || {
            let estimate = Estimate::dense(black_box(&effects)).expect("square and finite");
            let ranking = compare(&estimate, &reference).ranking();
            black_box((ranking.average_precision(), ranking.auroc()))
                .0
                .expect("edges");
        })
    }),
    Workload::new("eval/report", || {
        let (effects, reference) = (estimated(), reference());
        Box::new(move || {
            let estimate = Estimate::dense(black_box(&effects)).expect("square and finite");
            let comparison = compare(&estimate, &reference);
            let report = comparison.report(Exists::nonzero(), PriorKnowledge::default());
            black_box(report.expect("defined"));
        })
    }),
    Workload::new("eval/effects/phoenix", effects),
    Workload::new("eval/multiple_testing/benjamini_hochberg", multiple_testing),
    Workload::slow("eval/ranking/auprc_3349500_pairs", || auprc(1_830)),
];

fn compare<'a>(estimate: &'a Estimate<'a, f64>, reference: &'a EdgeSet) -> Comparison<'a, 'a, f64> {
    Comparison::new(
        estimate,
        reference,
        &Universe::AllPairs { self_pairs: true },
    )
    .expect("as many genes in both")
}

/// The true network.
fn reference() -> EdgeSet {
    EdgeSet::from_matrix(&PriorMatrix::from_network(&NETWORK).to_dense()).expect("square")
}

/// Effects, a tenth of them not zero.
fn estimated() -> Array2<f64> {
    weights(GENES, GENES, 3).mapv(|x| if x.abs() < 0.05 { x } else { 0.0 })
}

/// Average precision of scores that are all different, a twentieth of the pairs being edges.
fn auprc(genes: usize) -> Work {
    let scores: Vec<f64> = weights(genes, genes, 1).iter().map(|x| x.abs()).collect();
    let labels: Vec<bool> = weights(genes, genes, 2).iter().map(|&x| x > 0.45).collect();
    Box::new(move || {
        let ranking = Ranking::from_labels(black_box(&labels), &scores).expect("as many labels");
        black_box(ranking.average_precision()).expect("edges");
    })
}

/// D̃ of a PHOENIX model.
fn effects() -> Work {
    let (u, w) = (weights(GENES, HIDDEN, 1), weights(HIDDEN, GENES, 2));
    let multipliers = Array1::from_elem(GENES, 0.5);
    Box::new(move || {
        let effects = phoenix_effects(black_box(&u), &w, &u, &w).expect("shapes fit");
        black_box(normalised_effects(&effects, &multipliers).expect("shapes fit"));
    })
}

/// One p-value per pair.
fn multiple_testing() -> Work {
    let p_values: Vec<f64> = (weights(GENES, GENES, 1) + 0.5).into_iter().collect();
    Box::new(move || {
        let adjusted = adjust(black_box(&p_values), Adjustment::BenjaminiHochberg);
        black_box(adjusted.expect("p-values in 0..=1"));
    })
}
