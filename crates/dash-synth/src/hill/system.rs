//! A system of equations: genes, edges, logic and kinetics.

use dash_prior::{Edge, GeneIndex, Network};
use serde::{Deserialize, Serialize};

use super::checks::{check_kinetics, check_logic, check_not_empty, check_regulations};
use super::compose::{Regulator, compose};
use super::logic::Logic;
use super::parameters::{ActivationLaw, Kinetics, Regulation};
use crate::error::{Error, Result, check_setting};
use crate::random::{Purpose, stream};

/// How a network becomes a system.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SystemConfig {
    /// From where EC50 and Hill exponent of the edges are drawn (linear-like).
    pub activation: ActivationLaw,
    /// Probability ψ in 0..=1 that an AND among activators becomes OR, or an OR among repressors AND (0).
    pub swap_probability: f64,
    /// Whether a gene may regulate itself; otherwise such edges are dropped (false).
    pub keep_self_loops: bool,
    /// Seed of the edge parameters and of the swaps (0).
    pub seed: u64,
}

/// A gene network with Hill kinetics: every gene follows τ dx/dt = m Φ − d x.
///
/// Φ is the fuzzy logic of the gene over the activations w f(x) by its regulators. Genes without regulators are inputs:
/// they have no equation and stay constant.
///
/// # Reference
/// Bhuva et al., Genome Biology 20:236 (2019).
#[derive(Clone, Debug, PartialEq)]
pub struct System {
    genes: GeneIndex,
    kinetics: Vec<Kinetics>,
    regulations: Vec<Regulation>,
    logic: Vec<Option<Logic>>,
}

impl System {
    /// A system from its parts: per gene its kinetics and its logic, `None` for inputs.
    ///
    /// # Errors
    /// No gene at all, parameters outside their range, genes that do not exist, an edge given twice, or logic whose genes and
    /// signs are not those of the edges into that gene.
    pub fn new(
        genes: GeneIndex,
        kinetics: Vec<Kinetics>,
        regulations: Vec<Regulation>,
        logic: Vec<Option<Logic>>,
    ) -> Result<Self> {
        check_not_empty(&genes)?;
        for (what, found) in [("kinetics", kinetics.len()), ("logic", logic.len())] {
            if found != genes.len() {
                return Err(Error::Length {
                    what,
                    found,
                    genes: genes.len(),
                });
            }
        }
        check_kinetics(&genes, &kinetics)?;
        check_regulations(&genes, &regulations)?;
        check_logic(&genes, &regulations, &logic)?;
        Ok(Self {
            genes,
            kinetics,
            regulations,
            logic,
        })
    }

    /// A system whose logic follows from its edges; the order of the edges decides among leaders of equal out-degree.
    ///
    /// A leading activator is joined to the others by AND, a leading repressor by OR; the leader is the regulator with the
    /// largest out-degree here. Kinetics are the default. `swap_probability` and `seed` are those of [`SystemConfig`].
    ///
    /// # Errors
    /// As [`System::new`], and a swap probability outside 0..=1.
    pub fn compose(
        genes: GeneIndex,
        regulations: Vec<Regulation>,
        swap_probability: f64,
        seed: u64,
    ) -> Result<Self> {
        check_setting(
            "swap_probability",
            swap_probability,
            (0.0..=1.0).contains(&swap_probability),
            "in 0..=1",
        )?;
        check_regulations(&genes, &regulations)?;
        let mut out_degree = vec![0; genes.len()];
        for edge in &regulations {
            out_degree[edge.from] += 1;
        }
        let mut regulators = vec![Vec::new(); genes.len()];
        for edge in &regulations {
            regulators[edge.to].push(Regulator {
                gene: edge.from,
                activates: edge.activates,
                out_degree: out_degree[edge.from],
            });
        }
        let mut rng = stream(seed, Purpose::LogicSwaps, 0);
        let logic = regulators
            .iter()
            .map(|r| compose(r, swap_probability, &mut rng))
            .collect();
        let kinetics = vec![Kinetics::default(); genes.len()];
        Self::new(genes, kinetics, regulations, logic)
    }

    /// A system on a network, with edge parameters drawn and logic composed. Signs are those of the network's weights,
    /// whose sizes do not count: every edge has weight 1.
    ///
    /// # Errors
    /// [`Error::Setting`] for a swap probability outside 0..=1.
    pub fn random(network: &Network, config: &SystemConfig) -> Result<Self> {
        let mut rng = stream(config.seed, Purpose::EdgeParameters, 0);
        let kept = |edge: &&Edge| config.keep_self_loops || edge.from != edge.to;
        let draw = |edge: &Edge| {
            let (ec50, exponent) = config.activation.draw(&mut rng);
            Regulation {
                from: edge.from,
                to: edge.to,
                activates: edge.weight > 0.0,
                weight: 1.0,
                ec50,
                exponent,
            }
        };
        let regulations = network.edges().iter().filter(kept).map(draw).collect();
        Self::compose(
            network.genes().clone(),
            regulations,
            config.swap_probability,
            config.seed,
        )
    }

    /// The genes.
    pub fn genes(&self) -> &GeneIndex {
        &self.genes
    }

    /// Kinetics of every gene; those of inputs have no effect.
    pub fn kinetics(&self) -> &[Kinetics] {
        &self.kinetics
    }

    /// The edges in their order.
    pub fn regulations(&self) -> &[Regulation] {
        &self.regulations
    }

    /// Logic of every gene, `None` for inputs.
    pub fn logic(&self) -> &[Option<Logic>] {
        &self.logic
    }

    /// Whether a gene is an input: no regulator, constant expression.
    ///
    /// # Panics
    /// If there is no such gene.
    pub fn is_input(&self, gene: usize) -> bool {
        self.logic[gene].is_none()
    }

    /// The true network: an edge per regulation, weight w or −w.
    ///
    /// # Panics
    /// Never: the edges were checked when the system was built.
    pub fn network(&self) -> Network {
        let edge = |r: &Regulation| Edge {
            from: r.from,
            to: r.to,
            weight: if r.activates { r.weight } else { -r.weight },
        };
        let edges = self.regulations.iter().map(edge).collect();
        Network::new(self.genes.clone(), edges).expect("the edges were checked")
    }

    /// The system without some of its edges, whose terms are cut out of the logic; leaders are not chosen again.
    ///
    /// This is how the published 350-gene system came from a larger one. To delete edges *before* composing, take them out
    /// of the network and call [`System::random`] or [`System::compose`].
    #[must_use]
    pub fn retain_edges(&self, keep: impl Fn(&Regulation) -> bool) -> Self {
        let regulations: Vec<_> = self.regulations.iter().copied().filter(&keep).collect();
        let mut sources = vec![Vec::new(); self.genes.len()];
        for edge in &regulations {
            sources[edge.to].push(edge.from);
        }
        let cut = |(logic, sources): (&Option<Logic>, &Vec<usize>)| {
            logic.as_ref()?.retain(&|gene| sources.contains(&gene))
        };
        Self {
            genes: self.genes.clone(),
            kinetics: self.kinetics.clone(),
            logic: self.logic.iter().zip(&sources).map(cut).collect(),
            regulations,
        }
    }

    /// The system with the production of one gene at a multiple of its rate.
    pub(super) fn with_production(&self, gene: usize, factor: f64) -> Result<Self> {
        let mut kinetics = self.kinetics.clone();
        kinetics[gene].maximum *= factor;
        let (regulations, logic) = (self.regulations.clone(), self.logic.clone());
        Self::new(self.genes.clone(), kinetics, regulations, logic)
    }

    /// The system of these genes alone, in this order. Edges from other genes are cut out of the logic as in
    /// [`System::retain_edges`]; with all genes given, only the order changes.
    ///
    /// # Errors
    /// [`Error::UnknownGene`], a name given twice, or no name at all.
    pub fn select(&self, names: &[String]) -> Result<Self> {
        let genes = GeneIndex::new(names.to_vec())?;
        check_not_empty(&genes)?;
        let mut number = vec![usize::MAX; self.genes.len()];
        let mut old = Vec::with_capacity(names.len());
        for (new, name) in names.iter().enumerate() {
            let unknown = || Error::UnknownGene { gene: name.clone() };
            let gene = self.genes.position(name).ok_or_else(unknown)?;
            number[gene] = new;
            old.push(gene);
        }
        let chosen = |gene: usize| number[gene] < names.len();
        let cut = self.retain_edges(|edge| chosen(edge.from) && chosen(edge.to));
        let renumber = |gene: usize| number[gene];
        let regulation = |edge: &Regulation| Regulation {
            from: renumber(edge.from),
            to: renumber(edge.to),
            ..*edge
        };
        let logic = |&gene: &usize| cut.logic[gene].as_ref().map(|l| l.renumber(&renumber));
        Ok(Self {
            genes,
            kinetics: old.iter().map(|&gene| cut.kinetics[gene]).collect(),
            regulations: cut.regulations.iter().map(regulation).collect(),
            logic: old.iter().map(logic).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    /// C is regulated by the leader A (two targets), by B and by D.
    fn example() -> System {
        let edges = [
            edge(1, 2, true),
            edge(0, 2, false),
            edge(0, 3, true),
            edge(3, 2, false),
        ];
        compose("ABCD", &edges).unwrap()
    }

    fn logic_of(system: &System, gene: usize) -> String {
        let logic = system.logic()[gene].as_ref().unwrap();
        logic.display(system.genes()).to_string()
    }

    #[test]
    fn logic_follows_the_out_degrees() {
        let system = example();
        assert_eq!(logic_of(&system, 2), "NOT A OR B OR NOT D");
        assert!(system.is_input(0) && system.is_input(1) && !system.is_input(3));
        assert_eq!(system.network().weight(0, 2), Some(-1.0));
        // With equal out-degrees the first edge leads.
        let equals = compose("ABC", &[edge(1, 2, true), edge(0, 2, false)]).unwrap();
        assert_eq!(logic_of(&equals, 2), "B AND NOT A");
    }

    #[test]
    fn cutting_after_composing_keeps_the_operators() {
        let without_lead = |e: &Regulation| (e.from, e.to) != (0, 2);
        let cut = example().retain_edges(without_lead);
        assert_eq!(logic_of(&cut, 2), "B OR NOT D");
        let edges: Vec<_> = example()
            .regulations()
            .iter()
            .copied()
            .filter(without_lead)
            .collect();
        assert_eq!(
            logic_of(&compose("ABCD", &edges).unwrap(), 2),
            "B AND NOT D"
        );
        let names = ["C", "B"].map(String::from);
        let part = example().select(&names).unwrap();
        assert_eq!(logic_of(&part, 0), "B");
        assert_eq!(part.regulations(), [edge(1, 0, true)]);
        assert!(example().retain_edges(|_| false).is_input(2));
    }

    #[test]
    fn selecting_all_genes_only_reorders() {
        let system = example();
        let names = ["D", "B", "A", "C"].map(String::from);
        let there = system.select(&names).unwrap();
        assert_eq!(logic_of(&there, 3), "NOT A OR B OR NOT D");
        assert_eq!(there.select(system.genes().names()).unwrap(), system);
        let error = system.select(&["E".into()]).unwrap_err();
        assert!(error.to_string().contains("gene E is unknown"));
    }

    #[test]
    fn self_loops_are_dropped_unless_kept() {
        let edges = [(0, 0, 1.0), (0, 1, -1.0)].map(|(from, to, weight)| Edge { from, to, weight });
        let network = Network::new(genes("AB"), edges.to_vec()).unwrap();
        let dropped = System::random(&network, &SystemConfig::default()).unwrap();
        assert!(dropped.is_input(0) && dropped.regulations().len() == 1);
        let keep = SystemConfig {
            keep_self_loops: true,
            ..SystemConfig::default()
        };
        let kept = System::random(&network, &keep).unwrap();
        assert_eq!(
            (logic_of(&kept, 0), logic_of(&kept, 1)),
            ("A".into(), "NOT A".into())
        );
    }
}
