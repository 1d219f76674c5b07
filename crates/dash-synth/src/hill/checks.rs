//! What the parts of a system must fulfil.

use dash_prior::GeneIndex;

use super::logic::Logic;
use super::parameters::{Kinetics, Regulation};
use crate::error::{Error, Result, check_setting};

/// The genes and signs of every gene's logic are those of the edges into it.
pub(super) fn check_logic(
    genes: &GeneIndex,
    regulations: &[Regulation],
    logic: &[Option<Logic>],
) -> Result<()> {
    let mut expected = vec![Vec::new(); genes.len()];
    for edge in regulations {
        expected[edge.to].push((edge.from, edge.activates));
    }
    for (target, expected) in expected.iter_mut().enumerate() {
        let mut found = logic[target].as_ref().map_or(vec![], Logic::genes);
        found.sort_unstable();
        found.dedup();
        expected.sort_unstable();
        let problem = if logic[target].as_ref().is_some_and(Logic::has_empty_group) {
            "its logic has an AND, OR or ADD of nothing".to_string()
        } else if let Some(&(gene, activates)) = symmetric_difference(&found, expected) {
            let name = genes.names().get(gene).cloned();
            let name = name.unwrap_or_else(|| format!("number {gene}"));
            let sign = if activates {
                "activation"
            } else {
                "repression"
            };
            format!("{sign} by {name} is in its logic or among its edges, but not in both")
        } else {
            continue;
        };
        let gene = genes.name(target).to_string();
        return Err(Error::LogicOfGene { gene, problem });
    }
    Ok(())
}

/// The first item that only one of two sorted lists has.
fn symmetric_difference<'a, T: Ord>(a: &'a [T], b: &'a [T]) -> Option<&'a T> {
    let only = |x: &'a [T], y: &[T]| x.iter().find(|item| y.binary_search(item).is_err());
    only(a, b).or_else(|| only(b, a))
}

/// At least one gene.
pub(super) fn check_not_empty(genes: &GeneIndex) -> Result<()> {
    let count = genes.len();
    check_setting("number of genes", count as f64, count > 0, "at least 1")
}

/// Kinetics in range.
pub(super) fn check_kinetics(genes: &GeneIndex, kinetics: &[Kinetics]) -> Result<()> {
    for (gene, kinetics) in kinetics.iter().enumerate() {
        if let Some((name, value, range)) = kinetics.fault() {
            return Err(Error::GeneParameter {
                gene: genes.name(gene).to_string(),
                name,
                value,
                range,
            });
        }
    }
    Ok(())
}

/// Genes that exist, parameters in range, no edge twice.
pub(super) fn check_regulations(genes: &GeneIndex, regulations: &[Regulation]) -> Result<()> {
    for edge in regulations {
        if let Some(gene) = [edge.from, edge.to].into_iter().find(|&g| g >= genes.len()) {
            return Err(Error::UnknownGene {
                gene: format!("number {gene}"),
            });
        }
        if let Some((name, value, range)) = edge.fault() {
            return Err(Error::EdgeParameter {
                from: genes.name(edge.from).to_string(),
                to: genes.name(edge.to).to_string(),
                name,
                value,
                range,
            });
        }
    }
    let mut pairs: Vec<_> = regulations
        .iter()
        .map(|edge| (edge.from, edge.to))
        .collect();
    pairs.sort_unstable();
    match pairs.windows(2).find(|pair| pair[0] == pair[1]) {
        None => Ok(()),
        Some(pair) => Err(Error::Network(dash_prior::Error::DuplicateEdge {
            from: genes.name(pair[0].0).to_string(),
            to: genes.name(pair[0].1).to_string(),
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::System;

    fn genes(names: &str) -> GeneIndex {
        GeneIndex::new(names.chars().map(String::from).collect()).unwrap()
    }

    fn edge(from: usize, to: usize, activates: bool) -> Regulation {
        Regulation {
            from,
            to,
            activates,
            weight: 1.0,
            ec50: 0.5,
            exponent: 1.5,
        }
    }

    fn compose(names: &str, edges: &[Regulation]) -> Result<System> {
        System::compose(genes(names), edges.to_vec(), 0.0, 0)
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let message = |result: Result<System>| result.unwrap_err().to_string();
        let broken = |change: fn(&mut Regulation)| {
            let mut edge = edge(0, 1, true);
            change(&mut edge);
            message(compose("AB", &[edge]))
        };
        assert_eq!(
            broken(|e| e.weight = 0.0),
            "edge A -> B: weight = 0, must be above 0 and at most 1"
        );
        assert_eq!(
            broken(|e| e.ec50 = 1.0),
            "edge A -> B: EC50 = 1, must be above 0 and below 1"
        );
        assert_eq!(
            broken(|e| e.exponent = -1.0),
            "edge A -> B: n = -1, must be above 0 and finite"
        );
        assert!(broken(|e| e.from = 2).contains("number 2 is unknown"));
        let twice = compose("AB", &[edge(0, 1, true), edge(0, 1, false)]);
        assert!(message(twice).contains("A -> B"));
        let part = |logic: Option<Logic>, kinetics: Kinetics| {
            let kinetics = vec![kinetics; 2];
            message(System::new(
                genes("AB"),
                kinetics,
                vec![edge(0, 1, true)],
                vec![None, logic],
            ))
        };
        let standard = Kinetics::default();
        assert!(part(None, standard).contains("gene B: activation by A"));
        assert!(part(Some(!Logic::Gene(0)), standard).contains("repression by A"));
        assert!(part(Some(Logic::Gene(7)), standard).contains("number 7"));
        assert!(part(Some(Logic::Gene(0).and(Logic::Or(vec![]))), standard).contains("of nothing"));
        let slow = Kinetics {
            time_constant: 0.0,
            ..standard
        };
        assert!(part(Some(Logic::Gene(0)), slow).contains("time constant = 0, must be above 0"));
        let short = System::new(genes("AB"), vec![standard], vec![], vec![None, None]);
        assert!(message(short).contains("kinetics: 1 entries for 2 genes"));
        assert!(message(compose("", &[])).contains("number of genes = 0: must be at least 1"));
        let swap = System::compose(genes("A"), vec![], 1.5, 0);
        assert!(message(swap).contains("swap_probability = 1.5: must be in 0..=1"));
    }
}
