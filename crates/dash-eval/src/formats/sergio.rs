//! The files of SERGIO: genes are numbers from 0.

use crate::edge::Pair;
use crate::error::Error;
use crate::formats::fields::{Line, lines};

/// An edge of SERGIO's targets file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SergioEdge {
    /// Which gene acts on which.
    pub pair: Pair,
    /// Strength K; its sign is that of the effect.
    pub strength: f64,
    /// Hill coefficient.
    pub hill: f64,
}

/// A line of SERGIO's file of master regulators.
#[derive(Debug, Clone, PartialEq)]
pub struct SergioRegulator {
    /// The gene.
    pub gene: usize,
    /// Its production rate in every cell type.
    pub rates: Vec<f64>,
}

/// Reads SERGIO's targets file: per line a target, the number n of its regulators, n regulators, n strengths and, unless
/// all edges have the Hill coefficient `shared_hill`, n Hill coefficients.
///
/// # Errors
/// [`Error::Format`] for a field that is no number, or a line of another length.
pub fn parse_sergio_targets(
    text: &str,
    shared_hill: Option<f64>,
) -> Result<Vec<SergioEdge>, Error> {
    let mut edges = Vec::new();
    for line in lines(text) {
        let (target, count) = (gene(&line, 0)?, gene(&line, 1)?);
        let expected = 2 + count * if shared_hill.is_some() { 2 } else { 3 };
        let found = line.fields.len();
        if found != expected {
            return Err(Error::Format {
                line: line.number,
                column: found,
                value: line.fields.join(","),
                expected: format!(
                    "another field count: expected {expected} for {count} regulators, found {found}"
                ),
            });
        }
        for i in 0..count {
            edges.push(SergioEdge {
                pair: Pair::new(target, gene(&line, 2 + i)?),
                strength: line.number(2 + count + i)?,
                hill: match shared_hill {
                    Some(hill) => hill,
                    None => line.number(2 + 2 * count + i)?,
                },
            });
        }
    }
    Ok(edges)
}

/// Reads SERGIO's file of master regulators: per line a gene and its production rate in every cell type.
///
/// # Errors
/// [`Error::Format`] for a field that is no number.
pub fn parse_sergio_regulators(text: &str) -> Result<Vec<SergioRegulator>, Error> {
    let regulator = |line: &Line<'_>| {
        Ok(SergioRegulator {
            gene: gene(line, 0)?,
            rates: (1..line.fields.len())
                .map(|i| line.number(i))
                .collect::<Result<_, _>>()?,
        })
    };
    lines(text).iter().map(regulator).collect()
}

/// Reads SERGIO's `gt_GRN.csv`: regulator and target per line.
///
/// # Errors
/// [`Error::Format`] for a field that is no gene.
pub fn parse_sergio_truth(text: &str) -> Result<Vec<Pair>, Error> {
    let pair = |line: &Line<'_>| Ok(Pair::new(gene(line, 1)?, gene(line, 0)?));
    lines(text).iter().map(pair).collect()
}

/// Checks that every gene from 0 to `genes` − 1 is a target or a master regulator, as SERGIO demands.
///
/// # Errors
/// [`Error::NeitherTargetNorMaster`] for the first gene that is neither; [`Error::GeneOutOfRange`] for one that is beyond
/// the others.
pub fn check_sergio_genes(
    genes: usize,
    edges: &[SergioEdge],
    masters: &[SergioRegulator],
) -> Result<(), Error> {
    let mut is_made = vec![false; genes];
    let pairs = edges.iter().map(|edge| edge.pair);
    let alone = masters
        .iter()
        .map(|master| Pair::new(master.gene, master.gene));
    for Pair { target, regulator } in pairs.chain(alone) {
        if target.max(regulator) >= genes {
            return Err(Error::GeneOutOfRange {
                target,
                regulator,
                genes,
            });
        }
        is_made[target] = true;
    }
    match is_made.iter().position(|is_made| !is_made) {
        Some(gene) => Err(Error::NeitherTargetNorMaster { gene }),
        None => Ok(()),
    }
}

/// A whole number, which SERGIO may write as a float.
fn gene(line: &Line<'_>, index: usize) -> Result<usize, Error> {
    const MOST: f64 = 1e9;
    let number = line.number(index)?;
    if number.fract() == 0.0 && (0.0..MOST).contains(&number) {
        Ok(number as usize)
    } else {
        Err(line.wrong(index, "a whole number from 0"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_gene_is_made_somehow() {
        let edges = parse_sergio_targets("1,1,0,2.5,2\n", None).unwrap();
        let masters = parse_sergio_regulators("0.0,1\n").unwrap();
        assert_eq!(check_sergio_genes(2, &edges, &masters), Ok(()));
        let lost = check_sergio_genes(3, &edges, &masters);
        assert_eq!(lost, Err(Error::NeitherTargetNorMaster { gene: 2 }));
        assert!(matches!(
            check_sergio_genes(1, &edges, &masters),
            Err(Error::GeneOutOfRange { .. })
        ));
    }
}
