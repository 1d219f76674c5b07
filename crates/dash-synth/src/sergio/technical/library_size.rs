//! The total of a cell.

use ndarray::{Array2, Array3};
use serde::{Deserialize, Serialize};

use super::check_layers;
use crate::error::{Result, check_setting};
use crate::random::{Purpose, standard_normal, stream};

/// Library sizes: every cell is scaled to a total of its own, all layers together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LibrarySize {
    /// Mean of the logarithm of the total.
    pub mean: f64,
    /// Standard deviation of the logarithm of the total, at least 0.
    pub sd: f64,
}

impl LibrarySize {
    /// Scales the cells; the totals drawn, `types × cells`. A cell without expression stays so.
    ///
    /// # Errors
    /// A setting out of range, layers that do not fit.
    pub fn apply(&self, layers: &mut [&mut Array3<f64>], seed: u64) -> Result<Array2<f64>> {
        check_law("logarithm of library sizes", self.mean, self.sd)?;
        let (types, genes, cells) = check_layers(layers)?;
        let mut totals = Array2::zeros((types, cells));
        let mut empty = 0_usize;
        for cell_type in 0..types {
            let mut rng = stream(seed, Purpose::LibrarySizes, cell_type);
            let mut sums = vec![0.0; cells];
            for layer in &*layers {
                for gene in 0..genes {
                    for (cell, sum) in sums.iter_mut().enumerate() {
                        *sum += layer[[cell_type, gene, cell]];
                    }
                }
            }
            for (cell, sum) in sums.iter().enumerate() {
                totals[[cell_type, cell]] =
                    libm::exp(self.mean + self.sd * standard_normal(&mut rng));
                empty += usize::from(*sum <= 0.0);
            }
            for layer in &mut *layers {
                for gene in 0..genes {
                    for (cell, sum) in sums.iter().enumerate() {
                        if *sum > 0.0 {
                            let x = &mut layer[[cell_type, gene, cell]];
                            *x = *x / sum * totals[[cell_type, cell]];
                        }
                    }
                }
            }
        }
        if empty > 0 {
            tracing::warn!("{empty} cells have no expression at all and keep a library size of 0");
        }
        Ok(totals)
    }
}

/// Checks the law of a logarithm.
pub(super) fn check_law(name: &'static str, mean: f64, sd: f64) -> Result<()> {
    check_setting(name, mean, mean.is_finite(), "a finite mean")?;
    let within = sd >= 0.0 && sd.is_finite();
    check_setting(
        name,
        sd,
        within,
        "a standard deviation of at least 0, finite",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_those_drawn_over_all_layers() {
        let library_size = LibrarySize { mean: 4.6, sd: 0.4 };
        let value = |(b, g, c): (usize, usize, usize)| ((b + g * c) % 7) as f64;
        let mut unspliced = Array3::from_shape_fn((2, 8, 3000), value);
        let mut spliced = 2.0 * &unspliced;
        for layer in [&mut unspliced, &mut spliced] {
            layer.slice_mut(ndarray::s![1, .., 0]).fill(0.0);
        }
        let both = &mut [&mut unspliced, &mut spliced];
        let totals = library_size.apply(both, 1).unwrap();
        for ((b, c), total) in totals.indexed_iter() {
            let cell = ndarray::s![b, .., c];
            let sum = unspliced.slice(cell).sum() + spliced.slice(cell).sum();
            let expected = if (b, c) == (1, 0) || (b == 0 && c % 7 == 0) {
                0.0
            } else {
                *total
            };
            assert!((sum - expected).abs() < 1e-9 * total, "{b} {c}");
        }
        assert!(unspliced.iter().chain(&spliced).all(|x| x.is_finite()));
        let logarithms = totals.mapv(f64::ln);
        assert!((logarithms.mean().unwrap() - 4.6).abs() < 0.03);
        assert!((logarithms.std(0.0) - 0.4).abs() < 0.02);
    }
}
