//! Where the nodes of a drawn network stand: attraction along edges, repulsion between all (Fruchterman and Reingold 1991).

/// Rounds of moving all nodes.
const ROUNDS: usize = 600;
/// Strength of the pull to the middle, at which the repulsion of all nodes about fills the frame.
const PULL: f64 = 3.0;

/// Positions in a frame of this size for nodes of these widths and one height, none on another as long as there is room. The same
/// graph gives the same positions.
pub(super) fn positions(
    widths: &[f64],
    height: f64,
    edges: &[(usize, usize)],
    (frame_width, frame_height): (f64, f64),
) -> Vec<(f64, f64)> {
    let n = widths.len();
    let ideal = 0.8 * (frame_width * frame_height / n.max(1) as f64).sqrt();
    // A sunflower spreads nodes evenly and is no grid.
    let mut places: Vec<(f64, f64)> = (0..n)
        .map(|i| {
            let (radius, angle) = (
                ((i as f64 + 0.5) / n as f64).sqrt() / 2.0,
                2.399_963 * i as f64,
            );
            (
                frame_width * (0.5 + radius * angle.cos()),
                frame_height * (0.5 + radius * angle.sin()),
            )
        })
        .collect();
    for round in 0..ROUNDS {
        let mut moves = vec![(0.0, 0.0); n];
        let mut push = |i: usize, j: usize, force: f64, (dx, dy): (f64, f64)| {
            moves[i].0 += force * dx;
            moves[i].1 += force * dy;
            moves[j].0 -= force * dx;
            moves[j].1 -= force * dy;
        };
        for i in 0..n {
            for j in 0..i {
                let (away, distance) = direction(places[j], places[i]);
                push(i, j, ideal * ideal / distance, away);
            }
        }
        for &(i, j) in edges.iter().filter(|(i, j)| i != j) {
            let (away, distance) = direction(places[j], places[i]);
            push(i, j, -distance * distance / ideal, away);
        }
        let most = 0.1 * frame_width * (1.0 - round as f64 / ROUNDS as f64) + 0.5;
        for (i, (place, (dx, dy))) in places.iter_mut().zip(moves).enumerate() {
            // A pull to the middle keeps parts that are not connected in sight, and nodes off the frame.
            let (dx, dy) = (
                dx + PULL * (frame_width / 2.0 - place.0),
                dy + PULL * (frame_height / 2.0 - place.1),
            );
            let length = dx.hypot(dy).max(1e-9);
            let step = length.min(most) / length;
            place.0 = within(place.0 + dx * step, widths[i], frame_width);
            place.1 = within(place.1 + dy * step, height, frame_height);
        }
    }
    part(&mut places, widths, height, (frame_width, frame_height));
    places
}

/// The middle of something of this size, moved into the frame; in the middle of a frame that is too small.
fn within(middle: f64, size: f64, frame: f64) -> f64 {
    let half = size.min(frame) / 2.0;
    middle.clamp(half, frame - half)
}

/// Unit vector from `a` to `b`, and their distance, which is never 0.
fn direction(a: (f64, f64), b: (f64, f64)) -> ((f64, f64), f64) {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let distance = dx.hypot(dy);
    if distance < 1e-6 {
        ((1.0, 0.0), 1e-6)
    } else {
        ((dx / distance, dy / distance), distance)
    }
}

/// Moves nodes apart that stand on one another.
fn part(
    places: &mut [(f64, f64)],
    widths: &[f64],
    height: f64,
    (frame_width, frame_height): (f64, f64),
) {
    const GAP: f64 = 6.0;
    for _ in 0..200 {
        let mut moved = false;
        for i in 0..places.len() {
            for j in 0..i {
                let (dx, dy) = (places[i].0 - places[j].0, places[i].1 - places[j].1);
                let across = f64::midpoint(widths[i], widths[j]) + GAP - dx.abs();
                let down = height + GAP - dy.abs();
                if across <= 0.0 || down <= 0.0 {
                    continue;
                }
                moved = true;
                if down <= across {
                    let by = down / 2.0 * if dy < 0.0 { -1.0 } else { 1.0 };
                    places[i].1 += by;
                    places[j].1 -= by;
                } else {
                    let by = across / 2.0 * if dx < 0.0 { -1.0 } else { 1.0 };
                    places[i].0 += by;
                    places[j].0 -= by;
                }
            }
        }
        for (place, width) in places.iter_mut().zip(widths) {
            place.0 = within(place.0, *width, frame_width);
            place.1 = within(place.1, height, frame_height);
        }
        if !moved {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_wider_than_the_frame_stand_in_its_middle() {
        let places = positions(&[950.0, 30.0, 2000.0], 700.0, &[(0, 1)], (900.0, 640.0));
        assert_eq!([places[0], places[2]], [(450.0, 320.0); 2]);
    }

    #[test]
    fn nodes_stay_in_the_frame_and_off_one_another() {
        let n = 40;
        let widths: Vec<f64> = (0..n).map(|i| 30.0 + f64::from(i % 5) * 10.0).collect();
        let edges: Vec<(usize, usize)> = (1..n as usize).map(|i| (i / 3, i)).collect();
        let places = positions(&widths, 18.0, &edges, (900.0, 640.0));
        assert_eq!(places, positions(&widths, 18.0, &edges, (900.0, 640.0)));
        for (i, a) in places.iter().enumerate() {
            assert!(a.0 >= widths[i] / 2.0 && a.0 <= 900.0 - widths[i] / 2.0);
            assert!(a.1 >= 9.0 && a.1 <= 631.0);
            for (j, b) in places.iter().enumerate().take(i) {
                let across = (a.0 - b.0).abs() >= f64::midpoint(widths[i], widths[j]) - 1e-6;
                assert!(across || (a.1 - b.1).abs() >= 18.0 - 1e-6, "{i} {j}");
            }
        }
    }
}
