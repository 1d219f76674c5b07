//! Which genes directly depend on which.

use super::Parameters;
use super::effects::rectified_multipliers;
use crate::Real;

/// For every gene the genes that directly depend on it and move at all: those with ReLU(v) > 0 to which a path of weights
/// that are not zero leads from it. Ascending; the gene itself may be among them.
///
/// Where this list holds no other gene, no change of the gene ever reaches another one. Effects that cancel out still
/// count: the list says what can be, [`regulatory_network`](crate::regulatory_network) how strong it is.
pub fn targets<T: Real>(parameters: &Parameters<T>) -> Vec<Vec<usize>> {
    let layout = parameters.layout();
    let moves = rectified_multipliers(parameters).mapv(|v| v > 0.0);
    let branches: Vec<Vec<Outputs>> = layout
        .branches()
        .iter()
        .map(|branch| {
            let layers = branch.layers.iter();
            layers
                .map(|&layer| Outputs::of(parameters, layer))
                .collect()
        })
        .collect();
    let of_gene = |gene: usize| {
        let mut found: Vec<usize> = branches
            .iter()
            .flat_map(|layers| {
                let first = layers[0].of_input[gene].clone();
                layers[1..]
                    .iter()
                    .fold(first, |units, layer| layer.of_any(&units))
            })
            .filter(|&target| moves[target])
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    };
    (0..layout.genes()).map(of_gene).collect()
}

/// Of every input of a weight matrix, the outputs that it has a weight to.
struct Outputs {
    of_input: Vec<Vec<usize>>,
    count: usize,
}

impl Outputs {
    fn of<T: Real>(parameters: &Parameters<T>, block: usize) -> Self {
        let weights = parameters.block_at(block);
        let mut of_input = vec![Vec::new(); weights.ncols()];
        for ((output, input), weight) in weights.indexed_iter() {
            if *weight != T::zero() {
                of_input[input].push(output);
            }
        }
        Self {
            of_input,
            count: weights.nrows(),
        }
    }

    /// The outputs that any of the inputs has a weight to.
    fn of_any(&self, inputs: &[usize]) -> Vec<usize> {
        let mut is_reached = vec![false; self.count];
        for &input in inputs {
            for &output in &self.of_input[input] {
                is_reached[output] = true;
            }
        }
        (0..self.count)
            .filter(|&output| is_reached[output])
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Initialise, Phoenix, regulatory_network};

    #[test]
    fn targets_are_the_edges_of_the_network() {
        let mut parameters = Phoenix::<f64>::new(9, 3).unwrap().initialise(5);
        let layout = parameters.layout().clone();
        for (index, value) in parameters.values_mut().iter_mut().enumerate() {
            let is_weight = |block: &crate::Block| {
                block.range.contains(&index) && block.role == crate::Role::Weights
            };
            if layout.blocks().iter().any(is_weight) {
                *value = if index % 3 == 0 {
                    0.3 + index as f64
                } else {
                    0.0
                };
            }
        }
        let v = layout.multiplier().unwrap().range.clone();
        parameters.values_mut()[v.start + 4] = -1.0;
        let network = regulatory_network(&parameters);
        let found = targets(&parameters);
        assert!(found.iter().any(|targets| !targets.is_empty()));
        for (gene, targets) in found.iter().enumerate() {
            let expected: Vec<usize> = (0..9).filter(|&i| network[[i, gene]] != 0.0).collect();
            assert_eq!(targets, &expected);
        }
    }
}
