//! The data sets.

use serde::{Deserialize, Serialize};

/// A data set of the paper, or one that is drawn anew for every seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Dataset {
    Sim350,
    Sim690,
    /// Another network in the shape of SIM350's for every seed; always simulated.
    New350,
    /// The same in the shape of SIM690's.
    New690,
    /// Breast cancer patients in pseudotime, the 500 genes of PHOENIX's smallest set.
    Brca500,
    Brca2000,
    Brca11165,
    /// The yeast cell cycle, two replicates.
    Yeast500,
    Yeast3551,
    /// Bone marrow cells in pseudotime, erythroid lineage.
    HemaEryth,
    /// Monocytes.
    HemaMono,
    /// B cells.
    HemaB,
}

/// Data sets that are read and cut in the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// Simulated from a known network.
    Simulated,
    BreastCancer,
    Yeast,
    BoneMarrow,
}

impl Dataset {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sim350 => "sim350",
            Self::Sim690 => "sim690",
            Self::New350 => "new350",
            Self::New690 => "new690",
            Self::Brca500 => "brca500",
            Self::Brca2000 => "brca2000",
            Self::Brca11165 => "brca11165",
            Self::Yeast500 => "yeast500",
            Self::Yeast3551 => "yeast3551",
            Self::HemaEryth => "hema_eryth",
            Self::HemaMono => "hema_mono",
            Self::HemaB => "hema_b",
        }
    }

    pub(crate) fn family(self) -> Family {
        match self {
            Self::Sim350 | Self::Sim690 | Self::New350 | Self::New690 => Family::Simulated,
            Self::Brca500 | Self::Brca2000 | Self::Brca11165 => Family::BreastCancer,
            Self::Yeast500 | Self::Yeast3551 => Family::Yeast,
            Self::HemaEryth | Self::HemaMono | Self::HemaB => Family::BoneMarrow,
        }
    }

    /// Whether it was measured: nothing can stand in for its files.
    pub(crate) fn is_measured(self) -> bool {
        self.family() != Family::Simulated
    }

    /// Whether every seed has a network of its own, which no published file holds.
    pub(crate) fn is_new(self) -> bool {
        matches!(self, Self::New350 | Self::New690)
    }

    /// The folder of its files below the folder of all data.
    pub(crate) fn folder(self) -> &'static str {
        match self.family() {
            Family::Simulated => self.name(),
            Family::BreastCancer => "brca",
            Family::Yeast => "yeast",
            Family::BoneMarrow => "hema",
        }
    }

    /// Number of genes.
    pub(crate) fn genes(self) -> usize {
        match self {
            Self::Sim350 | Self::New350 => 350,
            Self::Sim690 | Self::New690 => 690,
            Self::Brca500 | Self::Yeast500 => 500,
            Self::Brca2000 => 2000,
            Self::Brca11165 => 11165,
            Self::Yeast3551 => 3551,
            Self::HemaEryth | Self::HemaMono | Self::HemaB => 529,
        }
    }
}
