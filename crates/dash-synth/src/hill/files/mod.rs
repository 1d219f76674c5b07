//! Files of a system: its equations and the properties of its edges.

mod arithmetic;
mod edge_properties;
mod equation;
mod equations;
mod output;
mod table;

pub use edge_properties::{read_edge_properties, write_edge_properties};
pub use equations::{read_equations, read_system, write_equations};
