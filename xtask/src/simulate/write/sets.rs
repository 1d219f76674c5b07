//! The data of every set.

use anyhow::Context;
use dash_ode::TimeSeries;
use dash_ode::io::{GeneNames, write_gene_names, write_published, write_tidy};
use dash_prior::Network;
use dash_synth::{Beeline, Cells, write_10x, write_beeline, write_expression};
use ndarray::Axis;

use super::folder::Folder;
use crate::simulate::config::{Config, Format};
use crate::simulate::{CellData, SeriesData, Simulation};

impl Folder {
    /// The data: in `data`, or where something is held out in `train` and `test`.
    pub(super) fn sets(&self, simulation: &Simulation, config: &Config) -> anyhow::Result<()> {
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
