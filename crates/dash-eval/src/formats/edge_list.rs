//! Edge lists: of references, and of predictions by any tool.

use std::collections::HashSet;

use serde::Serialize;

use crate::edge::Sign;
use crate::error::Error;
use crate::formats::fields::{Line, lines};

/// An edge between named genes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NamedEdge {
    /// The gene that regulates.
    pub regulator: String,
    /// The gene that is regulated.
    pub target: String,
    /// Score, weight or 0/1, where the file has one.
    pub weight: Option<f64>,
    /// Sign, where the file has a column of signs.
    pub sign: Option<Sign>,
}

/// The edges of a file, in its order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EdgeList {
    /// The edges, identical ones once.
    pub edges: Vec<NamedEdge>,
    /// Lines that repeated another in every column that is read.
    pub duplicates: usize,
}

const REGULATOR: [&str; 5] = ["gene1", "from", "regulator", "tf", "source"];
const TARGET: [&str; 4] = ["gene2", "to", "target", "gene"];
const WEIGHT: [&str; 6] = [
    "edgeweight",
    "weight",
    "score",
    "importance",
    "value",
    "effect",
];
const SIGN: [&str; 3] = ["type", "activation", "sign"];

/// Where a file has what.
struct Columns {
    regulator: usize,
    target: usize,
    weight: Option<usize>,
    sign: Option<usize>,
}

impl Columns {
    /// The columns that a heading names; `None` if the line is no heading.
    ///
    /// # Errors
    /// If there are other columns and none is known: with weights of a name that is not, all edges would count the same.
    fn of(line: &Line<'_>) -> Result<Option<Self>, Error> {
        let place = |names: &[&str]| {
            let is_named = |field: &&str| names.contains(&field.to_lowercase().as_str());
            line.fields.iter().position(is_named)
        };
        let (Some(regulator), Some(target)) = (place(&REGULATOR), place(&TARGET)) else {
            return Ok(None);
        };
        let (weight, sign) = (place(&WEIGHT), place(&SIGN));
        let is_other = |column: &usize| ![regulator, target].contains(column);
        match (0..line.fields.len()).find(is_other) {
            Some(column) if weight.is_none() && sign.is_none() => {
                let known = [&WEIGHT[..], &SIGN].concat().join(", ");
                Err(line.wrong(column, &format!("a heading of weights or signs ({known})")))
            }
            _ => Ok(Some(Self {
                regulator,
                target,
                weight,
                sign,
            })),
        }
    }

    /// Regulator, target, and a weight where there are three columns.
    fn without_heading(line: &Line<'_>) -> Self {
        Self {
            regulator: 0,
            target: 1,
            weight: (line.fields.len() > 2).then_some(2),
            sign: None,
        }
    }
}

/// Reads an edge list, separated by tabs or commas.
///
/// A heading names the columns: BEELINE's `refNetwork.csv` (`Gene1,Gene2[,Type]`) and `rankedEdges.csv`
/// (`Gene1 Gene2 EdgeWeight`), the published code's (`from,to[,weight,activation,…]`), and those of other tools
/// (`TF target importance`). Without one the columns are regulator, target and weight: the gold standards and
/// predictions of DREAM, and SERGIO's `gt_GRN.csv`. Signs are `+`, `-`, `TRUE`, `FALSE`, `1` and `-1`.
///
/// # Errors
/// [`Error::Format`] for a heading with further columns of which none is known, a line without regulator or target, a
/// weight that is no number, or an unknown sign.
pub fn parse_edges(text: &str) -> Result<EdgeList, Error> {
    let lines = lines(text);
    let mut list = EdgeList {
        edges: Vec::new(),
        duplicates: 0,
    };
    let Some(first) = lines.first() else {
        return Ok(list);
    };
    let heading = Columns::of(first)?;
    let rows = &lines[usize::from(heading.is_some())..];
    let columns = heading.unwrap_or_else(|| Columns::without_heading(first));
    let mut seen = HashSet::new();
    for line in rows {
        let edge = columns.edge(line)?;
        let key = (
            edge.regulator.clone(),
            edge.target.clone(),
            edge.weight.map(f64::to_bits),
            edge.sign,
        );
        if seen.insert(key) {
            list.edges.push(edge);
        } else {
            list.duplicates += 1;
        }
    }
    Ok(list)
}

impl Columns {
    fn edge(&self, line: &Line<'_>) -> Result<NamedEdge, Error> {
        for (column, what) in [(self.regulator, "a regulator"), (self.target, "a target")] {
            if line.field(column).is_empty() {
                return Err(line.wrong(column, what));
            }
        }
        let weight = self.weight.map(|column| line.number(column)).transpose()?;
        let sign = self
            .sign
            .map(|column| match line.field(column).to_lowercase().as_str() {
                "+" | "1" | "true" | "activation" => Ok(Some(Sign::Activation)),
                "-" | "-1" | "false" | "repression" | "inhibition" => Ok(Some(Sign::Repression)),
                "" | "?" | "na" | "0" => Ok(None),
                _ => Err(line.wrong(column, "a sign: +, -, TRUE, FALSE, 1 or -1")),
            });
        Ok(NamedEdge {
            regulator: line.field(self.regulator).to_owned(),
            target: line.field(self.target).to_owned(),
            weight,
            sign: sign.transpose()?.flatten(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let wrong = |text: &str| match parse_edges(text).unwrap_err() {
            Error::Format { line, column, .. } => (line, column),
            other => panic!("{other}"),
        };
        assert_eq!(wrong("Gene1,Gene2,Type\nA,B,up\n"), (2, 3));
        assert_eq!(wrong("Gene1\tGene2\tEdgeWeight\nA\tB\t1\nA\tC\tx"), (3, 3));
        assert_eq!(wrong("A,B\nC\n"), (2, 2));
        assert_eq!(wrong("regulator,target,confidence\nA,B,0.9\n"), (1, 3));
        assert_eq!(parse_edges("").unwrap().edges, []);
    }

    #[test]
    fn headings_of_other_tools_are_known() {
        let list = parse_edges("target,TF,importance\nA,B,2.5\n").unwrap();
        let edge = &list.edges[0];
        assert_eq!(
            (edge.regulator.as_str(), edge.target.as_str(), edge.weight),
            ("B", "A", Some(2.5))
        );
    }
}
