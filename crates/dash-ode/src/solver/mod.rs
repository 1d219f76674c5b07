//! Dormand–Prince 5(4) for batches of rows, and gradients through it.

mod adjoint;
mod attempt;
mod control;
#[cfg(test)]
mod gradient_tests;
mod integrator;
mod options;
mod parts;
mod reverse;
mod solve;
mod tableau;
mod tape;

pub use integrator::{Integrator, Span};
pub use options::{SolverOptions, Statistics};
pub use solve::{Solution, solve, solve_at};
