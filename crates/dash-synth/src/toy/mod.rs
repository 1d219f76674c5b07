//! Small networks from the literature, by name.

mod rules;

use dash_prior::{GeneIndex, Network};
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::hill::{ActivationLaw, Kinetics, Logic, Regulation, System};
use crate::random::{Purpose, stream};

/// A curated Boolean model, or a small topology with known behaviour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToyModel {
    /// A chain of 7 genes, the last of which keeps itself on and turns the first off; BEELINE's `dyn-LI`.
    Linear,
    /// A ring of 5 genes that oscillates, and one beside it; BEELINE's `dyn-CY`.
    Cycle,
    /// 7 genes, two of which exclude each other; BEELINE's `dyn-BF`.
    Bifurcating,
    /// 8 genes, three of which exclude each other; BEELINE's `dyn-TF`.
    Trifurcating,
    /// Mammalian cortical area development, 5 genes: C. E. Giacomantonio & G. J. Goodhill, PLOS Computational Biology 6 (2010).
    #[serde(rename = "mCAD")]
    CorticalArea,
    /// Ventral spinal cord, 8 genes: A. Lovrics et al., PLOS ONE 9:e111430 (2014).
    #[serde(rename = "VSC")]
    SpinalCord,
    /// Haematopoietic stem cells, 11 genes: J. Krumsiek et al., PLOS ONE 6:e22649 (2011). BEELINE's version differs in one
    /// rule, not in the network: there Scl turns Cebpa off, and so do Gata1 and Fog1; here only all three together.
    #[serde(rename = "HSC")]
    Haematopoiesis,
    /// Gonadal sex determination, 19 genes: O. Ríos et al., BMC Systems Biology 9:85 (2015).
    #[serde(rename = "GSD")]
    SexDetermination,
}

impl ToyModel {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Linear,
        Self::Cycle,
        Self::Bifurcating,
        Self::Trifurcating,
        Self::CorticalArea,
        Self::SpinalCord,
        Self::Haematopoiesis,
        Self::SexDetermination,
    ];

    /// The Hill system of the model: its Boolean rules as fuzzy logic, with EC50 and exponents drawn from a law. Genes that
    /// activate themselves do so here too.
    ///
    /// ```
    /// use dash_synth::{ActivationLaw, ToyModel};
    ///
    /// let system = ToyModel::Haematopoiesis.system(ActivationLaw::Sigmoidal, 1)?;
    /// assert_eq!((system.genes().len(), system.regulations().len()), (11, 30));
    /// # Ok::<(), dash_synth::Error>(())
    /// ```
    ///
    /// # Errors
    /// None for the models there are.
    ///
    /// # Reference
    /// A. Pratapa et al., Nature Methods 17 (2020) 147–154, for the models and for turning rules into rates.
    pub fn system(self, activation: ActivationLaw, seed: u64) -> Result<System> {
        let rules = rules::rules(self);
        let names = rules.iter().map(|(gene, _)| (*gene).to_owned()).collect();
        let genes = GeneIndex::new(names)?;
        let mut rng = stream(seed, Purpose::EdgeParameters, 0);
        let (mut regulations, mut logic) = (Vec::new(), Vec::new());
        for (to, (_, rule)) in rules.iter().enumerate() {
            let rule = Logic::parse(rule, &genes)?;
            let mut regulators = rule.genes();
            regulators.sort_unstable();
            regulators.dedup();
            regulations.extend(regulators.into_iter().map(|(from, activates)| {
                let (ec50, exponent) = activation.draw(&mut rng);
                Regulation {
                    from,
                    to,
                    activates,
                    weight: 1.0,
                    ec50,
                    exponent,
                }
            }));
            logic.push(Some(rule));
        }
        let kinetics = vec![Kinetics::default(); genes.len()];
        System::new(genes, kinetics, regulations, logic)
    }

    /// The network of the model, weights 1 and −1.
    ///
    /// # Errors
    /// None for the models there are.
    pub fn network(self) -> Result<Network> {
        Ok(self.system(ActivationLaw::Linear, 0)?.network())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SimulationConfig, simulate};

    #[test]
    fn genes_and_edges_are_those_of_the_literature() {
        let expected = [
            (7, 8),
            (6, 6),
            (7, 12),
            (8, 20),
            (5, 14),
            (8, 15),
            (11, 30),
            (19, 79),
        ];
        for (model, expected) in ToyModel::ALL.into_iter().zip(expected) {
            let network = model.network().unwrap();
            let found = (network.genes().len(), network.edges().len());
            assert_eq!(found, expected, "{model:?}");
        }
    }

    /// Whether the Boolean rules leave the state as it is in which these genes are on.
    fn rests(model: ToyModel, on: &[&str]) -> bool {
        let system = model.system(ActivationLaw::Sigmoidal, 0).unwrap();
        let state = |gene: usize| f64::from(u8::from(on.contains(&system.genes().name(gene))));
        system.logic().iter().enumerate().all(|(gene, logic)| {
            let next = logic.as_ref().unwrap().evaluate(&state);
            (next - state(gene)).abs() < 0.5
        })
    }

    #[test]
    fn boolean_models_rest_where_published() {
        let blood = |on: &[&str]| rests(ToyModel::Haematopoiesis, on);
        assert!(blood(&["Gata1", "Fog1", "Scl", "Eklf"]), "erythrocytes");
        assert!(blood(&["Gata1", "Fog1", "Scl", "Fli1"]), "megakaryocytes");
        assert!(blood(&["Cebpa", "Pu1", "cJun", "EgrNab"]), "monocytes");
        assert!(blood(&["Cebpa", "Pu1", "Gfi1"]), "granulocytes");
        assert!(
            !blood(&["Gata2", "Cebpa", "Pu1"]),
            "the common progenitor goes on"
        );
        let cortex = |on: &[&str]| rests(ToyModel::CorticalArea, on);
        assert!(cortex(&["Fgf8", "Pax6", "Sp8"]), "anterior");
        assert!(cortex(&["Emx2", "Coup"]), "posterior");
        assert!(!cortex(&["Fgf8", "Emx2"]));
    }

    #[test]
    fn two_branches_part() {
        let system = ToyModel::Bifurcating
            .system(ActivationLaw::Sigmoidal, 3)
            .unwrap();
        let config = SimulationConfig {
            samples: 40,
            times: vec![0.0, 60.0],
            ..SimulationConfig::default()
        };
        let series = simulate(&system, &config).unwrap().series;
        let place = |name| system.genes().position(name).unwrap();
        let (four, six) = (place("g4"), place("g6"));
        let ends: Vec<(bool, bool)> = series
            .trajectories()
            .iter()
            .map(|t| (t.values[[1, four]] > 0.5, t.values[[1, six]] > 0.5))
            .collect();
        assert!(!ends.contains(&(true, true)));
        assert!(
            ends.contains(&(true, false)) && ends.contains(&(false, true)),
            "{ends:?}"
        );
    }
}
