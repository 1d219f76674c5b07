//! Over-representation: does a query hold more genes of a set than as many genes drawn at random?

use std::collections::HashMap;

use serde::Serialize;

use crate::error::Error;
use crate::metric::{Metric, Undefined, null_when_undefined};
use crate::pathway::GeneSet;
use crate::special::ln_choose;

/// The overlap of a set of K genes with a query of n, among N genes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Hypergeometric {
    /// Genes in all, N.
    pub universe: u64,
    /// Genes of the set, K.
    pub set_size: u64,
    /// Genes of the query, n.
    pub query: u64,
    /// Genes of both, x.
    pub overlap: u64,
}

/// Which overlaps are as extreme as the one that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Alternative {
    /// P(X ≥ x).
    #[default]
    More,
    /// P(X > x) + P(X = x)/2, the mid-p.
    MoreMidP,
    /// P(X ≤ x).
    Less,
    /// The sum of all probabilities that are at most that of x.
    TwoSided,
}

/// Probabilities that differ by no more than this share are equal (as in R's `fisher.test`).
const EQUAL: f64 = 1e-7;

impl Hypergeometric {
    /// # Errors
    /// [`Error::Overlap`] if no query of this size can have this overlap with a set of this size.
    pub fn new(universe: u64, set_size: u64, query: u64, overlap: u64) -> Result<Self, Error> {
        let counts = Self {
            universe,
            set_size,
            query,
            overlap,
        };
        let is_possible =
            set_size <= universe && query <= universe && counts.range().contains(&overlap);
        if is_possible {
            Ok(counts)
        } else {
            Err(Error::Overlap {
                universe,
                set_size,
                query,
                overlap,
            })
        }
    }

    fn range(&self) -> std::ops::RangeInclusive<u64> {
        (self.set_size + self.query).saturating_sub(self.universe)..=self.set_size.min(self.query)
    }

    /// ln p of the alternative; never −∞.
    pub fn ln_p(&self, alternative: Alternative) -> f64 {
        let x = self.overlap;
        let (low, high) = self.range().into_inner();
        match alternative {
            Alternative::More => self.ln_tail(x, low, high, true),
            Alternative::Less => self.ln_tail(x, low, high, false),
            Alternative::MoreMidP => {
                let half = self.ln_mass(x) - std::f64::consts::LN_2;
                if x == high {
                    half
                } else {
                    ln_add(self.ln_tail(x + 1, low, high, true), half)
                }
            }
            Alternative::TwoSided => {
                let bound = self.ln_mass(x) + EQUAL;
                let ln_masses = (low..=high)
                    .map(|i| self.ln_mass(i))
                    .filter(|mass| *mass <= bound);
                ln_masses.fold(f64::NEG_INFINITY, ln_add).min(0.0)
            }
        }
    }

    /// p of the alternative; 0 only below the smallest number that a float can hold.
    pub fn p(&self, alternative: Alternative) -> f64 {
        libm::exp(self.ln_p(alternative))
    }

    /// nK/N.
    pub fn expected_overlap(&self) -> f64 {
        self.query as f64 * self.set_size as f64 / self.universe as f64
    }

    /// xN/(nK).
    ///
    /// # Errors
    /// [`Undefined::EmptyOverlap`] if set or query is empty.
    pub fn fold_enrichment(&self) -> Metric {
        if self.set_size == 0 || self.query == 0 {
            return Err(Undefined::EmptyOverlap);
        }
        Ok(self.overlap as f64 / self.expected_overlap())
    }

    /// The cells of the table: in both, in the set alone, in the query alone, in neither.
    fn cells(&self) -> [f64; 4] {
        let set_alone = self.set_size - self.overlap;
        let query_alone = self.query - self.overlap;
        let neither = self.universe + self.overlap - self.set_size - self.query;
        [self.overlap, set_alone, query_alone, neither].map(|count| count as f64)
    }

    /// Odds ratio.
    ///
    /// # Errors
    /// [`Undefined::EmptyOverlap`] where it divides by 0.
    pub fn odds_ratio(&self) -> Metric {
        let [both, set, query, neither] = self.cells();
        if set * query == 0.0 {
            return Err(Undefined::EmptyOverlap);
        }
        Ok(both * neither / (set * query))
    }

    /// Odds ratio with one half added to every cell (Haldane): always defined.
    pub fn odds_ratio_haldane(&self) -> f64 {
        let [both, set, query, neither] = self.cells().map(|cell| cell + 0.5);
        both * neither / (set * query)
    }

    /// ln P(X = i).
    fn ln_mass(&self, i: u64) -> f64 {
        ln_choose(self.set_size, i) + ln_choose(self.universe - self.set_size, self.query - i)
            - ln_choose(self.universe, self.query)
    }

    /// ln P(X ≥ x), or ln P(X ≤ x): the smaller tail is summed, so that neither loses its digits.
    fn ln_tail(&self, x: u64, low: u64, high: u64, is_upper: bool) -> f64 {
        let starts_high = x as f64 > self.expected_overlap();
        let upper = |from: u64| self.ln_mass(from) + libm::log(self.relative(from, high, true));
        let lower = |to: u64| self.ln_mass(to) + libm::log(self.relative(to, low, false));
        let complement = |ln_p: f64| libm::log1p(-libm::exp(ln_p));
        match (is_upper, starts_high) {
            (true, _) if x <= low => 0.0,
            (false, _) if x >= high => 0.0,
            (true, true) => upper(x),
            (true, false) => complement(lower(x - 1)),
            (false, false) => lower(x),
            (false, true) => complement(upper(x + 1)),
        }
        .min(0.0)
    }

    /// Σ P(X = i)/P(X = from) over i from `from` to `end`, by the ratio of successive probabilities.
    fn relative(&self, from: u64, end: u64, is_upper: bool) -> f64 {
        let neither = |i: u64| (self.universe + i - self.set_size - self.query) as f64;
        let (mut sum, mut term, mut i) = (1.0, 1.0, from);
        while i != end && term > sum * 1e-18 {
            if is_upper {
                term *= (self.set_size - i) as f64 * (self.query - i) as f64
                    / ((i + 1) as f64 * neither(i + 1));
                i += 1;
            } else {
                term *= i as f64 * neither(i)
                    / ((self.set_size - i + 1) as f64 * (self.query - i + 1) as f64);
                i -= 1;
            }
            sum += term;
        }
        sum
    }
}

/// ln(eᵃ + eᵇ).
fn ln_add(a: f64, b: f64) -> f64 {
    let (low, high) = (a.min(b), a.max(b));
    if low == f64::NEG_INFINITY {
        high
    } else {
        high + libm::log1p(libm::exp(low - high))
    }
}

/// How a query overlaps a set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OverRepresentation {
    /// Name of the set.
    pub set: String,
    /// The counts, all within the universe.
    pub counts: Hypergeometric,
    /// xN/(nK).
    #[serde(serialize_with = "null_when_undefined")]
    pub fold_enrichment: Metric,
    /// p; undefined, and no test, if the set has no gene in the universe or too small an overlap is not tested.
    #[serde(serialize_with = "null_when_undefined")]
    pub p: Metric,
    /// ln p.
    #[serde(serialize_with = "null_when_undefined")]
    pub ln_p: Metric,
}

/// Tests every set for more genes of the query than by chance.
///
/// The universe is all that could have been in the query, and is never guessed: query and sets are reduced to it, and
/// repeated genes count once. Sets whose overlap is below `least_overlap` are not tested.
pub fn over_representation(
    universe: &[String],
    query: &[String],
    sets: &[GeneSet],
    alternative: Alternative,
    least_overlap: u64,
) -> Vec<OverRepresentation> {
    let mut numbers: HashMap<&str, usize> = HashMap::with_capacity(universe.len());
    for gene in universe {
        let next = numbers.len();
        numbers.entry(gene).or_insert(next);
    }
    let number = |gene: &String| numbers.get(gene.as_str()).copied();
    let mut in_query = vec![false; numbers.len()];
    for gene in query.iter().filter_map(number) {
        in_query[gene] = true;
    }
    let query = in_query.iter().filter(|is_in| **is_in).count() as u64;
    // The last set that a gene was counted in.
    let mut counted = vec![usize::MAX; numbers.len()];
    sets.iter()
        .enumerate()
        .map(|(index, set)| {
            let (mut set_size, mut overlap) = (0, 0);
            for gene in set.genes.iter().filter_map(number) {
                if counted[gene] != index {
                    counted[gene] = index;
                    set_size += 1;
                    overlap += u64::from(in_query[gene]);
                }
            }
            let counts = Hypergeometric {
                universe: numbers.len() as u64,
                set_size,
                query,
                overlap,
            };
            let is_test = set_size > 0 && overlap >= least_overlap;
            let ln_p = if is_test {
                Ok(counts.ln_p(alternative))
            } else {
                Err(Undefined::EmptyOverlap)
            };
            OverRepresentation {
                set: set.name.clone(),
                counts,
                fold_enrichment: counts.fold_enrichment(),
                p: ln_p.map(libm::exp),
                ln_p,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn tails_are_sums_of_masses(universe in 1_u64..40, k in 0_u64..40, n in 0_u64..40, x in 0_u64..40) {
            let Ok(counts) = Hypergeometric::new(universe, k, n, x) else {
                return Ok(());
            };
            let (low, high) = counts.range().into_inner();
            let mass = |i| counts.ln_mass(i).exp();
            let sum = |from: u64, to: u64| (from..=to).map(mass).sum::<f64>();
            assert_relative_eq!(sum(low, high), 1.0, max_relative = 1e-10);
            let p = |alternative| counts.p(alternative);
            assert_relative_eq!(p(Alternative::More), sum(x, high), max_relative = 1e-10);
            assert_relative_eq!(p(Alternative::Less), sum(low, x), max_relative = 1e-10);
            let mid = sum(x, high) - 0.5 * mass(x);
            assert_relative_eq!(p(Alternative::MoreMidP), mid, max_relative = 1e-9);
            // Logarithms: two implementations of exp differ in the last bit where x is the only term.
            let ln_two_sided = counts.ln_p(Alternative::TwoSided);
            prop_assert!((counts.ln_mass(x)..=0.0).contains(&ln_two_sided), "{}", ln_two_sided);
            // Set and query play the same part.
            let swapped = Hypergeometric::new(universe, n, k, x).unwrap();
            assert_relative_eq!(swapped.p(Alternative::More), p(Alternative::More), max_relative = 1e-10);
        }
    }

    #[test]
    fn impossible_counts_are_errors() {
        assert!(Hypergeometric::new(10, 5, 5, 6).is_err());
        assert!(Hypergeometric::new(10, 8, 8, 5).is_err());
        assert!(Hypergeometric::new(10, 11, 1, 1).is_err());
    }
}
