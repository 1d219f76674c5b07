//! Cells that differentiate: unspliced and spliced RNA along a lineage.

use ndarray::{Array2, Array3, Array5, Axis};
use serde::{Deserialize, Serialize};

use super::draws::{Given, Noise, Random};
use super::langevin::{Constants, NoiseType};
use super::lineage::Lineage;
use super::population::{Law, Population, State, Stop};
use super::rates::{Rates, padded};
use super::reservoir::Chosen;
use super::settings::{PerGene, Range, check_count, check_dt};
use super::steady_state::{SteadyState, steady_state};
use super::system::System;
use crate::error::{Error, Result};
use crate::random::{Purpose, standard_normal, stream};

/// A simulation of differentiating cells. Noise amplitudes, decay and splice ratio default to those of the published data;
/// [`DifferentiationConfig::v1`] has the published semantics too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DifferentiationConfig {
    /// Cells per type, at least 1 (300).
    pub cells: usize,
    /// Which reactions of unspliced RNA are noisy (both, independently: `dpd`).
    pub noise_type: NoiseType,
    /// Which reactions of spliced RNA are noisy (as for unspliced RNA).
    pub splice_noise_type: Option<NoiseType>,
    /// Noise amplitude of unspliced RNA, at least 0 (0.3).
    pub noise: PerGene,
    /// Noise amplitude of spliced RNA, at least 0 (0.07).
    pub splice_noise: PerGene,
    /// Decay rate λ of unspliced RNA, above 0 (0.8).
    pub decay: PerGene,
    /// Spliced over unspliced RNA at rest, above 0 (4).
    pub splice_ratio: PerGene,
    /// Euler–Maruyama step, above 0 and at most 1/λ (0.01).
    pub dt: f64,
    /// How long it goes on at rest, as a multiple of the way there, at least 0 (1); SERGIO's `sampling_state`.
    #[serde(alias = "sampling_state")]
    pub extra: f64,
    /// What `extra` counts (points of all paths together).
    pub extra_run: ExtraRun,
    /// Points of a path before it may be at rest (the number of cells).
    pub least_points: Option<usize>,
    /// Points of a path after which a type that does not come to rest is an error (1 000 000).
    pub most_points: usize,
    /// Whether genes move together or one after the other (together).
    pub update: Update,
    /// Through what regulators act (unspliced RNA).
    pub regulation: Regulation,
    /// Seed (0).
    pub seed: u64,
}

impl Default for DifferentiationConfig {
    fn default() -> Self {
        Self {
            cells: 300,
            noise_type: NoiseType::Independent,
            splice_noise_type: None,
            noise: PerGene::All(0.3),
            splice_noise: PerGene::All(0.07),
            decay: PerGene::All(0.8),
            splice_ratio: PerGene::All(4.0),
            dt: 0.01,
            extra: 1.0,
            extra_run: ExtraRun::AllPaths,
            least_points: None,
            most_points: 1_000_000,
            update: Update::Synchronous,
            regulation: Regulation::Unspliced,
            seed: 0,
        }
    }
}

impl DifferentiationConfig {
    /// The semantics of SERGIO's first version: genes move one after the other.
    pub fn v1() -> Self {
        Self {
            update: Update::Sequential,
            ..Self::default()
        }
    }
}

/// What the run at rest is measured by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExtraRun {
    /// Points of all paths together, as SERGIO does: the more paths, the shorter.
    #[default]
    AllPaths,
    /// Points of every path, as SERGIO's manual says.
    EachPath,
}

/// In which order genes move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Update {
    /// All at once.
    #[default]
    Synchronous,
    /// In gene order; a target sees where regulators before it have gone in the same step. Without effect where
    /// regulators act through spliced RNA.
    Sequential,
}

/// Which RNA of a regulator acts on its targets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Regulation {
    /// Unspliced RNA.
    #[default]
    Unspliced,
    /// Spliced RNA over the splice ratio, so that the steady state is the same.
    Spliced,
}

/// Differentiating cells.
#[derive(Clone, Debug, PartialEq)]
pub struct Differentiation {
    /// Unspliced RNA, `types × genes × cells`.
    pub unspliced: Array3<f64>,
    /// Spliced RNA, `types × genes × cells`.
    pub spliced: Array3<f64>,
    /// Time of every cell since its type left the parent, `types × cells`.
    pub times: Array2<f64>,
    /// Time that every type was simulated for.
    pub durations: Vec<f64>,
    /// h of every gene that regulates others, NaN for the rest.
    pub half_response: Vec<f64>,
}

impl Differentiation {
    /// Time of every cell since its root: its own, and what its ancestors took; `types × cells`.
    ///
    /// # Panics
    /// If the lineage has other types.
    pub fn pseudotime(&self, lineage: &Lineage) -> Array2<f64> {
        let mut times = self.times.clone();
        for (cell_type, mut cells) in times.outer_iter_mut().enumerate() {
            let before: f64 = lineage
                .ancestors(cell_type)
                .map(|ancestor| self.durations[ancestor])
                .sum();
            cells += before;
        }
        times
    }
}

/// Simulates differentiating cells. Every type starts from where its parent rests, with as many paths as the migration rate
/// says, and runs until it rests itself and for a while longer; its cells are random points of all that.
///
/// # Errors
/// Settings out of range, a lineage of other types ([`Error::CellTypes`]), [`Error::NoSteadyState`], [`Error::NeverRests`].
///
/// # Reference
/// P. Dibaeinia & S. Sinha, Cell Systems 11 (2020) 252–271.
pub fn simulate_differentiation(
    system: &System,
    lineage: &Lineage,
    config: &DifferentiationConfig,
) -> Result<Differentiation> {
    let setup = Setup::new(system, lineage, config)?;
    let mut result = setup.empty();
    for cell_type in 0..system.types() {
        let mut rng = stream(config.seed, Purpose::StartPopulation, cell_type);
        let paths = setup.paths(cell_type, &mut || 20.0 + 5.0 * standard_normal(&mut rng));
        let start = setup.start(cell_type, paths, &mut |_, _, _| standard_normal(&mut rng));
        let genes = system.genes().len();
        let rng = stream(config.seed, Purpose::CellPoints, cell_type);
        let mut chosen = Chosen::at_random(config.cells, genes, paths, rng);
        let mut noise = Random::new(config.seed, 2 * cell_type);
        let (points, _) = setup.run(cell_type, paths, start, &mut noise, &mut |point, state| {
            chosen.see(point, state);
        })?;
        setup.enter(&mut result, cell_type, &mut chosen, points);
    }
    Ok(result)
}

/// Random numbers of a simulation, all given.
#[derive(Clone, Debug, PartialEq)]
pub struct DifferentiationDraws {
    /// Those of every type.
    pub types: Vec<TypeDraws>,
}

/// Random numbers of one type.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeDraws {
    /// Standard normals of the start, `genes × 2 × paths`: unspliced, then spliced RNA.
    pub start: Array3<f64>,
    /// Standard normals of the steps, `steps × genes × 2 × terms × paths`: one term, or two for independent noise.
    pub normals: Array5<f64>,
    /// The cells: path · points + point, with one point more than steps.
    pub cells: Vec<usize>,
}

/// All that a simulation went through.
#[derive(Clone, Debug, PartialEq)]
pub struct DifferentiationTrace {
    /// The cells.
    pub differentiation: Differentiation,
    /// Every type's way.
    pub types: Vec<TypeTrace>,
}

/// The way of one type.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeTrace {
    /// Unspliced RNA, `genes × paths × points`.
    pub unspliced: Array3<f64>,
    /// Spliced RNA, `genes × paths × points`.
    pub spliced: Array3<f64>,
    /// Number of points when it was found to rest.
    pub rested_at: usize,
}

/// Simulates with given random numbers, and keeps the trajectories: for comparison with other implementations.
///
/// # Errors
/// As [`simulate_differentiation`]; [`Error::Draws`] for draws whose shape does not fit, or that last for more or fewer points
/// than the types run for.
pub fn trace_differentiation(
    system: &System,
    lineage: &Lineage,
    config: &DifferentiationConfig,
    draws: &DifferentiationDraws,
) -> Result<DifferentiationTrace> {
    let setup = Setup::new(system, lineage, config)?;
    setup.check_draws(draws)?;
    let mut result = setup.empty();
    let mut types = Vec::with_capacity(draws.types.len());
    for (cell_type, draws) in draws.types.iter().enumerate() {
        let (steps, genes, _, _, paths) = draws.normals.dim();
        let start = setup.start(cell_type, paths, &mut |gene, spliced, path| {
            draws.start[[gene, spliced, path]]
        });
        let group = |rna| {
            let normals = draws.normals.index_axis(Axis(2), rna);
            normals.permuted_axes([1, 0, 2, 3])
        };
        let mut noise = Given::new(vec![group(0), group(1)]);
        let mut chosen = Chosen::listed(&draws.cells, genes, paths, steps + 1);
        let mut trace = TypeTrace {
            unspliced: Array3::zeros((genes, paths, steps + 1)),
            spliced: Array3::zeros((genes, paths, steps + 1)),
            rested_at: 0,
        };
        let width = padded(paths);
        let mut watch = |point: usize, state: &State| {
            chosen.see(point, state);
            for gene in 0..genes {
                for path in 0..paths {
                    let place = gene * width + path;
                    trace.unspliced[[gene, path, point]] = state.unspliced[place];
                    trace.spliced[[gene, path, point]] = state.spliced[place];
                }
            }
        };
        let limited = setup.limited(steps + 1);
        let (points, rested_at) = limited.run(cell_type, paths, start, &mut noise, &mut watch)?;
        if points != steps + 1 {
            return Err(Error::Draws {
                problem: format!(
                    "type {cell_type} ran for {points} points, not {}",
                    steps + 1
                ),
            });
        }
        trace.rested_at = rested_at;
        types.push(trace);
        setup.enter(&mut result, cell_type, &mut chosen, points);
    }
    Ok(DifferentiationTrace {
        differentiation: result,
        types,
    })
}

/// Checked settings, and where every type rests.
#[derive(Clone)]
struct Setup<'a> {
    system: &'a System,
    lineage: &'a Lineage,
    config: &'a DifferentiationConfig,
    unspliced: Constants,
    spliced: Constants,
    splice_ratio: Vec<f64>,
    rest: SteadyState,
    most_points: usize,
}

impl<'a> Setup<'a> {
    fn new(
        system: &'a System,
        lineage: &'a Lineage,
        config: &'a DifferentiationConfig,
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
        check_dt(config.dt, &loss)?;
        Ok(Self {
            system,
            lineage,
            config,
            rest: steady_state(system, &decay, &vec![1.0; genes], None)?,
            unspliced: Constants::new(config.dt, decay, &noise),
            spliced: Constants::new(config.dt, loss, &splice_noise),
            splice_ratio,
            most_points: config.most_points,
        })
    }

    /// The same, but with an error after this many points.
    fn limited(&self, most_points: usize) -> Self {
        Self {
            most_points,
            ..self.clone()
        }
    }

    fn empty(&self) -> Differentiation {
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
    fn paths(&self, cell_type: usize, draw: &mut dyn FnMut() -> f64) -> usize {
        match self.lineage.parent(cell_type) {
            None => draw().max(1.0) as usize,
            Some((_, rate)) => {
                let paths = (rate * self.config.cells as f64).round_ties_even();
                paths.max(1.0) as usize
            }
        }
    }

    /// Around the rest of the parent, or of the type itself; `draw` gives the normal of a gene, RNA and path.
    fn start(
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

    fn run(
        &self,
        cell_type: usize,
        paths: usize,
        start: State,
        noise: &mut impl Noise,
        watch: &mut impl FnMut(usize, &State),
    ) -> Result<(usize, usize)> {
        let config = self.config;
        let by_spliced = config.regulation == Regulation::Spliced;
        let factors = vec![1.0; self.splice_ratio.len()];
        let mut rates = Rates::new(self.system, &vec![cell_type; paths], &factors);
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
            noise_types: [
                config.noise_type,
                config.splice_noise_type.unwrap_or(config.noise_type),
            ],
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

    fn enter(
        &self,
        result: &mut Differentiation,
        cell_type: usize,
        chosen: &mut Chosen,
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

    fn check_draws(&self, draws: &DifferentiationDraws) -> Result<()> {
        let genes = self.splice_ratio.len();
        let refuse = |problem| Err(Error::Draws { problem });
        if draws.types.len() != self.system.types() {
            return refuse(format!("for {} cell types", draws.types.len()));
        }
        for (cell_type, draws) in draws.types.iter().enumerate() {
            let (steps, found, rna, terms, paths) = draws.normals.dim();
            let expected = self.paths(cell_type, &mut || paths as f64);
            if (found, rna, paths) != (genes, 2, expected) || terms == 0 {
                return refuse(format!(
                    "type {cell_type}: normals {:?}, but there are {genes} genes and {expected} paths",
                    draws.normals.shape()
                ));
            }
            if draws.start.dim() != (genes, 2, paths) || draws.cells.len() != self.config.cells {
                return refuse(format!("type {cell_type}: start or cells of another size"));
            }
            if draws.cells.iter().any(|cell| *cell >= paths * (steps + 1)) {
                return refuse(format!("type {cell_type}: a cell beyond all paths"));
            }
        }
        Ok(())
    }
}
