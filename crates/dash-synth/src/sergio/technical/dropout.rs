//! Entries that are lost.

use ndarray::Array3;
use serde::{Deserialize, Serialize};

use super::percentile::percentile;
use super::{cell_stream, check_layers};
use crate::error::{Result, check_setting};
use crate::random::{Purpose, chance, stream};

/// Dropout: an entry x is kept with probability 1 / (1 + exp(−k (ln(1 + x) − m))).
///
/// The midpoint m is a percentile of ln(1 + x) over all types, genes and cells, x the sum over the layers; every layer is
/// dropped by its own values, so that more of the smaller one is lost.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dropout {
    /// Steepness k, at least 0 and finite (1).
    pub shape: f64,
    /// Percentile of the midpoint, 0 to 100 (65).
    pub percentile: f64,
}

impl Default for Dropout {
    fn default() -> Self {
        Self {
            shape: 1.0,
            percentile: 65.0,
        }
    }
}

impl Dropout {
    /// Sets entries to 0; their share of all.
    ///
    /// # Errors
    /// A setting out of range, layers that do not fit.
    pub fn apply(&self, layers: &mut [&mut Array3<f64>], seed: u64) -> Result<f64> {
        let (shape, percent) = (self.shape, self.percentile);
        let within = shape >= 0.0 && shape.is_finite();
        check_setting("shape of dropout", shape, within, "at least 0 and finite")?;
        let within = (0.0..=100.0).contains(&percent);
        check_setting("percentile of dropout", percent, within, "from 0 to 100")?;
        let (types, genes, cells) = check_layers(layers)?;
        let Some(midpoint) = self.midpoint(layers) else {
            return Ok(0.0);
        };
        let mut dropped = 0_usize;
        for cell_type in 0..types {
            for cell in 0..cells {
                let mut rng = stream(seed, Purpose::Dropout, cell_stream(cell_type, cell));
                for layer in &mut *layers {
                    for gene in 0..genes {
                        let x = &mut layer[[cell_type, gene, cell]];
                        let distance = libm::log1p(*x) - midpoint;
                        let keep = 1.0 / (1.0 + libm::exp(-self.shape * distance));
                        if !chance(keep, &mut rng) {
                            *x = 0.0;
                            dropped += 1;
                        }
                    }
                }
            }
        }
        Ok(dropped as f64 / (layers.len() * types * genes * cells) as f64)
    }

    /// The midpoint, if there is any entry. The logarithm grows with x, so it is taken after the order.
    fn midpoint(&self, layers: &[&mut Array3<f64>]) -> Option<f64> {
        let count = layers.first()?.len();
        let slices: Option<Vec<&[f64]>> = layers.iter().map(|layer| layer.as_slice()).collect();
        let sums = |visit: &mut dyn FnMut(f64)| match &slices {
            Some(slices) => {
                (0..count).for_each(|i| visit(slices.iter().map(|slice| slice[i]).sum()));
            }
            None => {
                for place in ndarray::indices(layers[0].dim()) {
                    visit(layers.iter().map(|layer| layer[place]).sum());
                }
            }
        };
        let (low, high, part) = percentile(count, self.percentile, &sums)?;
        let (low, high) = (libm::log1p(low), libm::log1p(high));
        Some(low + part * (high - low))
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these values are exact")]
mod tests {
    use super::*;

    #[test]
    fn a_steep_dropout_loses_what_is_below_the_percentile() {
        let dropout = Dropout {
            shape: 1e6,
            percentile: 80.0,
        };
        let value = |(_, g, c): (usize, usize, usize)| (10 * c + g) as f64 + 1.0;
        let mut cells = Array3::from_shape_fn((1, 10, 100), value);
        let dropped = dropout.apply(&mut [&mut cells], 1).unwrap();
        assert_eq!(dropped, 0.8);
        for (place, x) in cells.indexed_iter() {
            let expected = if value(place) > 800.5 {
                value(place)
            } else {
                0.0
            };
            assert_eq!(*x, expected);
        }
    }

    #[test]
    fn the_share_kept_follows_the_curve() {
        let dropout = Dropout {
            shape: 2.0,
            percentile: 50.0,
        };
        // Half of the entries 1, half 4: the midpoint lies halfway between their logarithms.
        let mut cells = Array3::from_shape_fn((1, 2, 20_000), |(_, g, _)| [1.0, 4.0][g]);
        dropout.apply(&mut [&mut cells], 1).unwrap();
        let half = 0.5 * (5.0_f64.ln() - 2.0_f64.ln());
        for (gene, sign) in [(0, 1.0), (1, -1.0)] {
            let keep = 1.0 / (1.0 + f64::exp(sign * 2.0 * half));
            let kept = cells
                .slice(ndarray::s![0, gene, ..])
                .iter()
                .filter(|x| **x > 0.0)
                .count();
            // Five standard errors.
            let error = 5.0 * (keep * (1.0 - keep) / 20_000.0).sqrt();
            assert!(
                (kept as f64 / 20_000.0 - keep).abs() < error,
                "{gene}: {kept}"
            );
        }
    }

    #[test]
    fn layers_share_the_midpoint_of_their_sum() {
        let dropout = Dropout {
            shape: 1e6,
            percentile: 50.0,
        };
        let value = |(_, _, c): (usize, usize, usize)| c as f64;
        let mut unspliced = Array3::from_shape_fn((1, 1, 101), value);
        let mut spliced = 3.0 * &unspliced;
        dropout
            .apply(&mut [&mut unspliced, &mut spliced], 1)
            .unwrap();
        // The median of the sum 4c is 200: beyond all unspliced entries.
        assert_eq!(unspliced.sum(), 0.0);
        assert_eq!(spliced.iter().filter(|x| **x > 0.0).count(), 34);
    }

    #[test]
    fn no_cells_are_no_error() {
        let mut none = Array3::zeros((2, 3, 0));
        assert_eq!(Dropout::default().apply(&mut [&mut none], 1).unwrap(), 0.0);
        let bad = Dropout {
            percentile: 101.0,
            ..Dropout::default()
        };
        assert!(bad.apply(&mut [], 1).is_err());
    }
}
