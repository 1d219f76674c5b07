//! Published settings.

use super::{Dropout, LibrarySize, Outliers, TechnicalNoise};
use crate::error::{Error, Result};

/// The noise of a published data set.
#[derive(Clone, Debug, PartialEq)]
pub struct Preset {
    /// The technology, if the noise was fitted to real data of it, and the number of the data set in the paper. The published
    /// folders number other data sets DS4 to DS8, those that differentiate.
    pub names: &'static [&'static str],
    /// The settings.
    pub noise: TechnicalNoise,
}

/// Names; μ of outliers; μ and σ of library sizes; shape and percentile of dropout.
type Row = (&'static [&'static str], f64, [f64; 2], [f64; 2]);

const TABLE: [Row; 11] = [
    (&["notebook"], 0.8, [4.6, 0.4], [6.5, 82.0]),
    (&["DS1"], 0.8, [4.8, 0.3], [20.0, 82.0]),
    (&["DS2"], 0.8, [6.0, 0.4], [12.0, 80.0]),
    (&["illumina", "DS3"], 0.8, [7.0, 0.4], [8.0, 80.0]),
    (&["10x-a", "DS4"], 3.0, [6.0, 0.3], [8.0, 74.0]),
    (&["10x-b", "DS5"], 3.0, [6.0, 0.4], [8.0, 82.0]),
    (&["10x-c", "DS6"], 5.0, [4.5, 0.7], [8.0, 45.0]),
    (&["drop-seq", "DS7"], 3.0, [4.4, 0.8], [8.0, 85.0]),
    (&["smart-seq", "DS8"], 4.5, [10.8, 0.55], [2.0, 92.0]),
    (&["DS13"], 0.8, [3.6, 0.4], [8.0, 70.0]),
    (&["DS14"], 0.8, [5.0, 0.4], [4.0, 80.0]),
];

/// The published settings: 1 gene of 100 is an outlier, by a factor of standard deviation 1 in its logarithm.
///
/// # Reference
/// P. Dibaeinia & S. Sinha, Cell Systems 11 (2020) 252–271, Table S1; `notebook` is that of the program's example.
pub fn presets() -> impl Iterator<Item = Preset> {
    TABLE
        .iter()
        .map(|&(names, outliers, library, dropout)| Preset {
            names,
            noise: TechnicalNoise {
                outliers: Some(Outliers {
                    probability: 0.01,
                    mean: outliers,
                    sd: 1.0,
                }),
                library_size: Some(LibrarySize {
                    mean: library[0],
                    sd: library[1],
                }),
                dropout: Some(Dropout {
                    shape: dropout[0],
                    percentile: dropout[1],
                }),
                counts: true,
            },
        })
}

pub(super) fn find(name: &str) -> Result<TechnicalNoise> {
    let has_name = |preset: &Preset| preset.names.iter().any(|n| n.eq_ignore_ascii_case(name));
    let found = presets().find(has_name);
    found
        .map(|preset| preset.noise)
        .ok_or_else(|| Error::UnknownPreset {
            name: name.to_string(),
            known: presets().flat_map(|preset| preset.names).copied().collect(),
        })
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these values are exact")]
mod tests {
    use super::*;

    #[test]
    fn a_technology_and_its_data_set_are_one_preset() {
        let noise = find("drop-seq").unwrap();
        assert_eq!(noise, find("ds7").unwrap());
        assert_eq!(noise.dropout.unwrap().percentile, 85.0);
        let message = find("DS9").unwrap_err().to_string();
        assert!(
            message.contains("\"DS9\"") && message.contains("10x-a, DS4"),
            "{message}"
        );
    }
}
