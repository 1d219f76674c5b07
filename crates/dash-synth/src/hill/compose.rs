//! Composing the logic of a gene from its regulators.

use rand::Rng;

use super::logic::Logic;
use crate::random::chance;

/// A regulator of the gene whose logic is composed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Regulator {
    /// Number of the regulating gene.
    pub(super) gene: usize,
    /// Activator or repressor.
    pub(super) activates: bool,
    /// How many genes it regulates in the whole network.
    pub(super) out_degree: usize,
}

/// The logic of a gene with these regulators, in edge order; `None` for a gene without any.
///
/// The leader is the regulator of the largest out-degree, the first of equals. With activators A and repressors R
/// beside it, a leading activator gives `leader AND (A AND …) AND (NOT R OR …)`, a leading repressor
/// `NOT leader OR (A AND …) OR (NOT R OR …)`. Within the activators each AND becomes OR, and within the repressors each OR
/// becomes AND, with probability `swap`.
///
/// # Reference
/// Bhuva et al., Genome Biology 20:236 (2019).
pub(super) fn compose(regulators: &[Regulator], swap: f64, rng: &mut impl Rng) -> Option<Logic> {
    let leader = first_largest(regulators)?;
    let others = |activates: bool| {
        let mut group = Vec::new();
        for (i, regulator) in regulators.iter().enumerate() {
            if i != leader && regulator.activates == activates {
                group.push(term(regulator));
            }
        }
        group
    };
    let activators = join(others(true), Joint::And, swap, rng);
    let repressors = join(others(false), Joint::Or, swap, rng);
    let lead = term(&regulators[leader]);
    let groups = activators.into_iter().chain(repressors);
    Some(if regulators[leader].activates {
        groups.fold(lead, Logic::and)
    } else {
        groups.fold(lead, Logic::or)
    })
}

fn first_largest(regulators: &[Regulator]) -> Option<usize> {
    let largest = regulators.iter().map(|r| r.out_degree).max()?;
    regulators.iter().position(|r| r.out_degree == largest)
}

fn term(regulator: &Regulator) -> Logic {
    let gene = Logic::Gene(regulator.gene);
    if regulator.activates { gene } else { !gene }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    And,
    Or,
}

/// Joins terms by `joint`, each joint swapped for the other with probability `swap`; AND binds stronger.
fn join(terms: Vec<Logic>, joint: Joint, swap: f64, rng: &mut impl Rng) -> Option<Logic> {
    let mut alternatives: Vec<Logic> = Vec::new();
    for term in terms {
        let Some(last) = alternatives.pop() else {
            alternatives.push(term);
            continue;
        };
        if (joint == Joint::And) == chance(swap, rng) {
            alternatives.extend([last, term]);
        } else {
            alternatives.push(last.and(term));
        }
    }
    alternatives.into_iter().reduce(Logic::or)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::random::{Purpose, stream};

    fn composed(regulators: &[(bool, usize)], swap: f64, seed: u64) -> Option<Logic> {
        let regulators: Vec<_> = regulators
            .iter()
            .enumerate()
            .map(|(gene, &(activates, out_degree))| Regulator {
                gene,
                activates,
                out_degree,
            })
            .collect();
        compose(&regulators, swap, &mut stream(seed, Purpose::LogicSwaps, 0))
    }

    #[test]
    fn the_rule_by_hand() {
        let g = Logic::Gene;
        let rule = |regulators: &[(bool, usize)]| composed(regulators, 0.0, 0);
        assert_eq!(rule(&[]), None);
        assert_eq!(rule(&[(false, 1)]), Some(!g(0)));
        assert_eq!(
            rule(&[(true, 1), (true, 5), (true, 2), (false, 1), (false, 4)]),
            Some(g(1).and(g(0).and(g(2))).and((!g(3)).or(!g(4)))),
        );
        assert_eq!(
            rule(&[(true, 1), (false, 5), (true, 2), (false, 1), (false, 4)]),
            Some((!g(1)).or(g(0).and(g(2))).or((!g(3)).or(!g(4)))),
        );
    }

    #[test]
    fn the_first_of_equals_leads() {
        let g = Logic::Gene;
        assert_eq!(
            composed(&[(true, 3), (false, 3)], 0.0, 0),
            Some(g(0).and(!g(1)))
        );
        assert_eq!(
            composed(&[(false, 3), (true, 3)], 0.0, 0),
            Some((!g(0)).or(g(1)))
        );
    }

    #[test]
    fn a_swap_of_all_turns_the_groups_around() {
        let g = Logic::Gene;
        let regulators = [
            (true, 9),
            (true, 1),
            (true, 1),
            (true, 1),
            (false, 1),
            (false, 1),
        ];
        assert_eq!(
            composed(&regulators, 1.0, 0),
            Some(g(0).and(g(1).or(g(2)).or(g(3))).and((!g(4)).and(!g(5)))),
        );
    }

    #[test]
    fn swaps_come_as_often_as_asked() {
        // One joint among two activators: AND by rule, OR when swapped.
        let regulators = [(true, 9), (true, 1), (true, 1)];
        let swapped = Some(Logic::Gene(0).and(Logic::Gene(1).or(Logic::Gene(2))));
        let count = (0..4000)
            .filter(|&seed| composed(&regulators, 0.3, seed) == swapped)
            .count();
        assert!((count as f64 / 4000.0 - 0.3).abs() < 0.03, "{count}");
    }

    proptest! {
        #[test]
        fn every_regulator_is_there_once_with_its_sign(
            regulators in prop::collection::vec((any::<bool>(), 1..9usize), 1..9), swap in 0.0..=1.0f64, seed: u64,
        ) {
            let mut genes = composed(&regulators, swap, seed).unwrap().genes();
            genes.sort_unstable();
            let expected: Vec<_> = regulators.iter().enumerate().map(|(i, r)| (i, r.0)).collect();
            prop_assert_eq!(genes, expected);
        }
    }
}
