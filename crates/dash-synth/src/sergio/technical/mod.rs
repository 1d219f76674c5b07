//! What an experiment does to the expression of cells: technical noise, in four steps.

mod counts;
mod dropout;
mod library_size;
mod outliers;
mod percentile;
mod presets;

use ndarray::{Array2, Array3};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

pub use counts::count_molecules;
pub use dropout::Dropout;
pub use library_size::LibrarySize;
pub use outliers::Outliers;
pub use presets::{Preset, presets};

/// Technical noise: outlier genes, library sizes, dropout, counts of molecules, in this order. Each step may be left out, and
/// each can be had alone.
///
/// Expression is `types × genes × cells`, at least 0 and finite, in layers that share their cells: one, or unspliced and
/// spliced RNA.
///
/// # Reference
/// P. Dibaeinia & S. Sinha, Cell Systems 11 (2020) 252–271.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TechnicalNoise {
    /// Genes that are far above the others.
    pub outliers: Option<Outliers>,
    /// Total of a cell.
    pub library_size: Option<LibrarySize>,
    /// Entries that are lost.
    pub dropout: Option<Dropout>,
    /// Whether whole molecules are counted.
    pub counts: bool,
}

/// What technical noise has done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TechnicalTruth {
    /// Factor of every gene, 1 for genes that are no outliers; empty without this step.
    pub gene_factors: Vec<f64>,
    /// Total that every cell was given, `types × cells`; empty without this step.
    pub library_sizes: Array2<f64>,
    /// Share of the entries that dropout has set to 0, of all layers together.
    pub dropped: f64,
}

impl TechnicalNoise {
    /// The noise of a published data set or of the technology that it was fitted to; see [`presets`].
    ///
    /// # Errors
    /// [`Error::UnknownPreset`] with the names that there are.
    pub fn preset(name: &str) -> Result<Self> {
        presets::find(name)
    }

    /// Puts the noise on all layers of the cells.
    ///
    /// A cell without any expression has no total to scale: it stays 0, and a warning tells how many there are.
    ///
    /// # Errors
    /// A setting out of range; [`Error::Expression`] for layers of different shapes or an entry that is negative or not finite.
    pub fn apply(&self, layers: &mut [&mut Array3<f64>], seed: u64) -> Result<TechnicalTruth> {
        let mut truth = TechnicalTruth::default();
        if let Some(outliers) = &self.outliers {
            truth.gene_factors = outliers.apply(layers, seed)?;
        }
        if let Some(library_size) = &self.library_size {
            truth.library_sizes = library_size.apply(layers, seed)?;
        }
        if let Some(dropout) = &self.dropout {
            truth.dropped = dropout.apply(layers, seed)?;
        }
        if self.counts {
            count_molecules(layers, seed)?;
        }
        Ok(truth)
    }
}

/// Types, genes and cells of layers that fit each other and hold nothing but expression.
fn check_layers(layers: &[&mut Array3<f64>]) -> Result<(usize, usize, usize)> {
    let refuse = |problem| Err(Error::Expression { problem });
    let shape = layers.first().map_or((0, 0, 0), |layer| layer.dim());
    for layer in layers {
        if layer.dim() != shape {
            return refuse(format!("layers of {shape:?} and {:?} entries", layer.dim()));
        }
        let bad = layer
            .indexed_iter()
            .find(|(_, x)| !(**x >= 0.0 && x.is_finite()));
        if let Some(((cell_type, gene, cell), x)) = bad {
            return refuse(format!(
                "{x} of gene {gene} in cell {cell} of type {cell_type}; it must be at least 0 and finite"
            ));
        }
    }
    Ok(shape)
}

/// The number of the stream of a cell.
fn cell_stream(cell_type: usize, cell: usize) -> usize {
    cell_type << 32 | cell
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expression(cells: usize) -> Array3<f64> {
        Array3::from_shape_fn((2, 5, cells), |(b, g, c)| ((b + 3 * g + 7 * c) % 11) as f64)
    }

    #[test]
    fn every_step_can_be_left_out() {
        let none = TechnicalNoise {
            outliers: None,
            library_size: None,
            dropout: None,
            counts: false,
        };
        let mut cells = expression(4);
        let truth = none.apply(&mut [&mut cells], 1).unwrap();
        assert_eq!(cells, expression(4));
        assert_eq!(truth, TechnicalTruth::default());
    }

    #[test]
    fn the_whole_pipeline_counts_molecules_of_both_layers() {
        let noise = TechnicalNoise::preset("10x-a").unwrap();
        let run = |seed| {
            let (mut unspliced, mut spliced) = (expression(300), 1.5 * expression(300));
            noise
                .apply(&mut [&mut unspliced, &mut spliced], seed)
                .unwrap();
            (unspliced, spliced)
        };
        let (unspliced, spliced) = run(1);
        let whole = |x: &f64| x.fract() == 0.0 && *x >= 0.0;
        assert!(unspliced.iter().chain(&spliced).all(whole));
        assert!(spliced.sum() > unspliced.sum() && unspliced.sum() > 0.0);
        assert_eq!(run(1), (unspliced.clone(), spliced));
        assert_ne!(run(2).0, unspliced);
    }

    #[test]
    fn bad_expression_is_named() {
        let mut cells = expression(3);
        cells[[1, 2, 0]] = f64::NAN;
        let noise = TechnicalNoise::preset("DS1").unwrap();
        let message = noise.apply(&mut [&mut cells], 1).unwrap_err().to_string();
        assert!(
            message.contains("NaN of gene 2 in cell 0 of type 1"),
            "{message}"
        );
        let (mut few, mut many) = (expression(3), expression(4));
        let message = noise
            .apply(&mut [&mut few, &mut many], 1)
            .unwrap_err()
            .to_string();
        assert!(message.contains("(2, 5, 3) and (2, 5, 4)"), "{message}");
    }
}
