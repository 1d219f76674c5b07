//! Expression of single cells, with names.

use std::collections::HashSet;

use ndarray::{Array2, Array3, Axis};

use crate::error::{Error, Result};

/// Expression of named genes in named cells.
#[derive(Clone, Debug, PartialEq)]
pub struct Cells {
    genes: Vec<String>,
    names: Vec<String>,
    values: Array2<f64>,
}

impl Cells {
    /// Cells from `genes × cells` values.
    ///
    /// # Errors
    /// [`Error::Cells`] for values of another shape or not finite, and for names that are empty or given twice.
    pub fn new(genes: Vec<String>, names: Vec<String>, values: Array2<f64>) -> Result<Self> {
        let refuse = |problem| Err(Error::Cells { problem });
        if values.dim() != (genes.len(), names.len()) {
            return refuse(format!(
                "values of {} genes × {} cells for {} gene and {} cell names",
                values.nrows(),
                values.ncols(),
                genes.len(),
                names.len()
            ));
        }
        for (kind, list) in [("gene", &genes), ("cell", &names)] {
            let mut seen = HashSet::new();
            for name in list {
                if name.trim() != name || name.is_empty() || name.contains(['\n', '\r', '\t']) {
                    return refuse(format!("{kind} name {name:?} does not survive a table"));
                }
                if !seen.insert(name) {
                    return refuse(format!("{kind} {name} is given twice"));
                }
            }
        }
        if let Some(((gene, cell), value)) = values.indexed_iter().find(|(_, v)| !v.is_finite()) {
            return refuse(format!(
                "gene {}, cell {}: {value} is not finite",
                genes[gene], names[cell]
            ));
        }
        Ok(Self {
            genes,
            names,
            values,
        })
    }

    /// The genes, in the order of the rows.
    pub fn genes(&self) -> &[String] {
        &self.genes
    }

    /// The names of the cells, in the order of the columns.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Expression, `genes × cells`.
    pub fn values(&self) -> &Array2<f64> {
        &self.values
    }

    /// Some of the cells, in the order given.
    ///
    /// # Panics
    /// If there is no such cell.
    #[must_use]
    pub fn select(&self, cells: &[usize]) -> Self {
        Self {
            genes: self.genes.clone(),
            names: cells.iter().map(|&cell| self.names[cell].clone()).collect(),
            values: self.values.select(Axis(1), cells),
        }
    }
}

/// Expression of `types × genes × cells` as one table `genes × (types · cells)`, type after type.
pub fn side_by_side(expression: &Array3<f64>) -> Array2<f64> {
    let (types, genes, cells) = expression.dim();
    Array2::from_shape_fn((genes, types * cells), |(gene, column)| {
        expression[[column / cells, gene, column % cells]]
    })
}

#[cfg(test)]
mod tests {
    use ndarray::{arr2, array};

    use super::*;

    fn names(text: &str) -> Vec<String> {
        text.split_whitespace().map(String::from).collect()
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let refused = |genes: &str, cells: &str, values| {
            let error = Cells::new(names(genes), names(cells), values).unwrap_err();
            error.to_string()
        };
        let message = refused("A B", "c", arr2(&[[1.0]]));
        assert!(
            message.contains("1 genes × 1 cells for 2 gene"),
            "{message}"
        );
        let message = refused("A", "c c", arr2(&[[1.0, 2.0]]));
        assert!(message.contains("cell c is given twice"), "{message}");
        let message = refused("A", "c d", arr2(&[[1.0, f64::NAN]]));
        assert!(message.contains("gene A, cell d"), "{message}");
    }

    #[test]
    fn types_stand_side_by_side() {
        let expression = array![[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]];
        let table = side_by_side(&expression);
        assert_eq!(table, arr2(&[[1.0, 2.0, 5.0, 6.0], [3.0, 4.0, 7.0, 8.0]]));
        let cells = Cells::new(names("A B"), names("a b c d"), table).unwrap();
        let some = cells.select(&[3, 0]);
        assert_eq!(some.names(), names("d a"));
        assert_eq!(some.values(), &arr2(&[[6.0, 1.0], [8.0, 3.0]]));
    }
}
