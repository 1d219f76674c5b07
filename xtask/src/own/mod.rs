//! A user's own data: the configuration of a fit, and the files that it names, read and checked.

mod check;
pub(crate) mod config;
mod expression;
pub(crate) mod findings;
mod h5ad;
pub(crate) mod init;
pub(crate) mod job;
mod prior;
mod recognise;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use dash_ode::TimeSeries;
use dash_prior::{GeneIndex, Network, PriorMatrix};

use config::FitConfig;
use findings::Findings;

/// Everything that a fit reads.
#[derive(Clone, Debug)]
pub(crate) struct OwnData {
    /// Expression, in the units of the file.
    pub(crate) series: TimeSeries,
    /// The prior over the genes of the series; `None` if there is none.
    pub(crate) prior: Option<Network>,
    /// Interactions of genes (C); `None`: what the prior implies.
    pub(crate) interactions: Option<PriorMatrix>,
    pub(crate) findings: Findings,
    /// BLAKE3 of every file, by role.
    pub(crate) hashes: BTreeMap<String, String>,
}

/// Reads and checks the files of a configuration, which lie relative to `folder`.
///
/// # Errors
/// What is wrong with a file, where, and how to mend it.
pub(crate) fn load(config: &FitConfig, folder: &Path) -> anyhow::Result<OwnData> {
    let mut hashes = BTreeMap::new();
    for (role, file) in config.files() {
        let path = folder.join(file);
        let bytes = fs::read(&path).with_context(|| {
            format!(
                "cannot read {} ({role} of the configuration); paths are relative to the configuration file",
                path.display()
            )
        })?;
        hashes.insert(role.to_owned(), blake3::hash(&bytes).to_hex().to_string());
    }
    let (series, expression) = expression::read(&config.expression, folder)?;
    if series.genes().len() < 2 {
        bail!(
            "{}: it has one gene, {}; a network needs at least 2",
            folder.join(&config.expression.file).display(),
            series.genes()[0]
        );
    }
    let genes = GeneIndex::new(series.genes().to_vec())?;
    let prior = match &config.prior {
        Some(file) => {
            let read = prior::read_network(file, folder, &genes)?;
            Some(if config.is_direct() {
                prior::without_self_edges(read)?
            } else {
                read
            })
        }
        None => None,
    };
    let interactions = match &config.interactions {
        Some(file) => Some(prior::read_interactions(file, folder, &genes)?),
        None => None,
    };
    let (prior, prior_found) = prior.unzip();
    let (interactions, interactions_found) = interactions.unzip();
    Ok(OwnData {
        series,
        prior,
        interactions,
        findings: Findings {
            expression,
            prior: prior_found,
            interactions: interactions_found,
        },
        hashes,
    })
}

/// The folder that the paths of a configuration file are relative to.
pub(crate) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}
