//! Validation error over epochs, with pruning steps.

use kuva::render::color::Color;
use kuva::render::render::{Scene, TextAnchor};

use super::canvas::{BLUE, Canvas, GREY, PALE, VERMILION};
use crate::store::Record;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 340.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 44.0;
const PALE_BLUE: Color = Color::Rgb(150, 195, 225);

/// `None` if no fit has a history.
pub(super) fn scene(records: &[Record]) -> Option<Scene> {
    let all = || records.iter().flat_map(|record| &record.history);
    let losses = || {
        all()
            .map(|epoch| epoch.validation)
            .filter(|loss| loss.is_finite() && *loss > 0.0)
    };
    let low = losses().fold(f64::INFINITY, f64::min).log10();
    let high = losses().fold(0.0, f64::max).log10();
    let last = all().map(|epoch| epoch.epoch).max()?.max(1) as f64;
    if !low.is_finite() {
        return None;
    }
    let margin = (0.05 * (high - low)).max(0.02);
    let (low, high) = (low - margin, high + margin);
    let x = |epoch: usize| LEFT + epoch as f64 / last * (WIDTH - LEFT - RIGHT);
    let y = |loss: f64| TOP + (high - loss.log10()) / (high - low) * (HEIGHT - TOP - BOTTOM);
    let mut canvas = Canvas::new(WIDTH, HEIGHT);
    canvas.text(
        (LEFT, 20.0),
        13,
        "Validation error over epochs (log scale)",
        TextAnchor::Start,
    );
    canvas.text(
        (LEFT, 36.0),
        11,
        "dark: the fit to all training data; pale: to parts of them; dashed: pruning",
        TextAnchor::Start,
    );
    for tick in 0..=4 {
        let loss = 10_f64.powf(low + (high - low) * f64::from(tick) / 4.0);
        canvas.line((LEFT, y(loss)), (WIDTH - RIGHT, y(loss)), &PALE, 0.8, false);
        canvas.text(
            (LEFT - 6.0, y(loss) + 4.0),
            11,
            &format!("{loss:.2e}"),
            TextAnchor::End,
        );
    }
    canvas.text((LEFT, HEIGHT - 22.0), 11, "0", TextAnchor::Middle);
    canvas.text(
        (WIDTH - RIGHT, HEIGHT - 22.0),
        11,
        &format!("epoch {last}"),
        TextAnchor::End,
    );
    if let Some(first) = records.first() {
        for epoch in first.history.iter().filter(|epoch| epoch.pruned) {
            let at = x(epoch.epoch);
            canvas.line((at, TOP), (at, HEIGHT - BOTTOM), &VERMILION, 1.0, true);
        }
        let final_sparsity = first.history.last().map_or(0.0, |epoch| epoch.sparsity);
        let text = format!("sparsity {:.1}%", 100.0 * final_sparsity);
        canvas.text((WIDTH - RIGHT, 20.0), 12, &text, TextAnchor::End);
    }
    for (at, record) in records.iter().enumerate().rev() {
        let points = record
            .history
            .iter()
            .filter(|e| e.validation.is_finite() && e.validation > 0.0);
        let points: Vec<(f64, f64)> = points.map(|e| (x(e.epoch), y(e.validation))).collect();
        let (colour, width) = if at == 0 {
            (&BLUE, 2.2)
        } else {
            (&PALE_BLUE, 1.2)
        };
        canvas.polyline(points, colour, width, false);
    }
    canvas.line(
        (LEFT, HEIGHT - BOTTOM),
        (WIDTH - RIGHT, HEIGHT - BOTTOM),
        &GREY,
        1.0,
        false,
    );
    Some(canvas.scene)
}
