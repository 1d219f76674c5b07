//! Scores of all prunable matrices of a model at one pruning step.

use dash_ode::{Parameters, Real};
use ndarray::{Array1, Array2};

use super::{Prior, Problem};
use crate::{
    Branch, BranchWeights, Conventions, Dash, DashState, Error, Mask, Result, input_magnitude,
    output_magnitude, product_magnitude, random,
};

/// What survives of each block of a model: one mask per block of its layout, `None` where nothing is ever pruned.
pub(super) type Masks = Vec<Option<Mask>>;

/// Ranks the weights of every prunable block; entries already pruned do not matter.
pub(super) trait Scorer<T> {
    /// One score matrix for every block that has a mask, in the order of the layout.
    fn scores(&mut self, parameters: &Parameters<T>, masks: &Masks) -> Result<Vec<Array2<f64>>>;
}

/// Magnitude alone.
pub(super) struct Magnitude {
    pub(super) conventions: Conventions,
}

impl<T: Real> Scorer<T> for Magnitude {
    fn scores(&mut self, parameters: &Parameters<T>, masks: &Masks) -> Result<Vec<Array2<f64>>> {
        let layout = parameters.layout();
        let v = multipliers(parameters);
        masked(masks)
            .map(|(index, mask)| {
                let weights = wide(parameters, index);
                match layout.branches().iter().find(|b| b.layers.contains(&index)) {
                    Some(b) if b.last() == index => {
                        let v = self.conventions.multipliers.then_some(v.view());
                        output_magnitude(weights.view(), v, mask)
                    }
                    Some(b) if b.log_space && b.first() == index => {
                        product_magnitude(weights.view(), mask, self.conventions.product_magnitude)
                    }
                    _ => input_magnitude(weights.view(), mask),
                }
            })
            .collect()
    }
}

/// Chance alone.
pub(super) struct Random {
    pub(super) seed: u64,
    /// Matrices drawn so far; each has a seed of its own.
    pub(super) drawn: u64,
}

impl<T: Real> Scorer<T> for Random {
    fn scores(&mut self, parameters: &Parameters<T>, masks: &Masks) -> Result<Vec<Array2<f64>>> {
        let blocks = parameters.layout().blocks();
        let scores = masked(masks).map(|(index, _)| {
            self.drawn += 1;
            random(
                blocks[index].rows,
                blocks[index].columns,
                mixed(self.seed, self.drawn),
            )
        });
        Ok(scores.collect())
    }
}

/// Magnitude and prior knowledge, by DASH.
pub(super) struct Informed {
    dash: Dash,
    states: Vec<DashState>,
}

impl Informed {
    pub(super) fn new<T: Real>(
        prior: &Prior,
        lambda: (f64, f64),
        conventions: Conventions,
        problem: &Problem<'_, T>,
    ) -> Result<Self> {
        let layout = problem.initial.layout();
        if prior.p.dim() != layout.genes() {
            return Err(Error::Shape {
                array: "the prior P",
                expected: (layout.genes(), layout.genes()),
                found: (prior.p.dim(), prior.p.dim()),
            });
        }
        let state = |(number, branch): (usize, &dash_ode::Branch)| {
            let first = &layout.blocks()[branch.first()];
            DashState::random(
                first.rows,
                first.columns,
                mixed(problem.seed, number as u64 + 1),
            )
        };
        Ok(Self {
            dash: Dash::new(&prior.p, &prior.c, lambda, conventions)?,
            states: layout.branches().iter().enumerate().map(state).collect(),
        })
    }
}

impl<T: Real> Scorer<T> for Informed {
    fn scores(&mut self, parameters: &Parameters<T>, masks: &Masks) -> Result<Vec<Array2<f64>>> {
        let v = multipliers(parameters);
        let mut scores: Vec<Option<Array2<f64>>> = vec![None; masks.len()];
        for (branch, state) in parameters.layout().branches().iter().zip(&mut self.states) {
            let (Some(first_mask), Some(second_mask)) =
                (&masks[branch.first()], &masks[branch.last()])
            else {
                continue;
            };
            let (first, second) = (
                wide(parameters, branch.first()),
                wide(parameters, branch.last()),
            );
            let weights = BranchWeights {
                branch: if branch.log_space {
                    Branch::Product
                } else {
                    Branch::Sum
                },
                first: first.view(),
                first_mask,
                second: second.view(),
                second_mask,
                multipliers: v.view(),
            };
            let scored = self.dash.score(&weights, state)?;
            scores[branch.first()] = Some(scored.first);
            scores[branch.last()] = Some(scored.second);
        }
        Ok(scores.into_iter().flatten().collect())
    }
}

/// Blocks that have a mask.
pub(super) fn masked(masks: &Masks) -> impl Iterator<Item = (usize, &Mask)> {
    masks
        .iter()
        .enumerate()
        .filter_map(|(index, mask)| mask.as_ref().map(|mask| (index, mask)))
}

fn wide<T: Real>(parameters: &Parameters<T>, block: usize) -> Array2<f64> {
    parameters.block_at(block).mapv(Real::f64)
}

/// Gene multipliers v, or ones for a model without them.
fn multipliers<T: Real>(parameters: &Parameters<T>) -> Array1<f64> {
    let layout = parameters.layout();
    layout.multiplier().map_or_else(
        || Array1::ones(layout.genes()),
        |v| {
            parameters.values()[v.range.clone()]
                .iter()
                .map(|v| v.f64())
                .collect()
        },
    )
}

/// A seed for one of several draws (the finaliser of `SplitMix64`).
fn mixed(seed: u64, number: u64) -> u64 {
    let mut z = seed.wrapping_add(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
