//! Fuzzy logic that joins the regulators of a gene.

use std::fmt;

use dash_prior::GeneIndex;

/// A fuzzy expression over the activations a ∈ \[0, 1\] of genes.
///
/// NOT a = 1 − a; a AND b = a b; a OR b = a + b − a b; ADD(a, b, …) is their mean. Groups are folded from the left,
/// so AND(AND(a, b), c) and AND(a, b, c) are the same; [`Logic::and`] and [`Logic::or`] build the flat form.
///
/// # Reference
/// Bhuva et al., Genome Biology 20:236 (2019).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Logic {
    /// The activation by gene number `.0`.
    Gene(usize),
    /// Complement.
    Not(Box<Logic>),
    /// Product.
    And(Vec<Logic>),
    /// Probabilistic sum.
    Or(Vec<Logic>),
    /// Mean.
    Add(Vec<Logic>),
}

impl std::ops::Not for Logic {
    type Output = Self;

    fn not(self) -> Self {
        Self::Not(Box::new(self))
    }
}

impl Logic {
    /// `self AND other`.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match self {
            Self::And(mut group) => {
                group.push(other);
                Self::And(group)
            }
            first => Self::And(vec![first, other]),
        }
    }

    /// `self OR other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match self {
            Self::Or(mut group) => {
                group.push(other);
                Self::Or(group)
            }
            first => Self::Or(vec![first, other]),
        }
    }

    /// Value of the expression; `activation(gene)` gives those of its genes. An empty AND is 1, an empty OR 0, an empty
    /// ADD not a number.
    pub fn evaluate(&self, activation: &impl Fn(usize) -> f64) -> f64 {
        match self {
            Self::Gene(gene) => activation(*gene),
            Self::Not(inner) => 1.0 - inner.evaluate(activation),
            Self::And(group) => group.iter().map(|a| a.evaluate(activation)).product(),
            Self::Or(group) => group
                .iter()
                .map(|a| a.evaluate(activation))
                .fold(0.0, |a, b| a + b - a * b),
            Self::Add(group) => {
                group.iter().map(|a| a.evaluate(activation)).sum::<f64>() / group.len() as f64
            }
        }
    }

    /// The genes in order of appearance, with `true` where under an even number of NOTs (the gene activates).
    pub fn genes(&self) -> Vec<(usize, bool)> {
        let mut found = Vec::new();
        self.visit(true, &mut |gene, activates| found.push((gene, activates)));
        found
    }

    fn visit(&self, activates: bool, see: &mut impl FnMut(usize, bool)) {
        match self {
            Self::Gene(gene) => see(*gene, activates),
            Self::Not(inner) => inner.visit(!activates, see),
            Self::And(group) | Self::Or(group) | Self::Add(group) => {
                for member in group {
                    member.visit(activates, see);
                }
            }
        }
    }

    /// The expression with the terms of some genes cut out, or `None` if nothing is left.
    ///
    /// A cut term goes together with the stronger of the operators beside it; what is left is not composed anew.
    #[must_use]
    pub fn retain(&self, keep: &impl Fn(usize) -> bool) -> Option<Self> {
        let kept =
            |group: &[Self]| -> Vec<Self> { group.iter().filter_map(|a| a.retain(keep)).collect() };
        match self {
            Self::Gene(gene) => keep(*gene).then_some(Self::Gene(*gene)),
            Self::Not(inner) => inner.retain(keep).map(|inner| !inner),
            Self::And(group) => kept(group).into_iter().reduce(Self::and),
            Self::Or(group) => kept(group).into_iter().reduce(Self::or),
            Self::Add(group) => match kept(group) {
                mut left if left.len() < 2 => left.pop(),
                left => Some(Self::Add(left)),
            },
        }
    }

    /// The expression with every gene number replaced.
    #[must_use]
    pub fn renumber(&self, number: &impl Fn(usize) -> usize) -> Self {
        let all =
            |group: &[Self]| -> Vec<Self> { group.iter().map(|a| a.renumber(number)).collect() };
        match self {
            Self::Gene(gene) => Self::Gene(number(*gene)),
            Self::Not(inner) => !inner.renumber(number),
            Self::And(group) => Self::And(all(group)),
            Self::Or(group) => Self::Or(all(group)),
            Self::Add(group) => Self::Add(all(group)),
        }
    }

    /// Whether some AND, OR or ADD joins nothing.
    pub(super) fn has_empty_group(&self) -> bool {
        match self {
            Self::Gene(_) => false,
            Self::Not(inner) => inner.has_empty_group(),
            Self::And(group) | Self::Or(group) | Self::Add(group) => {
                group.is_empty() || group.iter().any(Self::has_empty_group)
            }
        }
    }

    /// The expression as text that [`Logic::parse`] reads, such as `NOT A AND (B OR C)`.
    ///
    /// # Panics
    /// The text panics when it is written if a gene number is outside `genes`.
    pub fn display<'a>(&'a self, genes: &'a GeneIndex) -> impl fmt::Display + 'a {
        Named { logic: self, genes }
    }

    /// How strongly the outermost operator binds.
    fn strength(&self) -> u8 {
        match self {
            Self::Add(_) => 0,
            Self::Or(_) => 1,
            Self::And(_) => 2,
            Self::Not(_) => 3,
            Self::Gene(_) => 4,
        }
    }
}

struct Named<'a> {
    logic: &'a Logic,
    genes: &'a GeneIndex,
}

impl Named<'_> {
    /// Writes a member of a group, in parentheses where the reader would otherwise group differently.
    fn write(&self, member: &Logic, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = Named {
            logic: member,
            genes: self.genes,
        };
        let negation = matches!((self.logic, member), (Logic::Not(_), Logic::Not(_)));
        if member.strength() > self.logic.strength() || negation {
            write!(f, "{named}")
        } else {
            write!(f, "({named})")
        }
    }
}

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (operator, group) = match self.logic {
            Logic::Gene(gene) => return f.write_str(self.genes.name(*gene)),
            Logic::Not(inner) => {
                f.write_str("NOT ")?;
                return self.write(inner, f);
            }
            Logic::And(group) => (" AND ", group),
            Logic::Or(group) => (" OR ", group),
            Logic::Add(group) => (" ADD ", group),
        };
        for (i, member) in group.iter().enumerate() {
            if i > 0 {
                f.write_str(operator)?;
            }
            self.write(member, f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_by_hand() {
        let a = [0.2, 0.5, 0.7];
        let value = |logic: Logic| logic.evaluate(&|g| a[g]);
        let gene = Logic::Gene;
        let close = |x: f64, y: f64| assert!((x - y).abs() < 1e-15, "{x} {y}");
        close(value(!gene(0)), 0.8);
        close(value(gene(0).and(gene(1))), 0.1);
        close(value(gene(0).or(gene(1))), 0.6);
        close(value(gene(0).or(gene(1)).or(gene(2))), 0.88);
        close(
            value(Logic::Add(vec![gene(0), gene(1), gene(2)])),
            1.4 / 3.0,
        );
    }

    #[test]
    fn cutting_leaves_the_weaker_operator() {
        let gene = Logic::Gene;
        let logic = gene(0).or(gene(1).and(!gene(2)));
        let without = |cut: usize| logic.retain(&|g| g != cut);
        assert_eq!(without(0), Some(gene(1).and(!gene(2))));
        assert_eq!(without(1), Some(gene(0).or(!gene(2))));
        assert_eq!(without(2), Some(gene(0).or(gene(1))));
        assert_eq!(logic.retain(&|_| false), None);
        let mean = Logic::Add(vec![gene(0), gene(1), gene(2)]);
        assert_eq!(
            mean.retain(&|g| g != 1),
            Some(Logic::Add(vec![gene(0), gene(2)]))
        );
        assert_eq!(mean.retain(&|g| g == 1), Some(gene(1)));
    }

    #[test]
    fn genes_come_with_their_sign() {
        let gene = Logic::Gene;
        let logic = (!gene(3)).or(!(gene(1).and(!gene(0))));
        assert_eq!(logic.genes(), [(3, false), (1, false), (0, true)]);
    }
}
