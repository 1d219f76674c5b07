//! Genes that come out far above the others.

use ndarray::{Array3, Axis};
use serde::{Deserialize, Serialize};

use super::check_layers;
use crate::error::{Result, check_setting};
use crate::random::{Purpose, chance, standard_normal, stream};

/// Outlier genes: a few genes are multiplied by a factor each, in all cells and layers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outliers {
    /// Probability of a gene to be one, 0 to 1.
    pub probability: f64,
    /// Mean of the logarithm of the factor.
    pub mean: f64,
    /// Standard deviation of the logarithm of the factor, at least 0.
    pub sd: f64,
}

impl Outliers {
    /// Multiplies the outliers; the factors of all genes.
    ///
    /// # Errors
    /// A setting out of range, layers that do not fit.
    pub fn apply(&self, layers: &mut [&mut Array3<f64>], seed: u64) -> Result<Vec<f64>> {
        let probability = self.probability;
        let within = (0.0..=1.0).contains(&probability);
        check_setting(
            "probability of outliers",
            probability,
            within,
            "from 0 to 1",
        )?;
        super::library_size::check_law("logarithm of outliers", self.mean, self.sd)?;
        let (_, genes, _) = check_layers(layers)?;
        let factor = |gene| {
            let mut rng = stream(seed, Purpose::Outliers, gene);
            if chance(self.probability, &mut rng) {
                libm::exp(self.mean + self.sd * standard_normal(&mut rng))
            } else {
                1.0
            }
        };
        let factors: Vec<f64> = (0..genes).map(factor).collect();
        for layer in layers {
            for (mut gene, factor) in layer.axis_iter_mut(Axis(1)).zip(&factors) {
                gene *= *factor;
            }
        }
        Ok(factors)
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these values are exact")]
mod tests {
    use super::*;

    #[test]
    fn factors_follow_their_law_and_act_on_whole_genes() {
        let genes = 20_000;
        let outliers = Outliers {
            probability: 0.1,
            mean: 0.8,
            sd: 0.5,
        };
        let mut layers = [
            Array3::ones((1, genes, 2)),
            Array3::from_elem((1, genes, 2), 3.0),
        ];
        let [one, three] = &mut layers;
        let factors = outliers.apply(&mut [one, three], 1).unwrap();
        for gene in 0..genes {
            for cell in 0..2 {
                assert_eq!(layers[0][[0, gene, cell]], factors[gene]);
                assert_eq!(layers[1][[0, gene, cell]], 3.0 * factors[gene]);
            }
        }
        let logarithms = factors.iter().filter(|f| **f != 1.0).map(|f| f.ln());
        let logarithms: Vec<f64> = logarithms.collect();
        let n = logarithms.len() as f64;
        assert!((n / 2000.0 - 1.0).abs() < 0.1, "{n}");
        let mean = logarithms.iter().sum::<f64>() / n;
        let variance = logarithms.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
        assert!(
            (mean - 0.8).abs() < 0.05 && (variance - 0.25).abs() < 0.035,
            "{mean} {variance}"
        );
    }

    #[test]
    fn a_probability_is_one() {
        let outliers = Outliers {
            probability: 1.5,
            mean: 0.0,
            sd: 1.0,
        };
        let message = outliers.apply(&mut [], 1).unwrap_err().to_string();
        assert!(
            message.contains("probability of outliers = 1.5"),
            "{message}"
        );
    }
}
