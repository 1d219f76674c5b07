//! Readers and writers. Files name edges from → to; everything inside is indexed [target, regulator].

mod atomic;
mod columns;
mod dense;
mod edge_list;
mod gene_names;
mod pair_list;
mod pair_rows;
mod source;
mod table;

pub use columns::{Columns, TableFormat};
pub use dense::{Orientation, read_dense, write_dense};
pub use edge_list::{genes_in_edge_list, read_edge_list, write_edge_list};
pub use gene_names::{GeneNames, InputSuffix, read_gene_names};
pub use pair_list::read_pair_list;
pub use pair_rows::UnknownGenes;
pub use table::Delimiter;
