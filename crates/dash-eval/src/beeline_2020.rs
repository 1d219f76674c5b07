//! Early precision as BEELINE computed it in 2020.

use std::collections::{BTreeSet, HashSet};

use crate::early_precision::{EarlyPrecision, EarlyTies};
use crate::formats::EdgeList;
use crate::metric::{Metric, Undefined, ratio};

/// Which pairs early precision is about, in BEELINE's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BeelineEdges {
    /// All pairs of distinct genes that the reference names; predictions of other genes compete and are false
    /// (simulated data).
    All,
    /// Those from a regulator of the reference to a gene that it names; others do not compete (real data).
    OfRegulators,
}

type Names<'a> = (&'a str, &'a str);

/// Early precision by the rules of BEELINE 2020, to compare with numbers of that time.
///
/// Weights are rounded to six decimals, the rank is the order of the file, and only rows that are identical in every
/// column count once: a pair that the reference has with both signs inflates K among regulators. Use
/// [`early_precision`](crate::Comparison::early_precision) for anything else.
///
/// # Reference
/// Pratapa et al., Nat. Methods 17 (2020), and the evaluator published with it.
pub fn beeline_2020_early_precision(
    reference: &EdgeList,
    predicted: &EdgeList,
    edges: BeelineEdges,
) -> EarlyPrecision {
    let rows: Vec<Names<'_>> = names(reference).collect();
    let truth: HashSet<Names<'_>> = rows.iter().copied().collect();
    let genes: BTreeSet<&str> = rows.iter().flat_map(|(from, to)| [*from, *to]).collect();
    let regulators: BTreeSet<&str> = rows.iter().map(|(from, _)| *from).collect();
    let (true_edges, sources) = match edges {
        BeelineEdges::All => (truth.len(), genes.len()),
        BeelineEdges::OfRegulators => (rows.len(), regulators.len()),
    };
    let pairs = sources as u64 * genes.len().saturating_sub(1) as u64;
    let competes = |(from, to): &Names<'_>| match edges {
        BeelineEdges::All => true,
        BeelineEdges::OfRegulators => regulators.contains(from) && genes.contains(to),
    };
    let ranked: Vec<(Names<'_>, f64)> = predicted
        .edges
        .iter()
        .map(|edge| {
            let weight = edge.weight.unwrap_or(1.0);
            let names = (edge.regulator.as_str(), edge.target.as_str());
            (names, ((weight * 1e6).round_ties_even() / 1e6).abs())
        })
        .filter(|(names, _)| names.0 != names.1 && competes(names))
        .collect();
    let selected = selected(&ranked, true_edges);
    let found = selected.intersection(&truth).count() as u64;
    let precision = match selected.len() {
        _ if true_edges == 0 => Err(Undefined::NoPositives),
        0 => Ok(0.0),
        all => Ok(found as f64 / all as f64),
    };
    let prevalence: Metric = ratio(true_edges as u64, pairs, Undefined::EmptyUniverse);
    EarlyPrecision {
        true_edges: true_edges as u64,
        pairs,
        selected: selected.len() as u64,
        precision,
        ratio: precision.and_then(|precision| Ok(precision / prevalence?)),
        ties: EarlyTies::AllIn,
    }
}

/// The pairs of distinct genes, in the order of the file.
fn names(list: &EdgeList) -> impl Iterator<Item = Names<'_>> {
    let edges = list.edges.iter();
    edges
        .map(|edge| (edge.regulator.as_str(), edge.target.as_str()))
        .filter(|(from, to)| from != to)
}

/// The pairs that weigh at least as much as the one at the last place, zeros never.
fn selected<'a>(ranked: &[(Names<'a>, f64)], true_edges: usize) -> HashSet<Names<'a>> {
    let Some(last) = ranked.len().min(true_edges).checked_sub(1) else {
        return HashSet::new();
    };
    let weights = ranked.iter().map(|(_, weight)| *weight);
    let smallest = weights.filter(|w| *w > 0.0).fold(f64::INFINITY, f64::min);
    let cut = ranked[last].1.max(smallest);
    let chosen = ranked.iter().filter(|(_, weight)| *weight >= cut);
    chosen.map(|(names, _)| *names).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_edges;

    #[test]
    fn the_order_of_the_file_is_the_rank_and_both_signs_count() {
        let reference = parse_edges("Gene1,Gene2,Type\nA,B,+\nA,B,-\nA,C,+\nA,A,+\n").unwrap();
        let predicted =
            "Gene1\tGene2\tEdgeWeight\nB\tA\t0.1\nA\tB\t-0.90000004\nA\tC\t0.5\nX\tA\t7\n";
        let predicted = parse_edges(predicted).unwrap();
        let found = |edges| beeline_2020_early_precision(&reference, &predicted, edges);
        // K = 2: the weight at the second place of the file is 0.9, and X's is above it.
        let all = found(BeelineEdges::All);
        assert_eq!((all.true_edges, all.pairs, all.selected), (2, 6, 2));
        assert_eq!((all.precision, all.ratio), (Ok(0.5), Ok(1.5)));
        // K = 3, of two possible pairs; both predictions are taken.
        let tf = found(BeelineEdges::OfRegulators);
        assert_eq!((tf.true_edges, tf.pairs, tf.selected), (3, 2, 2));
        assert_eq!(tf.precision, Ok(1.0));
        let nothing = parse_edges("").unwrap();
        let empty = beeline_2020_early_precision(&reference, &nothing, BeelineEdges::All);
        assert_eq!(empty.ratio, Ok(0.0));
        let zeros = parse_edges("A,B,0.0000001\n").unwrap();
        let zeros = beeline_2020_early_precision(&reference, &zeros, BeelineEdges::All);
        assert_eq!((zeros.selected, zeros.ratio), (0, Ok(0.0)));
    }
}
