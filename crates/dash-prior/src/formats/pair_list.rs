//! Pair lists of C: one row an undirected pair.

use std::path::Path;

use super::columns::TableFormat;
use super::pair_rows::{UnknownGenes, drop_duplicates, read_known};
use crate::error::Result;
use crate::gene_index::GeneIndex;
use crate::prior_matrix::PriorMatrix;
use crate::report::ReadReport;

/// Reads a list of undirected pairs (protein interactions, say), each of them once, as a symmetric k × k matrix.
///
/// Columns are those of an edge list: `from,to` or `from,to,weight`. Pairs of a gene with itself are kept. A pair
/// that is listed in both directions with one weight counts as a duplicate.
///
/// # Errors
/// As [`read_edge_list`](crate::read_edge_list); a pair whose two directions have different weights is a conflict.
pub fn read_pair_list(
    path: impl AsRef<Path>,
    genes: &GeneIndex,
    unknown: UnknownGenes,
    format: &TableFormat,
) -> Result<(PriorMatrix, ReadReport)> {
    let path = path.as_ref();
    let (mut pairs, mut report) = read_known(path, genes, unknown, format)?;
    for pair in &mut pairs {
        (pair.from, pair.to) = (pair.from.min(pair.to), pair.from.max(pair.to));
    }
    drop_duplicates(path, genes, &mut pairs, &mut report)?;
    let lower = pairs.iter().map(|pair| (pair.to, pair.from, pair.weight));
    let upper = pairs
        .iter()
        .filter(|pair| pair.from != pair.to)
        .map(|pair| (pair.from, pair.to, pair.weight));
    Ok((
        PriorMatrix::from_triplets(genes.len(), lower.chain(upper))?,
        report,
    ))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use ndarray::array;

    use super::*;
    use crate::error::Error;

    fn read(text: &str, unknown: UnknownGenes) -> Result<(PriorMatrix, ReadReport)> {
        let genes = GeneIndex::new(["A", "B", "C"].map(String::from).to_vec()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pairs.csv");
        fs::write(&path, text).unwrap();
        read_pair_list(&path, &genes, unknown, &TableFormat::default())
    }

    #[test]
    fn pairs_become_symmetric() {
        let (c, report) = read(
            "from,to,weight\nB,A,0.5\nC,C,1\nC,B,0.25\n",
            UnknownGenes::Error,
        )
        .unwrap();
        assert_eq!(
            c.to_dense(),
            array![[0.0, 0.5, 0.0], [0.5, 0.0, 0.25], [0.0, 0.25, 1.0]]
        );
        assert_eq!(
            (report.edges, report.self_loops, report.duplicates),
            (3, 1, 0)
        );
    }

    #[test]
    fn both_directions_are_one_pair() {
        let (c, report) = read("from,to\nA,B\nB,A\nA,B\n", UnknownGenes::Error).unwrap();
        assert_eq!((c.nnz(), report.edges, report.duplicates), (2, 1, 2));
        let error = read("from,to,weight\nA,B,1\nB,A,0.5\n", UnknownGenes::Error).unwrap_err();
        assert!(
            matches!(error, Error::ConflictingWeights { first_row: 2, .. }),
            "{error}"
        );
    }

    #[test]
    fn unknown_genes_follow_the_policy() {
        let text = "from,to,weight\nA,X,1\nA,B,1\n";
        assert!(matches!(
            read(text, UnknownGenes::Error),
            Err(Error::UnknownGene { .. })
        ));
        let (c, report) = read(text, UnknownGenes::Drop).unwrap();
        assert_eq!(
            (
                c.nnz(),
                report.unknown_rows,
                report.unknown_genes[0].gene.as_str()
            ),
            (2, 1, "X")
        );
    }
}
