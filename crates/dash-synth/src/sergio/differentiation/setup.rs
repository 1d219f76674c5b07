//! One type of cells: how it starts, runs and is entered into the result.

use ndarray::{Array2, Array3};

use super::Differentiation;
use super::chosen::Chosen;
use super::config::{DifferentiationConfig, ExtraRun, Regulation, Update};
use super::lineage::Lineage;
use super::population::{Law, Population, State, Stop};
use crate::error::{Error, Result, check_setting};
use crate::sergio::draws::Noise;
use crate::sergio::langevin::{Constants, NoiseType};
use crate::sergio::rates::{Rates, padded};
use crate::sergio::settings::{Range, check_count, check_dt};
use crate::sergio::steady::{Perturbation, factors};
use crate::sergio::steady_state::{SteadyState, steady_state};
use crate::sergio::system::System;

/// Checked settings, and where every type rests.
#[derive(Clone)]
pub(super) struct Setup<'a> {
    pub(super) system: &'a System,
    lineage: &'a Lineage,
    pub(super) config: &'a DifferentiationConfig,
    unspliced: Constants,
    spliced: Constants,
    pub(super) splice_ratio: Vec<f64>,
    pub(super) splice_steps: usize,
    /// On the production rates.
    factors: Vec<f64>,
    rest: SteadyState,
    most_points: usize,
}

impl<'a> Setup<'a> {
    pub(super) fn new(
        system: &'a System,
        lineage: &'a Lineage,
        config: &'a DifferentiationConfig,
        perturbations: &[Perturbation],
    ) -> Result<Self> {
        let genes = system.genes().len();
        if lineage.types() != system.types() {
            return Err(Error::CellTypes {
                what: "transitions".into(),
                found: lineage.types(),
                expected: system.types(),
            });
        }
        check_count("cells", config.cells)?;
        check_count("paths", config.paths.unwrap_or(1))?;
        Range::NotNegative.check("extra", config.extra)?;
        let decay = config.decay.values("decay", genes, Range::Positive)?;
        check_dt(config.dt, &decay)?;
        let noise = config.noise.values("noise", genes, Range::NotNegative)?;
        let splice_noise = &config.splice_noise;
        let splice_noise = splice_noise.values("splice_noise", genes, Range::NotNegative)?;
        let splice_ratio = &config.splice_ratio;
        let splice_ratio = splice_ratio.values("splice_ratio", genes, Range::Positive)?;
        let loss: Vec<f64> = decay
            .iter()
            .zip(&splice_ratio)
            .map(|(l, r)| l / r)
            .collect();
        let splice_steps = splice_steps(config)?;
        let dt_splice = config.dt / splice_steps as f64;
        check_dt(dt_splice, &loss)?;
        let factors = factors(system, perturbations)?;
        // Half responses are those of the wild type: with others it would be another system.
        let wild_type = steady_state(system, &decay, &vec![1.0; genes], None)?;
        let rest = steady_state(system, &decay, &factors, Some(&wild_type.half_response))?;
        Ok(Self {
            system,
            lineage,
            config,
            factors,
            rest,
            unspliced: Constants::new(config.dt, decay, &noise),
            spliced: Constants::new(dt_splice, loss, &splice_noise),
            splice_ratio,
            splice_steps,
            most_points: config.most_points,
        })
    }

    /// The same, but with an error after this many points.
    pub(super) fn limited(&self, most_points: usize) -> Self {
        Self {
            most_points,
            ..self.clone()
        }
    }

    pub(super) fn empty(&self) -> Differentiation {
        let (types, genes, cells) = (
            self.system.types(),
            self.system.genes().len(),
            self.config.cells,
        );
        let regulates = |gene| {
            self.system
                .interactions()
                .iter()
                .any(|i| i.regulator == gene)
        };
        let half_response = self.rest.half_response.iter().enumerate();
        Differentiation {
            unspliced: Array3::zeros((types, genes, cells)),
            spliced: Array3::zeros((types, genes, cells)),
            times: Array2::zeros((types, cells)),
            durations: vec![0.0; types],
            half_response: half_response
                .map(|(gene, &h)| if regulates(gene) { h } else { f64::NAN })
                .collect(),
        }
    }

    /// Paths of a type, from the draw of N(20, 5²) for roots.
    pub(super) fn paths(&self, cell_type: usize, draw: &mut dyn FnMut() -> f64) -> usize {
        if let Some(paths) = self.config.paths {
            return paths;
        }
        match self.lineage.parent(cell_type) {
            None => draw().max(1.0) as usize,
            Some((_, rate)) => {
                let paths = (rate * self.config.cells as f64).round_ties_even();
                paths.max(1.0) as usize
            }
        }
    }

    /// Around the rest of the parent, or of the type itself; `draw` gives the normal of a gene, RNA and path.
    pub(super) fn start(
        &self,
        cell_type: usize,
        paths: usize,
        draw: &mut dyn FnMut(usize, usize, usize) -> f64,
    ) -> State {
        let from = self.lineage.parent(cell_type).map_or(cell_type, |(p, _)| p);
        let [unspliced, spliced] = self.rest(from);
        let width = padded(paths);
        let mut state = State {
            unspliced: vec![0.0; unspliced.len() * width],
            spliced: vec![0.0; unspliced.len() * width],
        };
        for gene in 0..unspliced.len() {
            let places = gene * width..gene * width + paths;
            for (path, u) in state.unspliced[places.clone()].iter_mut().enumerate() {
                *u = (unspliced[gene] + unspliced[gene] / 20.0 * draw(gene, 0, path)).max(0.0);
            }
            for (path, s) in state.spliced[places].iter_mut().enumerate() {
                *s = (spliced[gene] + spliced[gene] / 20.0 * draw(gene, 1, path)).max(0.0);
            }
        }
        state
    }

    /// Of unspliced and spliced RNA.
    pub(super) fn noise_types(&self) -> [NoiseType; 2] {
        let unspliced = self.config.noise_type;
        [
            unspliced,
            self.config.splice_noise_type.unwrap_or(unspliced),
        ]
    }

    /// Unspliced and spliced RNA of all genes where a type rests.
    fn rest(&self, cell_type: usize) -> [Vec<f64>; 2] {
        let types = self.system.types();
        let unspliced: Vec<f64> = self.rest.x[cell_type..]
            .iter()
            .step_by(types)
            .copied()
            .collect();
        let both = unspliced.iter().zip(&self.splice_ratio);
        let spliced = both.map(|(u, ratio)| u * ratio).collect();
        [unspliced, spliced]
    }

    pub(super) fn run(
        &self,
        cell_type: usize,
        paths: usize,
        start: State,
        noise: &mut impl Noise,
        watch: &mut impl FnMut(usize, &State),
    ) -> Result<(usize, usize)> {
        let config = self.config;
        let by_spliced = config.regulation == Regulation::Spliced;
        let mut rates = Rates::new(self.system, &vec![cell_type; paths], &self.factors);
        for (gene, &h) in self.rest.half_response.iter().enumerate() {
            // Half of ρx is ρ times half of x.
            let ratio = if by_spliced {
                self.splice_ratio[gene]
            } else {
                1.0
            };
            rates.set_half_response(gene, ratio * h);
        }
        let law = Law {
            rates: &rates,
            unspliced: &self.unspliced,
            spliced: &self.spliced,
            noise_types: self.noise_types(),
            splice_steps: self.splice_steps,
            sequential: config.update == Update::Sequential,
            by_spliced,
        };
        let [unspliced, spliced] = self.rest(cell_type);
        let shared_by = match config.extra_run {
            ExtraRun::AllPaths => paths as f64,
            ExtraRun::EachPath => 1.0,
        };
        let stop = Stop {
            rest: [&unspliced, &spliced],
            // There must be as many pairs of path and point as cells.
            least_points: config
                .least_points
                .unwrap_or(config.cells)
                .max(config.cells.div_ceil(paths)),
            extra: config.extra,
            shared_by,
            most_points: self.most_points,
        };
        Population::new(&law, start).run(&stop, noise, watch)
    }

    pub(super) fn enter(
        &self,
        result: &mut Differentiation,
        cell_type: usize,
        chosen: &Chosen,
        points: usize,
    ) {
        let dt = self.config.dt;
        result.durations[cell_type] = dt * (points - 1) as f64;
        for (place, cell) in chosen.order().into_iter().enumerate() {
            result.times[[cell_type, place]] = dt * chosen.points[cell] as f64;
            for gene in 0..self.splice_ratio.len() {
                result.unspliced[[cell_type, gene, place]] = chosen.unspliced[[cell, gene]];
                result.spliced[[cell_type, gene, place]] = chosen.spliced[[cell, gene]];
            }
        }
    }
}

/// Steps of spliced RNA in one of unspliced RNA.
fn splice_steps(config: &DifferentiationConfig) -> Result<usize> {
    let dt_splice = config.dt_splice.unwrap_or(config.dt);
    Range::Positive.check("dt", config.dt)?;
    Range::Positive.check("dt_splice", dt_splice)?;
    let ratio = config.dt / dt_splice;
    let whole = ratio.round().max(1.0);
    let within = (ratio - whole).abs() < 1e-9 * whole;
    check_setting(
        "dt / dt_splice",
        ratio,
        within,
        "a whole number of at least 1",
    )?;
    Ok(whole as usize)
}
