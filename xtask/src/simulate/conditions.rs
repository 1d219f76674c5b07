//! The wild type and what is changed in it.

use std::collections::HashSet;

use anyhow::bail;
use dash_prior::Network;
use dash_synth::sergio::Perturbation;

use super::config::{Config, Screen};
use super::key::seed_of;

/// One condition.
pub(crate) struct Condition {
    pub(super) name: String,
    /// Nothing for the wild type.
    pub(super) changes: Vec<Perturbation>,
    pub(super) held_out: bool,
}

/// The wild type first, then the screen, then the list.
pub(super) fn plan(config: &Config, network: &Network) -> anyhow::Result<Vec<Condition>> {
    for (name, share) in [
        ("perturbations", config.split.perturbations),
        ("trajectories", config.split.trajectories),
    ] {
        if !(0.0..=1.0).contains(&share) {
            bail!("split.{name} = {share}: must be in 0..=1");
        }
    }
    let mut changes = Vec::new();
    if let Some(perturbations) = &config.perturbations {
        let screened = match perturbations.screen {
            None => Vec::new(),
            Some(Screen::Regulators) => network.regulators(),
            Some(Screen::AllGenes) => (0..network.genes().len()).collect(),
        };
        let factor = perturbations.factor;
        changes.extend(
            screened
                .into_iter()
                .map(|gene| Perturbation { gene, factor }),
        );
        for change in &perturbations.list {
            let Some(gene) = network.genes().position(&change.gene) else {
                bail!(
                    "[perturbations] list: gene {:?} is not in the network; compare its spelling with {}, …",
                    change.gene,
                    network
                        .genes()
                        .names()
                        .iter()
                        .take(3)
                        .cloned()
                        .collect::<Vec<_>>()
                        .join(", ")
                );
            };
            let factor = change.factor;
            changes.push(Perturbation { gene, factor });
        }
        if changes.is_empty() {
            bail!("[perturbations] names none: give `screen` or `list`");
        }
    } else if config.split.perturbations > 0.0 {
        bail!("split.perturbations: there are no [perturbations] to hold out");
    }
    named(config, network, changes)
}

fn named(
    config: &Config,
    network: &Network,
    changes: Vec<Perturbation>,
) -> anyhow::Result<Vec<Condition>> {
    let mut conditions = vec![Condition {
        name: "wild_type".into(),
        changes: Vec::new(),
        held_out: false,
    }];
    let mut seen = HashSet::new();
    for change in changes {
        let factor = change.factor;
        if !(factor >= 0.0 && factor.is_finite()) {
            bail!("[perturbations] factor = {factor}: must be at least 0 and finite");
        }
        let gene = network.genes().name(change.gene);
        let name = if factor == 0.0 {
            format!("{gene}_knock_out")
        } else {
            format!("{gene}_x{factor}")
        };
        if !seen.insert(name.clone()) {
            bail!("[perturbations]: {name} is asked for twice; leave one out");
        }
        conditions.push(Condition {
            name,
            changes: vec![change],
            held_out: false,
        });
    }
    let names: Vec<&str> = conditions[1..].iter().map(|c| c.name.as_str()).collect();
    let held_out = held_out(&names, config.split.perturbations, config.seed);
    for (condition, held_out) in conditions[1..].iter_mut().zip(held_out) {
        condition.held_out = held_out;
    }
    Ok(conditions)
}

/// Which share of some names is held out: those with the smallest digests.
pub(super) fn held_out(names: &[&str], share: f64, seed: u64) -> Vec<bool> {
    let count = (share * names.len() as f64).round() as usize;
    let digest = |i: &usize| seed_of(seed, &format!("held out: {}", names[*i]));
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by_key(digest);
    let chosen: HashSet<usize> = order.into_iter().take(count).collect();
    (0..names.len()).map(|i| chosen.contains(&i)).collect()
}
