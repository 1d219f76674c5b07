//! A stationary run: all genes together, or level after level.

use dash_ode::{Kernel, vectorised};

use super::Steady;
use super::by_level::is_kept;
use super::cells::Cells;
use super::config::HalfResponse;
use crate::error::Result;
use crate::sergio::draws::Noise;
use crate::sergio::langevin::{Constants, NoiseType, Regulated, step};
use crate::sergio::rates::{Rates, padded};
use crate::sergio::steady_state::steady_state;
use crate::sergio::system::System;

/// Genes that draw their normals together: their draws stay in the nearest cache.
const PORTION: usize = 64;

/// Checked settings.
pub(super) struct Setup<'a> {
    pub(super) system: &'a System,
    pub(super) noise_type: NoiseType,
    pub(super) noise: Vec<f64>,
    pub(super) decay: Vec<f64>,
    pub(super) dt: f64,
    pub(super) half_response: &'a HalfResponse,
    /// On the production rates.
    pub(super) factors: Vec<f64>,
    pub(super) points: usize,
}

/// A run that is ready to go.
pub(super) struct Run<'a> {
    pub(super) setup: &'a Setup<'a>,
    constants: Constants,
    pub(super) rates: Rates,
    pub(super) cells: Cells,
}

impl<'a> Run<'a> {
    /// `points` are those that become cells, `types × cells`.
    pub(super) fn new(setup: &'a Setup<'a>, points: &[Vec<usize>]) -> Self {
        let types: Vec<usize> = (0..setup.system.types()).collect();
        Self {
            setup,
            constants: Constants::new(setup.dt, setup.decay.clone(), &setup.noise),
            rates: Rates::new(setup.system, &types, &setup.factors),
            cells: Cells::new(setup.system.genes().len(), points),
        }
    }

    /// Simulates; at every point `watch` is shown the genes that have moved, and `genes × padded types` of all.
    pub(super) fn simulate(
        self,
        noise: &mut impl Noise,
        watch: impl FnMut(usize, &[usize], &[f64]),
    ) -> Result<Steady> {
        match self.setup.half_response {
            HalfResponse::Sampled => self.by_level(is_kept, noise, watch),
            HalfResponse::Given(h) => self.together(h.clone(), noise, watch),
            HalfResponse::Deterministic => {
                let wild_type = vec![1.0; self.setup.factors.len()];
                let state = steady_state(self.setup.system, &self.setup.decay, &wild_type, None)?;
                self.together(state.half_response, noise, watch)
            }
        }
    }

    /// All genes at once; nothing but the present is held.
    fn together(
        mut self,
        half_response: Vec<f64>,
        noise: &mut impl Noise,
        mut watch: impl FnMut(usize, &[usize], &[f64]),
    ) -> Result<Steady> {
        let setup = self.setup;
        let (genes, types) = (setup.system.genes().len(), setup.system.types());
        let state = steady_state(
            setup.system,
            &setup.decay,
            &setup.factors,
            Some(&half_response),
        )?;
        let width = padded(types);
        let mut x = vec![0.0; genes * width];
        for gene in 0..genes {
            self.rates.set_half_response(gene, half_response[gene]);
            let start = &state.x[gene * types..(gene + 1) * types];
            x[gene * width..][..types].copy_from_slice(start);
        }
        let all: Vec<usize> = (0..genes).collect();
        let regulators = self.regulators(&all);
        let mut activities = vec![0.0; self.rates.slots.len() * width];
        for point in 0..setup.points {
            watch(point, &all, &x);
            self.cells.collect(point, &all, &x, width);
            if point + 1 < setup.points {
                self.keep(&regulators, &x, &mut activities);
                self.respond(&regulators, &mut activities);
                self.advance(point, 0, &all, &mut activities, &mut x, noise);
            }
        }
        Ok(self.finish(half_response))
    }

    /// Those that have targets.
    pub(super) fn regulators(&self, genes: &[usize]) -> Vec<usize> {
        let acts = |gene: &usize| !self.rates.slots_of(*gene).is_empty();
        genes.iter().copied().filter(acts).collect()
    }

    /// Puts concentrations where the activities will be once the half responses are known.
    pub(super) fn keep(&self, regulators: &[usize], x: &[f64], activities: &mut [f64]) {
        let width = padded(self.rates.lanes);
        for &gene in regulators {
            for slot in self.rates.slots_of(gene) {
                activities[slot * width..(slot + 1) * width]
                    .copy_from_slice(&x[gene * width..(gene + 1) * width]);
            }
        }
    }

    /// Turns kept concentrations into activities, at one point or at many.
    pub(super) fn respond(&self, regulators: &[usize], activities: &mut [f64]) {
        vectorised(Respond {
            rates: &self.rates,
            regulators,
            activities,
        });
    }

    pub(super) fn advance(
        &self,
        point: usize,
        group: usize,
        members: &[usize],
        activities: &mut [f64],
        x: &mut [f64],
        noise: &mut impl Noise,
    ) {
        for portion in members.chunks(PORTION) {
            let draws = noise.draws(group, point, portion, self.rates.lanes);
            let production = Regulated {
                rates: &self.rates,
                activities,
                in_place: false,
            };
            step(
                self.setup.noise_type,
                &self.constants,
                portion,
                production,
                x,
                draws,
            );
        }
    }

    pub(super) fn finish(self, mut half_response: Vec<f64>) -> Steady {
        for (gene, h) in half_response.iter_mut().enumerate() {
            if self.rates.slots_of(gene).is_empty() {
                *h = f64::NAN;
            }
        }
        Steady {
            expression: self.cells.expression(),
            half_response,
        }
    }
}

struct Respond<'a> {
    rates: &'a Rates,
    regulators: &'a [usize],
    activities: &'a mut [f64],
}

impl Kernel for Respond<'_> {
    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        let row = self.rates.slots.len() * padded(self.rates.lanes);
        for activities in self.activities.chunks_mut(row.max(1)) {
            self.rates.respond(self.regulators, activities);
        }
    }
}
