//! Cells of one type, from where they leave their parent to where they rest.

use ndarray::Array2;
use rand_chacha::ChaCha8Rng;

use super::draws::Noise;
use super::langevin::{Constants, NoiseType, Regulated, Splicing, step};
use super::rates::{Rates, padded};
use crate::error::{Error, Result};
use crate::random::{below, shuffle};

/// Draws that are made at a time: they stay in the nearest cache.
const AT_A_TIME: usize = 1024;
/// Points whose mean is compared with the steady state.
const RECENT: usize = 10;
/// Distance from a steady state of 0 that counts as reached.
const NEAR_ZERO: f64 = 1e-3;

/// Unspliced and spliced RNA, `genes × padded paths`.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) unspliced: Vec<f64>,
    pub(super) spliced: Vec<f64>,
}

/// What happens to a population.
pub(super) struct Law<'a> {
    pub(super) rates: &'a Rates,
    pub(super) unspliced: &'a Constants,
    pub(super) spliced: &'a Constants,
    pub(super) noise_types: [NoiseType; 2],
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
        let mut rest = Rest::new(self.genes.len(), self.law.rates.lanes);
        watch(0, &self.state);
        rest.see(0, &self.state);
        let mut points = 1;
        let mut rested_at = None;
        loop {
            let further = |at: usize| (stop.extra * at as f64 / stop.shared_by).ceil() as usize;
            let last = rested_at.map(|at| at + further(at));
            if last.is_some_and(|last| points >= last) {
                return Ok((points, rested_at.unwrap_or(points)));
            }
            if points >= stop.most_points {
                return Err(Error::NeverRests { points });
            }
            self.advance(points - 1, noise);
            watch(points, &self.state);
            rest.see(points, &self.state);
            points += 1;
            if rested_at.is_none() && points >= stop.least_points && rest.reached(points, stop) {
                rested_at = Some(points);
            }
        }
    }

    fn advance(&mut self, number: usize, noise: &mut impl Noise) {
        let law = self.law;
        let lanes = law.rates.lanes;
        let portion = (AT_A_TIME / lanes).max(1);
        // Spliced RNA first: it needs unspliced RNA where it was.
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

/// How far the genes are with coming to rest: unspliced, then spliced RNA, then counted; each at another point.
struct Rest {
    lanes: usize,
    stage: Vec<u8>,
    recent: Vec<State>,
}

const COUNTED: u8 = 3;

impl Rest {
    fn new(genes: usize, lanes: usize) -> Self {
        Self {
            lanes,
            stage: vec![0; genes],
            recent: Vec::with_capacity(RECENT),
        }
    }

    fn see(&mut self, point: usize, state: &State) {
        if self.recent.len() < RECENT {
            self.recent.push(state.clone());
        } else {
            self.recent[point % RECENT].clone_from(state);
        }
    }

    /// Takes every gene at most one stage further; whether all are counted.
    fn reached(&mut self, points: usize, stop: &Stop<'_>) -> bool {
        let width = padded(self.lanes);
        debug_assert_eq!(self.recent.len(), points.min(RECENT));
        for (gene, stage) in self.stage.iter_mut().enumerate() {
            let passed = match *stage {
                0 | 1 => {
                    let rest = stop.rest[usize::from(*stage)][gene];
                    (0..self.lanes).any(|path| {
                        let place = gene * width + path;
                        let value = |state: &State| match *stage {
                            0 => state.unspliced[place],
                            _ => state.spliced[place],
                        };
                        let sum: f64 = self.recent.iter().map(value).sum();
                        near(sum / self.recent.len() as f64, rest)
                    })
                }
                _ => true,
            };
            if passed && *stage < COUNTED {
                *stage += 1;
            }
        }
        self.stage.iter().all(|stage| *stage == COUNTED)
    }
}

fn near(mean: f64, rest: f64) -> bool {
    let tolerance = if rest < 1.0 { 0.2 } else { 0.1 };
    (mean - rest).abs() < tolerance * rest || (rest <= 0.0 && mean <= NEAR_ZERO)
}

/// Cells chosen from all paths and points of a run.
pub(super) struct Chosen {
    paths: usize,
    how: How,
    /// Values of the cells, `cells × genes`.
    pub(super) unspliced: Array2<f64>,
    pub(super) spliced: Array2<f64>,
    /// The point of every cell.
    pub(super) points: Vec<usize>,
}

enum How {
    /// Uniformly without replacement, while the length of the run is not known yet.
    ///
    /// # Reference
    /// Algorithm R: J. S. Vitter, ACM Transactions on Mathematical Software 11 (1985) 37–57.
    Reservoir { seen: usize, rng: Box<ChaCha8Rng> },
    /// Point, path and cell, in order.
    Listed {
        due: Vec<(usize, usize, usize)>,
        next: usize,
    },
}

impl Chosen {
    pub(super) fn at_random(cells: usize, genes: usize, paths: usize, rng: ChaCha8Rng) -> Self {
        let how = How::Reservoir {
            seen: 0,
            rng: Box::new(rng),
        };
        Self::new(cells, genes, paths, how)
    }

    /// Cells given as path · points + point.
    pub(super) fn listed(list: &[usize], genes: usize, paths: usize, points: usize) -> Self {
        let place = |(cell, index): (usize, &usize)| (index % points, index / points, cell);
        let mut due: Vec<_> = list.iter().enumerate().map(place).collect();
        due.sort_unstable();
        Self::new(list.len(), genes, paths, How::Listed { due, next: 0 })
    }

    fn new(cells: usize, genes: usize, paths: usize, how: How) -> Self {
        Self {
            paths,
            how,
            unspliced: Array2::zeros((cells, genes)),
            spliced: Array2::zeros((cells, genes)),
            points: vec![0; cells],
        }
    }

    pub(super) fn see(&mut self, point: usize, state: &State) {
        let cells = self.points.len();
        let mut taken = Vec::new();
        match &mut self.how {
            How::Reservoir { seen, rng } => {
                for path in 0..self.paths {
                    let cell = if *seen < cells {
                        *seen
                    } else {
                        below(*seen + 1, rng)
                    };
                    *seen += 1;
                    if cell < cells {
                        taken.push((path, cell));
                    }
                }
            }
            How::Listed { due, next } => {
                while let Some(&(_, path, cell)) = due.get(*next).filter(|due| due.0 == point) {
                    taken.push((path, cell));
                    *next += 1;
                }
            }
        }
        for (path, cell) in taken {
            self.take(point, path, cell, state);
        }
    }

    fn take(&mut self, point: usize, path: usize, cell: usize, state: &State) {
        let width = padded(self.paths);
        self.points[cell] = point;
        let targets = [
            (&mut self.unspliced, &state.unspliced),
            (&mut self.spliced, &state.spliced),
        ];
        for (cells, values) in targets {
            for (gene, value) in cells.row_mut(cell).iter_mut().enumerate() {
                *value = values[gene * width + path];
            }
        }
    }

    /// The cells in the order to hand them out: the first to come keep their places in a reservoir, hence they are shuffled.
    pub(super) fn order(&mut self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.points.len()).collect();
        if let How::Reservoir { rng, .. } = &mut self.how {
            shuffle(&mut order, rng);
        }
        order
    }
}
