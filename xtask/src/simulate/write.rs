//! A simulation as a folder of files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use dash_ode::TimeSeries;
use dash_ode::io::{GeneNames, write_gene_names, write_published, write_tidy};
use dash_prior::{Edge, Network, write_edge_list};
use dash_synth::sergio::{write_masters, write_targets, write_transitions};
use dash_synth::{
    Beeline, Cells, write_10x, write_beeline, write_edge_properties, write_equations,
    write_expression,
};
use ndarray::Axis;
use serde::Serialize;

use super::config::{Config, Format};
use super::key::inputs;
use super::{CellData, SeriesData, Simulation};
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

/// Writes everything into a folder beside `out` and renames it, so that `out` is there as a whole or not at all; returns the
/// files, relative to `out`.
///
/// # Errors
/// A file that cannot be written; `out` that holds something.
pub(crate) fn write(
    simulation: &Simulation,
    config: &Config,
    key: &str,
    out: &Path,
) -> anyhow::Result<Vec<String>> {
    let name = out
        .file_name()
        .with_context(|| format!("{} is no folder to write to", out.display()))?
        .to_string_lossy();
    let temporary = out.with_file_name(format!(".{name}.unfinished"));
    let place = || format!("cannot write {}", out.display());
    if temporary.exists() {
        // What an interrupted run has left.
        fs::remove_dir_all(&temporary).with_context(place)?;
    }
    fs::create_dir_all(&temporary).with_context(place)?;
    let folder = Folder {
        root: temporary.clone(),
    };
    folder.truth(simulation)?;
    folder.sets(simulation, config)?;
    let mut files = Vec::new();
    list(&temporary, "", &mut files)?;
    files.push("metadata.json".into());
    files.sort();
    folder.metadata(simulation, config, key, files.clone())?;
    fs::rename(&temporary, out).with_context(place)?;
    Ok(files)
}

/// The files below a folder.
fn list(folder: &Path, prefix: &str, files: &mut Vec<String>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            list(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.push(name);
        }
    }
    Ok(())
}

struct Folder {
    root: PathBuf,
}

impl Folder {
    /// A path below the folder, whose own folder exists.
    fn at(&self, name: &str) -> anyhow::Result<PathBuf> {
        let path = self.root.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(path)
    }

    fn csv<const N: usize>(
        &self,
        name: &str,
        header: [&str; N],
        rows: impl IntoIterator<Item = [String; N]>,
    ) -> anyhow::Result<()> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(header)?;
        for row in rows {
            writer.write_record(row)?;
        }
        store::atomic::write(&self.at(name)?, &writer.into_inner()?)
    }

    fn truth(&self, simulation: &Simulation) -> anyhow::Result<()> {
        let source = &simulation.source;
        let genes = source.network.genes();
        write_edge_list(self.at("truth/network.csv")?, &source.network)?;
        self.csv(
            "truth/signs.csv",
            ["from", "to", "sign"],
            source
                .network
                .edges()
                .iter()
                .map(|edge| sign_row(&source.network, edge)),
        )?;
        if let Some(system) = &source.sergio {
            write_targets(&self.at("truth/sergio/targets.csv")?, system)?;
            write_masters(&self.at("truth/sergio/masters.csv")?, system)?;
        }
        if let Some(transitions) = &source.transitions {
            write_transitions(&self.at("truth/sergio/transitions.tab")?, transitions)?;
        }
        if let Some(system) = &source.hill {
            write_equations(&self.at("truth/hill/equations.csv")?, system)?;
            write_edge_properties(&self.at("truth/hill/edge_properties.csv")?, system)?;
        }
        if let Some(half_response) = &simulation.half_response {
            let known = half_response
                .iter()
                .enumerate()
                .filter(|(_, h)| !h.is_nan());
            let row = |(gene, h): (usize, &f64)| [genes.name(gene).to_owned(), h.to_string()];
            self.csv(
                "truth/half_response.csv",
                ["gene", "half_response"],
                known.map(row),
            )?;
        }
        if let Some(clean) = simulation
            .series
            .as_ref()
            .and_then(|data| data.clean.as_ref())
        {
            write_tidy(&self.at("truth/series.csv")?, clean)?;
        }
        if let Some(clean) = simulation
            .cells
            .as_ref()
            .and_then(|data| data.clean.as_ref())
        {
            write_expression(&self.at("truth/expression.csv.gz")?, clean)?;
        }
        Ok(())
    }

    /// The data: in `data`, or where something is held out in `train` and `test`.
    fn sets(&self, simulation: &Simulation, config: &Config) -> anyhow::Result<()> {
        let name = |held_out| match (simulation.has_test(), held_out) {
            (false, _) => "data",
            (true, false) => "train",
            (true, true) => "test",
        };
        for held_out in [false, true] {
            let set = name(held_out);
            if let Some(data) = &simulation.cells {
                self.cells(data, &simulation.source.network, held_out, set, config)?;
            }
            if let Some(data) = &simulation.series {
                self.series(data, &simulation.source.network, held_out, set, config)?;
            }
        }
        self.labels(simulation, &name)
    }

    fn cells(
        &self,
        data: &CellData,
        network: &Network,
        held_out: bool,
        set: &str,
        config: &Config,
    ) -> anyhow::Result<()> {
        let of_set = |&cell: &usize| data.labels[cell].held_out == held_out;
        let chosen: Vec<usize> = (0..data.labels.len()).filter(of_set).collect();
        if chosen.is_empty() {
            return Ok(());
        }
        let cells = data.cells.select(&chosen);
        for format in &config.output.formats {
            match format {
                Format::Dense => {
                    write_expression(&self.at(&format!("{set}/expression.csv.gz"))?, &cells)?;
                    for (name, layer) in &data.layers {
                        let path = self.at(&format!("{set}/{name}.csv.gz"))?;
                        write_expression(&path, &layer.select(&chosen))?;
                    }
                }
                Format::TenX => {
                    let path = self.at(&format!("{set}/10x/matrix.mtx.gz"))?;
                    write_10x(path.parent().context("no folder")?, &cells)?;
                }
                Format::Beeline => {
                    let path = self.at(&format!("{set}/beeline/refNetwork.csv"))?;
                    let times = data.pseudotime.as_ref();
                    let beeline = Beeline {
                        cells: Cells::clone(&cells),
                        pseudotime: times.map(|times| times.select(Axis(0), &chosen)),
                        network: network.clone(),
                    };
                    write_beeline(path.parent().context("no folder")?, &beeline)?;
                }
                Format::Tidy | Format::Published => {}
            }
        }
        Ok(())
    }

    fn series(
        &self,
        data: &SeriesData,
        network: &Network,
        held_out: bool,
        set: &str,
        config: &Config,
    ) -> anyhow::Result<()> {
        let of_set = |&trajectory: &usize| data.labels[trajectory].held_out == held_out;
        let chosen: Vec<usize> = (0..data.labels.len()).filter(of_set).collect();
        if chosen.is_empty() {
            return Ok(());
        }
        let series = data.series.select(&chosen)?;
        for format in &config.output.formats {
            match format {
                Format::Tidy => write_tidy(&self.at(&format!("{set}/series.csv"))?, &series)?,
                Format::Published => {
                    write_published(&self.at(&format!("{set}/published.csv"))?, &series)?;
                    let names = gene_names(&series, network);
                    write_gene_names(&self.at(&format!("{set}/gene_names.csv"))?, &names)?;
                }
                Format::Dense | Format::TenX | Format::Beeline => {}
            }
        }
        Ok(())
    }

    /// Tables that say what every condition, cell and trajectory is.
    fn labels(
        &self,
        simulation: &Simulation,
        set: &impl Fn(bool) -> &'static str,
    ) -> anyhow::Result<()> {
        let genes = simulation.source.network.genes();
        let condition = |number: usize| simulation.conditions[number].name.clone();
        let rows = simulation.conditions.iter().map(|condition| {
            let gene = condition
                .changes
                .first()
                .map(|c| genes.name(c.gene).to_owned());
            let factor = condition.changes.first().map(|c| c.factor.to_string());
            let set = set(condition.held_out).to_owned();
            [
                condition.name.clone(),
                gene.unwrap_or_default(),
                factor.unwrap_or_default(),
                set,
            ]
        });
        self.csv(
            "conditions.csv",
            ["condition", "gene", "factor", "set"],
            rows,
        )?;
        if let Some(data) = &simulation.cells {
            let rows = data
                .cells
                .names()
                .iter()
                .zip(&data.labels)
                .map(|(cell, label)| {
                    [
                        cell.clone(),
                        set(label.held_out).to_owned(),
                        condition(label.condition),
                        label.cell_type.map_or(String::new(), |t| t.to_string()),
                        label.time.map_or(String::new(), |t| t.to_string()),
                    ]
                });
            self.csv(
                "cells.csv",
                ["cell", "set", "condition", "type", "time"],
                rows,
            )?;
            if !data.snapshots.is_empty() {
                self.snapshots(data)?;
            }
        }
        if let Some(data) = &simulation.series {
            let trajectories = data.series.trajectories().iter();
            let rows = trajectories.zip(&data.labels).map(|(trajectory, label)| {
                [
                    trajectory.name.clone(),
                    set(label.held_out).to_owned(),
                    condition(label.condition),
                    label.source.clone(),
                ]
            });
            self.csv(
                "trajectories.csv",
                ["trajectory", "set", "condition", "source"],
                rows,
            )?;
        }
        Ok(())
    }

    fn snapshots(&self, data: &CellData) -> anyhow::Result<()> {
        let mut rows = Vec::new();
        for (lineage, snapshots) in &data.snapshots {
            for (number, snapshot) in snapshots.iter().enumerate() {
                for &cell in &snapshot.cells {
                    rows.push([
                        lineage.clone(),
                        (number + 1).to_string(),
                        snapshot.time.to_string(),
                        data.cells.names()[cell].clone(),
                    ]);
                }
            }
        }
        self.csv(
            "snapshots.csv",
            ["lineage", "snapshot", "time", "cell"],
            rows,
        )
    }

    fn metadata(
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

impl Simulation {
    /// Whether anything is held out.
    fn has_test(&self) -> bool {
        let cells = self.cells.iter().flat_map(|data| &data.labels);
        let trajectories = self.series.iter().flat_map(|data| &data.labels);
        cells
            .map(|l| l.held_out)
            .chain(trajectories.map(|l| l.held_out))
            .any(|held_out| held_out)
    }
}

fn sign_row(network: &Network, edge: &Edge) -> [String; 3] {
    let name = |gene| network.genes().name(gene).to_owned();
    let sign = if edge.weight > 0.0 { "1" } else { "-1" };
    [name(edge.from), name(edge.to), sign.to_owned()]
}

/// Genes without regulators that do not move are inputs.
fn gene_names(series: &TimeSeries, network: &Network) -> GeneNames {
    let regulators = network.in_degrees();
    let stays = |gene: usize| {
        series.trajectories().iter().all(|trajectory| {
            let mut values = trajectory.values.column(gene).into_iter();
            let first = values.next().map(|v| v.to_bits());
            values.all(|v| Some(v.to_bits()) == first)
        })
    };
    GeneNames {
        names: series.genes().to_vec(),
        is_input: (0..series.genes().len())
            .map(|g| regulators[g] == 0 && stays(g))
            .collect(),
    }
}
