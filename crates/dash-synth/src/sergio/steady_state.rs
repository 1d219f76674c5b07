//! Where the genes come to rest without noise, and the half responses that belong to it.

use super::order::{components, is_circle};
use super::system::System;
use crate::error::{Error, Result};

/// Relative change below which a circle of genes is at rest.
const AT_REST: f64 = 1e-12;
const MOST_ROUNDS: usize = 100_000;

/// Concentrations at rest and half responses.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SteadyState {
    /// x*, `genes × types`.
    pub(super) x: Vec<f64>,
    /// h of every gene, its mean over the types; those of genes without targets have no effect.
    pub(super) half_response: Vec<f64>,
}

/// The noise-free steady state x* = P/λ, regulators first, with production of gene g multiplied by `factors[g]`. Half responses
/// are the means of x* over the types, or `given`.
///
/// Genes that regulate each other in a circle are iterated to a fixed point, each round half of the way.
///
/// # Errors
/// [`Error::NoSteadyState`] for a circle that does not come to rest.
pub(super) fn steady_state(
    system: &System,
    decay: &[f64],
    factors: &[f64],
    given: Option<&[f64]>,
) -> Result<SteadyState> {
    let (genes, types) = (system.genes().len(), system.types());
    let mut state = SteadyState {
        x: vec![0.0; genes * types],
        half_response: given.map_or_else(|| vec![0.0; genes], <[f64]>::to_vec),
    };
    let relation = Relation {
        system,
        decay,
        factors,
        given: given.is_some(),
    };
    for component in components(system) {
        if is_circle(system, &component) {
            relation.iterate(&component, &mut state)?;
        } else {
            relation.settle(component[0], 1.0, &mut state);
        }
    }
    Ok(state)
}

struct Relation<'a> {
    system: &'a System,
    decay: &'a [f64],
    factors: &'a [f64],
    given: bool,
}

impl Relation<'_> {
    fn iterate(&self, circle: &[usize], state: &mut SteadyState) -> Result<()> {
        let types = self.system.types();
        for &gene in circle {
            let strengths = self
                .system
                .regulators(gene)
                .iter()
                .map(|i| i.strength.abs());
            let start = self.factors[gene] * strengths.sum::<f64>() / (2.0 * self.decay[gene]);
            state.x[gene * types..(gene + 1) * types].fill(start);
            self.respond(gene, state);
        }
        for _ in 0..MOST_ROUNDS {
            let changes = circle.iter().map(|&gene| self.settle(gene, 0.5, state));
            if changes.fold(0.0, f64::max) < AT_REST {
                return Ok(());
            }
        }
        let names = circle.iter().map(|&g| self.system.genes().name(g));
        Err(Error::NoSteadyState {
            genes: names.map(String::from).collect(),
        })
    }

    /// Moves a gene by a part of the way to P/λ; the largest relative change.
    fn settle(&self, gene: usize, part: f64, state: &mut SteadyState) -> f64 {
        let types = self.system.types();
        let mut largest = 0.0f64;
        for cell_type in 0..types {
            let rest = self.production(gene, cell_type, state) / self.decay[gene];
            let x = &mut state.x[gene * types + cell_type];
            largest = largest.max((rest - *x).abs() / rest.abs().max(1e-300));
            *x += part * (rest - *x);
        }
        self.respond(gene, state);
        largest
    }

    fn respond(&self, gene: usize, state: &mut SteadyState) {
        if !self.given {
            let types = self.system.types();
            let x = &state.x[gene * types..(gene + 1) * types];
            state.half_response[gene] = x.iter().sum::<f64>() / types as f64;
        }
    }

    fn production(&self, gene: usize, cell_type: usize, state: &SteadyState) -> f64 {
        production(self.system, gene, cell_type, &state.half_response, &|r| {
            state.x[r * self.system.types() + cell_type]
        }) * self.factors[gene]
    }
}

/// P of one gene in one type, from the concentrations of its regulators.
pub(super) fn production(
    system: &System,
    gene: usize,
    cell_type: usize,
    half_response: &[f64],
    x: &dyn Fn(usize) -> f64,
) -> f64 {
    if let Some(rates) = system.basal(gene) {
        return rates[cell_type];
    }
    let terms = system.regulators(gene).iter().map(|i| {
        let x = x(i.regulator);
        let active = if x > 0.0 {
            1.0 / (1.0 + libm::pow(half_response[i.regulator] / x, i.exponent))
        } else {
            0.0
        };
        if i.strength > 0.0 {
            i.strength * active
        } else {
            -i.strength * (1.0 - active)
        }
    });
    terms.sum()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{chain, circle, interaction, system};
    use super::*;

    const DECAY: [f64; 4] = [0.8, 0.5, 1.0, 0.7];

    fn at_rest(system: &System, state: &SteadyState) {
        for (gene, decay) in DECAY.iter().enumerate() {
            for b in 0..2 {
                let x = |r: usize| state.x[r * 2 + b];
                let p = production(system, gene, b, &state.half_response, &x);
                assert!((p / decay - x(gene)).abs() < 1e-10 * x(gene));
            }
        }
    }

    #[test]
    fn production_equals_decay_with_and_without_circles() {
        for system in [chain(), circle()] {
            let state = steady_state(&system, &DECAY, &[1.0; 4], None).unwrap();
            at_rest(&system, &state);
            for gene in 0..4 {
                let mean = f64::midpoint(state.x[2 * gene], state.x[2 * gene + 1]);
                assert!((mean - state.half_response[gene]).abs() < 1e-12 * mean);
            }
            let again =
                steady_state(&system, &DECAY, &[1.0; 4], Some(&state.half_response)).unwrap();
            for (a, b) in state.x.iter().zip(&again.x) {
                assert!((a - b).abs() < 1e-9 * a);
            }
        }
    }

    #[test]
    fn a_silenced_gene_comes_to_rest_at_zero() {
        let wild_type = steady_state(&chain(), &DECAY, &[1.0; 4], None).unwrap();
        let h = Some(&wild_type.half_response[..]);
        let knocked = steady_state(&chain(), &DECAY, &[1.0, 0.0, 1.0, 1.0], h).unwrap();
        assert_eq!(knocked.x[2..4], [0.0; 2]);
        assert!(knocked.x[4] < wild_type.x[4]);
        assert_eq!(knocked.half_response, wild_type.half_response);
    }

    #[test]
    fn a_circle_that_never_rests_is_an_error() {
        let mut edges = [interaction(0, 1, 1.0), interaction(1, 1, -60.0)];
        edges[1].exponent = 40.0;
        let system = system(&[Some(vec![1.0]), None], &edges);
        let error = steady_state(&system, &[0.8; 2], &[1.0; 2], Some(&[1.0; 2])).unwrap_err();
        assert!(error.to_string().contains("do not come to rest"), "{error}");
    }
}
