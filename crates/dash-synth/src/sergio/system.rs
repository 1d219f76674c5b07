//! Genes, their regulators, and the basal production of the master regulators.

use dash_prior::{Edge, GeneIndex, Network};

use crate::error::{Error, Result};

/// One regulation: Hill function of the regulator, times a strength.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interaction {
    /// Number of the regulator.
    pub regulator: usize,
    /// Number of the target.
    pub target: usize,
    /// K: largest contribution to the production rate of the target; negative for repression. Finite, not 0.
    pub strength: f64,
    /// Hill exponent n, above 0 and finite; 1 to 3 is usual.
    pub exponent: f64,
}

/// A network whose genes are produced at rate P and decay at rate λ, in several cell types.
///
/// Master regulators have a basal rate per cell type; every other gene has P = Σ K a(x) over its activators plus
/// Σ |K| (1 − a(x)) over its repressors, a(x) = xⁿ / (hⁿ + xⁿ) with the half response h of the regulator.
///
/// # Reference
/// P. Dibaeinia & S. Sinha, Cell Systems 11 (2020) 252–271.
#[derive(Clone, Debug, PartialEq)]
pub struct System {
    genes: GeneIndex,
    types: usize,
    basal: Vec<Option<Vec<f64>>>,
    interactions: Vec<Interaction>,
}

impl System {
    /// A system from its parts: `basal` holds, per gene, the production rates of a master regulator in every cell type, and
    /// `None` for regulated genes. A regulator named twice by a target acts twice.
    ///
    /// # Errors
    /// No gene or cell type, a length that does not fit, a rate or parameter out of its range, a gene that is both a master
    /// regulator and regulated ([`Error::RegulatedMaster`]) or neither ([`Error::NoProduction`]).
    pub fn new(
        genes: GeneIndex,
        basal: Vec<Option<Vec<f64>>>,
        mut interactions: Vec<Interaction>,
    ) -> Result<Self> {
        check_length("basal rates", basal.len(), genes.len())?;
        let types = basal.iter().flatten().map(Vec::len).next().unwrap_or(0);
        if types == 0 {
            return Err(Error::NoMasters);
        }
        for (gene, rates) in basal.iter().enumerate() {
            check_basal(genes.name(gene), rates.as_deref(), types)?;
        }
        for interaction in &interactions {
            check_interaction(&genes, interaction)?;
        }
        interactions.sort_by_key(|i| i.target);
        let system = Self {
            genes,
            types,
            basal,
            interactions,
        };
        system.check_production()?;
        Ok(system)
    }

    fn check_production(&self) -> Result<()> {
        for gene in 0..self.genes.len() {
            let name = || self.genes.name(gene).to_string();
            match (self.is_master(gene), self.regulators(gene).is_empty()) {
                (true, false) => return Err(Error::RegulatedMaster { gene: name() }),
                (false, true) => return Err(Error::NoProduction { gene: name() }),
                _ => {}
            }
        }
        Ok(())
    }

    /// The genes.
    pub fn genes(&self) -> &GeneIndex {
        &self.genes
    }

    /// Number of cell types.
    pub fn types(&self) -> usize {
        self.types
    }

    /// Basal production rates of a master regulator, one per cell type; `None` for regulated genes.
    ///
    /// # Panics
    /// If there is no such gene.
    pub fn basal(&self, gene: usize) -> Option<&[f64]> {
        self.basal[gene].as_deref()
    }

    /// Whether a gene is a master regulator.
    ///
    /// # Panics
    /// If there is no such gene.
    pub fn is_master(&self, gene: usize) -> bool {
        self.basal[gene].is_some()
    }

    /// All regulations, by target.
    pub fn interactions(&self) -> &[Interaction] {
        &self.interactions
    }

    /// The regulations of one target.
    pub fn regulators(&self, target: usize) -> &[Interaction] {
        let start = self.interactions.partition_point(|i| i.target < target);
        let end = self.interactions.partition_point(|i| i.target <= target);
        &self.interactions[start..end]
    }

    /// The true network, weights K. A regulator that a target names more than once is one edge with the sum of its strengths.
    ///
    /// # Panics
    /// Never: the edges were checked when the system was built.
    pub fn network(&self) -> Network {
        let mut edges: Vec<Edge> = self
            .interactions
            .iter()
            .map(|i| Edge {
                from: i.regulator,
                to: i.target,
                weight: i.strength,
            })
            .collect();
        edges.sort_by_key(|e| (e.from, e.to));
        edges.dedup_by(|next, kept| {
            let same = (next.from, next.to) == (kept.from, kept.to);
            if same {
                kept.weight += next.weight;
            }
            same
        });
        edges.retain(|e| e.weight != 0.0);
        Network::new(self.genes.clone(), edges).expect("the edges were checked")
    }
}

fn check_length(what: &'static str, found: usize, genes: usize) -> Result<()> {
    if found == genes {
        Ok(())
    } else {
        Err(Error::Length { what, found, genes })
    }
}

fn check_basal(gene: &str, rates: Option<&[f64]>, types: usize) -> Result<()> {
    let Some(rates) = rates else { return Ok(()) };
    if rates.len() != types {
        return Err(Error::CellTypes {
            what: format!("basal rates of gene {gene}"),
            found: rates.len(),
            expected: types,
        });
    }
    match rates.iter().find(|r| !(**r >= 0.0 && r.is_finite())) {
        None => Ok(()),
        Some(&value) => Err(Error::GeneParameter {
            gene: gene.to_string(),
            name: "basal rate",
            value,
            range: "at least 0 and finite",
        }),
    }
}

fn check_interaction(genes: &GeneIndex, interaction: &Interaction) -> Result<()> {
    for gene in [interaction.regulator, interaction.target] {
        if gene >= genes.len() {
            return Err(Error::UnknownGene {
                gene: gene.to_string(),
            });
        }
    }
    let (k, n) = (interaction.strength, interaction.exponent);
    let checks = [
        ("strength", k, k != 0.0 && k.is_finite(), "finite and not 0"),
        (
            "Hill exponent",
            n,
            n > 0.0 && n.is_finite(),
            "above 0 and finite",
        ),
    ];
    for (name, value, within, range) in checks {
        if !within {
            return Err(Error::EdgeParameter {
                from: genes.name(interaction.regulator).to_string(),
                to: genes.name(interaction.target).to_string(),
                name,
                value,
                range,
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{interaction, system};
    use super::*;

    fn refused(basal: &[Option<Vec<f64>>], interactions: &[Interaction]) -> String {
        let names = (0..basal.len()).map(|g| g.to_string()).collect();
        let genes = GeneIndex::new(names).unwrap();
        System::new(genes, basal.to_vec(), interactions.to_vec())
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn a_regulator_named_twice_is_one_edge() {
        let interactions = [
            interaction(0, 1, 2.0),
            interaction(0, 1, -0.5),
            interaction(1, 2, 1.0),
        ];
        let system = system(&[Some(vec![1.0]), None, None], &interactions);
        assert_eq!(system.regulators(1).len(), 2);
        assert_eq!(system.network().edges().len(), 2);
        assert_eq!(system.network().weight(0, 1), Some(1.5));
    }

    #[test]
    fn what_cannot_be_simulated_is_refused() {
        let edge = interaction(0, 1, 1.0);
        let master = Some(vec![1.0, 2.0]);
        let cases = [
            (vec![None, None], vec![edge], "no master regulator"),
            (
                vec![master.clone(), Some(vec![1.0])],
                vec![],
                "1 cell types where there are 2",
            ),
            (
                vec![Some(vec![-1.0, 1.0]), None],
                vec![edge],
                "basal rate = -1, must be at least 0",
            ),
            (
                vec![master.clone(), master.clone()],
                vec![edge],
                "gene 1 has basal rates and regulators",
            ),
            (
                vec![master.clone(), None],
                vec![],
                "gene 1 has neither basal rates nor regulators",
            ),
            (
                vec![master.clone(), None],
                vec![interaction(2, 1, 1.0)],
                "gene 2 is unknown",
            ),
            (
                vec![master.clone(), None],
                vec![interaction(0, 1, 0.0)],
                "strength = 0, must be finite and not 0",
            ),
        ];
        for (basal, interactions, problem) in cases {
            let message = refused(&basal, &interactions);
            assert!(message.contains(problem), "{message}");
        }
    }
}
