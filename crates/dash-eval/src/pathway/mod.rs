//! Gene sets, and whether their genes score higher than genes drawn at random.

mod analysis;
mod counting;
mod enumeration;
mod exact_null;
mod family;
mod fft;
mod gene_set;
mod gmt;
mod grid;
mod membership;
mod moments;
mod null_sample;
mod over_representation;
mod pearson3;
mod permutation;
mod rnk;
mod saddlepoint;
mod sum_test;
mod symbols;
mod tail;

pub use analysis::{GeneUniverse, PathwayOptions, PathwayScore, PathwayTest, pathway_test};
pub use gene_set::{GeneSet, Overlap, SizeLimits};
pub use gmt::{GmtFile, GmtOptions, GmtWarning, RepeatedName, parse_gmt};
pub use membership::Membership;
pub use moments::{Population, SumMoments};
pub use null_sample::{NullCounts, NullSummary, summarise_null};
pub use over_representation::{
    Alternative, Hypergeometric, OverRepresentation, over_representation,
};
pub use pearson3::pearson3_tail;
pub(crate) use permutation::below;
pub use permutation::{PermutationTest, Permutations, PermutedSet};
pub use rnk::{DuplicateGene, RnkFile, parse_rnk};
pub use saddlepoint::Saddlepoint;
pub use sum_test::{SetScore, score_sets, sum_tails};
pub use symbols::split_symbols;
pub use tail::{Tail, TailMethod};
