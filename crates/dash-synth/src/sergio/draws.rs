//! Where the normals of a simulation come from.

use ndarray::{ArrayView4, Axis};

use super::langevin::Draws;
use super::normals::Normals;
use super::rates::padded;
use crate::random::{Purpose, stream};

/// A source of normals for groups of genes that move together.
pub(super) trait Noise {
    /// Normals of one step of these genes, `genes × lanes`, and readable beyond by the padding of a row. Calls for one group
    /// come in the order of steps and genes.
    fn draws(&mut self, group: usize, step: usize, genes: &[usize], lanes: usize) -> Draws<'_>;

    /// From the first step again, the same normals.
    fn restart(&mut self);
}

/// Normals from a stream per group.
pub(super) struct Random {
    seed: u64,
    first_stream: usize,
    streams: Vec<Normals>,
}

impl Random {
    /// Group g takes stream number `first_stream` + g.
    pub(super) fn new(seed: u64, first_stream: usize) -> Self {
        Self {
            seed,
            first_stream,
            streams: Vec::new(),
        }
    }
}

impl Noise for Random {
    fn draws(&mut self, group: usize, _: usize, genes: &[usize], lanes: usize) -> Draws<'_> {
        while self.streams.len() <= group {
            let number = self.first_stream + self.streams.len();
            let rng = stream(self.seed, Purpose::LangevinNoise, number);
            self.streams.push(Normals::new(rng));
        }
        let spare = padded(lanes) - lanes;
        Draws::One(self.streams[group].take(genes.len() * lanes, spare))
    }

    fn restart(&mut self) {
        self.streams.clear();
    }
}

/// Normals that were given.
pub(super) struct Given<'a> {
    groups: Vec<ArrayView4<'a, f64>>,
    terms: [Vec<f64>; 2],
}

impl<'a> Given<'a> {
    /// `genes × steps × terms × lanes` for every group; groups beyond take the last.
    pub(super) fn new(groups: Vec<ArrayView4<'a, f64>>) -> Self {
        Self {
            groups,
            terms: [Vec::new(), Vec::new()],
        }
    }
}

impl Noise for Given<'_> {
    fn draws(&mut self, group: usize, step: usize, genes: &[usize], lanes: usize) -> Draws<'_> {
        let normals = self.groups[group.min(self.groups.len() - 1)];
        let last = normals.len_of(Axis(2)) - 1;
        for (term, values) in self.terms.iter_mut().enumerate() {
            values.clear();
            for &gene in genes {
                values.extend((0..lanes).map(|lane| normals[[gene, step, term.min(last), lane]]));
            }
            values.resize(values.len() + padded(lanes) - lanes, 0.0);
        }
        Draws::Two(&self.terms[0], &self.terms[1])
    }

    fn restart(&mut self) {}
}
