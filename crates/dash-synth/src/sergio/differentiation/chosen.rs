//! Cells chosen from all that a population goes through.

use std::collections::BinaryHeap;

use ndarray::Array2;
use rand::RngCore as _;
use rand_chacha::ChaCha8Rng;

use super::population::State;
use crate::sergio::rates::padded;

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
    /// Every pair of path and point has a random key; the cells are the pairs with the lowest keys. So they are uniform
    /// without replacement, though the length of the run is not known yet, and more cells leave the first ones as they are.
    Lowest {
        rng: Box<ChaCha8Rng>,
        /// Key and cell.
        lowest: BinaryHeap<(u64, usize)>,
    },
    /// Point, path and cell, in order.
    Listed {
        due: Vec<(usize, usize, usize)>,
        next: usize,
    },
}

impl Chosen {
    pub(super) fn at_random(cells: usize, genes: usize, paths: usize, rng: ChaCha8Rng) -> Self {
        let how = How::Lowest {
            rng: Box::new(rng),
            lowest: BinaryHeap::with_capacity(cells),
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
            How::Lowest { rng, lowest } => {
                for path in 0..self.paths {
                    let key = rng.next_u64();
                    if lowest.len() < cells {
                        taken.push((path, lowest.len()));
                        lowest.push((key, lowest.len()));
                    } else if let Some(mut highest) = lowest.peek_mut().filter(|top| key < top.0) {
                        taken.push((path, highest.1));
                        highest.0 = key;
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

    /// The cells in the order to hand them out.
    pub(super) fn order(&self) -> Vec<usize> {
        match &self.how {
            How::Lowest { lowest, .. } => {
                let sorted = lowest.clone().into_sorted_vec().into_iter();
                sorted.map(|(_, cell)| cell).collect()
            }
            How::Listed { .. } => (0..self.points.len()).collect(),
        }
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these values are exact")]
mod tests {
    use super::*;
    use crate::random::{Purpose, stream};

    /// Cells of two paths over 50 points of one gene whose value is 2 · point + path.
    fn values(cells: usize, seed: u64) -> Vec<f64> {
        let rng = stream(seed, Purpose::CellPoints, 0);
        let mut chosen = Chosen::at_random(cells, 1, 2, rng);
        for point in 0..50 {
            let first = 2.0 * point as f64;
            let state = State {
                unspliced: vec![first, first + 1.0, -1.0, -1.0],
                spliced: vec![0.0; 4],
            };
            chosen.see(point, &state);
        }
        let unspliced = chosen.unspliced.column(0).to_vec();
        let order = chosen.order();
        order.into_iter().map(|cell| unspliced[cell]).collect()
    }

    #[test]
    fn no_pair_comes_twice_and_more_cells_change_none() {
        let many = values(100, 1);
        assert_eq!(values(7, 1), many[..7]);
        let mut sorted = many;
        sorted.sort_by(f64::total_cmp);
        assert!(sorted.iter().enumerate().all(|(i, x)| *x == i as f64));
    }

    #[test]
    fn every_pair_has_the_same_chance() {
        let mut counts = [0.0; 100];
        for seed in 0..4000 {
            for value in values(5, seed) {
                counts[value as usize] += 1.0;
            }
        }
        // χ² with 99 degrees of freedom: mean 99, standard deviation 14 (less without replacement).
        let chi: f64 = counts
            .iter()
            .map(|c: &f64| (c - 200.0).powi(2) / 200.0)
            .sum();
        assert!((40.0..160.0).contains(&chi), "{chi}");
        let first: f64 = (0..4000).map(|seed| values(5, seed)[0]).sum::<f64>() / 4000.0;
        assert!((first - 49.5).abs() < 2.5, "{first}");
    }
}
