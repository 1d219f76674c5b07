//! Names, shapes and roles of a model's parameters, which lie one after the other in one vector.

use std::ops::Range;

/// What a block of parameters does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A weight matrix: can be pruned.
    Weights,
    /// A bias: never pruned.
    Bias,
    /// The gene multipliers v: never pruned, their own learning rate.
    Multiplier,
}

/// One named matrix (or, with one column, vector) of parameters, row-major.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Name, as in a saved model: `w_sum`, `b_sum`, …
    pub name: &'static str,
    /// Rows: outputs of the map.
    pub rows: usize,
    /// Columns: inputs of the map; 1 for a vector.
    pub columns: usize,
    /// What it does.
    pub role: Role,
    /// Where its values lie in the parameter vector.
    pub range: Range<usize>,
}

/// One path from input genes to output genes: `layers[L−1] · σ( … σ(layers[0] · φ(x)))`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Blocks of its weight matrices, at least one, from the input genes to the output genes.
    pub layers: Vec<usize>,
    /// Whether the first matrix works on logarithms (the product branch Π of PHOENIX).
    pub log_space: bool,
    /// Blocks (β, b) of a factor β exp(b) that every target puts on this branch; `None` is 1.
    pub gain: Option<(usize, usize)>,
}

impl Branch {
    /// Block of the matrix that the input genes enter.
    pub fn first(&self) -> usize {
        self.layers[0]
    }

    /// Block of the matrix that the output genes leave; that of [`Branch::first`] if there is only one.
    pub fn last(&self) -> usize {
        self.layers[self.layers.len() - 1]
    }
}

/// The blocks of a model, its branches, and its gene multipliers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    genes: usize,
    blocks: Vec<Block>,
    branches: Vec<Branch>,
    multiplier: Option<usize>,
}

impl Layout {
    /// A layout of blocks given as (name, rows, columns, role), in the order of the parameter vector.
    pub(crate) fn new(
        genes: usize,
        blocks: &[(&'static str, usize, usize, Role)],
        branches: Vec<Branch>,
    ) -> Self {
        let mut start = 0;
        let blocks: Vec<Block> = blocks
            .iter()
            .map(|&(name, rows, columns, role)| {
                let range = start..start + rows * columns;
                start = range.end;
                Block {
                    name,
                    rows,
                    columns,
                    role,
                    range,
                }
            })
            .collect();
        let multiplier = blocks.iter().position(|b| b.role == Role::Multiplier);
        Self {
            genes,
            blocks,
            branches,
            multiplier,
        }
    }

    /// Number of genes k.
    pub fn genes(&self) -> usize {
        self.genes
    }

    /// Number of parameters.
    pub fn len(&self) -> usize {
        self.blocks.last().map_or(0, |b| b.range.end)
    }

    /// Whether there are no parameters.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All blocks, in the order of the parameter vector.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The branches of the model.
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// The gene multipliers v, if the model has any.
    pub fn multiplier(&self) -> Option<&Block> {
        self.multiplier.map(|m| &self.blocks[m])
    }

    /// The block of that name.
    pub fn block(&self, name: &str) -> Option<&Block> {
        self.blocks.iter().find(|b| b.name == name)
    }

    /// Indices of the blocks that can be pruned.
    pub fn prunable(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.blocks.len()).filter(|&b| self.blocks[b].role == Role::Weights)
    }

    /// Share of the weights that are `kept`; 1 without weights.
    pub(crate) fn density(&self, kept: &[bool]) -> f64 {
        let (mut left, mut all) = (0, 0);
        for block in self.prunable() {
            let kept = &kept[self.blocks[block].range.clone()];
            left += kept.iter().filter(|&&k| k).count();
            all += kept.len();
        }
        if all == 0 {
            1.0
        } else {
            left as f64 / all as f64
        }
    }
}
