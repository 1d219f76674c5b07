//! The course of an edge from one node's box to another's, around the boxes of the others.

/// Bends that are tried, as shares of the distance, the straight line first.
const BENDS: [f64; 9] = [0.0, 0.12, -0.12, 0.24, -0.24, 0.4, -0.4, 0.6, -0.6];
/// Of an edge beside one in the other direction, which bends to its own left as well.
const MUTUAL: [f64; 5] = [0.12, 0.24, 0.4, 0.6, 0.8];
/// Points of a bent edge.
const POINTS: usize = 24;
/// Space that an edge keeps from a box.
const SPACE: f64 = 3.0;

/// A node's box.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) centre: (f64, f64),
    pub(super) size: (f64, f64),
}

impl Node {
    fn holds(&self, (x, y): (f64, f64)) -> bool {
        (x - self.centre.0).abs() < self.size.0 / 2.0 + SPACE
            && (y - self.centre.1).abs() < self.size.1 / 2.0 + SPACE
    }
}

/// The points of an edge, from the border of one box to that of the other; of all bends, the least that runs behind no
/// other box, or behind as few points of boxes as can be.
pub(super) fn route(nodes: &[Node], from: usize, to: usize, is_mutual: bool) -> Vec<(f64, f64)> {
    let bends: &[f64] = if is_mutual { &MUTUAL } else { &BENDS };
    let mut best = (usize::MAX, Vec::new());
    for &bend in bends {
        let path = curve(&nodes[from], &nodes[to], bend);
        let others = || (0..nodes.len()).filter(|node| ![from, to].contains(node));
        let is_hidden = |point: &&(f64, f64)| others().any(|node| nodes[node].holds(**point));
        let hidden = path.iter().filter(is_hidden).count();
        if hidden < best.0 {
            best = (hidden, path);
        }
        if hidden == 0 {
            break;
        }
    }
    best.1
}

/// A quadratic Bézier curve between two boxes, cut at their borders.
fn curve(from: &Node, to: &Node, bend: f64) -> Vec<(f64, f64)> {
    let ((x0, y0), (x2, y2)) = (from.centre, to.centre);
    let (dx, dy) = (x2 - x0, y2 - y0);
    // The curve itself goes half as far aside as its control point.
    let (x1, y1) = (
        f64::midpoint(x0, x2) - 2.0 * bend * dy,
        f64::midpoint(y0, y2) + 2.0 * bend * dx,
    );
    let at = |t: f64| {
        let (a, b, c) = ((1.0 - t).powi(2), 2.0 * t * (1.0 - t), t * t);
        (a * x0 + b * x1 + c * x2, a * y0 + b * y1 + c * y2)
    };
    let first = border(|t| from.holds(at(t)));
    let last = 1.0 - border(|t| to.holds(at(1.0 - t)));
    // Boxes that almost touch leave a stub.
    let (first, last) = if first < last {
        (first, last)
    } else {
        (0.45, 0.55)
    };
    let share = |i: usize| first + (last - first) * i as f64 / POINTS as f64;
    (0..=POINTS).map(|i| at(share(i))).collect()
}

/// Where along the first half a box is left, by bisection.
fn border(is_inside: impl Fn(f64) -> bool) -> f64 {
    let (mut inside, mut outside) = (0.0, 0.5);
    for _ in 0..24 {
        let middle = f64::midpoint(inside, outside);
        if is_inside(middle) {
            inside = middle;
        } else {
            outside = middle;
        }
    }
    outside
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(x: f64, y: f64) -> Node {
        Node {
            centre: (x, y),
            size: (40.0, 18.0),
        }
    }

    #[test]
    fn an_edge_goes_around_a_box_and_ends_at_the_borders() {
        let mut nodes = vec![node(0.0, 0.0), node(300.0, 0.0)];
        let straight = route(&nodes, 0, 1, false);
        assert!(straight.iter().all(|point| point.1.abs() < 1e-9));
        assert!((straight[0].0 - 23.0).abs() < 1e-3, "{:?}", straight[0]);
        assert!((straight[POINTS].0 - 277.0).abs() < 1e-3);

        nodes.push(node(150.0, 3.0));
        let bent = route(&nodes, 0, 1, false);
        assert!(bent.iter().all(|point| !nodes[2].holds(*point)));
        assert!(nodes[0].holds((bent[0].0 - 0.5, bent[0].1)));
    }

    #[test]
    fn edges_in_both_directions_are_apart() {
        let nodes = [node(0.0, 0.0), node(300.0, 0.0)];
        let middle = |path: Vec<(f64, f64)>| path[POINTS / 2].1;
        let (there, back) = (
            middle(route(&nodes, 0, 1, true)),
            middle(route(&nodes, 1, 0, true)),
        );
        assert!(there * back < 0.0, "{there} {back}");
    }
}
