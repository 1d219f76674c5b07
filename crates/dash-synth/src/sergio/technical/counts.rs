//! Molecules are counted.

use ndarray::Array3;

use super::{cell_stream, check_layers};
use crate::error::Result;
use crate::random::{Purpose, poisson, stream};

/// Turns every entry into a count with the Poisson law of that mean.
///
/// # Errors
/// Layers that do not fit.
pub fn count_molecules(layers: &mut [&mut Array3<f64>], seed: u64) -> Result<()> {
    let (types, genes, cells) = check_layers(layers)?;
    for cell_type in 0..types {
        for cell in 0..cells {
            let mut rng = stream(seed, Purpose::Counts, cell_stream(cell_type, cell));
            for layer in &mut *layers {
                for gene in 0..genes {
                    let x = &mut layer[[cell_type, gene, cell]];
                    *x = poisson(*x, &mut rng);
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_cells_change_none() {
        let with = |cells| {
            let mut x = Array3::from_shape_fn((2, 5, cells), |(b, g, c)| (b + g * c) as f64);
            count_molecules(&mut [&mut x], 3).unwrap();
            x
        };
        assert_eq!(with(4), with(9).slice(ndarray::s![.., .., ..4]));
    }
}
