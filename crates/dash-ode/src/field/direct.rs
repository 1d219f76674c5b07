//! The direct field: every gene has its own weights over the regulators.

mod dense;
mod initial;
mod pruned;

pub(super) use dense::Dense;
pub(super) use pruned::Pruned;

use std::ops::Range;

use super::arrangement::Kind;
use super::held::{Held, field_of_held};
use super::{Branch, Layout, Parameters, Role};
use crate::error::{check_setting, check_size};
use crate::{Real, Result};

/// Share of surviving weights below which a pruned field is held sparse: where both ways take the same time with the 4
/// rows of a trajectory (`docs/benchmarks`).
const SPARSE_BELOW: f64 = 0.2;

/// The one-layer field of k genes: no hidden units, so that a weight is an edge.
///
/// With `φ_Σ` and `φ_Π` of [`crate::Phoenix`]:
///
/// ```text
/// dx/dt = ReLU(v) ⊙ (A φ_Σ(x) + a + β ⊙ exp(B φ_Π(x) + b) − x)
/// ```
///
/// # Shapes
/// `w_sum` (A), `w_prod` (B): k × k, \[target, regulator\]; `b_sum` (a), `b_prod` (b), `gain` (β), `v`: k.
///
/// # Reference
/// `docs/method.md`, "The direct field"; the one-layer case of Hossain et al. 2024, Section 3.
#[derive(Clone, Debug)]
pub struct Direct<T> {
    held: Held<T>,
}

/// All parameters but the weights.
#[derive(Clone, Debug, Default)]
struct Vectors<T> {
    a: Vec<T>,
    b: Vec<T>,
    beta: Vec<T>,
    v: Vec<T>,
    relu_v: Vec<T>,
}

impl<T: Real> Vectors<T> {
    /// Where a, b, β and v lie in the parameter vector.
    fn places(layout: &Layout) -> [Range<usize>; 4] {
        [A, B, BETA, V].map(|block| layout.blocks()[block].range.clone())
    }

    fn of(places: [Range<usize>; 4], parameters: &[T]) -> Self {
        let [a, b, beta, v] = places.map(|range| parameters[range].to_vec());
        let relu_v = v.iter().map(|v| v.max(T::zero())).collect();
        Self {
            a,
            b,
            beta,
            v,
            relu_v,
        }
    }
}

/// Order of the blocks in the parameter vector.
const SUM: usize = 0;
const A: usize = 1;
const PROD: usize = 2;
const B: usize = 3;
const BETA: usize = 4;
const V: usize = 5;

impl<T: Real> Direct<T> {
    /// A field of `genes` genes (at least one) with all parameters zero.
    ///
    /// # Errors
    /// [`crate::Error::Setting`] if there is no gene.
    pub fn new(genes: usize) -> Result<Self> {
        check_setting("genes", genes as f64, genes > 0, "at least 1")?;
        let branch = |layer, log_space, gain| Branch {
            layers: vec![layer],
            log_space,
            gain,
        };
        let layout = Layout::new(
            genes,
            &[
                ("w_sum", genes, genes, Role::Weights),
                ("b_sum", genes, 1, Role::Bias),
                ("w_prod", genes, genes, Role::Weights),
                ("b_prod", genes, 1, Role::Bias),
                ("gain", genes, 1, Role::Bias),
                ("v", genes, 1, Role::Multiplier),
            ],
            vec![
                branch(SUM, false, None),
                branch(PROD, true, Some((BETA, B))),
            ],
        );
        Ok(Self {
            held: Held::new(Kind::Direct, layout, SPARSE_BELOW),
        })
    }

    /// A field with given parameters.
    ///
    /// # Errors
    /// [`crate::Error::Shape`] if the parameters are not those of such a field.
    pub fn with_parameters(parameters: &Parameters<T>) -> Result<Self> {
        let mut field = Self::new(parameters.layout().genes())?;
        let found = parameters.values().len();
        check_size(
            "number of direct parameters",
            field.held.layout().len(),
            found,
        )?;
        field.held.load(parameters.values());
        Ok(field)
    }
}

field_of_held!(Direct);
