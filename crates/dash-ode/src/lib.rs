#![doc = include_str!("../README.md")]

mod cells;
mod error;
mod field;
pub mod io;
mod linalg;
#[cfg(feature = "safetensors")]
mod model_file;
mod random;
mod real;
mod series;
mod solver;
mod train;

pub use cells::{Cells, Lineage, LineageCounts};
pub use error::{Error, Result};
pub use field::{
    Block, Branch, Differentiable, Direct, FnField, Initialise, Layout, Mlp, Parameters, Phoenix,
    Recorded, Role, VectorField, effective_sparsity, effects, regulatory_network, targets,
};
pub use linalg::{Kernel, vectorised};
#[cfg(feature = "safetensors")]
pub use model_file::{model_from_bytes, model_to_bytes};
pub use random::{Normal, stream};
pub use real::Real;
pub use series::{GeneSubset, Interval, TimeSeries, Trajectory};
pub use solver::{Integrator, Solution, SolverOptions, Span, Statistics, solve, solve_at};
pub use train::{
    Adam, BatchRule, Change, Checkpoint, EpochRecord, Fit, Intervals, NoStrategy, Plateau,
    Strategy, StrategyError, TrainConfig, Trainer, one_interval_ahead, train,
};
