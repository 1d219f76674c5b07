//! When two simulations are the same.

use std::path::PathBuf;

use anyhow::Context;

use super::config::Config;

/// Digest of the configuration as written, the files that it names, and the version.
///
/// # Errors
/// A file that cannot be read.
pub(crate) fn key(config: &Config, text: &str) -> anyhow::Result<String> {
    let mut hasher = blake3::Hasher::new();
    let mut part = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    part(env!("CARGO_PKG_VERSION").as_bytes());
    part(text.as_bytes());
    for (_, digest) in inputs(config)? {
        part(digest.as_bytes());
    }
    Ok(hasher.finalize().to_hex().to_string())
}

/// The files that the configuration names, with their digests.
pub(super) fn inputs(config: &Config) -> anyhow::Result<Vec<(PathBuf, String)>> {
    let digest = |path: PathBuf| {
        let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
        let digest = blake3::hash(&bytes).to_hex().to_string();
        Ok((path, digest))
    };
    config.paths().into_iter().map(digest).collect()
}

/// A seed of its own for a part of the work.
pub(super) fn seed_of(seed: u64, part: &str) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_le_bytes());
    hasher.update(part.as_bytes());
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    u64::from_le_bytes(bytes)
}
