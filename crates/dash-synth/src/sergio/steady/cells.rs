//! Cells that are filled as a run passes their points.

use ndarray::Array3;

/// Side of the squares that are turned at a time: they stay in the nearest cache.
const TILE: usize = 32;

/// Cells to be filled.
pub(super) struct Cells {
    types: usize,
    genes: usize,
    per_type: usize,
    /// `types × cells × genes`, so that a cell is written in one go.
    values: Vec<f64>,
    /// Point, type and cell, in the order of the points.
    due: Vec<(usize, usize, usize)>,
    next: usize,
}

impl Cells {
    /// `points` are those that become cells, `types × cells`.
    pub(super) fn new(genes: usize, points: &[Vec<usize>]) -> Self {
        let of_type = |(cell_type, points): (usize, &Vec<usize>)| {
            let due = |(cell, &point)| (point, cell_type, cell);
            points.iter().enumerate().map(due).collect::<Vec<_>>()
        };
        let mut due: Vec<_> = points.iter().enumerate().flat_map(of_type).collect();
        due.sort_unstable();
        let (types, cells) = (points.len(), points.first().map_or(0, Vec::len));
        Self {
            types,
            genes,
            per_type: cells,
            values: vec![0.0; types * genes * cells],
            due,
            next: 0,
        }
    }

    /// Fills the cells of this point with these genes of `x`, `genes × width`; the points come in order, from 0 for every
    /// group of genes.
    pub(super) fn collect(&mut self, point: usize, genes: &[usize], x: &[f64], width: usize) {
        if point == 0 {
            self.next = 0;
        }
        while let Some(&(due, cell_type, cell)) = self.due.get(self.next) {
            if due != point {
                break;
            }
            let first = (cell_type * self.per_type + cell) * self.genes;
            let values = &mut self.values[first..first + self.genes];
            for &gene in genes {
                values[gene] = x[gene * width + cell_type];
            }
            self.next += 1;
        }
    }

    /// Mean over the cells of a gene, in every type.
    pub(super) fn means(&self, gene: usize) -> impl Iterator<Item = f64> {
        (0..self.types).map(move |cell_type| {
            let first = cell_type * self.per_type * self.genes + gene;
            let values = self.values[first..].iter().step_by(self.genes);
            values.take(self.per_type).sum::<f64>() / self.per_type as f64
        })
    }

    /// `types × genes × cells`.
    pub(super) fn expression(mut self) -> Array3<f64> {
        let (genes, cells) = (self.genes, self.per_type);
        let mut by_cell = Vec::new();
        for by_gene in self.values.chunks_mut((genes * cells).max(1)) {
            by_cell.clear();
            by_cell.extend_from_slice(by_gene);
            for tile in (0..genes).step_by(TILE) {
                for (cell, values) in by_cell.chunks(genes).enumerate() {
                    for gene in tile..genes.min(tile + TILE) {
                        by_gene[gene * cells + cell] = values[gene];
                    }
                }
            }
        }
        Array3::from_shape_vec((self.types, genes, cells), self.values)
            .expect("the shape it was made with")
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these values are exact")]
mod tests {
    use super::*;

    #[test]
    fn cells_are_what_the_genes_were_at_their_points() {
        let points = [vec![2, 0, 2], vec![1, 3, 0]];
        let mut cells = Cells::new(70, &points);
        let value = |point, gene, cell_type| (100 * point + gene) as f64 + 0.5 * cell_type as f64;
        for group in [(0..40).collect::<Vec<_>>(), (40..70).collect()] {
            for point in 0..4 {
                let x: Vec<f64> = (0..140).map(|i| value(point, i / 2, i % 2)).collect();
                cells.collect(point, &group, &x, 2);
            }
        }
        let means: Vec<f64> = cells.means(5).collect();
        assert!((means[0] - (400.0 / 3.0 + 5.0)).abs() < 1e-12);
        assert!((means[1] - (400.0 / 3.0 + 5.5)).abs() < 1e-12);
        for ((b, gene, cell), found) in cells.expression().indexed_iter() {
            assert_eq!(*found, value(points[b][cell], gene, b));
        }
    }
}
