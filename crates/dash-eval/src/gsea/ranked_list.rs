//! Genes in the order of a statistic.

use crate::error::Error;
use crate::order::key;

/// In which order genes of equal statistic stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TieOrder {
    /// As they are given.
    #[default]
    Input,
    /// By name: the result does not depend on the order of the input.
    Name,
}

/// Genes in descending order of a statistic.
#[derive(Debug, Clone, PartialEq)]
pub struct RankedList {
    genes: Vec<String>,
    stats: Vec<f64>,
}

impl RankedList {
    /// Orders genes by their statistic, the largest first.
    ///
    /// # Errors
    /// [`Error::EmptyRanking`], [`Error::NanScore`].
    pub fn new(scores: Vec<(String, f64)>, ties: TieOrder) -> Result<Self, Error> {
        if scores.is_empty() {
            return Err(Error::EmptyRanking);
        }
        if let Some(index) = scores.iter().position(|(_, score)| score.is_nan()) {
            return Err(Error::NanScore { index });
        }
        let mut scores = scores;
        if ties == TieOrder::Name {
            scores.sort_by(|(a, _), (b, _)| a.cmp(b));
        }
        // A zero is one statistic, whatever its sign.
        scores.sort_by(|(_, a), (_, b)| (b + 0.0).total_cmp(&(a + 0.0)));
        let (genes, stats) = scores.into_iter().unzip();
        Ok(Self { genes, stats })
    }

    /// The genes, from the largest statistic to the smallest.
    pub fn genes(&self) -> &[String] {
        &self.genes
    }

    /// Their statistics.
    pub fn stats(&self) -> &[f64] {
        &self.stats
    }

    /// The share of genes whose statistic another gene has too: their order is arbitrary.
    pub fn tied_share(&self) -> f64 {
        let groups = self.stats.chunk_by(|a, b| key(*a) == key(*b));
        let tied: usize = groups.map(<[f64]>::len).filter(|&len| len > 1).sum();
        tied as f64 / self.stats.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_keep_their_order_or_go_by_name() {
        let scores = || {
            [("b", 1.0), ("c", 2.0), ("a", 1.0), ("d", -0.0), ("e", 0.0)]
                .map(|(g, s)| (g.to_owned(), s))
        };
        let order = |ties| {
            RankedList::new(scores().to_vec(), ties)
                .unwrap()
                .genes
                .concat()
        };
        assert_eq!(order(TieOrder::Input), "cbade");
        assert_eq!(order(TieOrder::Name), "cabde");
        let share = RankedList::new(scores().to_vec(), TieOrder::Input)
            .unwrap()
            .tied_share();
        assert!((share - 0.8).abs() < 1e-15);
        assert!(RankedList::new(Vec::new(), TieOrder::Input).is_err());
    }
}
