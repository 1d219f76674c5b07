//! Simulated expression: the published trajectories, or a network and trajectories of our own.

use anyhow::{Context as _, bail};
use dash_ode::TimeSeries;
use dash_ode::io::{Genes, Ties, read_gene_names, read_published};
use dash_prior::{GeneIndex, Network, TableFormat, UnknownGenes, read_edge_list, relocate_edges};
use dash_synth::{
    NetworkConfig, SimulationConfig, System, SystemConfig, add_noise, generate_network, simulate,
};

use super::Data;
use crate::job::config::{DataConfig, Source};
use crate::job::dataset::Dataset;
use crate::job::inputs::Inputs;

/// Trajectories that the authors' code sets aside for validation (counted from 0).
const PUBLISHED_VALIDATION: [usize; 10] = [3, 23, 25, 61, 74, 90, 103, 128, 139, 146];

/// Seed of the networks and trajectories that come with this workspace.
const EMBEDDED_SEED: u64 = 2024;

pub(super) fn prepare(config: &DataConfig, inputs: &Inputs) -> anyhow::Result<Data> {
    let clean = match config.source {
        Source::Embedded => embedded(config)?,
        Source::Official => official(config, inputs)?,
    };
    // "5% noise" is a standard deviation of 5% of ½, the mean expression.
    let sd = config.noise / 2.0;
    Ok(Data {
        train: add_noise(&clean.train, sd, config.seed)?,
        validation: add_noise(&clean.validation, sd, config.seed.wrapping_add(1))?,
        ..clean
    })
}

/// A network with the statistics of the published one, simulated anew; the same for every job, or for every seed another.
fn embedded(config: &DataConfig) -> anyhow::Result<Data> {
    let network = match config.dataset {
        Dataset::Sim350 | Dataset::New350 => NetworkConfig::g350_like(350),
        _ => NetworkConfig::yeast_like(config.dataset.genes()),
    };
    let seed = if config.dataset.is_new() {
        config.seed
    } else {
        EMBEDDED_SEED
    };
    let network = generate_network(&NetworkConfig { seed, ..network })?;
    let system = SystemConfig {
        seed,
        ..SystemConfig::default()
    };
    let system = System::random(&network, &system)?;
    let samples = config.train + config.validation + config.test;
    let simulation = SimulationConfig {
        samples,
        seed,
        ..SimulationConfig::default()
    };
    let simulated = simulate(&system, &simulation)?;
    let validation: Vec<usize> = (0..config.validation).collect();
    let test: Vec<usize> = (config.validation..config.validation + config.test).collect();
    let train: Vec<usize> = (config.validation + config.test..samples).collect();
    Ok(Data {
        train: simulated.series.select(&train)?,
        validation: simulated.series.select(&validation)?,
        test: simulated.series.select(&test)?,
        prior: relocate_edges(&simulated.network, config.prior_corruption, config.seed)?,
        regulators: simulated.network.regulators(),
        reference: simulated.network,
        is_truth: true,
        perturbation: None,
        interactions: None,
        gene_sets: None,
        notes: Vec::new(),
    })
}

/// The published trajectories, network and prior.
fn official(config: &DataConfig, inputs: &Inputs) -> anyhow::Result<Data> {
    let names = read_gene_names(inputs.path("genes")?)?;
    let genes = GeneIndex::new(names.names.clone())?;
    let read = |role: &str| -> anyhow::Result<TimeSeries> {
        let series = read_published(inputs.path(role)?, Genes::Named(&names.names), Ties::Error)?;
        // Names in the wrong order would pass silently otherwise.
        names.check_inputs(&series)?;
        Ok(series)
    };
    let network = |role: &str| -> anyhow::Result<Network> {
        let path = inputs.path(role)?;
        let (network, _) =
            read_edge_list(path, &genes, UnknownGenes::Error, &TableFormat::default())?;
        Ok(network)
    };
    let both = read("train")?;
    let truth = network("edges")?;
    // An input that the network regulates: the names belong to other data.
    let is_input = names
        .is_input
        .iter()
        .enumerate()
        .filter(|(_, input)| **input);
    truth.check_inputs(&is_input.map(|(gene, _)| gene).collect::<Vec<usize>>())?;
    let (train, validation) = both.split(&PUBLISHED_VALIDATION)?;
    let first = |series: &TimeSeries, count: usize| -> anyhow::Result<TimeSeries> {
        let have = series.trajectories().len();
        let all: Vec<usize> = (0..count).collect();
        series
            .select(&all)
            .with_context(|| format!("{count} trajectories asked for, there are {have}"))
    };
    let mut notes = Vec::new();
    let (train, test) = if inputs.has("test") {
        let test = first(&read("test")?, config.test)?;
        (first(&train, config.train)?, test)
    } else {
        let (kept, test) = held_out(&train, config)?;
        notes.push(stands_in(config, kept.trajectories().len()));
        (kept, test)
    };
    let mut prior = network("prior")?;
    if moved(&truth, &prior) == 0 {
        prior = relocate_edges(&prior, config.prior_corruption, config.seed)?;
    }
    Ok(Data {
        train,
        validation: first(&validation, config.validation)?,
        test,
        regulators: truth.regulators(),
        reference: truth,
        is_truth: true,
        perturbation: None,
        prior,
        interactions: None,
        gene_sets: None,
        notes,
    })
}

/// What is said where training trajectories are tested on.
fn stands_in(config: &DataConfig, trained: usize) -> String {
    format!(
        "the test trajectories of {} are not read yet: the last {} of its training file stand in, without noise; trained on {trained}",
        config.dataset.name(),
        config.test
    )
}

/// The last published training trajectories as test data, and those before them to train on. Trajectories simulated anew
/// would not do: the means of the inputs, drawn once for the published ones, are not known.
fn held_out(all: &TimeSeries, config: &DataConfig) -> anyhow::Result<(TimeSeries, TimeSeries)> {
    let have = all.trajectories().len();
    if config.test >= have {
        bail!(
            "data.test = {}: no test file of {} is read yet, and of its {have} training trajectories at least one must be left to train on",
            config.test,
            config.dataset.name()
        );
    }
    let first_test = have - config.test;
    let train: Vec<usize> = (0..first_test.min(config.train)).collect();
    let test: Vec<usize> = (first_test..have).collect();
    Ok((all.select(&train)?, all.select(&test)?))
}

/// Number of edges of the prior that are not in the truth.
fn moved(truth: &Network, prior: &Network) -> usize {
    prior
        .edges()
        .iter()
        .filter(|e| truth.weight(e.from, e.to).is_none())
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::config;

    #[test]
    fn a_new_network_is_another_for_every_seed_and_an_embedded_one_is_not() {
        let prepared = |dataset, seed| {
            let config = DataConfig {
                dataset,
                seed,
                train: 1,
                validation: 1,
                test: 1,
                ..config("DASH").data
            };
            prepare(&config, &Inputs::default()).unwrap()
        };
        let same = |dataset| {
            let [a, b] = [1, 2].map(|seed| prepared(dataset, seed));
            let starts = |d: &Data| d.test.trajectories()[0].values.clone();
            (a.reference == b.reference, starts(&a) == starts(&b))
        };
        assert_eq!(same(Dataset::Sim350), (true, true));
        assert_eq!(same(Dataset::New350), (false, false));
        assert!(prepared(Dataset::New350, 1).reference == prepared(Dataset::New350, 1).reference);
    }

    #[test]
    fn test_trajectories_that_were_published_are_not_called_unpublished() {
        let config = DataConfig {
            dataset: Dataset::Sim690,
            ..config("DASH").data
        };
        let note = stands_in(&config, 130);
        for part in [
            "sim690 are not read yet",
            "last 10 of its training file",
            "trained on 130",
        ] {
            assert!(note.contains(part), "{part:?} is not in {note:?}");
        }
    }
}
