//! Tables that say what everything is.

use super::folder::Folder;
use crate::simulate::{CellData, Simulation};

impl Folder {
    /// Tables that say what every condition, cell and trajectory is.
    pub(super) fn labels(
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
}
