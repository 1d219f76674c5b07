//! The consensus network drawn; of a large one its strongest part.

use std::collections::{BTreeMap, BTreeSet};

use dash_prior::GeneIndex;
use kuva::render::color::Color;
use kuva::render::render::{Scene, TextAnchor};

use super::canvas::{BLACK, BLUE, Canvas, GREY, VERMILION, WHITE};
use super::layout::positions;
use super::route::{Node, route};
use crate::science::own::consensus::ConsensusEdge;

/// Nodes at most, and edges at most.
const NODES: usize = 60;
const EDGES: usize = 150;

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 720.0;
const TOP: f64 = 56.0;
const MARGIN: f64 = 16.0;
const NODE_HEIGHT: f64 = 18.0;
/// Letters of a name at most.
const LETTERS: usize = 20;

/// `None` for a network without edges.
pub(super) fn scene(edges: &[ConsensusEdge], genes: &GeneIndex) -> Option<Scene> {
    let all = by_certainty(edges.iter().filter(|e| e.kept));
    let (shown, nodes) = first(&all);
    if shown.is_empty() {
        return None;
    }
    let names: Vec<String> = nodes.iter().map(|&gene| short(genes.name(gene))).collect();
    let widths: Vec<f64> = names
        .iter()
        .map(|name| 7.4 * name.chars().count() as f64 + 10.0)
        .collect();
    let number: BTreeMap<usize, usize> = nodes.iter().copied().zip(0..).collect();
    let pairs: Vec<(usize, usize)> = shown
        .iter()
        .map(|e| (number[&e.from], number[&e.to]))
        .collect();
    let frame = (WIDTH - 2.0 * MARGIN, HEIGHT - TOP - MARGIN);
    let places: Vec<(f64, f64)> = positions(&widths, NODE_HEIGHT, &pairs, frame)
        .into_iter()
        .map(|(x, y)| (x + MARGIN, y + TOP))
        .collect();
    let mut canvas = Canvas::new(WIDTH, HEIGHT);
    legend(&mut canvas, &shown, &all, nodes.len());
    let strongest = shown
        .iter()
        .map(|e| e.weight.abs())
        .fold(f64::MIN_POSITIVE, f64::max);
    let boxes: Vec<Node> = places
        .iter()
        .zip(&widths)
        .map(|(&centre, &width)| Node {
            centre,
            size: (width, NODE_HEIGHT),
        })
        .collect();
    for (edge, &(from, to)) in shown.iter().zip(&pairs) {
        if from != to {
            let is_mutual = pairs.contains(&(to, from));
            let width = 0.7 + 2.3 * (edge.weight.abs() / strongest).sqrt();
            arrow(&mut canvas, route(&boxes, from, to, is_mutual), edge, width);
        }
    }
    for (((name, gene), &(x, y)), width) in names.iter().zip(&nodes).zip(&places).zip(&widths) {
        let corner = (x - width / 2.0, y - NODE_HEIGHT / 2.0);
        let regulates = shown.iter().any(|e| e.from == *gene);
        let stroke = if regulates {
            BLACK
        } else {
            Color::Rgb(190, 190, 190)
        };
        canvas.rectangle(corner, (*width, NODE_HEIGHT), WHITE, Some(stroke));
        canvas.text((x, y + 4.0), 12, name, TextAnchor::Middle);
    }
    Some(canvas.scene)
}

/// A name that leaves room for others: of a long one the start and the end, by which names of one stem differ.
fn short(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    if letters.len() <= LETTERS {
        return name.to_owned();
    }
    let (start, end) = (LETTERS / 2, LETTERS - LETTERS / 2 - 1);
    let start = letters[..start].iter();
    let end = letters[letters.len() - end..].iter();
    start.chain(['…'].iter()).chain(end).collect()
}

/// The most probable edges first, then those with most evidence; by weight where fits do not tell. A weight alone, the
/// share of the target's regulation, is 1 for every only regulator.
pub(super) fn by_certainty<'a>(
    edges: impl Iterator<Item = &'a ConsensusEdge>,
) -> Vec<&'a ConsensusEdge> {
    let mut edges: Vec<&ConsensusEdge> = edges.collect();
    let of = |value: Option<f64>| value.unwrap_or(f64::NEG_INFINITY);
    edges.sort_by(|a, b| {
        (of(b.probability).total_cmp(&of(a.probability)))
            .then(of(b.evidence).total_cmp(&of(a.evidence)))
            .then(b.weight.abs().total_cmp(&a.weight.abs()))
    });
    edges
}

/// The first edges that join few enough genes, and those genes.
fn first<'a>(all: &[&'a ConsensusEdge]) -> (Vec<&'a ConsensusEdge>, BTreeSet<usize>) {
    let mut nodes = BTreeSet::new();
    let mut shown = Vec::new();
    for edge in all {
        let new = [edge.from, edge.to]
            .into_iter()
            .filter(|gene| !nodes.contains(gene));
        let new: Vec<usize> = new.collect();
        if nodes.len() + new.len() > NODES || shown.len() == EDGES {
            continue;
        }
        nodes.extend(new);
        shown.push(*edge);
    }
    (shown, nodes)
}

fn legend(canvas: &mut Canvas, shown: &[&ConsensusEdge], all: &[&ConsensusEdge], nodes: usize) {
    let title = if shown.len() < all.len() {
        format!(
            "The most certain {} of {} edges, between {nodes} genes",
            shown.len(),
            all.len()
        )
    } else {
        format!("All {} edges, between {nodes} genes", all.len())
    };
    canvas.text((MARGIN, 22.0), 15, &title, TextAnchor::Start);
    let y = 42.0;
    let samples = [
        (MARGIN, "activates", &VERMILION, false, true),
        (150.0, "represses", &BLUE, false, false),
        (286.0, "in the prior", &GREY, false, true),
        (432.0, "new, not in the prior", &GREY, true, true),
    ];
    for (x, name, colour, is_new, activates) in samples {
        canvas.line((x, y), (x + 36.0, y), colour, 2.0, is_new);
        head(canvas, (x + 40.0, y), (1.0, 0.0), colour, 2.0, activates);
        canvas.text((x + 48.0, y + 4.0), 12, name, TextAnchor::Start);
    }
    canvas.text(
        (640.0, y + 4.0),
        12,
        "wider: stronger; dark frame: regulates",
        TextAnchor::Start,
    );
}

fn arrow(canvas: &mut Canvas, path: Vec<(f64, f64)>, edge: &ConsensusEdge, width: f64) {
    let colour = if edge.weight > 0.0 { VERMILION } else { BLUE };
    let [.., before, end] = path[..] else {
        return;
    };
    let (dx, dy) = (end.0 - before.0, end.1 - before.1);
    let length = dx.hypot(dy).max(1e-9);
    let along = (dx / length, dy / length);
    canvas.polyline(path, &colour, width, !edge.in_prior);
    head(canvas, end, along, &colour, width, edge.weight > 0.0);
}

/// An arrow head for activation, a bar for repression.
fn head(
    canvas: &mut Canvas,
    end: (f64, f64),
    along: (f64, f64),
    colour: &Color,
    width: f64,
    activates: bool,
) {
    let size = 5.0 + width;
    let across = (-along.1, along.0);
    let point = |back: f64, side: f64| {
        (
            end.0 - along.0 * back + across.0 * side,
            end.1 - along.1 * back + across.1 * side,
        )
    };
    if activates {
        for side in [-0.5, 0.5] {
            canvas.line(point(size, side * size), end, colour, width, false);
        }
    } else {
        canvas.line(
            point(0.0, -0.6 * size),
            point(0.0, 0.6 * size),
            colour,
            width,
            false,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(from: usize, to: usize, weight: f64) -> ConsensusEdge {
        ConsensusEdge {
            from,
            to,
            weight,
            stability: 1.0,
            in_prior: true,
            kept: true,
            evidence: None,
            probability: None,
        }
    }

    #[test]
    fn of_a_large_network_the_strongest_part_is_drawn() {
        let edges: Vec<ConsensusEdge> = (0..100)
            .map(|i| edge(i, i + 1, 1.0 / (i + 1) as f64))
            .collect();
        let (shown, nodes) = first(&by_certainty(edges.iter()));
        assert_eq!((shown.len(), nodes.len()), (NODES - 1, NODES));
        let genes = GeneIndex::new((0..101).map(|i| format!("g{i}")).collect()).unwrap();
        assert!(scene(&edges, &genes).is_some());
        assert!(scene(&[], &genes).is_none());
    }
}
