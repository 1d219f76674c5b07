#![doc = include_str!("../README.md")]

mod error;
mod hill;
mod noise;
mod output;
mod random;
pub mod sergio;
mod text;
mod topology;

pub use error::{Differences, Error, Result};
pub use hill::{
    ActivationLaw, Hill, HillField, InputConfig, Kinetics, Logic, Output, Regulation, Simulated,
    SimulationConfig, System, SystemConfig, integrate, read_edge_properties, read_equations,
    read_system, simulate, write_edge_properties, write_equations,
};
pub use noise::add_noise;
pub use topology::{NetworkConfig, SubnetworkConfig, generate_network, sample_subnetwork};
