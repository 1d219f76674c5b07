//! Seeds, each derived from what it may depend on and nothing else.

use crate::job::canonical::canonical;
use crate::job::config::JobConfig;
use crate::job::dataset::Dataset;

/// Seeds are below 2⁵³, so that every reader of JSON holds them exactly.
const MASK: u64 = (1 << 53) - 1;

/// Seed of noise, split and moved edges: the same for every strategy and model at one seed number.
pub(crate) fn data_seed(dataset: Dataset, noise: f64, number: u64) -> u64 {
    derive(&format!("data {} {noise} {number}", dataset.name()))
}

/// Seed of the initial weights: the same for every strategy at one seed number.
pub(crate) fn init_seed(dataset: Dataset, noise: f64, number: u64) -> u64 {
    derive(&format!("init {} {noise} {number}", dataset.name()))
}

/// Seed of everything else: depends on the whole configuration (its own `seed` field aside), so that no two jobs share
/// a random stream. What is asked of the fitted model does not count: a model is the same whether its pathways are tested.
pub(crate) fn job_seed(config: &JobConfig, number: u64) -> anyhow::Result<u64> {
    let identity = canonical(&JobConfig {
        seed: 0,
        pathways: None,
        ..config.clone()
    })?;
    Ok(derive(&format!("job {identity} {number}")))
}

/// Seed of one kind of randomness of a fit of a user's own data.
pub(crate) fn own(of: &str, number: u64) -> u64 {
    derive(&format!("own {of} {number}"))
}

fn derive(text: &str) -> u64 {
    let hash = blake3::hash(text.as_bytes());
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&hash.as_bytes()[..8]);
    u64::from_le_bytes(bytes) & MASK
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_and_initial_weights_have_seeds_of_their_own() {
        let dataset = Dataset::Sim350;
        assert_ne!(data_seed(dataset, 0.05, 1), init_seed(dataset, 0.05, 1));
        assert_ne!(data_seed(dataset, 0.05, 1), data_seed(dataset, 0.05, 2));
        assert_ne!(data_seed(dataset, 0.05, 1), data_seed(dataset, 0.1, 1));
        assert_ne!(
            data_seed(dataset, 0.05, 1),
            data_seed(Dataset::Sim690, 0.05, 1)
        );
        assert!(data_seed(dataset, 0.05, 1) <= MASK);
    }
}
