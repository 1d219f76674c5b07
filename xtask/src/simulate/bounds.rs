//! What no machine could hold is refused before memory is asked for it: running out of memory ends the program without a word.

use anyhow::bail;
use dash_prior::Network;
use dash_synth::sergio::{DifferentiationConfig, Lineage, SteadyConfig};
use dash_synth::{KineticsConfig, SimulationConfig};

use super::config::{Config, NetworkSource};
use super::source::Source;

/// Genes of a generated network.
const MOST_GENES: usize = 1_000_000;
/// Edges of a generated network.
const MOST_EDGES: f64 = 1e8;
/// Values of one table, of 8 bytes each.
const MOST_VALUES: f64 = 1e10;

/// Checks the size of a network before it is generated.
///
/// # Errors
/// More genes or edges than could be held.
pub(super) fn check_network(network: &NetworkSource) -> anyhow::Result<()> {
    let (kind, genes, (name, degree)) = match network {
        NetworkSource::ScaleFree(shape) => (
            "scale-free",
            shape.genes,
            ("mean_degree", shape.mean_degree),
        ),
        NetworkSource::YeastLike(shape) => {
            let regulators = shape.regulator_share * shape.genes as f64;
            let most = regulators.min(shape.max_in_degree as f64);
            let mean = (1.0 / shape.in_degree_p).min(most);
            ("yeast-like", shape.genes, ("in_degree_p", mean))
        }
        NetworkSource::SergioFiles { .. }
        | NetworkSource::EdgeList { .. }
        | NetworkSource::HillFiles { .. }
        | NetworkSource::Toy { .. } => return Ok(()),
    };
    if genes > MOST_GENES {
        bail!("[network.{kind}] genes = {genes}: must be at most {MOST_GENES}");
    }
    let edges = genes as f64 * degree;
    if edges > MOST_EDGES {
        bail!(
            "[network.{kind}] {name}: {genes} genes of {degree} edges each are {edges:e} edges, and at most {MOST_EDGES:e} can be had; ask for fewer"
        );
    }
    Ok(())
}

/// A number of something, and the setting that it comes from.
#[derive(Clone, Copy)]
struct Count {
    number: f64,
    of: &'static str,
    key: &'static str,
}

fn count(number: usize, of: &'static str, key: &'static str) -> Count {
    Count {
        number: number as f64,
        of,
        key,
    }
}

/// Checks a table with so many values.
fn check(counts: &[Count]) -> anyhow::Result<()> {
    let values: f64 = counts.iter().map(|count| count.number).product();
    let largest = counts.iter().max_by(|a, b| a.number.total_cmp(&b.number));
    let Some(Count { key, .. }) = largest.filter(|_| values > MOST_VALUES) else {
        return Ok(());
    };
    let factors: Vec<String> = counts
        .iter()
        .map(|count| format!("{} {}", count.number, count.of))
        .collect();
    bail!(
        "{key}: {} are {values:.1e} values, and at most {MOST_VALUES:e} (80 GB) are held; ask for fewer",
        factors.join(" × ")
    );
}

/// Genes and conditions, which multiply everything.
fn common(source: &Source, conditions: usize) -> [Count; 2] {
    [
        count(source.network.genes().len(), "genes", "[network]"),
        count(conditions, "conditions", "[perturbations]"),
    ]
}

fn types(source: &Source, config: &Config) -> Count {
    let (number, key) = match &source.sergio {
        Some(system) => (system.types(), "[network.sergio-files]"),
        None => (
            config
                .kinetics
                .as_ref()
                .map_or(KineticsConfig::default().types, |kinetics| kinetics.types),
            "kinetics.types",
        ),
    };
    count(number, "types", key)
}

/// Checks what resting cells take.
///
/// # Errors
/// More than could be held.
pub(super) fn check_resting(
    settings: &SteadyConfig,
    config: &Config,
    source: &Source,
    conditions: usize,
) -> anyhow::Result<()> {
    let [genes, changes] = common(source, conditions);
    let types = types(source, config);
    let cells = count(settings.cells, "cells", "simulator.sergio-steady.cells");
    check(&[cells, types, genes, changes])
}

/// Checks what differentiating cells take.
///
/// # Errors
/// More than could be held.
pub(super) fn check_differentiating(
    settings: &DifferentiationConfig,
    lineage: &Lineage,
    config: &Config,
    source: &Source,
    conditions: usize,
) -> anyhow::Result<()> {
    let key = "simulator.sergio-differentiation.cells";
    let cells = count(settings.cells, "cells", key);
    let [genes, changes] = common(source, conditions);
    check(&[cells, types(source, config), genes, changes])?;
    check(&[
        count(config.series.snapshots, "snapshots", "series.snapshots"),
        count(config.series.replicates, "replicates", "series.replicates"),
        genes,
        changes,
    ])?;
    // Paths are held of one type at a time.
    if let Some(paths) = settings.paths {
        let key = "simulator.sergio-differentiation.paths";
        return check(&[count(paths, "paths", key), genes]);
    }
    let fastest = (0..lineage.types())
        .filter_map(|cell_type| lineage.parent(cell_type))
        .fold(0.0, |fastest, (_, rate)| rate.max(fastest));
    let rate = Count {
        number: fastest,
        of: "paths per cell",
        key: "[lineage]",
    };
    check(&[rate, cells, genes])
}

/// Checks what solutions of Hill equations take.
///
/// # Errors
/// More than could be held.
pub(super) fn check_solutions(
    settings: &SimulationConfig,
    source: &Source,
    conditions: usize,
) -> anyhow::Result<()> {
    let [genes, changes] = common(source, conditions);
    check(&[
        count(settings.samples, "samples", "simulator.hill-ode.samples"),
        count(settings.times.len(), "times", "simulator.hill-ode.times"),
        genes,
        changes,
    ])?;
    let key = "simulator.hill-ode.inputs.correlation";
    let inputs = count(inputs(&source.network), "inputs", key);
    match settings.inputs.correlation {
        Some(_) => check(&[inputs, inputs]),
        None => Ok(()),
    }
}

/// Genes that nothing regulates.
fn inputs(network: &Network) -> usize {
    let degrees = network.in_degrees();
    degrees.iter().filter(|degree| **degree == 0).count()
}
