//! Decisions on evidence whose real and idle edges are known.

use dash_ode::stream;
use rand::Rng as _;

use super::*;

const GENES: usize = 400;

fn edge(n: usize, regulator: usize, in_prior: bool, evidence: f64) -> Candidate {
    Candidate {
        target: n % GENES,
        regulator,
        in_prior,
        evidence: Some(evidence),
    }
}

/// Evidence of real edges: from 3 to 3000, evenly in its logarithm.
fn real(rng: &mut impl rand::Rng) -> f64 {
    3.0 * libm::pow(1000.0, rng.random::<f64>())
}

/// Evidence of idle edges: χ² of two degrees of freedom, above a least value.
fn idle(rng: &mut impl rand::Rng, least: f64) -> f64 {
    least - 2.0 * libm::log(1.0 - rng.random::<f64>())
}

/// 400 real edges of 40 regulators in the prior, `mistaken` idle ones of any gene, and outside it 40 real ones and 200
/// that were the best of many idle ones. Real edges have even numbers.
fn candidates(mistaken: usize) -> Vec<Candidate> {
    let mut rng = stream(5, 0);
    let mut all = Vec::new();
    for n in 0..400 {
        all.push(edge(n, n % 40, true, real(&mut rng)));
    }
    for n in 0..mistaken {
        let regulator = rng.random_range(0..GENES);
        all.push(edge(n, regulator, true, idle(&mut rng, 0.0)));
    }
    for n in 0..40 {
        all.push(edge(2 * n, n, false, real(&mut rng).max(14.0)));
    }
    for n in 0..200 {
        all.push(edge(
            2 * n + 1,
            50 + n,
            false,
            14.0 + 4.0 * idle(&mut rng, 0.0),
        ));
    }
    all
}

#[test]
fn keeps_what_is_real_and_estimates_how_much_is_not() {
    let edges = decide(&candidates(100), GENES, &EvidenceOptions::default());
    let new: Vec<_> = edges.iter().filter(|e| !e.in_prior && e.kept).collect();
    let found = new.iter().filter(|e| e.target % 2 == 0).count();
    let false_share = 1.0 - found as f64 / new.len() as f64;
    assert!(found >= 24, "{found} of 40");
    assert!(false_share < 0.4, "{false_share}");
    let said = new.iter().filter_map(|e| e.probability).fold(1.0, f64::min);
    assert!(
        (1.0 - said - false_share).abs() < 0.2,
        "{said} {false_share}"
    );
    let prior = |kept: bool| edges.iter().filter(move |e| e.in_prior && e.kept == kept);
    assert!(prior(false).count() > 30 && prior(false).count() < 110);
    // No strong edge is dropped.
    assert!(prior(false).all(|e| e.evidence < STRONG));
}

#[test]
fn a_prior_that_is_all_wrong_is_dropped_and_leaves_the_rest_to_the_data() {
    let mut rng = stream(6, 0);
    let wrong = (0..300).map(|n| edge(n, n, true, idle(&mut rng, 0.0)));
    let all: Vec<Candidate> = wrong
        .chain(candidates(0).into_iter().filter(|c| !c.in_prior))
        .collect();
    let edges = decide(&all, GENES, &EvidenceOptions::default());
    assert!(edges.iter().filter(|e| e.in_prior && e.kept).count() <= 2);
    let new: Vec<_> = edges.iter().filter(|e| !e.in_prior && e.kept).collect();
    let found = new.iter().filter(|e| e.target % 2 == 0).count();
    assert!(
        found >= 15 && found * 2 > new.len(),
        "{found} of {}",
        new.len()
    );
}

#[test]
fn a_gene_that_does_not_move_has_no_regulators() {
    let mut all = candidates(20);
    all.push(Candidate {
        evidence: None,
        ..edge(399, 3, true, 0.0)
    });
    let edges = decide(&all, GENES, &EvidenceOptions::default());
    let still = edges
        .iter()
        .find(|e| e.target == 399 && e.probability == Some(0.0));
    assert!(still.is_some_and(|e| !e.kept && e.regulator == 3));
}

#[test]
fn stronger_evidence_never_counts_less() {
    let edges = decide(&candidates(100), GENES, &EvidenceOptions::default());
    for in_prior in [true, false] {
        for corroborated in [true, false] {
            let group = |e: &&EdgeEvidence| {
                e.in_prior == in_prior && (!in_prior || e.corroborated == corroborated)
            };
            let mut group: Vec<_> = edges.iter().filter(group).collect();
            group.sort_by(|a, b| a.evidence.total_cmp(&b.evidence));
            assert!(group.windows(2).all(|pair| pair[0].kept <= pair[1].kept));
        }
    }
}

#[test]
fn mistaken_edges_of_real_regulators_are_counted() {
    let mut rng = stream(9, 0);
    let strong = (0..400).map(|n| edge(n, n % 40, true, 20.0 * real(&mut rng)));
    let mut all: Vec<Candidate> = strong.collect();
    all.extend((0..300).map(|n| edge(n, n % 40, true, idle(&mut rng, 0.0))));
    let edges = decide(&all, GENES, &EvidenceOptions::default());
    let (mistaken, shown): (Vec<&EdgeEvidence>, Vec<_>) =
        edges.iter().partition(|e| e.evidence < 60.0);
    assert!(shown.iter().all(|e| e.kept));
    let dropped = mistaken.iter().filter(|e| !e.kept).count();
    assert!(dropped > 250, "{dropped} of {}", mistaken.len());
}

#[test]
fn candidates_beyond_all_that_was_shown_are_real() {
    for beyond in [&[1e6][..], &[1e6, 5e5, 4e5]] {
        let mut all = candidates(100);
        all.retain(|c| c.in_prior);
        all.extend(beyond.iter().map(|&evidence| edge(7, 300, false, evidence)));
        let edges = decide(&all, GENES, &EvidenceOptions::default());
        let mut new = edges.iter().filter(|e| !e.in_prior);
        assert!(new.all(|e| e.kept && e.probability == Some(1.0)));
    }
}

#[test]
fn the_probability_of_candidates_rises_with_their_evidence() {
    let edges = decide(&candidates(100), GENES, &EvidenceOptions::default());
    let mut new: Vec<_> = edges.iter().filter(|e| !e.in_prior).collect();
    new.sort_by(|a, b| a.evidence.total_cmp(&b.evidence));
    let rises = |pair: &[&EdgeEvidence]| pair[0].probability <= pair[1].probability;
    assert!(new.windows(2).all(rises));
}

#[test]
fn nothing_to_decide_on_is_no_error() {
    assert!(decide(&[], GENES, &EvidenceOptions::default()).is_empty());
    let one = decide(
        &[edge(1, 2, true, 500.0)],
        GENES,
        &EvidenceOptions::default(),
    );
    assert!(one[0].kept && one[0].probability.is_none());
}
