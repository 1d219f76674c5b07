//! Networks from the files of other tools.

mod edge_list;
mod fields;
mod named;
mod sergio;

pub use edge_list::{EdgeList, NamedEdge, parse_edges};
pub use named::{GeneNames, Unplaced};
pub use sergio::{
    SergioEdge, SergioRegulator, parse_sergio_regulators, parse_sergio_targets, parse_sergio_truth,
};
