//! Prior matrices: building, scaling, co-regulation, products, corruption.

use std::hint::black_box;

use dash_prior::{PriorMatrix, co_regulation, relocate_edges};
use dash_prune::random;
use ndarray::Array2;

use crate::data::{HIDDEN, NETWORK, prior};
use crate::{Work, Workload};

pub(crate) const WORKLOADS: &[Workload] = &[
    Workload::new("prior/matrix/from_network", || {
        let network = &*NETWORK;
        Box::new(move || _ = black_box(PriorMatrix::from_network(black_box(network))))
    }),
    Workload::new("prior/matrix/100000_triplets", || triplets(5_000, 100_000)),
    Workload::new("prior/matrix/unit_sum", unit_sum),
    Workload::new("prior/co_regulation", || {
        let p = prior().p;
        Box::new(move || _ = black_box(co_regulation(black_box(&p))))
    }),
    Workload::new("prior/product/mul_dense", || {
        let (p, dense) = (prior().p, random(NETWORK.genes().len(), HIDDEN, 1));
        Box::new(move || _ = black_box(p.mul_dense(black_box(dense.view())).expect("k rows")))
    }),
    Workload::new("prior/product/dense_mul", || {
        let (p, dense) = (prior().p, random(HIDDEN, NETWORK.genes().len(), 1));
        Box::new(move || _ = black_box(p.dense_mul(black_box(dense.view())).expect("k columns")))
    }),
    Workload::new("prior/relocation", || {
        let network = &*NETWORK;
        Box::new(move || {
            let moved = relocate_edges(black_box(network), 0.05, 1);
            black_box(moved.expect("there is room for 5% of the edges"));
        })
    }),
];

fn triplets(genes: usize, edges: usize) -> Work {
    let places: Array2<f64> = random(edges, 2, 1) * genes as f64;
    let rows = places.rows();
    let mut places: Vec<(usize, usize)> = rows
        .into_iter()
        .map(|place| (place[0] as usize, place[1] as usize))
        .collect();
    places.sort_unstable();
    places.dedup();
    Box::new(move || {
        let entries = places.iter().map(|&(i, j)| (i, j, 1.0));
        black_box(PriorMatrix::from_triplets(genes, entries).expect("every entry once"));
    })
}

/// |P| divided by its sum.
fn unit_sum() -> Work {
    let p = prior().p;
    Box::new(move || {
        let absolute = black_box(&p).abs();
        black_box(absolute.scaled(1.0 / absolute.sum()));
    })
}
