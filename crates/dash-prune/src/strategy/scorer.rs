//! Scores of all prunable matrices of a model at one pruning step.

use dash_ode::{Parameters, Real};
use dash_prior::PriorMatrix;
use ndarray::{Array1, Array2, ArrayView2};

use super::{Prior, Problem};
use crate::{
    Branch, BranchWeights, Conventions, Dash, DashState, DeepState, DeepWeights, Error, Mask,
    Result, input_magnitude, one_layer, random,
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
                        self.conventions
                            .last_magnitude(weights.view(), v.view(), mask)
                    }
                    Some(b) if b.first() == index => {
                        self.conventions
                            .first_magnitude(kind(b), weights.view(), mask)
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

/// Magnitude and prior knowledge, by DASH for as many layers as a branch has.
pub(super) struct Informed {
    formulas: Formulas,
    /// One per branch.
    memories: Vec<Memory>,
}

/// DASH for one, two and more layers.
struct Formulas {
    dash: Dash,
    p: PriorMatrix,
    /// λ₂, the weight of P: all that one layer has.
    lambda: f64,
    conventions: Conventions,
}

/// What a branch remembers of the last pruning step.
enum Memory {
    /// One layer: nothing.
    One,
    Two(DashState),
    Deep(DeepState),
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
        let memory = |(number, branch): (usize, &dash_ode::Branch)| {
            let seed = mixed(problem.seed, number as u64 + 1);
            let shape = |&layer: &usize| {
                let block = &layout.blocks()[layer];
                (block.rows, block.columns)
            };
            let shapes: Vec<(usize, usize)> = branch.layers.iter().map(shape).collect();
            match shapes[..] {
                [_] => Memory::One,
                [(hidden, genes), _] => Memory::Two(DashState::random(hidden, genes, seed)),
                _ => Memory::Deep(DeepState::random(&shapes, seed)),
            }
        };
        Ok(Self {
            formulas: Formulas {
                dash: Dash::new(&prior.p, &prior.c, lambda, conventions)?,
                p: prior.p.clone(),
                lambda: lambda.1,
                conventions,
            },
            memories: layout.branches().iter().enumerate().map(memory).collect(),
        })
    }
}

impl Formulas {
    /// Scores of the layers of one branch, with what survives of them and gene multipliers `v`.
    fn branch(
        &self,
        branch: Branch,
        layers: &[(ArrayView2<'_, f64>, &Mask)],
        v: &Array1<f64>,
        memory: &mut Memory,
    ) -> Result<Vec<Array2<f64>>> {
        match memory {
            Memory::One => Ok(vec![self.one_layer(layers[0], v)?]),
            Memory::Two(state) => {
                let [(first, first_mask), (second, second_mask)] = [layers[0], layers[1]];
                let weights = BranchWeights {
                    branch,
                    first,
                    first_mask,
                    second,
                    second_mask,
                    multipliers: v.view(),
                };
                let scored = self.dash.score(&weights, state)?;
                Ok(vec![scored.first, scored.second])
            }
            Memory::Deep(state) => {
                let weights = DeepWeights {
                    branch,
                    layers,
                    multipliers: v.view(),
                };
                self.dash.score_deep(&weights, state)
            }
        }
    }

    fn one_layer(
        &self,
        (weights, mask): (ArrayView2<'_, f64>, &Mask),
        v: &Array1<f64>,
    ) -> Result<Array2<f64>> {
        let mut strengths = weights.to_owned();
        if self.conventions.multipliers {
            for (mut row, v) in strengths.rows_mut().into_iter().zip(v) {
                row *= v.max(0.0);
            }
        }
        one_layer(strengths.view(), mask, &self.p, self.lambda)
    }
}

impl<T: Real> Scorer<T> for Informed {
    fn scores(&mut self, parameters: &Parameters<T>, masks: &Masks) -> Result<Vec<Array2<f64>>> {
        let v = multipliers(parameters);
        let mut scores: Vec<Option<Array2<f64>>> = vec![None; masks.len()];
        let branches = parameters.layout().branches();
        for (branch, memory) in branches.iter().zip(&mut self.memories) {
            let weights: Vec<Array2<f64>> = branch
                .layers
                .iter()
                .map(|&layer| wide(parameters, layer))
                .collect();
            let kept = branch.layers.iter().map(|&layer| masks[layer].as_ref());
            let layers: Option<Vec<_>> = weights
                .iter()
                .zip(kept)
                .map(|(weights, kept)| kept.map(|kept| (weights.view(), kept)))
                .collect();
            if let Some(layers) = layers {
                let scored = self.formulas.branch(kind(branch), &layers, &v, memory)?;
                for (&layer, scored) in branch.layers.iter().zip(scored) {
                    scores[layer] = Some(scored);
                }
            }
        }
        Ok(scores.into_iter().flatten().collect())
    }
}

fn kind(branch: &dash_ode::Branch) -> Branch {
    if branch.log_space {
        Branch::Product
    } else {
        Branch::Sum
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

#[cfg(test)]
mod tests {
    use dash_prior::co_regulation;
    use ndarray::array;

    use super::*;

    #[test]
    fn one_layer_weighs_magnitude_and_prior_by_the_second_lambda_alone() {
        let p = PriorMatrix::from_dense(array![[0.0, -3.0], [1.0, 0.0]].view()).unwrap();
        let conventions = Conventions::balanced();
        let score = |lambda| {
            let formulas = Formulas {
                dash: Dash::new(&p, &co_regulation(&p), lambda, conventions).unwrap(),
                p: p.clone(),
                lambda: lambda.1,
                conventions,
            };
            let (weights, mask) = (array![[-1.0, 1.0], [2.0, 5.0]], Mask::full(2, 2));
            let layers = [(weights.view(), &mask)];
            let v = array![1.0, -0.5];
            let scores = formulas.branch(Branch::Sum, &layers, &v, &mut Memory::One);
            scores.unwrap().remove(0)
        };
        // ReLU(v) closes the second gene: its weights have no magnitude.
        assert_eq!(score((0.9, 0.0)), array![[0.5, 0.5], [0.0, 0.0]]);
        assert_eq!(score((0.9, 1.0)), array![[0.0, 0.75], [0.25, 0.0]]);
        assert_eq!(score((0.9, 0.5)), array![[0.25, 0.625], [0.125, 0.0]]);
        assert_eq!(score((0.9, 0.5)), score((0.1, 0.5)));
    }
}
