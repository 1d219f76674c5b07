//! Preranked gene set enrichment analysis.

mod enrichment;
mod null;
mod preranked;
mod ranked_list;

pub use enrichment::{Enrichment, Side, enrichment};
pub use null::{NullConvention, Significance, significance};
pub use preranked::{EnrichedSet, GseaOptions, preranked};
pub use ranked_list::{RankedList, TieOrder};
