//! Pairs of genes, signs and edges.

use serde::{Deserialize, Serialize};

use crate::Error;

/// An ordered pair of genes: `regulator` → `target`, both numbered from 0.
///
/// Pairs order by target, then by regulator: the row order of an effect matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Pair {
    /// The gene that is regulated: a row of an effect matrix.
    pub target: usize,
    /// The gene that regulates: a column of an effect matrix.
    pub regulator: usize,
}

impl Pair {
    /// The pair `regulator` → `target`.
    pub fn new(target: usize, regulator: usize) -> Self {
        Self { target, regulator }
    }

    /// Whether the gene is paired with itself.
    pub fn is_self(self) -> bool {
        self.target == self.regulator
    }

    pub(crate) fn check(self, genes: usize) -> Result<(), Error> {
        let Self { target, regulator } = self;
        if target < genes && regulator < genes {
            return Ok(());
        }
        Err(Error::GeneOutOfRange {
            target,
            regulator,
            genes,
        })
    }
}

/// The direction of an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// The regulator raises the expression of its target.
    Activation,
    /// The regulator lowers the expression of its target.
    Repression,
}

impl Sign {
    /// The sign of an effect; `None` for 0.
    pub fn of(effect: f64) -> Option<Self> {
        if effect > 0.0 {
            Some(Self::Activation)
        } else if effect < 0.0 {
            Some(Self::Repression)
        } else {
            None
        }
    }
}

/// An edge of a network: a pair, and its sign where it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Edge {
    /// Which gene acts on which.
    pub pair: Pair,
    /// The direction of the effect, where it is known.
    pub sign: Option<Sign>,
}

impl Edge {
    /// An edge whose sign is not known.
    pub fn unsigned(target: usize, regulator: usize) -> Self {
        Self {
            pair: Pair::new(target, regulator),
            sign: None,
        }
    }

    /// An edge of known sign.
    pub fn signed(target: usize, regulator: usize, sign: Sign) -> Self {
        Self {
            pair: Pair::new(target, regulator),
            sign: Some(sign),
        }
    }
}
