//! What the files hold, found before anything is trained.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// What was found in the files of a fit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Findings {
    pub(crate) expression: ExpressionFound,
    pub(crate) prior: Option<PriorFound>,
    pub(crate) interactions: Option<PriorFound>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct ExpressionFound {
    pub(crate) genes: usize,
    pub(crate) trajectories: usize,
    /// Fewest and most points of a trajectory.
    pub(crate) points: (usize, usize),
    /// First and last time of all.
    pub(crate) times: (f64, f64),
    /// Intervals between points without missing values.
    pub(crate) intervals: usize,
    /// Intervals that missing values take out.
    pub(crate) intervals_lost: usize,
    pub(crate) missing: usize,
    /// Smallest and largest value.
    pub(crate) range: (f64, f64),
    /// Genes that never change.
    pub(crate) constant: Vec<String>,
    /// How cells became points, and the like.
    pub(crate) notes: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct PriorFound {
    /// Rows of the file, and edges (pairs) that are left of them.
    pub(crate) rows: usize,
    /// Rows that say that there is no edge.
    #[serde(default)]
    pub(crate) zeros: usize,
    pub(crate) edges: usize,
    /// Edges of a gene to itself that the model has no place for.
    #[serde(default)]
    pub(crate) self_edges: usize,
    pub(crate) regulators: usize,
    pub(crate) targets: usize,
    /// Share of all ordered pairs of genes that have an edge.
    pub(crate) density: f64,
    /// Genes of the file that the expression data have.
    pub(crate) matched: usize,
    /// Genes of the file that they do not have.
    pub(crate) lost: Vec<String>,
    /// Rows that named one of these.
    pub(crate) rows_lost: usize,
    /// Genes of the expression data that the file never names.
    pub(crate) unnamed: usize,
    /// How lost genes could be matched.
    pub(crate) hints: Vec<String>,
}

/// Names shown as examples.
const EXAMPLES: usize = 5;

/// The first of these names.
pub(crate) fn examples(names: &[String]) -> String {
    let shown = names[..names.len().min(EXAMPLES)].join(", ");
    if names.len() > EXAMPLES {
        format!("{shown}, … ({} in all)", names.len())
    } else {
        shown
    }
}

/// `1 gene`, `3 genes`.
pub(crate) fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// Four decimals without needless zeros, or four digits of a number that would have none left, or too many.
pub(crate) fn rounded(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 || (1e-3..1e7).contains(&size) {
        ((value * 1e4).round() / 1e4).to_string()
    } else {
        format!("{value:.3e}")
    }
}

impl Findings {
    /// One sentence a line.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines = self.expression.lines();
        match &self.prior {
            Some(prior) => lines.extend(prior.lines("prior", ("edge", "edges"))),
            None => lines.push("prior: none; edges rest on the data alone".to_owned()),
        }
        if let Some(interactions) = &self.interactions {
            lines.extend(interactions.lines("interactions", ("pair", "pairs")));
        }
        lines
    }
}

impl ExpressionFound {
    fn lines(&self) -> Vec<String> {
        let (least, most) = self.points;
        let points = if least == most {
            least.to_string()
        } else {
            format!("{least} to {most}")
        };
        let mut lines = vec![format!(
            "expression: {}, {} of {points} points, times {} to {}, {}, values {} to {}",
            count(self.genes, "gene", "genes"),
            count(self.trajectories, "trajectory", "trajectories"),
            rounded(self.times.0),
            rounded(self.times.1),
            count(self.intervals, "interval", "intervals"),
            rounded(self.range.0),
            rounded(self.range.1)
        )];
        if self.missing > 0 {
            lines.push(format!(
                "expression: {}; a point with one is left out, which costs {}",
                count(self.missing, "missing value", "missing values"),
                count(self.intervals_lost, "interval", "intervals")
            ));
        }
        if !self.constant.is_empty() {
            lines.push(format!(
                "expression: never changing, able to regulate and not regulated: {} ({})",
                count(self.constant.len(), "gene", "genes"),
                examples(&self.constant)
            ));
        }
        lines.extend(self.notes.iter().map(|note| format!("expression: {note}")));
        lines
    }
}

impl PriorFound {
    fn lines(&self, name: &str, (one, many): (&str, &str)) -> Vec<String> {
        let edges = count(self.edges, one, many);
        let mut text = format!("{name}: {edges} of {}", count(self.rows, "row", "rows"));
        if self.zeros > 0 {
            let _ = write!(text, ", {} of which have the value 0", self.zeros);
        }
        if self.regulators > 0 {
            let _ = write!(
                text,
                " ({}, {})",
                count(self.regulators, "regulator", "regulators"),
                count(self.targets, "target", "targets")
            );
        }
        let _ = write!(
            text,
            ", density {:.2}%; {} of its genes are in the expression data, {} are not",
            100.0 * self.density,
            self.matched,
            self.lost.len()
        );
        let mut lines = vec![text];
        if !self.lost.is_empty() {
            lines.push(format!(
                "{name}: {} lost with {}",
                count(self.rows_lost, "row is", "rows are"),
                examples(&self.lost)
            ));
        }
        if self.self_edges > 0 {
            lines.push(format!(
                "{name}: left out: {}, which the direct model cannot tell from a gene's own decay",
                count(
                    self.self_edges,
                    "edge of a gene to itself",
                    "edges of genes to themselves"
                )
            ));
        }
        if self.unnamed > 0 {
            lines.push(format!(
                "{name}: not named in it, of the expression data: {}",
                count(self.unnamed, "gene", "genes")
            ));
        }
        lines.extend(self.hints.iter().map(|hint| format!("{name}: {hint}")));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_size_can_be_read() {
        let shown = [0.0, 2.0, 0.12345, -0.0359, 1e-9, 1e300, -12_345.678_9].map(rounded);
        let want = [
            "0",
            "2",
            "0.1235",
            "-0.0359",
            "1.000e-9",
            "1.000e300",
            "-12345.6789",
        ];
        assert_eq!(shown, want);
    }
}
