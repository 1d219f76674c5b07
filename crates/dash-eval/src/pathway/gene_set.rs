//! Named sets of genes, and what is left of them among the genes that have a score.

use std::collections::HashMap;

use serde::Serialize;

use crate::error::Error;
use crate::pathway::Membership;

/// A named set of genes, such as a pathway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GeneSet {
    /// Its name.
    pub name: String,
    /// What its file says of it: often a link; may be empty.
    pub description: String,
    /// Its genes, in the order of the file, each once.
    pub genes: Vec<String>,
}

/// Which sets are tested, by the number of their genes that have a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SizeLimits {
    /// Fewest genes.
    pub least: usize,
    /// Most genes.
    pub most: usize,
}

impl Default for SizeLimits {
    /// 5 to 500 genes.
    fn default() -> Self {
        Self {
            least: 5,
            most: 500,
        }
    }
}

/// What is left of a collection of sets among the genes that have a score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overlap {
    /// Distinct genes of the collection.
    pub genes: usize,
    /// Of these, genes that have a score.
    pub scored_genes: usize,
    /// Sets that are left out because too few of their genes have a score.
    pub too_small: Vec<String>,
    /// Sets that are left out because too many of their genes have a score.
    pub too_large: Vec<String>,
    /// What to look at, where less than a twentieth of the collection's genes have a score.
    pub suggestion: Option<String>,
}

impl GeneSet {
    /// The sets as lists of positions in `genes`, the genes that have a score.
    ///
    /// Returns the membership, the position in `sets` of every set in it, and what was lost. Names are compared as
    /// they are written.
    ///
    /// # Errors
    /// [`Error::RepeatedGene`] if a gene is listed twice in `genes`.
    pub fn members(
        sets: &[Self],
        genes: &[String],
        limits: SizeLimits,
    ) -> Result<(Membership, Vec<usize>, Overlap), Error> {
        let mut index: HashMap<&str, usize> = HashMap::with_capacity(genes.len());
        for (place, gene) in genes.iter().enumerate() {
            if index.insert(gene, place).is_some() {
                return Err(Error::RepeatedGene { gene: gene.clone() });
            }
        }
        let (mut kept, mut lists) = (Vec::new(), Vec::new());
        let (mut too_small, mut too_large) = (Vec::new(), Vec::new());
        for (place, set) in sets.iter().enumerate() {
            let mut members: Vec<usize> = set
                .genes
                .iter()
                .filter_map(|gene| index.get(gene.as_str()).copied())
                .collect();
            members.sort_unstable();
            members.dedup();
            if members.len() < limits.least.max(1) {
                too_small.push(set.name.clone());
            } else if members.len() > limits.most {
                too_large.push(set.name.clone());
            } else {
                kept.push(place);
                lists.push(members);
            }
        }
        let mut named: Vec<&str> = sets
            .iter()
            .flat_map(|set| &set.genes)
            .map(String::as_str)
            .collect();
        named.sort_unstable();
        named.dedup();
        let scored_genes = named
            .iter()
            .filter(|gene| index.contains_key(**gene))
            .count();
        let overlap = Overlap {
            genes: named.len(),
            scored_genes,
            too_small,
            too_large,
            suggestion: (scored_genes * 20 < named.len()).then(|| suggestion(&named, genes)),
        };
        Ok((Membership::new(genes.len(), lists)?, kept, overlap))
    }
}

/// Why hardly a gene of the sets has a score.
fn suggestion(named: &[&str], genes: &[String]) -> String {
    let mut folded: Vec<String> = genes.iter().map(|gene| gene.to_uppercase()).collect();
    folded.sort_unstable();
    let found = named
        .iter()
        .filter(|gene| folded.binary_search(&gene.to_uppercase()).is_ok())
        .count();
    if found * 20 >= named.len() && found > 0 {
        format!(
            "{found} of {} genes match if case is ignored: write gene names in one case",
            named.len()
        )
    } else {
        let (set, scored) = (
            named.first().copied().unwrap_or(""),
            genes.first().map_or("", String::as_str),
        );
        format!(
            "sets name genes like `{set}`, scores like `{scored}`: map both to one kind of identifier"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(name: &str, genes: &[&str]) -> GeneSet {
        GeneSet {
            name: name.to_owned(),
            description: String::new(),
            genes: genes.iter().map(|gene| (*gene).to_owned()).collect(),
        }
    }

    fn names(genes: &[&str]) -> Vec<String> {
        genes.iter().map(|gene| (*gene).to_owned()).collect()
    }

    #[test]
    fn sets_are_reduced_to_the_scored_genes() {
        let sets = [
            set("a", &["X", "Y", "Q", "X"]),
            set("b", &["Z"]),
            set("c", &["X", "Y", "Z", "V"]),
        ];
        let limits = SizeLimits { least: 2, most: 3 };
        let genes = names(&["V", "X", "Y", "Z"]);
        let (members, kept, overlap) = GeneSet::members(&sets, &genes, limits).unwrap();
        assert_eq!((members.len(), kept), (1, vec![0]));
        assert_eq!(members.set(0), [1, 2]);
        assert_eq!((overlap.genes, overlap.scored_genes), (5, 4));
        assert_eq!(
            (overlap.too_small, overlap.too_large),
            (names(&["b"]), names(&["c"]))
        );
        assert_eq!(overlap.suggestion, None);
        let twice = GeneSet::members(&sets, &names(&["X", "X"]), limits).unwrap_err();
        assert_eq!(
            twice,
            Error::RepeatedGene {
                gene: "X".to_owned()
            }
        );
    }

    #[test]
    fn names_that_hardly_overlap_are_explained() {
        let limits = SizeLimits::default();
        let suggestion = |sets: &[GeneSet], genes: &[&str]| {
            GeneSet::members(sets, &names(genes), limits)
                .unwrap()
                .2
                .suggestion
                .unwrap()
        };
        assert!(suggestion(&[set("a", &["TP53", "MYC"])], &["Tp53", "Myc"]).contains("case"));
        assert!(suggestion(&[set("a", &["TP53"])], &["ENSG00000141510"]).contains("identifier"));
    }
}
