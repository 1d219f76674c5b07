//! The configuration file of `simulate`.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use dash_synth::sergio::{DifferentiationConfig, SteadyConfig, TechnicalNoise};
use dash_synth::{
    KineticsConfig, NetworkConfig, ScaleFreeConfig, SimulationConfig, SystemConfig, ToyModel,
};
use serde::{Deserialize, Serialize};

use crate::experiment::describe;

/// What is simulated.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// Seed of everything random.
    #[serde(default)]
    pub(super) seed: u64,
    pub(super) network: NetworkSource,
    pub(super) simulator: Simulator,
    /// Which published semantics the defaults of a SERGIO simulator are.
    #[serde(default)]
    pub(super) semantics: Semantics,
    /// Random kinetics of a bare network, for single cells.
    pub(super) kinetics: Option<KineticsConfig>,
    /// Random kinetics of a bare network, for `hill-ode`.
    pub(super) hill: Option<SystemConfig>,
    pub(super) lineage: Option<LineageSource>,
    pub(super) perturbations: Option<Perturbations>,
    #[serde(default)]
    pub(super) split: Split,
    #[serde(default)]
    pub(super) noise: Noise,
    #[serde(default)]
    pub(super) series: Series,
    #[serde(default)]
    pub(super) output: Output,
}

/// Where the network comes from.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum NetworkSource {
    /// SERGIO's own files.
    SergioFiles {
        targets: PathBuf,
        masters: PathBuf,
        shared_exponent: Option<f64>,
    },
    /// `from,to,sign` or `from,to,weight`.
    EdgeList {
        file: PathBuf,
    },
    /// A published Hill system.
    HillFiles {
        equations: PathBuf,
        edge_properties: PathBuf,
    },
    ScaleFree(ScaleFreeConfig),
    YeastLike(NetworkConfig),
    Toy {
        model: ToyModel,
    },
}

/// What moves.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Simulator {
    SergioSteady(SteadyConfig),
    SergioDifferentiation(DifferentiationConfig),
    HillOde(SimulationConfig),
}

impl Simulator {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::SergioSteady(_) => "sergio-steady",
            Self::SergioDifferentiation(_) => "sergio-differentiation",
            Self::HillOde(_) => "hill-ode",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Semantics {
    #[default]
    Dash,
    V1,
    V2,
}

/// Which cell type turns into which.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum LineageSource {
    /// SERGIO's bifurcation matrix, tab-separated.
    File(PathBuf),
    /// The same, row by row.
    Transitions(Vec<Vec<f64>>),
}

/// Which genes are changed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Perturbations {
    /// One condition per gene of a group.
    pub(super) screen: Option<Screen>,
    /// Factor on the production of the genes of the screen.
    pub(super) factor: f64,
    /// Single conditions.
    pub(super) list: Vec<Change>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Screen {
    /// Genes that regulate others.
    Regulators,
    AllGenes,
}

/// One changed condition.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    pub(super) gene: String,
    /// 0 knock-out, below 1 knock-down, above 1 over-expression.
    pub(super) factor: f64,
}

/// What is kept for testing.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Split {
    /// Share of the changed conditions; 1 trains on the wild type alone.
    pub(super) perturbations: f64,
    /// Share of the samples (replicates) of every condition.
    pub(super) trajectories: f64,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Noise {
    /// Standard deviation of what is added to every value of time series that solve equations.
    pub(super) measurement_sd: f64,
    /// Preset of technical noise on cells, such as `10x-a`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) technical: Option<String>,
}

/// Time series made from cells.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Series {
    /// Snapshots along every lineage.
    pub(super) snapshots: usize,
    /// Trajectories per lineage, each from cells of its own.
    pub(super) replicates: usize,
    /// Times at which the response to a perturbation is seen.
    pub(super) times: Vec<f64>,
}

impl Default for Series {
    fn default() -> Self {
        Self {
            snapshots: 10,
            replicates: 5,
            times: vec![0.0, 0.5, 1.0, 2.0, 4.0, 8.0],
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Output {
    pub(super) formats: Vec<Format>,
}

impl Default for Output {
    fn default() -> Self {
        Self {
            formats: Format::ALL.to_vec(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Format {
    /// `expression.csv.gz`, genes × cells.
    Dense,
    /// Matrix Market in the layout of 10x.
    #[serde(rename = "10x")]
    TenX,
    Beeline,
    /// `series.csv`.
    Tidy,
    /// `published.csv` and `gene_names.csv`.
    Published,
}

impl Format {
    const ALL: [Self; 5] = [
        Self::Dense,
        Self::TenX,
        Self::Beeline,
        Self::Tidy,
        Self::Published,
    ];
}

impl Config {
    /// Reads a configuration; paths in it start at its folder.
    ///
    /// # Errors
    /// A file that cannot be read or is not TOML; a key that is unknown or missing.
    pub(crate) fn read(path: &Path) -> anyhow::Result<(Self, String)> {
        let place = || path.display().to_string();
        let text = std::fs::read_to_string(path).with_context(place)?;
        let mut config = Self::parse(&text).with_context(place)?;
        config.start_paths_at(path.parent().unwrap_or(Path::new("")));
        Ok((config, text))
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let mut config: Self =
            toml::from_str(text).map_err(|error| describe(&error, Some(text)))?;
        let table: toml::Table = toml::from_str(text)?;
        refuse_seeds_below(&table)?;
        let name = config.simulator.name();
        let given = table["simulator"].get(name).and_then(toml::Value::as_table);
        let given = given.cloned().unwrap_or_default();
        config.simulator = match (config.semantics, config.simulator) {
            (Semantics::Dash, simulator) => simulator,
            (Semantics::V1, Simulator::SergioSteady(_)) => {
                Simulator::SergioSteady(over(&SteadyConfig::v1(), given)?)
            }
            (Semantics::V2, Simulator::SergioSteady(_)) => {
                Simulator::SergioSteady(over(&SteadyConfig::v2(), given)?)
            }
            (Semantics::V1, Simulator::SergioDifferentiation(_)) => {
                Simulator::SergioDifferentiation(over(&DifferentiationConfig::v1(), given)?)
            }
            (semantics, _) => bail!(
                "semantics = {semantics:?} is not one of {name}; v1 goes with the SERGIO simulators, v2 with sergio-steady"
            ),
        };
        config.spread_the_seed();
        Ok(config)
    }

    fn spread_the_seed(&mut self) {
        let seed = self.seed;
        match &mut self.network {
            NetworkSource::ScaleFree(network) => network.seed = seed,
            NetworkSource::YeastLike(network) => network.seed = seed,
            _ => {}
        }
        match &mut self.simulator {
            Simulator::SergioSteady(settings) => settings.seed = seed,
            Simulator::SergioDifferentiation(settings) => settings.seed = seed,
            Simulator::HillOde(settings) => settings.seed = seed,
        }
        if let Some(kinetics) = &mut self.kinetics {
            kinetics.seed = seed;
        }
        if let Some(hill) = &mut self.hill {
            hill.seed = seed;
        }
    }

    fn start_paths_at(&mut self, folder: &Path) {
        for path in self.paths_mut() {
            *path = folder.join(&*path);
        }
    }

    /// The files that the configuration names.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        let mut own = self.clone();
        own.paths_mut()
            .into_iter()
            .map(|path| path.clone())
            .collect()
    }

    fn paths_mut(&mut self) -> Vec<&mut PathBuf> {
        let mut paths = match &mut self.network {
            NetworkSource::SergioFiles {
                targets, masters, ..
            } => vec![targets, masters],
            NetworkSource::EdgeList { file } => vec![file],
            NetworkSource::HillFiles {
                equations,
                edge_properties,
            } => vec![equations, edge_properties],
            _ => Vec::new(),
        };
        if let Some(LineageSource::File(file)) = &mut self.lineage {
            paths.push(file);
        }
        paths
    }

    /// Tables that the simulator or the network would pass over.
    ///
    /// # Errors
    /// The first of them.
    pub(super) fn refuse_what_has_no_effect(&self) -> anyhow::Result<()> {
        let is_hill = matches!(self.simulator, Simulator::HillOde(_));
        let name = self.simulator.name();
        if self.lineage.is_some() && !matches!(self.simulator, Simulator::SergioDifferentiation(_))
        {
            bail!("[lineage] has no effect on {name}; leave it out");
        }
        if self.kinetics.is_some() && is_hill {
            bail!("[kinetics] has no effect on hill-ode; its random kinetics are [hill]");
        }
        if self.hill.is_some() && !is_hill {
            bail!("[hill] has no effect on {name}; its random kinetics are [kinetics]");
        }
        if let Some(preset) = &self.noise.technical {
            if is_hill {
                bail!(
                    "noise.technical has no effect on hill-ode, which simulates no cells; leave it out"
                );
            }
            TechnicalNoise::preset(preset).context("noise.technical")?;
        }
        let sd = self.noise.measurement_sd;
        if !(sd >= 0.0 && sd.is_finite()) {
            bail!("noise.measurement_sd = {sd}: must be at least 0 and finite");
        }
        if sd > 0.0 && matches!(self.simulator, Simulator::SergioDifferentiation(_)) {
            bail!(
                "noise.measurement_sd has no effect on {name}, whose time series are means of cells; leave it out"
            );
        }
        Ok(())
    }
}

/// A seed of one part would not be that of the others.
fn refuse_seeds_below(table: &toml::Table) -> anyhow::Result<()> {
    fn find(place: &str, table: &toml::Table) -> Option<String> {
        table.iter().find_map(|(key, value)| {
            let inner = value.as_table()?;
            let place = format!("{place}{key}");
            if inner.contains_key("seed") {
                return Some(place);
            }
            find(&format!("{place}."), inner)
        })
    }
    match find("", table) {
        None => Ok(()),
        Some(place) => bail!("[{place}] seed: give one seed, at the top of the file"),
    }
}

/// The defaults, with what the file gives in their place.
fn over<T: Serialize + for<'a> Deserialize<'a>>(
    defaults: &T,
    given: toml::Table,
) -> anyhow::Result<T> {
    let mut table = toml::Table::try_from(defaults)?;
    if given.contains_key("sampling_state") {
        // SERGIO's name of either of them.
        table.remove("spacing");
        table.remove("extra");
    }
    table.extend(given);
    Ok(table.try_into()?)
}

#[cfg(test)]
mod tests {
    use dash_synth::sergio::{HalfResponse, Sampling};

    use super::*;

    #[test]
    fn the_example_is_what_it_says() {
        let config = Config::parse(super::super::EXAMPLE).unwrap();
        assert_eq!(config.simulator.name(), "sergio-steady");
        assert_eq!(config.semantics, Semantics::Dash);
    }

    #[test]
    fn semantics_are_defaults_that_the_file_changes() {
        let text = |semantics: &str| {
            format!(
                "seed = 7\nsemantics = \"{semantics}\"\n[network.scale-free]\n\
                 [simulator.sergio-steady]\nsampling_state = 3\nhalf_response = \"deterministic\"\n"
            )
        };
        let settings = |text: &str| match Config::parse(text).unwrap().simulator {
            Simulator::SergioSteady(settings) => settings,
            other => panic!("{other:?}"),
        };
        let v1 = settings(&text("v1"));
        assert_eq!((v1.spacing, v1.burn_in, v1.seed), (3, 0, 7));
        assert_eq!(v1.sampling, Sampling::Shared);
        assert_eq!(v1.half_response, HalfResponse::Deterministic);
        assert_eq!(settings(&text("v2")).burn_in, 50);
        assert_eq!(settings(&text("dash")).sampling, Sampling::Windows);
        let hill = "semantics = \"v1\"\n[network.scale-free]\n[simulator.hill-ode]\n";
        let message = format!("{:#}", Config::parse(hill).unwrap_err());
        assert!(message.contains("is not one of hill-ode"), "{message}");
    }
}
