//! What readers and subsets say about what they kept and what they left out.

use std::collections::BTreeMap;

use serde::Serialize;

/// A gene, and how many edges (or rows) were left out because of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GeneCount {
    /// Name of the gene.
    pub gene: String,
    /// Edges or rows that name it.
    pub edges: usize,
}

/// What a reader found in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ReadReport {
    /// Rows below the header of a list; rows of a dense file.
    pub rows: usize,
    /// Edges (of a pair list: pairs) that were kept.
    pub edges: usize,
    /// Those among `edges` that join a gene to itself.
    pub self_loops: usize,
    /// Rows that repeat an earlier row, weight included, and were dropped.
    pub duplicates: usize,
    /// Rows of weight 0, dropped since they are no edges; 0 for a dense file, where zeros are the rule.
    pub zeros: usize,
    /// Rows that name at least one unknown gene and were dropped.
    pub unknown_rows: usize,
    /// The unknown genes by name; a row with two of them counts for both.
    pub unknown_genes: Vec<GeneCount>,
    /// Columns of the file that were not used.
    pub ignored_columns: Vec<String>,
}

/// What a subset left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SubsetReport {
    /// Edges kept.
    pub edges_kept: usize,
    /// Edges dropped since one of their genes is not in the subset.
    pub edges_dropped: usize,
    /// Genes that are not in the subset, in their old order, with the edges that each had.
    pub genes_dropped: Vec<GeneCount>,
    /// Genes of the subset that were not there before; they have no edges.
    pub genes_added: Vec<String>,
}

/// Counts by name, in the order of names.
pub(crate) fn by_name(counts: BTreeMap<String, usize>) -> Vec<GeneCount> {
    counts
        .into_iter()
        .map(|(gene, edges)| GeneCount { gene, edges })
        .collect()
}
