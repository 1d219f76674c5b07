//! Networks from the files of other tools.

mod edge_list;
mod fields;
mod gene_list;
mod matrix;
mod named;
mod sergio;

pub use edge_list::{EdgeList, NamedEdge, parse_edges};
pub use gene_list::parse_genes;
pub use matrix::{Orientation, parse_coordinates, parse_effects};
pub use named::{GeneNames, Unplaced};
pub use sergio::{
    SergioEdge, SergioRegulator, check_sergio_genes, parse_sergio_regulators, parse_sergio_targets,
    parse_sergio_truth,
};
