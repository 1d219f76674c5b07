//! A stationary run: all genes together, or level after level.

use ndarray::{Array3, Axis};

use super::draws::Noise;
use super::langevin::{Constants, NoiseType, Regulated, step};
use super::order::levels;
use super::rates::{Rates, block, block_mut, padded};
use super::steady::{HalfResponse, Steady};
use super::steady_state::{production, steady_state};
use super::system::System;
use crate::error::Result;

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
    setup: &'a Setup<'a>,
    constants: Constants,
    rates: Rates,
    cells: Cells,
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

    /// Simulates; `watch` is shown every gene at every point, its types.
    pub(super) fn simulate(
        self,
        noise: &mut impl Noise,
        watch: impl FnMut(usize, usize, &[f64]),
    ) -> Result<Steady> {
        match self.setup.half_response {
            HalfResponse::Sampled => self.by_level(noise, watch),
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
        mut watch: impl FnMut(usize, usize, &[f64]),
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
        let regulators: Vec<usize> = (0..genes)
            .filter(|&g| !self.rates.slots_of(g).is_empty())
            .collect();
        let mut activities = vec![0.0; self.rates.slots.len() * width];
        for point in 0..setup.points {
            self.record(point, &all, &x, &mut watch);
            if point + 1 < setup.points {
                for &gene in &regulators {
                    let x = &x[gene * width..(gene + 1) * width];
                    self.rates.refresh(gene, x, &mut activities);
                }
                self.advance(point, 0, &all, &mut activities, &mut x, noise);
            }
        }
        Ok(self.finish(half_response))
    }

    /// One level after the other; the trajectories of regulators are held for the levels below.
    fn by_level(
        mut self,
        noise: &mut impl Noise,
        mut watch: impl FnMut(usize, usize, &[f64]),
    ) -> Result<Steady> {
        let setup = self.setup;
        let genes = setup.system.genes().len();
        let level = levels(setup.system)?;
        let width = padded(setup.system.types());
        let row = self.rates.slots.len() * width;
        let mut rows = vec![0.0; setup.points * row];
        let mut x = vec![0.0; genes * width];
        let mut half_response = vec![f64::NAN; genes];
        for group in (0..=level.iter().copied().max().unwrap_or(0)).rev() {
            let members: Vec<usize> = (0..genes).filter(|&g| level[g] == group).collect();
            self.start(&members, &half_response, &mut x);
            for point in 0..setup.points {
                let activities = &mut rows[point * row..(point + 1) * row];
                self.record(point, &members, &x, &mut watch);
                self.keep(&members, &x, activities);
                if point + 1 < setup.points {
                    self.advance(point, group, &members, activities, &mut x, noise);
                }
            }
            for &gene in &members {
                half_response[gene] = self.cells.mean(gene);
                self.rates.set_half_response(gene, half_response[gene]);
            }
            for activities in rows.chunks_mut(row.max(1)) {
                self.respond(&members, activities);
            }
        }
        Ok(self.finish(half_response))
    }

    /// Start of a level: P/λ at the sampled means of the regulators.
    fn start(&self, members: &[usize], half_response: &[f64], x: &mut [f64]) {
        let setup = self.setup;
        let width = padded(setup.system.types());
        for &gene in members {
            for cell_type in 0..setup.system.types() {
                let mean = |regulator| self.cells.mean_in_type(regulator, cell_type);
                let p = production(setup.system, gene, cell_type, half_response, &mean);
                x[gene * width + cell_type] = setup.factors[gene] * p / setup.decay[gene];
            }
        }
    }

    /// Puts concentrations where the activities will be once the half responses are known.
    fn keep(&self, members: &[usize], x: &[f64], activities: &mut [f64]) {
        let width = padded(self.rates.lanes);
        for &gene in members {
            for slot in self.rates.slots_of(gene) {
                activities[slot * width..(slot + 1) * width]
                    .copy_from_slice(&x[gene * width..(gene + 1) * width]);
            }
        }
    }

    /// Turns kept concentrations into activities.
    fn respond(&self, members: &[usize], activities: &mut [f64]) {
        let width = padded(self.rates.lanes);
        for &gene in members {
            for slot in self.rates.slots_of(gene) {
                for lane in (slot * width..(slot + 1) * width).step_by(super::rates::WIDTH) {
                    let x = *block(activities, lane);
                    *block_mut(activities, lane) = self.rates.slots[slot].activity(x);
                }
            }
        }
    }

    fn advance(
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

    fn record(
        &mut self,
        point: usize,
        members: &[usize],
        x: &[f64],
        watch: &mut impl FnMut(usize, usize, &[f64]),
    ) {
        let (types, width) = (self.rates.lanes, padded(self.rates.lanes));
        for &gene in members {
            watch(point, gene, &x[gene * width..][..types]);
        }
        self.cells.collect(point, members, x, width);
    }

    fn finish(self, mut half_response: Vec<f64>) -> Steady {
        for (gene, h) in half_response.iter_mut().enumerate() {
            if self.rates.slots_of(gene).is_empty() {
                *h = f64::NAN;
            }
        }
        Steady {
            expression: self.cells.expression,
            half_response,
        }
    }
}

/// Cells to be filled as the run passes their points.
struct Cells {
    /// `types × genes × cells`.
    expression: Array3<f64>,
    /// Point, type and cell, in the order of the points.
    due: Vec<(usize, usize, usize)>,
    next: usize,
}

impl Cells {
    fn new(genes: usize, points: &[Vec<usize>]) -> Self {
        let of_type = |(cell_type, points): (usize, &Vec<usize>)| {
            let due = |(cell, &point)| (point, cell_type, cell);
            points.iter().enumerate().map(due).collect::<Vec<_>>()
        };
        let mut due: Vec<_> = points.iter().enumerate().flat_map(of_type).collect();
        due.sort_unstable();
        let cells = points.first().map_or(0, Vec::len);
        Self {
            expression: Array3::zeros((points.len(), genes, cells)),
            due,
            next: 0,
        }
    }

    /// Fills the cells of this point; the points come in order, from 0 for every group of genes.
    fn collect(&mut self, point: usize, genes: &[usize], x: &[f64], width: usize) {
        if point == 0 {
            self.next = 0;
        }
        while let Some(&(due, cell_type, cell)) = self.due.get(self.next) {
            if due != point {
                break;
            }
            for &gene in genes {
                self.expression[[cell_type, gene, cell]] = x[gene * width + cell_type];
            }
            self.next += 1;
        }
    }

    fn mean_in_type(&self, gene: usize, cell_type: usize) -> f64 {
        let cells = self.expression.index_axis(Axis(0), cell_type);
        let cells = cells.index_axis(Axis(0), gene);
        cells.sum() / cells.len() as f64
    }

    fn mean(&self, gene: usize) -> f64 {
        let types = self.expression.len_of(Axis(0));
        let sum: f64 = (0..types).map(|b| self.mean_in_type(gene, b)).sum();
        sum / types as f64
    }
}
