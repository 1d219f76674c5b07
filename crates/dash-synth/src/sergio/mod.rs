//! Single cells by the chemical Langevin equation, as SERGIO simulates them.

mod cells;
mod differentiation;
mod draws;
mod files;
mod langevin;
mod lineage;
mod normals;
mod order;
mod population;
mod rates;
mod reservoir;
mod rest;
mod run;
mod sampling;
mod settings;
mod steady;
mod steady_state;
mod system;
mod technical;
#[cfg(test)]
mod testing;

pub use differentiation::{
    Differentiation, DifferentiationConfig, DifferentiationDraws, DifferentiationTrace, ExtraRun,
    Regulation, TypeDraws, TypeTrace, Update, simulate_differentiation, trace_differentiation,
};
pub use files::{read_system, read_transitions, write_masters, write_targets, write_transitions};
pub use langevin::NoiseType;
pub use lineage::Lineage;
pub use sampling::Sampling;
pub use settings::PerGene;
pub use steady::{
    HalfResponse, Perturbation, Steady, SteadyConfig, SteadyDraws, SteadyTrace, simulate_perturbed,
    simulate_steady, trace_steady,
};
pub use system::{Interaction, System};
pub use technical::{
    Dropout, LibrarySize, Outliers, Preset, TechnicalNoise, TechnicalTruth, count_molecules,
    presets,
};
