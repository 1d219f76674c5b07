//! The published data sets: they are read whole, and what is documented of them holds.

mod evaluation;
mod priors;
mod series;
mod trajectories;
