#![doc = include_str!("../README.md")]

mod co_regulation;
mod error;
mod formats;
mod gene_index;
mod network;
mod prior_matrix;
mod products;
mod relocation;
mod report;
mod subset;

pub use co_regulation::co_regulation;
pub use error::{Error, Place, Result};
pub use formats::{
    Columns, Delimiter, EdgeAttribute, GeneNames, InputSuffix, Orientation, StringLinks,
    TableFormat, UnknownGenes, genes_in_edge_list, read_dense, read_edge_list, read_gene_names,
    read_pair_list, read_string_links, write_dense, write_edge_list, write_graphml, write_sif,
};
pub use gene_index::GeneIndex;
pub use network::{Edge, Network, SignCounts};
pub use prior_matrix::PriorMatrix;
pub use relocation::relocate_edges;
pub use report::{GeneCount, ReadReport, SubsetReport};
