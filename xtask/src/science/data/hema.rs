//! Bone marrow: single cells of one lineage in pseudotime, a trajectory a batch.

use anyhow::bail;
use dash_ode::io::{Ties, read_cells};
use dash_ode::{TimeSeries, Trajectory};

use super::Data;
use super::alignment::Alignment;
use crate::job::config::DataConfig;
use crate::job::inputs::Inputs;

/// Least experimental evidence of an interaction in STRING.
const EVIDENCE: f64 = 0.6;

/// Batches to test on, by the roles of their files.
const TEST: [&str; 3] = ["test S2D1", "test S2D4", "test S3D6"];

/// Batch S1D2 trains, S1D1 validates; the file holds them in the other order.
pub(super) fn prepare(config: &DataConfig, inputs: &Inputs) -> anyhow::Result<Data> {
    let mut alignment = Alignment::new(inputs)?;
    let both = alignment.series("train")?;
    let (validation, train) = (both.select(&[0])?, both.select(&[1])?);
    let test = test(config, inputs, &mut alignment)?;
    alignment.note(
        "trained on batch S1D2, validated on S1D1; every batch is scaled by its own largest value, so that batches are not on one scale",
    );
    let prior = alignment.prior()?;
    let (interactions, regulators) = alignment.interactions(Some(EVIDENCE))?;
    let reference =
        alignment.reference("reference, ChIP-seq of BREAST cells, a rough check alone")?;
    Ok(Data {
        train,
        validation,
        test,
        reference,
        is_truth: false,
        perturbation: None,
        prior,
        interactions: Some(interactions),
        regulators,
        gene_sets: alignment.gene_sets()?,
        notes: alignment.notes,
    })
}

/// The batches that are at hand, made trajectories as the published ones were.
fn test(
    config: &DataConfig,
    inputs: &Inputs,
    alignment: &mut Alignment<'_>,
) -> anyhow::Result<TimeSeries> {
    let (mut present, mut absent) = (Vec::new(), Vec::new());
    let mut trajectories: Vec<Trajectory> = Vec::new();
    let mut tied = 0;
    for role in TEST {
        let batch = role.trim_start_matches("test ");
        if !inputs.has(role) {
            absent.push(batch);
            continue;
        }
        present.push(batch);
        let path = inputs.path(role)?;
        let cells = read_cells(path)?;
        if cells.genes != alignment.genes.names() {
            bail!(
                "{}: its genes are not those of the training data, in the same order",
                path.display()
            );
        }
        let trajectory = cells.trajectory(batch, Ties::Mean)?;
        tied += cells.times.len() - 30 - trajectory.times.len();
        trajectories.push(trajectory);
    }
    if trajectories.is_empty() {
        bail!(
            "no test batch of {} is at hand ({})",
            config.dataset.name(),
            absent.join(", ")
        );
    }
    let without = if absent.is_empty() {
        String::new()
    } else {
        format!(
            ", WITHOUT {}, whose cells are not at hand",
            absent.join(" and ")
        )
    };
    alignment.note(format!("tested on {}{without}", present.join(" and ")));
    if tied > 0 {
        alignment.note(format!(
            "{tied} cells share the pseudotime of another in the test batches: their mean stands for them"
        ));
    }
    Ok(TimeSeries::new(
        alignment.genes.names().to_vec(),
        trajectories,
    )?)
}
