//! The network, and its kinetics.

use anyhow::{Context, bail};
use dash_prior::{Network, TableFormat, UnknownGenes, genes_in_edge_list, read_edge_list};
use dash_synth::sergio::{self, Lineage, read_transitions};
use dash_synth::{
    ActivationLaw, KineticsConfig, System, SystemConfig, ToyModel, generate_network,
    random_kinetics, scale_free_network,
};
use ndarray::Array2;

use super::config::{Config, LineageSource, NetworkSource};

/// A network and what is known of its kinetics.
pub(crate) struct Source {
    pub(super) network: Network,
    pub(super) sergio: Option<sergio::System>,
    pub(super) hill: Option<System>,
    pub(super) transitions: Option<Array2<f64>>,
    toy: Option<ToyModel>,
}

impl Source {
    pub(super) fn read(config: &Config) -> anyhow::Result<Self> {
        let mut source = Self::of(&config.network).context("[network]")?;
        if source.network.edges().is_empty() {
            bail!("[network]: no edge at all, so nothing would regulate anything; add edges");
        }
        let (sergio, hill) = (source.sergio.is_some(), source.hill.is_some());
        if sergio && config.kinetics.is_some() {
            bail!("[kinetics] has no effect: the files hold the kinetics; leave it out");
        }
        if hill && config.hill.is_some() {
            bail!("[hill] has no effect: the files hold the kinetics; leave it out");
        }
        // Weights of truth are those of the system that is simulated.
        source.toy = match config.network {
            NetworkSource::Toy { model } => Some(model),
            _ => None,
        };
        Ok(source)
    }

    fn of(network: &NetworkSource) -> anyhow::Result<Self> {
        let bare = |network| Self {
            network,
            sergio: None,
            hill: None,
            transitions: None,
            toy: None,
        };
        Ok(match network {
            NetworkSource::SergioFiles {
                targets,
                masters,
                shared_exponent,
            } => {
                let system = sergio::read_system(targets, masters, *shared_exponent)?;
                Self {
                    sergio: Some(system.clone()),
                    ..bare(system.network())
                }
            }
            NetworkSource::HillFiles {
                equations,
                edge_properties,
            } => {
                let system = dash_synth::read_system(equations, edge_properties)?;
                Self {
                    hill: Some(system.clone()),
                    ..bare(system.network())
                }
            }
            NetworkSource::EdgeList { file } => {
                let format = TableFormat::default();
                let genes = genes_in_edge_list(file, &format)?;
                bare(read_edge_list(file, &genes, UnknownGenes::Error, &format)?.0)
            }
            NetworkSource::ScaleFree(shape) => bare(scale_free_network(shape)?),
            NetworkSource::YeastLike(shape) => bare(generate_network(shape)?),
            NetworkSource::Toy { model } => bare(model.network()?),
        })
    }

    /// The system of cell types: that of the files, or one with random kinetics.
    pub(super) fn sergio(&mut self, config: &Config) -> anyhow::Result<&sergio::System> {
        if self.sergio.is_none() {
            let kinetics = config.kinetics.clone().unwrap_or_else(|| KineticsConfig {
                seed: config.seed,
                ..KineticsConfig::default()
            });
            let system = random_kinetics(&self.network, &kinetics)
                .context("[kinetics]: this network has no kinetics of cell types of its own")?;
            self.sergio = Some(system);
        }
        let system = self.sergio.as_ref().context("no system")?;
        self.network = system.network();
        Ok(system)
    }

    /// The Hill system: that of the files, or one with random kinetics.
    pub(super) fn hill(&mut self, config: &Config) -> anyhow::Result<&System> {
        if self.hill.is_none() {
            let system = if let Some(model) = self.toy {
                let law = config.hill.as_ref();
                if law.is_some_and(|hill| hill.keep_self_loops || hill.swap_probability > 0.0) {
                    bail!(
                        "[hill]: a toy model has rules of its own; only `activation` has an effect"
                    );
                }
                let law = law.map_or(ActivationLaw::Sigmoidal, |hill| hill.activation);
                model.system(law, config.seed)?
            } else {
                let kinetics = config.hill.clone().unwrap_or_else(|| SystemConfig {
                    seed: config.seed,
                    ..SystemConfig::default()
                });
                System::random(&self.network, &kinetics).context("[hill]")?
            };
            self.hill = Some(system);
        }
        let system = self.hill.as_ref().context("no system")?;
        self.network = system.network();
        Ok(system)
    }

    /// Which cell type turns into which.
    pub(super) fn lineage(&mut self, config: &Config) -> anyhow::Result<Lineage> {
        let transitions = match &config.lineage {
            None => bail!(
                "[lineage] is missing: sergio-differentiation needs `file` (SERGIO's bifurcation matrix) or `transitions`"
            ),
            Some(LineageSource::File(file)) => read_transitions(file)?,
            Some(LineageSource::Transitions(rows)) => {
                let columns = rows.first().map_or(0, Vec::len);
                if let Some(row) = rows.iter().position(|row| row.len() != columns) {
                    bail!(
                        "[lineage] transitions, row {}: {} numbers where the first row has {columns}",
                        row + 1,
                        rows[row].len()
                    );
                }
                Array2::from_shape_vec((rows.len(), columns), rows.concat())?
            }
        };
        let lineage = Lineage::new(&transitions).context("[lineage]")?;
        self.transitions = Some(transitions);
        Ok(lineage)
    }
}
