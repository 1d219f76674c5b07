//! The description of the whole folder.

use std::path::PathBuf;

use serde::Serialize;

use super::folder::Folder;
use crate::simulate::Simulation;
use crate::simulate::config::Config;
use crate::simulate::key::inputs;
use crate::store;

/// What describes the folder; written last.
#[derive(Debug, Serialize)]
struct Metadata<'a> {
    schema: u32,
    version: &'static str,
    /// Digest of configuration, input files and version: the same key, the same files.
    key: &'a str,
    /// The configuration with all defaults, as it was run.
    configuration: &'a Config,
    inputs: Vec<Input>,
    genes: usize,
    edges: usize,
    conditions: usize,
    cells: usize,
    trajectories: usize,
    files: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Input {
    file: String,
    blake3: String,
}

impl Folder {
    pub(super) fn metadata(
        &self,
        simulation: &Simulation,
        config: &Config,
        key: &str,
        files: Vec<String>,
    ) -> anyhow::Result<()> {
        let network = &simulation.source.network;
        let input = |(path, blake3): (PathBuf, String)| Input {
            file: path
                .file_name()
                .map_or(String::new(), |n| n.to_string_lossy().into_owned()),
            blake3,
        };
        let metadata = Metadata {
            schema: 1,
            version: env!("CARGO_PKG_VERSION"),
            key,
            configuration: config,
            inputs: inputs(config)?.into_iter().map(input).collect(),
            genes: network.genes().len(),
            edges: network.edges().len(),
            conditions: simulation.conditions.len(),
            cells: simulation
                .cells
                .as_ref()
                .map_or(0, |data| data.labels.len()),
            trajectories: simulation
                .series
                .as_ref()
                .map_or(0, |data| data.labels.len()),
            files,
        };
        let mut text = serde_json::to_string_pretty(&metadata)?;
        text.push('\n');
        store::atomic::write(&self.at("metadata.json")?, text.as_bytes())
    }
}
