//! Readers and writers. Files name edges from → to; everything inside is indexed [target, regulator].

mod atomic;
mod columns;
mod dense;
mod edge_list;
mod gene_names;
mod graphml;
mod pair_list;
mod pair_rows;
mod sif;
mod source;
mod string_links;
mod table;

pub use columns::{Columns, TableFormat};
pub use dense::{Orientation, read_dense, write_dense};
pub use edge_list::{genes_in_edge_list, read_edge_list, write_edge_list};
pub use gene_names::{GeneNames, InputSuffix, read_gene_names};
pub use graphml::{EdgeAttribute, write_graphml};
pub use pair_list::read_pair_list;
pub use pair_rows::UnknownGenes;
pub use sif::write_sif;
pub use string_links::{StringLinks, read_string_links};
pub use table::Delimiter;
