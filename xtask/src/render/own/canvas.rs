//! A scene with the few things that these figures draw.

use kuva::render::color::Color;
use kuva::render::render::{Primitive, Scene, TextAnchor};

/// Colours that people with any kind of colour vision tell apart (Okabe and Ito 2008).
pub(super) const BLACK: Color = Color::Rgb(28, 28, 28);
pub(super) const GREY: Color = Color::Rgb(120, 120, 120);
pub(super) const PALE: Color = Color::Rgb(225, 225, 225);
pub(super) const VERMILION: Color = Color::Rgb(213, 94, 0);
pub(super) const BLUE: Color = Color::Rgb(0, 114, 178);
pub(super) const WHITE: Color = Color::Rgb(255, 255, 255);

/// Length of a dash and of the gap after it, for lines of width 0; both grow with the width, since a raster picture ends
/// lines in round caps.
const DASH: (f64, f64) = (4.0, 3.5);

pub(super) struct Canvas {
    pub(super) scene: Scene,
}

impl Canvas {
    pub(super) fn new(width: f64, height: f64) -> Self {
        let mut scene = Scene::new(width, height);
        scene.background_color = Some("#ffffff".to_owned());
        Self { scene }
    }

    pub(super) fn text(
        &mut self,
        (x, y): (f64, f64),
        size: u32,
        content: &str,
        anchor: TextAnchor,
    ) {
        self.scene.add(Primitive::Text {
            x,
            y,
            content: content.to_owned(),
            size,
            anchor,
            rotate: None,
            bold: false,
            color: Some(BLACK),
        });
    }

    pub(super) fn line(
        &mut self,
        a: (f64, f64),
        b: (f64, f64),
        stroke: &Color,
        width: f64,
        dashed: bool,
    ) {
        if dashed {
            return self.polyline(vec![a, b], stroke, width, true);
        }
        self.scene.add(Primitive::Line {
            x1: a.0,
            y1: a.1,
            x2: b.0,
            y2: b.1,
            stroke: stroke.clone(),
            stroke_width: width,
            stroke_dasharray: None,
        });
    }

    /// A line through points. Dashes are drawn one by one: a raster picture would begin them anew at every point.
    pub(super) fn polyline(
        &mut self,
        points: Vec<(f64, f64)>,
        stroke: &Color,
        width: f64,
        dashed: bool,
    ) {
        let pieces = if dashed {
            pieces(&points, (DASH.0 + width, DASH.1 + 2.0 * width))
        } else {
            vec![points]
        };
        for points in pieces.into_iter().filter(|points| points.len() > 1) {
            self.scene.add(Primitive::PolyLine {
                points,
                stroke: stroke.clone(),
                stroke_width: width,
                stroke_dasharray: None,
            });
        }
    }

    pub(super) fn circle(&mut self, (cx, cy): (f64, f64), r: f64, fill: &Color) {
        self.scene.add(Primitive::Circle {
            cx,
            cy,
            r,
            fill: fill.clone(),
            fill_opacity: None,
            stroke: None,
            stroke_width: None,
        });
    }

    pub(super) fn rectangle(
        &mut self,
        (x, y): (f64, f64),
        (width, height): (f64, f64),
        fill: Color,
        stroke: Option<Color>,
    ) {
        self.scene.add(Primitive::Rect {
            x,
            y,
            width,
            height,
            fill,
            stroke,
            stroke_width: Some(0.8),
            opacity: None,
        });
    }
}

/// The dashes of a line through points: `dash` long, with gaps of `gap`, measured along the line.
fn pieces(points: &[(f64, f64)], (dash, gap): (f64, f64)) -> Vec<Vec<(f64, f64)>> {
    let mut pieces = Vec::new();
    let mut piece: Vec<(f64, f64)> = points.first().copied().into_iter().collect();
    let (mut is_drawn, mut left) = (true, dash);
    for pair in points.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        loop {
            let (dx, dy) = (to.0 - from.0, to.1 - from.1);
            let length = dx.hypot(dy);
            if length <= left {
                left -= length;
                if is_drawn {
                    piece.push(to);
                }
                break;
            }
            from = (from.0 + dx * left / length, from.1 + dy * left / length);
            piece.push(from);
            if is_drawn {
                pieces.push(std::mem::take(&mut piece));
            } else {
                piece = vec![from];
            }
            is_drawn = !is_drawn;
            left = if is_drawn { dash } else { gap };
        }
    }
    if is_drawn {
        pieces.push(piece);
    }
    pieces
}

/// A number in few characters.
pub(super) fn short(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude > 0.0 && !(1e-3..1e5).contains(&magnitude) {
        format!("{value:.1e}")
    } else {
        let text = format!("{value:.3}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_go_on_around_corners() {
        let corner = [(0.0, 0.0), (5.0, 0.0), (5.0, 10.0)];
        let expected = vec![
            vec![(0.0, 0.0), (4.0, 0.0)],
            vec![(5.0, 1.0), (5.0, 5.0)],
            vec![(5.0, 7.0), (5.0, 10.0)],
        ];
        assert_eq!(pieces(&corner, (4.0, 2.0)), expected);
        assert_eq!(pieces(&[(0.0, 0.0), (3.0, 0.0)], (4.0, 2.0)).len(), 1);
        assert!(pieces(&[], (4.0, 2.0))[0].is_empty());
    }
}
