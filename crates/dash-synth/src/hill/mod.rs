//! Deterministic gene networks with Hill kinetics and fuzzy logic.

mod activation;
mod checks;
mod compose;
mod correlation;
mod field;
mod files;
mod initial_values;
mod inputs;
mod logic;
mod logic_text;
mod parameters;
mod perturb;
mod simulate;
mod system;

pub use activation::Hill;
pub use field::HillField;
pub use files::{
    read_edge_properties, read_equations, read_system, write_edge_properties, write_equations,
};
pub use inputs::InputConfig;
pub use logic::Logic;
pub use parameters::{ActivationLaw, Kinetics, Regulation};
pub use perturb::simulate_perturbed;
pub use simulate::{Output, Simulated, SimulationConfig, integrate, simulate};
pub use system::{System, SystemConfig};
