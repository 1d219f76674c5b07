//! From text to a configuration.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use dash_synth::sergio::{DifferentiationConfig, SteadyConfig};
use serde::{Deserialize, Serialize};

use super::{Config, LineageSource, NetworkSource, Semantics, Simulator, effect, values};
use crate::experiment::describe;

impl Config {
    /// Reads a configuration; paths in it start at its folder.
    ///
    /// # Errors
    /// A file that cannot be read or is not TOML; a key that is unknown, missing or without effect; values out of range.
    pub(crate) fn read(path: &Path) -> anyhow::Result<(Self, String)> {
        let place = || path.display().to_string();
        let text = std::fs::read_to_string(path).with_context(place)?;
        let mut config = Self::parse(&text).with_context(place)?;
        config.start_paths_at(path.parent().unwrap_or(Path::new("")));
        Ok((config, text))
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let described = |error| describe(&error, Some(text));
        let table: toml::Table = toml::from_str(text).map_err(described)?;
        refuse_two_of_a_kind(&table)?;
        let mut config: Self = toml::from_str(text).map_err(described)?;
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
        values::check(&config)?;
        effect::refuse_what_has_none(&config, &table)?;
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
    pub(in crate::simulate) fn paths(&self) -> Vec<PathBuf> {
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
}

/// Where the file names one of several kinds, it must not name two.
fn refuse_two_of_a_kind(table: &toml::Table) -> anyhow::Result<()> {
    for place in ["network", "simulator", "lineage", "kinetics.masters"] {
        let found = place
            .split('.')
            .try_fold(table, |table, key| table.get(key)?.as_table());
        let kinds: Vec<String> = found
            .into_iter()
            .flat_map(toml::Table::keys)
            .map(|kind| format!("{place}.{kind}"))
            .collect();
        if kinds.len() > 1 {
            bail!(
                "{} exclude each other: leave one and take the rest out",
                kinds.join(" and ")
            );
        }
    }
    Ok(())
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
        let config = Config::parse(crate::simulate::EXAMPLE).unwrap();
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
