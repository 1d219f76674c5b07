//! Places the names of points so that none lies on a point, an error bar or another name.

/// A rectangle in pixels, y downwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

impl Area {
    /// The rectangle of this size around a centre.
    pub(super) fn around(x: f64, y: f64, width: f64, height: f64) -> Self {
        Self {
            left: x - width / 2.0,
            right: x + width / 2.0,
            top: y - height / 2.0,
            bottom: y + height / 2.0,
        }
    }

    pub(super) fn overlaps(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    fn is_within(&self, other: &Self) -> bool {
        other.left <= self.left
            && self.right <= other.right
            && other.top <= self.top
            && self.bottom <= other.bottom
    }
}

/// Height of a line of text.
pub(super) const LINE: f64 = 16.0;

/// Distance of a name from its point.
const GAP: f64 = 14.0;

/// Width of a text of 12 pixels, on the safe side.
pub(super) fn width(text: &str) -> f64 {
    text.chars().count() as f64 * 7.5 + 4.0
}

/// The rectangles of names, given what their points cover, what else must be kept free, and the frame that they must
/// not leave. Names stand left or right of their points, as near as there is room.
pub(super) fn place(points: &[(Area, &str)], kept_free: &[Area], frame: &Area) -> Vec<Area> {
    let mut placed: Vec<Area> = Vec::new();
    for (area, text) in points {
        let free = |candidate: &Area| {
            candidate.is_within(frame)
                && !kept_free.iter().any(|other| candidate.overlaps(other))
                && !points.iter().any(|(other, _)| candidate.overlaps(other))
                && !placed.iter().any(|other| candidate.overlaps(other))
        };
        let candidates = candidates(area, width(text));
        let chosen = candidates.iter().find(|candidate| free(candidate));
        placed.push(*chosen.unwrap_or(&candidates[0]));
    }
    placed
}

/// Where the name of a point may stand, the nearest first.
fn candidates(area: &Area, width: f64) -> Vec<Area> {
    let middle = f64::midpoint(area.top, area.bottom);
    let mut candidates = Vec::new();
    for step in 0..24 {
        // 0, 1, −1, 2, −2, … half lines away.
        let half_lines = f64::from((step + 1) / 2) * if step % 2 == 0 { -1.0 } else { 1.0 };
        for distance in [GAP, 3.0 * GAP, 6.0 * GAP] {
            let y = middle + half_lines * LINE / 2.0;
            let left = area.left - distance - width / 2.0;
            let right = area.right + distance + width / 2.0;
            candidates.push((half_lines.abs() * LINE / 2.0 + distance, left, y));
            candidates.push((half_lines.abs() * LINE / 2.0 + distance, right, y));
        }
    }
    candidates.sort_by(|a, b| a.0.total_cmp(&b.0));
    candidates
        .into_iter()
        .map(|(_, x, y)| Area::around(x, y, width, LINE))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_points_on_one_another_stand_apart() {
        let frame = Area::around(250.0, 200.0, 500.0, 400.0);
        let names = ["DASH", "BioPrune", "SparseFlow", "IMP", "PINN+DASH", "MP"];
        let points: Vec<(Area, &str)> = names
            .iter()
            .zip(0..)
            .map(|(name, i)| {
                (
                    Area::around(450.0 + f64::from(i), 100.0 + 3.0 * f64::from(i), 12.0, 20.0),
                    *name,
                )
            })
            .collect();
        let placed = place(&points, &[], &frame);
        for (position, area) in placed.iter().enumerate() {
            assert!(area.is_within(&frame), "{area:?}");
            assert!(
                points.iter().all(|(point, _)| !area.overlaps(point)),
                "{area:?}"
            );
            assert!(
                placed[..position].iter().all(|other| !area.overlaps(other)),
                "{area:?}"
            );
        }
    }

    #[test]
    fn a_name_keeps_off_a_line() {
        let frame = Area::around(250.0, 200.0, 500.0, 400.0);
        let line = Area::around(250.0, 200.0, 500.0, 2.0);
        let placed = place(
            &[(Area::around(250.0, 200.0, 12.0, 12.0), "IMP")],
            &[line],
            &frame,
        );
        assert!(!placed[0].overlaps(&line), "{placed:?}");
    }

    #[test]
    fn a_lone_name_stands_beside_its_point() {
        let frame = Area::around(250.0, 200.0, 500.0, 400.0);
        let point = Area::around(250.0, 200.0, 12.0, 12.0);
        let placed = place(&[(point, "IMP")], &[], &frame);
        assert!((placed[0].right - (point.left - GAP)).abs() < 1e-9);
        assert!((placed[0].top + placed[0].bottom - 400.0).abs() < 1e-9);
    }
}
