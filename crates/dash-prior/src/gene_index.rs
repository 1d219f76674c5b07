//! Genes by name and by number.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::error::{Error, Result};

/// The k genes of a data set in a fixed order: number ↔ name.
///
/// Every network and matrix counts its genes by this order, from 0.
#[derive(Clone, Debug)]
pub struct GeneIndex {
    names: Vec<String>,
    positions: HashMap<String, usize>,
}

impl GeneIndex {
    /// The genes in the order given. Names are compared byte by byte.
    ///
    /// # Errors
    /// [`Error::GeneName`] (empty, with blanks around it or control characters in it) and [`Error::DuplicateGene`].
    pub fn new(names: Vec<String>) -> Result<Self> {
        let mut positions = HashMap::with_capacity(names.len());
        for (position, name) in names.iter().enumerate() {
            if !is_writable(name) {
                return Err(Error::GeneName {
                    position,
                    gene: name.clone(),
                });
            }
            match positions.entry(name.clone()) {
                Entry::Vacant(free) => free.insert(position),
                Entry::Occupied(taken) => {
                    return Err(Error::DuplicateGene {
                        gene: name.clone(),
                        first: *taken.get(),
                        second: position,
                    });
                }
            };
        }
        Ok(Self { names, positions })
    }

    /// How many genes there are, k.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is no gene at all.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The names in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The name of gene `gene`.
    ///
    /// # Panics
    /// If `gene >= self.len()`.
    pub fn name(&self, gene: usize) -> &str {
        &self.names[gene]
    }

    /// The number of the gene of this name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.positions.get(name).copied()
    }
}

/// Whether a text file gives the name back: readers trim fields and take one line as one row.
pub(crate) fn is_writable(name: &str) -> bool {
    !name.is_empty() && name.trim() == name && !name.contains(char::is_control)
}

impl PartialEq for GeneIndex {
    fn eq(&self, other: &Self) -> bool {
        self.names == other.names
    }
}

impl Eq for GeneIndex {}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn names_and_numbers_are_inverse() {
        let genes = GeneIndex::new(names(&["SWI4", "MBP1", "CLN2"])).unwrap();
        assert_eq!(genes.len(), 3);
        assert!(!genes.is_empty());
        for gene in 0..genes.len() {
            assert_eq!(genes.position(genes.name(gene)), Some(gene));
        }
        assert_eq!(genes.position("swi4"), None);
    }

    #[test]
    fn an_empty_list_is_allowed() {
        assert!(GeneIndex::new(Vec::new()).unwrap().is_empty());
    }

    #[test]
    fn a_duplicate_names_both_positions() {
        let error = GeneIndex::new(names(&["A", "B", "A"])).unwrap_err();
        assert!(
            matches!(&error, Error::DuplicateGene { gene, first: 0, second: 2 } if gene == "A"),
            "{error}"
        );
    }

    #[test]
    fn names_that_no_file_could_hold_are_refused() {
        for bad in ["", " B", "B\t", "B\nC"] {
            let error = GeneIndex::new(names(&["A", bad])).unwrap_err();
            assert!(
                matches!(&error, Error::GeneName { position: 1, gene } if gene == bad),
                "{error}"
            );
        }
        assert!(GeneIndex::new(names(&["a, \"b\" c", "é"])).is_ok());
    }
}
