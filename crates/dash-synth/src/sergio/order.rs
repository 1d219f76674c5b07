//! In which order genes are simulated, and where regulation runs in circles.

use super::system::System;
use crate::error::{Error, Result};

const UNSEEN: usize = usize::MAX;

/// Levels of the genes: 0 for genes without targets, else one more than the highest level among the targets.
///
/// # Errors
/// [`Error::Circle`] with the genes of one circle.
pub(super) fn levels(system: &System) -> Result<Vec<usize>> {
    let components = components(system);
    if let Some(circle) = components.iter().find(|c| is_circle(system, c)) {
        return Err(Error::Circle {
            genes: walk(system, circle),
        });
    }
    let mut levels = vec![0; system.genes().len()];
    for &gene in components.iter().rev().flatten() {
        let above = levels[gene] + 1;
        for interaction in system.regulators(gene) {
            let level = &mut levels[interaction.regulator];
            *level = above.max(*level);
        }
    }
    Ok(levels)
}

/// Whether the genes of a component act on each other, or the only one on itself.
pub(super) fn is_circle(system: &System, component: &[usize]) -> bool {
    let gene = component[0];
    component.len() > 1 || system.regulators(gene).iter().any(|i| i.regulator == gene)
}

/// Strongly connected components, regulators before their targets; the genes of a component in ascending order.
///
/// # Reference
/// R. Tarjan, SIAM Journal on Computing 1 (1972) 146–160.
pub(super) fn components(system: &System) -> Vec<Vec<usize>> {
    let genes = system.genes().len();
    let mut search = Search {
        system,
        index: vec![UNSEEN; genes],
        low: vec![0; genes],
        open: vec![false; genes],
        stack: Vec::new(),
        seen: 0,
        found: Vec::new(),
    };
    for gene in 0..genes {
        if search.index[gene] == UNSEEN {
            search.from(gene);
        }
    }
    search.found
}

struct Search<'a> {
    system: &'a System,
    index: Vec<usize>,
    low: Vec<usize>,
    open: Vec<bool>,
    stack: Vec<usize>,
    seen: usize,
    found: Vec<Vec<usize>>,
}

impl Search<'_> {
    /// Depth first towards the regulators. The path is a vector, for a cascade may be as long as the network.
    fn from(&mut self, start: usize) {
        self.enter(start);
        let mut path = vec![(start, 0)];
        while let Some((gene, next)) = path.last_mut() {
            let gene = *gene;
            if let Some(interaction) = self.system.regulators(gene).get(*next) {
                *next += 1;
                let regulator = interaction.regulator;
                if self.index[regulator] == UNSEEN {
                    self.enter(regulator);
                    path.push((regulator, 0));
                } else if self.open[regulator] {
                    self.low[gene] = self.low[gene].min(self.index[regulator]);
                }
            } else {
                path.pop();
                if let Some(&(target, _)) = path.last() {
                    self.low[target] = self.low[target].min(self.low[gene]);
                }
                if self.low[gene] == self.index[gene] {
                    self.close(gene);
                }
            }
        }
    }

    fn enter(&mut self, gene: usize) {
        self.index[gene] = self.seen;
        self.low[gene] = self.seen;
        self.seen += 1;
        self.open[gene] = true;
        self.stack.push(gene);
    }

    /// Takes the component of its first gene from the stack.
    fn close(&mut self, first: usize) {
        let mut component = Vec::new();
        while let Some(gene) = self.stack.pop() {
            self.open[gene] = false;
            component.push(gene);
            if gene == first {
                break;
            }
        }
        component.sort_unstable();
        self.found.push(component);
    }
}

/// Names along one circle of a component, regulator before target.
fn walk(system: &System, component: &[usize]) -> Vec<String> {
    let mut path = vec![component[0]];
    loop {
        let gene = path[path.len() - 1];
        let inside = |g: &usize| component.binary_search(g).is_ok();
        let mut regulators = system.regulators(gene).iter().map(|i| i.regulator);
        let next = regulators
            .find(inside)
            .expect("every gene of a circle is regulated from within");
        if let Some(start) = path.iter().position(|&g| g == next) {
            let circle = path[start..].iter().rev();
            return circle
                .map(|&g| system.genes().name(g).to_string())
                .collect();
        }
        path.push(next);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{chain, circle, interaction, system};
    use super::*;

    #[test]
    fn a_level_is_the_longest_way_to_a_leaf() {
        assert_eq!(levels(&chain()).unwrap(), [3, 2, 1, 0]);
    }

    #[test]
    fn a_circle_is_named_along_its_edges() {
        let message = levels(&circle()).unwrap_err().to_string();
        assert!(message.contains("2 -> 3 -> 1 -> 2"), "{message}");
        let own = [interaction(0, 1, 1.0), interaction(1, 1, 1.0)];
        let own = system(&[Some(vec![1.0]), None], &own);
        let message = levels(&own).unwrap_err().to_string();
        assert!(message.contains("1 -> 1"), "{message}");
    }

    #[test]
    fn components_come_after_their_regulators() {
        let found = components(&circle());
        assert_eq!(found, [vec![0], vec![1, 2, 3]]);
    }

    #[test]
    fn a_cascade_may_be_long() {
        let genes = 200_000;
        let interactions: Vec<_> = (1..genes).map(|g| interaction(g - 1, g, 1.0)).collect();
        let mut basal = vec![None; genes];
        basal[0] = Some(vec![1.0]);
        let levels = levels(&system(&basal, &interactions)).unwrap();
        assert_eq!((levels[0], levels[genes - 1]), (genes - 1, 0));
    }
}
