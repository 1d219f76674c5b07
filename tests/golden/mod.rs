//! The crates against the golden numbers of `../shared/golden`, which were computed independently.

mod eval;
mod network;
mod ode;
mod pathway;
mod penalties;
mod prune;
mod sergio;
mod technical_noise;
