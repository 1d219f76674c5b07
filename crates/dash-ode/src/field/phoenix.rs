//! PHOENIX: a neural ODE whose units add (Σ) or multiply (Π) the inputs' Hill-like activations.

mod dense;
mod initial;
mod kernels;
mod pruned;

pub(super) use dense::Dense;
pub(super) use initial::uniform;
pub(super) use kernels::{Activate, ActivateBack, activate, activate_back};
pub(super) use pruned::Pruned;

use super::arrangement::Kind;
use super::held::{Held, field_of_held};
use super::{Branch, Layout, Parameters, Role};
use crate::error::{check_setting, check_size};
use crate::{Real, Result};

/// Share of surviving weights below which a pruned field is held sparse: where both ways take the same time with the 4
/// rows of a trajectory (`docs/benchmarks`).
const SPARSE_BELOW: f64 = 0.18;

/// The PHOENIX vector field for k genes and m hidden units.
///
/// With `φ_Σ(x) = (x−½)/(1+|x−½|)` and `φ_Π(x) = ln(1+φ_Σ(x))`:
///
/// ```text
/// c_Σ = W_Σ φ_Σ(x) + b_Σ        c_Π = exp(W_Π φ_Π(x) + b_Π)
/// dx/dt = ReLU(v) ⊙ (U_Σ c_Σ + U_Π c_Π − x)
/// ```
///
/// # Shapes
/// `w_sum`, `w_prod`: m × k; `b_sum`, `b_prod`: m; `u_sum`, `u_prod`: k × m; `v`: k.
///
/// # Reference
/// Hossain et al., *PHOENIX*, Genome Biology 25:127 (2024).
#[derive(Clone, Debug)]
pub struct Phoenix<T> {
    held: Held<T>,
    hidden: usize,
}

/// Order of the blocks in the parameter vector.
const W: [usize; 2] = [0, 2];
const B: [usize; 2] = [1, 3];
const U: [usize; 2] = [4, 5];
const V: usize = 6;

impl<T: Real> Phoenix<T> {
    /// A field of `genes` genes and `hidden` hidden units (at least one of each) with all parameters zero.
    ///
    /// # Errors
    /// [`crate::Error::Setting`] if there is no gene or no hidden unit.
    pub fn new(genes: usize, hidden: usize) -> Result<Self> {
        check_setting("genes", genes as f64, genes > 0, "at least 1")?;
        check_setting("hidden", hidden as f64, hidden > 0, "at least 1")?;
        let layout = Layout::new(
            genes,
            &[
                ("w_sum", hidden, genes, Role::Weights),
                ("b_sum", hidden, 1, Role::Bias),
                ("w_prod", hidden, genes, Role::Weights),
                ("b_prod", hidden, 1, Role::Bias),
                ("u_sum", genes, hidden, Role::Weights),
                ("u_prod", genes, hidden, Role::Weights),
                ("v", genes, 1, Role::Multiplier),
            ],
            vec![
                Branch {
                    layers: vec![W[0], U[0]],
                    log_space: false,
                    gain: None,
                },
                Branch {
                    layers: vec![W[1], U[1]],
                    log_space: true,
                    gain: None,
                },
            ],
        );
        Ok(Self {
            held: Held::new(Kind::Phoenix, layout, SPARSE_BELOW),
            hidden,
        })
    }

    /// A field with given parameters.
    ///
    /// # Errors
    /// [`crate::Error::Shape`] if the parameters are not those of a PHOENIX field.
    pub fn with_parameters(parameters: &Parameters<T>) -> Result<Self> {
        let block = parameters.layout().block("w_sum");
        let (hidden, genes) = block.map_or((0, 0), |b| (b.rows, b.columns));
        let mut field = Self::new(genes, hidden)?;
        check_size(
            "number of PHOENIX parameters",
            field.held.layout().len(),
            parameters.values().len(),
        )?;
        field.held.load(parameters.values());
        Ok(field)
    }

    /// Number of hidden units m of each branch.
    pub fn hidden(&self) -> usize {
        self.hidden
    }
}

field_of_held!(Phoenix);
