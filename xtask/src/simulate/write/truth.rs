//! What the data were simulated from.

use dash_ode::io::write_tidy;
use dash_prior::{Edge, Network, write_edge_list};
use dash_synth::sergio::{write_masters, write_targets, write_transitions};
use dash_synth::{write_edge_properties, write_equations, write_expression};

use super::folder::Folder;
use crate::simulate::Simulation;

impl Folder {
    pub(super) fn truth(&self, simulation: &Simulation) -> anyhow::Result<()> {
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
}

fn sign_row(network: &Network, edge: &Edge) -> [String; 3] {
    let name = |gene| network.genes().name(gene).to_owned();
    let sign = if edge.weight > 0.0 { "1" } else { "-1" };
    [name(edge.from), name(edge.to), sign.to_owned()]
}
