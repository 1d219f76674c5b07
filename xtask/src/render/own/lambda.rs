//! The error over λ₁ and λ₂.

use dash_prune::LambdaCurve;
use kuva::render::color::Color;
use kuva::render::render::{Scene, TextAnchor};

use super::canvas::{BLACK, Canvas, PALE, short};

const CELL: (f64, f64) = (92.0, 52.0);
const LEFT: f64 = 90.0;
const TOP: f64 = 56.0;

/// A cell for every point of the grid: its error at the sparsity that was chosen.
pub(super) fn scene(curve: &LambdaCurve) -> Scene {
    let mut first: Vec<f64> = curve.points.iter().map(|point| point.lambda.0).collect();
    let mut second: Vec<f64> = curve.points.iter().map(|point| point.lambda.1).collect();
    for values in [&mut first, &mut second] {
        values.sort_by(f64::total_cmp);
        values.dedup();
    }
    let level = |point: &dash_prune::LambdaPoint| {
        let level = point
            .levels
            .iter()
            .find(|level| level.round == curve.chosen.round);
        level.map(|level| level.mean)
    };
    let errors: Vec<f64> = curve.points.iter().filter_map(level).collect();
    let low = errors.iter().copied().fold(f64::INFINITY, f64::min);
    let high = errors.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let width = LEFT + CELL.0 * second.len() as f64 + 20.0;
    let mut canvas = Canvas::new(width.max(420.0), TOP + CELL.1 * first.len() as f64 + 50.0);
    canvas.text(
        (LEFT, 22.0),
        13,
        "Cross-validated error over λ; framed: chosen",
        TextAnchor::Start,
    );
    let place = |values: &[f64], value: f64| {
        values
            .iter()
            .position(|v| v.total_cmp(&value).is_eq())
            .unwrap_or(0) as f64
    };
    for point in &curve.points {
        let corner = (
            LEFT + CELL.0 * place(&second, point.lambda.1),
            TOP + CELL.1 * place(&first, point.lambda.0),
        );
        let error = level(point);
        let shade = error.map_or(0.0, |error| {
            (high - error) / (high - low).max(f64::MIN_POSITIVE)
        });
        // From white to a blue that black text can be read on.
        let mix = |full: f64| (255.0 + (full - 255.0) * shade).round() as u8;
        let fill = Color::Rgb(mix(110.0), mix(180.0), mix(225.0));
        let is_chosen = point.lambda == curve.chosen.lambda;
        canvas.rectangle(corner, CELL, fill, Some(PALE));
        if is_chosen {
            canvas.rectangle(
                (corner.0 + 2.0, corner.1 + 2.0),
                (CELL.0 - 4.0, CELL.1 - 4.0),
                Color::None,
                Some(BLACK),
            );
        }
        let text = error.map_or_else(|| "–".to_owned(), |error| format!("{error:.2e}"));
        canvas.text(
            (corner.0 + CELL.0 / 2.0, corner.1 + CELL.1 / 2.0 + 4.0),
            12,
            &text,
            TextAnchor::Middle,
        );
    }
    for (at, value) in second.iter().enumerate() {
        let x = LEFT + CELL.0 * (at as f64 + 0.5);
        canvas.text(
            (x, TOP - 8.0),
            12,
            &format!("λ₂ = {}", short(*value)),
            TextAnchor::Middle,
        );
    }
    for (at, value) in first.iter().enumerate() {
        let y = TOP + CELL.1 * (at as f64 + 0.5) + 4.0;
        canvas.text(
            (LEFT - 8.0, y),
            12,
            &format!("λ₁ = {}", short(*value)),
            TextAnchor::End,
        );
    }
    canvas.scene
}
