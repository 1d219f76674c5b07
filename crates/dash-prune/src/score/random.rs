use ndarray::Array2;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Scores drawn from U[0, 1) for a `rows × columns` matrix: Random pruning, and Ω⁽⁰⁾ of DASH.
///
/// # Reference
/// Hossain et al. 2024, Algorithm 1: the random start of Ω.
pub fn random(rows: usize, columns: usize, seed: u64) -> Array2<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    Array2::from_shape_simple_fn((rows, columns), || rng.random())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_fixes_the_scores() {
        let scores = random(40, 50, 7);
        assert_eq!(scores, random(40, 50, 7));
        assert_ne!(scores, random(40, 50, 8));
        assert!(scores.iter().all(|s| (0.0..1.0).contains(s)));
        let mean = scores.mean().unwrap();
        assert!((mean - 0.5).abs() < 0.03, "{mean}");
    }
}
