//! Corruption of a network by moving edges.

use std::collections::HashSet;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::error::{Error, Result};
use crate::network::{Edge, Network};

/// Moves round(`fraction` · E) of the E edges, chosen at random, to uniformly random ordered pairs of different genes.
///
/// `fraction` is the share of edges that move: the prior that the paper calls "5%" is 0.05. The number of edges, and
/// every edge's weight and sign, stay. A moved edge never lands on a pair that carries an edge in `network`, not even
/// on one whose edge has itself been moved away, nor on another moved edge. So exactly round(`fraction` · E) of the
/// true edges are lost. The same seed gives the same network on every platform.
///
/// # Errors
/// [`Error::Fraction`] outside 0..=1 or NaN; [`Error::NoRoom`] where fewer pairs are free than edges have to move.
///
/// # Reference
/// Corrupted priors of Hossain et al. 2024 (simulated data) and of PHOENIX (Hossain et al. 2024, Genome Biology).
pub fn relocate_edges(network: &Network, fraction: f64, seed: u64) -> Result<Network> {
    if !(0.0..=1.0).contains(&fraction) {
        return Err(Error::Fraction { fraction });
    }
    let mut edges = network.edges().to_vec();
    let moved = (fraction * edges.len() as f64).round() as usize;
    let free = free_pairs(network);
    if moved > free {
        return Err(Error::NoRoom {
            wanted: moved,
            free,
            genes: network.genes().len(),
            edges: edges.len(),
        });
    }
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    choose_to_front(&mut edges, moved, &mut rng);
    // While at least half of all pairs stay free, rejection takes two draws per edge or fewer on average. In a denser
    // network the number of pairs is itself O(E), and listing the free ones costs no more.
    let pairs = distinct_pairs(network.genes().len());
    let places = if pairs >= 2 * (network.edges().len() + moved) {
        draw_free(network, moved, &mut rng)
    } else {
        let mut free = list_free(network);
        choose_to_front(&mut free, moved, &mut rng);
        free.truncate(moved);
        free
    };
    for (edge, (from, to)) in edges.iter_mut().zip(places) {
        *edge = Edge {
            from,
            to,
            weight: edge.weight,
        };
    }
    Network::new(network.genes().clone(), edges)
}

/// Ordered pairs of different genes.
fn distinct_pairs(genes: usize) -> usize {
    genes * genes.saturating_sub(1)
}

fn free_pairs(network: &Network) -> usize {
    distinct_pairs(network.genes().len()) - (network.edges().len() - network.self_loops())
}

/// Swaps `count` items, drawn without replacement, to the front (Fisher–Yates, stopped early).
fn choose_to_front<T>(items: &mut [T], count: usize, rng: &mut impl Rng) {
    for place in 0..count {
        items.swap(place, below(items.len() - place, rng) + place);
    }
}

/// A uniform number in 0..`bound`, drawn as u64 so that the platform's word size does not matter.
fn below(bound: usize, rng: &mut impl Rng) -> usize {
    rng.random_range(0..bound as u64) as usize
}

fn draw_free(network: &Network, count: usize, rng: &mut impl Rng) -> Vec<(usize, usize)> {
    let genes = network.genes().len();
    let targets: Vec<&[Edge]> = (0..genes).map(|gene| network.edges_from(gene)).collect();
    let is_edge = |from: usize, to: usize| {
        targets[from]
            .binary_search_by_key(&to, |edge| edge.to)
            .is_ok()
    };
    let mut taken = HashSet::with_capacity(count);
    let mut places = Vec::with_capacity(count);
    while places.len() < count {
        let from = below(genes, rng);
        let other = below(genes - 1, rng);
        let to = if other < from { other } else { other + 1 };
        if !is_edge(from, to) && taken.insert((from, to)) {
            places.push((from, to));
        }
    }
    places
}

fn list_free(network: &Network) -> Vec<(usize, usize)> {
    let genes = network.genes().len();
    let mut free = Vec::with_capacity(free_pairs(network));
    for from in 0..genes {
        let mut edges = network.edges_from(from).iter().peekable();
        for to in 0..genes {
            let is_edge = edges.next_if(|edge| edge.to == to).is_some();
            if !is_edge && to != from {
                free.push((from, to));
            }
        }
    }
    free
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::*;
    use crate::gene_index::GeneIndex;

    fn genes(count: usize) -> GeneIndex {
        GeneIndex::new((0..count).map(|i| format!("G{i}")).collect()).unwrap()
    }

    /// A network whose edge weights are all different, with about `density` of the k² pairs taken.
    fn network(k: usize, density: f64, seed: u64) -> Network {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut edges = Vec::new();
        for from in 0..k {
            for to in 0..k {
                if rng.random_bool(density) {
                    let size = edges.len() as f64 + 1.0;
                    edges.push(Edge {
                        from,
                        to,
                        weight: if rng.random_bool(0.7) { size } else { -size },
                    });
                }
            }
        }
        Network::new(genes(k), edges).unwrap()
    }

    fn sorted_weights(network: &Network) -> Vec<f64> {
        let mut weights: Vec<f64> = network.edges().iter().map(|edge| edge.weight).collect();
        weights.sort_by(f64::total_cmp);
        weights
    }

    fn kept(network: &Network, other: &Network) -> usize {
        network
            .edges()
            .iter()
            .filter(|e| other.weight(e.from, e.to) == Some(e.weight))
            .count()
    }

    proptest! {
        #[test]
        fn exactly_the_share_moves(k in 2usize..20, density in 0.0..0.9f64, fraction in 0.0..=1.0f64, seed: u64) {
            let before = network(k, density, seed);
            let wanted = (fraction * before.edges().len() as f64).round() as usize;
            match relocate_edges(&before, fraction, seed) {
                Ok(after) => {
                    prop_assert_eq!(sorted_weights(&before), sorted_weights(&after));
                    prop_assert_eq!(kept(&before, &after), before.edges().len() - wanted);
                    let lost = before.edges().iter().filter(|e| after.weight(e.from, e.to).is_none()).count();
                    prop_assert_eq!(lost, wanted);
                    prop_assert!(after.self_loops() <= before.self_loops());
                }
                Err(Error::NoRoom { wanted: w, free, .. }) => {
                    prop_assert_eq!(w, wanted);
                    prop_assert!(free < wanted);
                }
                Err(other) => prop_assert!(false, "{}", other),
            }
        }
    }

    #[test]
    fn the_seed_decides() {
        let before = network(40, 0.05, 1);
        let once = relocate_edges(&before, 0.3, 7).unwrap();
        assert!(once == relocate_edges(&before, 0.3, 7).unwrap());
        assert!(once != relocate_edges(&before, 0.3, 8).unwrap());
        assert!(before == relocate_edges(&before, 0.0, 7).unwrap());
    }

    /// Both ways of choosing places hit every free pair equally often.
    #[test]
    fn places_are_uniform() {
        for others in [0, 6] {
            // 5 genes, 20 pairs; one edge moves, `others` more make the network dense enough for the listing.
            let edges = (0..=others)
                .map(|i| Edge {
                    from: i / 4,
                    to: (i / 4 + 1 + i % 4) % 5,
                    weight: 1.0,
                })
                .collect();
            let before = Network::new(genes(5), edges).unwrap();
            let count = before.edges().len();
            let free = 20 - count;
            let mut hits = [0.0; 25];
            let draws = 20_000u32;
            for seed in 0..draws {
                let after = relocate_edges(&before, 1.0 / count as f64, u64::from(seed)).unwrap();
                let new = after
                    .edges()
                    .iter()
                    .find(|e| before.weight(e.from, e.to).is_none())
                    .unwrap();
                hits[new.from * 5 + new.to] += 1.0;
            }
            let expected = f64::from(draws) / free as f64;
            let chi_squared: f64 = hits
                .iter()
                .filter(|h| **h > 0.0)
                .map(|h: &f64| (h - expected).powi(2) / expected)
                .sum();
            assert_eq!(hits.iter().filter(|h| **h > 0.0).count(), free);
            // 18 degrees of freedom at most: 42.3 is the 0.999 quantile.
            assert!(chi_squared < 42.3, "chi squared {chi_squared}");
        }
    }

    #[test]
    fn bad_requests_are_refused() {
        let before = network(6, 0.3, 2);
        for fraction in [-0.01, 1.01, f64::NAN, f64::INFINITY] {
            let error = relocate_edges(&before, fraction, 0).unwrap_err();
            assert!(matches!(error, Error::Fraction { .. }), "{error}");
        }
        let all = (0..9)
            .map(|i| Edge {
                from: i / 3,
                to: i % 3,
                weight: 1.0,
            })
            .collect();
        let full = Network::new(genes(3), all).unwrap();
        let error = relocate_edges(&full, 0.5, 0).unwrap_err();
        assert!(
            matches!(
                error,
                Error::NoRoom {
                    wanted: 5,
                    free: 0,
                    genes: 3,
                    edges: 9
                }
            ),
            "{error}"
        );
    }

    #[test]
    fn no_edges_and_no_genes_are_fine() {
        let nothing = Network::new(genes(0), Vec::new()).unwrap();
        assert!(relocate_edges(&nothing, 1.0, 0).unwrap().edges().is_empty());
        let lonely = Network::new(
            genes(1),
            vec![Edge {
                from: 0,
                to: 0,
                weight: 1.0,
            }],
        )
        .unwrap();
        assert!(matches!(
            relocate_edges(&lonely, 1.0, 0),
            Err(Error::NoRoom { free: 0, .. })
        ));
    }
}
