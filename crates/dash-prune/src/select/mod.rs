//! Choice of λ by K-fold cross-validation on the training data.

mod curve;
mod folds;
mod search;
#[cfg(test)]
mod tests;

pub use curve::{FoldCurve, FoldLevel, LambdaChoice, LambdaCurve, LambdaLevel, LambdaPoint};
pub use search::{LambdaGrid, LambdaSearch, select_lambda};
