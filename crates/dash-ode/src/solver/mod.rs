//! Dormand–Prince 5(4) for batches of rows, and gradients through it.

mod active;
mod adjoint;
mod attempt;
mod control;
#[cfg(test)]
mod gradient_tests;
mod integrator;
mod options;
mod parts;
mod place;
mod reverse;
mod solve;
mod tableau;
mod tape;
mod view;

pub use integrator::Integrator;
pub use options::{SolverOptions, Span, Statistics};
pub use solve::{Solution, solve, solve_at};
