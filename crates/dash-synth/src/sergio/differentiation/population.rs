//! Cells of one type, from where they leave their parent to where they rest.

use super::rest::Rest;
use crate::error::{Error, Result};
use crate::sergio::draws::Noise;
use crate::sergio::langevin::{Constants, NoiseType, Regulated, Splicing, step};
use crate::sergio::rates::{Rates, padded};

/// Draws that are made at a time: they stay in the nearest cache.
const AT_A_TIME: usize = 1024;

/// Unspliced and spliced RNA, `genes × padded paths`.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) unspliced: Vec<f64>,
    pub(super) spliced: Vec<f64>,
}

impl State {
    /// Unspliced, then spliced RNA.
    pub(super) fn both(&self) -> [&[f64]; 2] {
        [&self.unspliced, &self.spliced]
    }
}

/// What happens to a population.
pub(super) struct Law<'a> {
    pub(super) rates: &'a Rates,
    pub(super) unspliced: &'a Constants,
    pub(super) spliced: &'a Constants,
    pub(super) noise_types: [NoiseType; 2],
    /// Steps of spliced RNA in one of unspliced RNA.
    pub(super) splice_steps: usize,
    /// Whether genes move one after the other, each seeing where those before have gone.
    pub(super) sequential: bool,
    /// Whether regulators act through their spliced RNA.
    pub(super) by_spliced: bool,
}

/// When a population stops.
pub(super) struct Stop<'a> {
    /// Steady states of unspliced and spliced RNA, per gene.
    pub(super) rest: [&'a [f64]; 2],
    /// Points before it is first asked whether the population rests.
    pub(super) least_points: usize,
    /// Points of the further run, for every point until rest: `extra` / `shared_by`.
    pub(super) extra: f64,
    pub(super) shared_by: f64,
    pub(super) most_points: usize,
}

/// A population on its way.
pub(super) struct Population<'a> {
    law: &'a Law<'a>,
    genes: Vec<usize>,
    state: State,
    /// `slots × padded paths`.
    activities: Vec<f64>,
}

impl<'a> Population<'a> {
    pub(super) fn new(law: &'a Law<'a>, state: State) -> Self {
        let genes = law.unspliced.decay.len();
        let mut population = Self {
            law,
            genes: (0..genes).collect(),
            state,
            activities: vec![0.0; law.rates.slots.len() * padded(law.rates.lanes)],
        };
        population.respond();
        population
    }

    /// Runs until the population has rested long enough; `watch` is shown every point. Number of points, and of those at which
    /// the population was found to rest.
    pub(super) fn run(
        mut self,
        stop: &Stop<'_>,
        noise: &mut impl Noise,
        watch: &mut impl FnMut(usize, &State),
    ) -> Result<(usize, usize)> {
        let mut rest = Rest::new(stop.rest, self.law.rates.lanes);
        watch(0, &self.state);
        rest.see(0, &self.state);
        let mut points = 1;
        let mut rested_at = None;
        loop {
            let further = |at: usize| (stop.extra * at as f64 / stop.shared_by).ceil() as usize;
            let last = rested_at.map(|at: usize| at.saturating_add(further(at)));
            if last.is_some_and(|last| points >= last) {
                return Ok((points, rested_at.unwrap_or(points)));
            }
            if points >= stop.most_points {
                return Err(Error::NeverRests { points });
            }
            self.advance(points - 1, noise);
            watch(points, &self.state);
            if rested_at.is_none() {
                rest.see(points, &self.state);
            }
            points += 1;
            if rested_at.is_none() && points >= stop.least_points && rest.reached() {
                rested_at = Some(points);
            }
        }
    }

    fn advance(&mut self, number: usize, noise: &mut impl Noise) {
        let law = self.law;
        let lanes = law.rates.lanes;
        let portion = (AT_A_TIME / lanes).max(1);
        // Spliced RNA first: it needs unspliced RNA where it was.
        for part in 0..law.splice_steps {
            let number = number * law.splice_steps + part;
            for genes in self.genes.chunks(portion) {
                let production = Splicing {
                    unspliced: &self.state.unspliced,
                    decay: &law.unspliced.decay,
                    lanes,
                };
                let draws = noise.draws(1, number, genes, lanes);
                let x = &mut self.state.spliced;
                step(law.noise_types[1], law.spliced, genes, production, x, draws);
            }
        }
        for genes in self.genes.chunks(portion) {
            let production = Regulated {
                rates: law.rates,
                activities: &mut self.activities,
                in_place: law.sequential && !law.by_spliced,
            };
            let draws = noise.draws(0, number, genes, lanes);
            let x = &mut self.state.unspliced;
            step(
                law.noise_types[0],
                law.unspliced,
                genes,
                production,
                x,
                draws,
            );
        }
        self.respond();
    }

    fn respond(&mut self) {
        let width = padded(self.law.rates.lanes);
        let acting = if self.law.by_spliced {
            &self.state.spliced
        } else {
            &self.state.unspliced
        };
        for (gene, x) in acting.chunks(width).enumerate() {
            self.law.rates.refresh(gene, x, &mut self.activities);
        }
    }
}
