#![doc = include_str!("README.md")]

mod differentiation;
mod draws;
mod files;
mod langevin;
mod normals;
mod order;
mod rates;
mod settings;
mod steady;
mod steady_state;
mod system;
mod technical;
#[cfg(test)]
pub(crate) mod testing;

pub use differentiation::{
    Differentiation, DifferentiationConfig, DifferentiationDraws, DifferentiationTrace, ExtraRun,
    Lineage, Regulation, TypeDraws, TypeTrace, Update, simulate_differentiation,
    simulate_perturbed_differentiation, trace_differentiation,
};
pub use files::{read_system, read_transitions, write_masters, write_targets, write_transitions};
pub use langevin::NoiseType;
pub use settings::PerGene;
pub(crate) use settings::Range;
pub(crate) use steady::factors;
pub use steady::{
    HalfResponse, Perturbation, Sampling, Screen, Steady, SteadyConfig, SteadyDraws, SteadyTrace,
    simulate_perturbed, simulate_screen, simulate_steady, trace_steady,
};
pub use system::{Interaction, System};
pub use technical::{
    Dropout, LibrarySize, Outliers, Preset, TechnicalNoise, TechnicalTruth, count_molecules,
    presets,
};
