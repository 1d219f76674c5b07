//! The pairs of a universe, held without listing them where they are a product of two sets of genes.

use crate::edge::Pair;
use crate::edge_set::EdgeSet;
use crate::error::Error;
use crate::rows::Rows;

/// A set of ordered pairs of k genes: a universe, or a pattern that is predicted without looking at data.
///
/// A product of targets and regulators takes memory for k genes, not for k² pairs.
#[derive(Debug, Clone, PartialEq)]
pub struct Pairs(Shape);

#[derive(Debug, Clone, PartialEq)]
enum Shape {
    Product {
        targets: Vec<bool>,
        regulators: Vec<bool>,
        self_pairs: bool,
    },
    Explicit(Rows<Pair>),
}

impl Pairs {
    /// Every regulator with every target; both lists have one entry per gene.
    pub(crate) fn product(targets: Vec<bool>, regulators: Vec<bool>, self_pairs: bool) -> Self {
        Self(Shape::Product {
            targets,
            regulators,
            self_pairs,
        })
    }

    /// The pairs of the listed regulators with all `genes` genes, self pairs included: "each of these regulates all".
    ///
    /// # Errors
    /// [`Error::GeneOutOfRange`] if a regulator does not exist.
    pub fn from_regulators(
        genes: usize,
        regulators: impl IntoIterator<Item = usize>,
    ) -> Result<Self, Error> {
        let mut chosen = vec![false; genes];
        for regulator in regulators {
            Pair::new(0, regulator).check(genes)?;
            chosen[regulator] = true;
        }
        Ok(Self::product(vec![true; genes], chosen, true))
    }

    /// The listed pairs; a repeated pair counts once.
    pub(crate) fn explicit(genes: usize, mut list: Vec<Pair>) -> Result<Self, Error> {
        for pair in &list {
            pair.check(genes)?;
        }
        list.sort_unstable();
        list.dedup();
        Ok(Self(Shape::Explicit(Rows::new(genes, list, |pair| *pair))))
    }

    /// Number of genes, k.
    pub fn genes(&self) -> usize {
        match &self.0 {
            Shape::Product { targets, .. } => targets.len(),
            Shape::Explicit(rows) => rows.rows(),
        }
    }

    /// Number of pairs.
    pub fn len(&self) -> u64 {
        match &self.0 {
            Shape::Product {
                targets,
                regulators,
                self_pairs,
            } => product_len(
                targets.iter().copied().zip(regulators.iter().copied()),
                *self_pairs,
            ),
            Shape::Explicit(rows) => rows.items().len() as u64,
        }
    }

    /// Whether there is no pair.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a pair is in the set; pairs of genes that do not exist are not.
    pub fn contains(&self, pair: Pair) -> bool {
        match &self.0 {
            Shape::Product {
                targets,
                regulators,
                self_pairs,
            } => {
                let has = |set: &[bool], gene: usize| set.get(gene).copied().unwrap_or(false);
                has(targets, pair.target)
                    && has(regulators, pair.regulator)
                    && (*self_pairs || !pair.is_self())
            }
            Shape::Explicit(rows) => rows.items().binary_search(&pair).is_ok(),
        }
    }

    /// Number of edges of `network` that are in the set.
    pub fn count_edges(&self, network: &EdgeSet) -> u64 {
        network
            .edges()
            .iter()
            .filter(|edge| self.contains(edge.pair))
            .count() as u64
    }

    /// Number of pairs that are in both sets.
    pub fn count_common(&self, other: &Self) -> u64 {
        match (&self.0, &other.0) {
            (Shape::Explicit(rows), _) => rows
                .items()
                .iter()
                .filter(|pair| other.contains(**pair))
                .count() as u64,
            (_, Shape::Explicit(_)) => other.count_common(self),
            (
                Shape::Product {
                    targets: t,
                    regulators: r,
                    self_pairs: s,
                },
                Shape::Product {
                    targets: u,
                    regulators: q,
                    self_pairs: p,
                },
            ) => {
                let targets = t.iter().zip(u).map(|(&a, &b)| a && b);
                let regulators = r.iter().zip(q).map(|(&a, &b)| a && b);
                product_len(targets.zip(regulators), *s && *p)
            }
        }
    }

    /// Whether a pair with this target can be in the set.
    pub(crate) fn has_target(&self, target: usize) -> bool {
        match &self.0 {
            Shape::Product { targets, .. } => targets[target],
            Shape::Explicit(rows) => !rows.row(target).is_empty(),
        }
    }

    /// Calls `visit(regulator_class, target_class, pairs)` so that the classes cover every pair of the set once;
    /// a class is what `regulator_class` and `target_class` map genes to.
    pub(crate) fn for_each_class(
        &self,
        regulator_class: &[usize],
        target_class: &[usize],
        mut visit: impl FnMut(usize, usize, i64),
    ) {
        match &self.0 {
            Shape::Explicit(rows) => {
                for pair in rows.items() {
                    visit(
                        regulator_class[pair.regulator],
                        target_class[pair.target],
                        1,
                    );
                }
            }
            Shape::Product {
                targets,
                regulators,
                self_pairs,
            } => {
                let regulator_sizes = class_sizes(regulator_class, regulators);
                let target_sizes = class_sizes(target_class, targets);
                for &(r, in_r) in &regulator_sizes {
                    for &(t, in_t) in &target_sizes {
                        visit(r, t, in_r * in_t);
                    }
                }
                if !self_pairs {
                    for gene in (0..targets.len()).filter(|&gene| targets[gene] && regulators[gene])
                    {
                        visit(regulator_class[gene], target_class[gene], -1);
                    }
                }
            }
        }
    }
}

/// Number of pairs of a product, from `(is a target, is a regulator)` of every gene.
fn product_len(genes: impl Iterator<Item = (bool, bool)>, self_pairs: bool) -> u64 {
    let (mut targets, mut regulators, mut both) = (0, 0, 0);
    for (target, regulator) in genes {
        targets += u64::from(target);
        regulators += u64::from(regulator);
        both += u64::from(target && regulator);
    }
    targets * regulators - if self_pairs { 0 } else { both }
}

/// Number of chosen genes of every class that occurs, ordered by class.
fn class_sizes(class: &[usize], chosen: &[bool]) -> Vec<(usize, i64)> {
    let mut classes: Vec<usize> = class
        .iter()
        .zip(chosen)
        .filter(|(_, chosen)| **chosen)
        .map(|(c, _)| *c)
        .collect();
    classes.sort_unstable();
    classes
        .chunk_by(|a, b| a == b)
        .map(|same| {
            (
                same[0],
                i64::try_from(same.len()).expect("a list in memory is shorter than 2^63"),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(pairs: &Pairs) -> Vec<Pair> {
        let k = pairs.genes();
        let all = (0..k).flat_map(|t| (0..k).map(move |r| Pair::new(t, r)));
        all.filter(|pair| pairs.contains(*pair)).collect()
    }

    #[test]
    fn counts_agree_with_listing_the_pairs() {
        let a = Pairs::product(
            vec![true, true, false, true],
            vec![true, false, true, true],
            false,
        );
        let b = Pairs::from_regulators(4, [2, 3]).unwrap();
        let c =
            Pairs::explicit(4, vec![Pair::new(0, 2), Pair::new(3, 3), Pair::new(2, 2)]).unwrap();
        for x in [&a, &b, &c] {
            assert_eq!(x.len(), listed(x).len() as u64);
            for y in [&a, &b, &c] {
                let common = listed(x).iter().filter(|pair| y.contains(**pair)).count() as u64;
                assert_eq!(x.count_common(y), common);
            }
        }
    }

    #[test]
    fn classes_cover_every_pair_once() {
        let classes = [0, 1, 1, 0];
        let a = Pairs::product(
            vec![true, true, false, true],
            vec![true, false, true, true],
            false,
        );
        let mut counted = [[0_i64; 2]; 2];
        a.for_each_class(&classes, &classes, |r, t, n| counted[r][t] += n);
        let mut expected = [[0_i64; 2]; 2];
        for pair in listed(&a) {
            expected[classes[pair.regulator]][classes[pair.target]] += 1;
        }
        assert_eq!(counted, expected);
    }
}
