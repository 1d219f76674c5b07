//! Cells chosen from all that a population goes through.

use ndarray::Array2;
use rand_chacha::ChaCha8Rng;

use super::population::State;
use super::rates::padded;
use crate::random::{below, shuffle};

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
