//! Networks without kinetics: new ones, and parts of known ones.

mod attractiveness;
mod config;
mod generator;
mod scale_free;
#[cfg(test)]
mod statistics;
mod subnetwork;

pub use config::NetworkConfig;
pub use generator::generate_network;
pub use scale_free::{ScaleFreeConfig, scale_free_network};
pub use subnetwork::{SubnetworkConfig, sample_subnetwork};
