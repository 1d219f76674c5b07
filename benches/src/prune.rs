//! Scores, pseudo-inverses, masks, evidence.

use std::hint::black_box;

use dash_ode::Intervals;
use dash_prior::PriorMatrix;
use dash_prune::{
    Branch, BranchWeights, Conventions, Dash, DashState, DeepState, DeepWeights, EvidenceOptions,
    Mask, ProductMagnitude, input_magnitude, one_layer, pinv_left, pinv_right, product_magnitude,
    random, weigh_edges,
};
use ndarray::{Array1, Array2};

use crate::data::{GENES, HIDDEN, network, prior, simulated, system, weights};
use crate::{Work, Workload};

/// λ of both layers.
const LAMBDA: (f64, f64) = (0.75, 0.75);

pub(crate) const WORKLOADS: &[Workload] = &[
    Workload::new("prune/score/dash", || dash(GENES, HIDDEN, &prior_of_sim350)),
    Workload::new("prune/score/deep", deep),
    Workload::new("prune/score/one_layer", || {
        let (p, w, mask) = (
            prior().p,
            weights(GENES, GENES, 1),
            Mask::full(GENES, GENES),
        );
        Box::new(move || {
            let scores = one_layer(black_box(w.view()), &mask, &p, LAMBDA.0);
            black_box(scores.expect("shapes fit"));
        })
    }),
    Workload::new("prune/score/magnitude", || {
        let (w, mask) = (weights(HIDDEN, GENES, 1), Mask::full(HIDDEN, GENES));
        Box::new(move || _ = black_box(input_magnitude(w.view(), &mask).expect("shapes fit")))
    }),
    Workload::new("prune/score/product_magnitude", || {
        let (w, mask) = (weights(HIDDEN, GENES, 1), Mask::full(HIDDEN, GENES));
        Box::new(move || {
            let scores = product_magnitude(black_box(w.view()), &mask, ProductMagnitude::Exp);
            black_box(scores.expect("shapes fit"));
        })
    }),
    Workload::new("prune/pinv/left", || {
        let x = random(HIDDEN, GENES, 1);
        Box::new(move || _ = black_box(pinv_left(black_box(x.view())).expect("finite")))
    }),
    Workload::new("prune/pinv/right", || {
        let x = random(HIDDEN, GENES, 1);
        Box::new(move || _ = black_box(pinv_right(black_box(x.view())).expect("finite")))
    }),
    Workload::new("prune/mask/prune_lowest", || {
        let (scores, full) = (random(GENES, GENES, 1), Mask::full(GENES, GENES));
        Box::new(move || {
            let mut mask = full.clone();
            let count = mask.prune_lowest(black_box(scores.view()), 0.7);
            black_box(count.expect("shapes fit"));
        })
    }),
    Workload::new("prune/evidence/30_genes", || evidence(30, 10)),
    Workload::slow("prune/evidence/350_genes", || evidence(GENES, 40)),
    Workload::slow("prune/score/dash_11165_genes", || {
        dash(11_165, 300, &|genes| {
            (scattered(genes, 2_000_000), scattered(genes, 30_000))
        })
    }),
];

/// P and C.
fn prior_of_sim350(_: usize) -> (PriorMatrix, PriorMatrix) {
    let prior = prior();
    (prior.p, prior.c)
}

/// About `edges` entries of 1 at random places.
fn scattered(genes: usize, edges: usize) -> PriorMatrix {
    let places: Array2<f64> = random(edges, 2, 6) * genes as f64;
    let place = |row: ndarray::ArrayView1<'_, f64>| (row[0] as usize, row[1] as usize);
    let mut places: Vec<_> = places.rows().into_iter().map(place).collect();
    places.sort_unstable();
    places.dedup();
    let entries = places.into_iter().map(|(i, j)| (i, j, 1.0));
    PriorMatrix::from_triplets(genes, entries).expect("every entry once")
}

/// One scoring step of a branch.
fn dash(genes: usize, hidden: usize, prior: &dyn Fn(usize) -> (PriorMatrix, PriorMatrix)) -> Work {
    let (p, c) = prior(genes);
    let dash = Dash::new(&p, &c, LAMBDA, Conventions::default()).expect("settings in range");
    let (w, u) = (weights(hidden, genes, 1), weights(genes, hidden, 2));
    let multipliers = Array1::from_elem(genes, 0.5);
    let (w_mask, u_mask) = (Mask::full(hidden, genes), Mask::full(genes, hidden));
    let start = DashState::random(hidden, genes, 4);
    Box::new(move || {
        let weights = BranchWeights {
            branch: Branch::Sum,
            first: w.view(),
            first_mask: &w_mask,
            second: u.view(),
            second_mask: &u_mask,
            multipliers: multipliers.view(),
        };
        let mut state = start.clone();
        black_box(dash.score(black_box(&weights), &mut state)).expect("shapes fit");
    })
}

/// One scoring step of a perceptron of three layers.
fn deep() -> Work {
    let prior = prior();
    let dash =
        Dash::new(&prior.p, &prior.c, LAMBDA, Conventions::default()).expect("settings in range");
    let shapes = [(HIDDEN, GENES), (HIDDEN, HIDDEN), (GENES, HIDDEN)];
    let layers = shapes.map(|(rows, columns)| weights(rows, columns, 1));
    let masks = shapes.map(|(rows, columns)| Mask::full(rows, columns));
    let multipliers = Array1::ones(GENES);
    let start = DeepState::random(&shapes, 4);
    Box::new(move || {
        let layers: Vec<_> = layers.iter().map(|w| w.view()).zip(&masks).collect();
        let weights = DeepWeights {
            branch: Branch::Sum,
            layers: &layers,
            multipliers: multipliers.view(),
        };
        let mut state = start.clone();
        black_box(dash.score_deep(black_box(&weights), &mut state)).expect("shapes fit");
    })
}

fn evidence(genes: usize, samples: usize) -> Work {
    let network = network(genes);
    let simulated = simulated(&system(&network), samples);
    let data: Intervals<f64> = Intervals::of(&simulated.series, "bench").expect("five points");
    let prior = PriorMatrix::from_network(&network);
    Box::new(move || {
        let findings = weigh_edges(black_box(&data), &prior, &EvidenceOptions::default());
        black_box(findings.expect("as many genes in the prior as in the data"));
    })
}
