//! Which pathways are shown, and in which order.

use std::collections::BTreeMap;

use dash_eval::PathwayScore;

use crate::render::set_names::{in_lines, in_words};

/// Pathways that every method brings in.
pub(super) const BEST: usize = 20;

/// Pathways that every method brings in where none is significant for any.
const BEST_OF_NONE: usize = 5;

/// Significance level of the adjusted p.
pub(super) const LEVEL: f64 = 0.05;

/// A method and all pathways that were tested with its scores.
#[derive(Clone, Debug)]
pub(crate) struct MethodPathways {
    pub(crate) name: String,
    pub(crate) sets: Vec<PathwayScore>,
}

/// Most characters of a line of a name.
const NAME: usize = 58;

/// A pathway and what every method says of it.
pub(super) struct Row<'a> {
    pub(super) name: Vec<String>,
    pub(super) cells: Vec<Option<&'a PathwayScore>>,
}

/// The union of the best pathways of every method; of the best of all if none is significant.
pub(super) fn rows(methods: &[MethodPathways]) -> Vec<Row<'_>> {
    let by_name: Vec<BTreeMap<&str, &PathwayScore>> = methods
        .iter()
        .map(|method| {
            method
                .sets
                .iter()
                .map(|set| (set.set.as_str(), set))
                .collect()
        })
        .collect();
    let of_every =
        |best: fn(&[PathwayScore]) -> Vec<&str>| methods.iter().flat_map(move |m| best(&m.sets));
    let mut chosen: Vec<&str> = of_every(best).collect();
    if chosen.is_empty() {
        chosen = of_every(best_of_none).collect();
    }
    chosen.sort_unstable();
    chosen.dedup();
    let mut rows: Vec<(&str, Row<'_>)> = chosen
        .into_iter()
        .map(|set| {
            let cells = by_name.iter().map(|sets| sets.get(set).copied()).collect();
            let name = in_lines(&in_words(set), NAME);
            (set, Row { name, cells })
        })
        .collect();
    rows.sort_by(|(a_name, a), (b_name, b)| {
        let order = |row: &Row<'_>| {
            let pattern: Vec<bool> = row
                .cells
                .iter()
                .map(|cell| cell.is_some_and(is_significant))
                .collect();
            (pattern.iter().filter(|is| **is).count(), pattern)
        };
        let highest = |row: &Row<'_>| {
            row.cells
                .iter()
                .flatten()
                .filter_map(|cell| cell.z)
                .fold(f64::MIN, f64::max)
        };
        (order(b).cmp(&order(a)))
            .then(highest(b).total_cmp(&highest(a)))
            .then(a_name.cmp(b_name))
    });
    rows.into_iter().map(|(_, row)| row).collect()
}

pub(super) fn is_significant(score: &PathwayScore) -> bool {
    score.adjusted_p < LEVEL && score.z.is_some()
}

/// The names of the significant pathways of largest z.
fn best(sets: &[PathwayScore]) -> Vec<&str> {
    largest(sets.iter().filter(|set| is_significant(set)), BEST)
}

/// The names of the pathways of largest z.
fn best_of_none(sets: &[PathwayScore]) -> Vec<&str> {
    largest(sets.iter().filter(|set| set.z.is_some()), BEST_OF_NONE)
}

fn largest<'a>(sets: impl Iterator<Item = &'a PathwayScore>, count: usize) -> Vec<&'a str> {
    let mut sets: Vec<&PathwayScore> = sets.collect();
    sets.sort_by(|a, b| {
        b.z.unwrap_or(0.0)
            .total_cmp(&a.z.unwrap_or(0.0))
            .then(a.set.cmp(&b.set))
    });
    let first = sets.into_iter().take(count);
    first.map(|set| set.set.as_str()).collect()
}
