#![doc = include_str!("../README.md")]

mod cells;
mod error;
mod formats;
mod hill;
mod kinetics;
mod noise;
mod output;
mod random;
mod response;
pub mod sergio;
mod snapshots;
mod text;
mod topology;
mod toy;

pub use cells::{Cells, side_by_side};
pub use error::{Differences, Error, Result};
pub use formats::{
    Beeline, read_10x, read_beeline, read_expression, write_10x, write_beeline, write_expression,
};
pub use hill::{
    ActivationLaw, Hill, HillField, InputConfig, Kinetics, Logic, Output, Regulation, Simulated,
    SimulationConfig, System, SystemConfig, integrate, read_edge_properties, read_equations,
    read_system, simulate, simulate_perturbed, write_edge_properties, write_equations,
};
pub use kinetics::{KineticsConfig, MasterProfile, random_kinetics};
pub use noise::add_noise;
pub use response::{Response, response};
pub use snapshots::{Snapshot, lineage_paths, mean_trajectories, series_of, snapshots};
pub use topology::{
    NetworkConfig, ScaleFreeConfig, SubnetworkConfig, generate_network, sample_subnetwork,
    scale_free_network,
};
pub use toy::ToyModel;
