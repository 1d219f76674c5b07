//! Files of a system: its equations and the properties of its edges.

mod arithmetic;
mod cross_check;
mod edge_properties;
mod equation;
mod equations;
mod table;
mod tokens;

pub use cross_check::read_system;
pub use edge_properties::{read_edge_properties, write_edge_properties};
pub use equations::{read_equations, write_equations};
