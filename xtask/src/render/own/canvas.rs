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

pub(super) const DASHES: &str = "5 4";

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
        self.scene.add(Primitive::Line {
            x1: a.0,
            y1: a.1,
            x2: b.0,
            y2: b.1,
            stroke: stroke.clone(),
            stroke_width: width,
            stroke_dasharray: dashed.then(|| DASHES.to_owned()),
        });
    }

    /// A line through points.
    pub(super) fn polyline(
        &mut self,
        points: Vec<(f64, f64)>,
        stroke: &Color,
        width: f64,
        dashed: bool,
    ) {
        if points.len() > 1 {
            self.scene.add(Primitive::PolyLine {
                points,
                stroke: stroke.clone(),
                stroke_width: width,
                stroke_dasharray: dashed.then(|| DASHES.to_owned()),
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
