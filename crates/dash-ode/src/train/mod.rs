//! Training one interval ahead.

mod adam;
mod batches;
mod config;
mod evaluate;
mod history;
mod passes;
mod plateau;
mod session;
mod strategy;
#[cfg(test)]
mod survivor_tests;
#[cfg(test)]
mod tests;
mod trainer;

pub use adam::Adam;
pub use batches::{BatchRule, Intervals};
pub use config::{Plateau, TrainConfig};
pub use evaluate::one_interval_ahead;
pub use history::{Checkpoint, EpochRecord, Fit};
pub use strategy::{Change, NoStrategy, Strategy, StrategyError};
pub use trainer::{Trainer, train};
