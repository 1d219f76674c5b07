#![doc = include_str!("../README.md")]

mod check;
mod error;
mod evidence;
pub mod gate;
mod mask;
pub mod penalty;
mod pinv;
mod schedule;
mod score;
mod select;
mod strategy;
mod streams;

pub use error::{Error, Result};
pub use evidence::{EdgeEvidence, EvidenceOptions, Findings, weigh_edges};
pub use mask::Mask;
pub use pinv::{pinv_left, pinv_right};
pub use schedule::PruneSchedule;
pub use score::{
    Branch, BranchScores, BranchWeights, Conventions, Dash, DashState, DeepState, DeepWeights,
    ProductMagnitude, input_magnitude, one_layer, output_magnitude, product_magnitude, random,
};
pub use select::{
    FoldCurve, FoldLevel, LambdaChoice, LambdaCurve, LambdaGrid, LambdaLevel, LambdaPoint,
    LambdaSearch, select_lambda,
};
pub use strategy::{Entry, Prior, Problem, Setting, StrategySettings, build_strategy, registry};
