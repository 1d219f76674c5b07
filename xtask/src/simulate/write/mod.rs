//! A simulation as a folder of files.

mod folder;
mod labels;
mod metadata;
mod sets;
mod truth;

use super::Simulation;
use super::config::Config;
use super::place::Place;
use folder::{Folder, list};

/// Fills a place and publishes it; returns the files, relative to it.
///
/// # Errors
/// A file that cannot be written; a place that something else has taken meanwhile.
pub(crate) fn write(
    simulation: &Simulation,
    config: &Config,
    key: &str,
    place: Place,
) -> anyhow::Result<Vec<String>> {
    let folder = Folder {
        root: place.unfinished().to_owned(),
    };
    folder.truth(simulation)?;
    folder.sets(simulation, config)?;
    let mut files = Vec::new();
    list(&folder.root, "", &mut files)?;
    files.push("metadata.json".into());
    files.sort();
    folder.metadata(simulation, config, key, files.clone())?;
    place.publish(key)?;
    Ok(files)
}
