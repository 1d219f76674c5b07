//! Held-out errors over (λ₁, λ₂) as a small inline map.

use std::fmt::Write;

use dash_prune::{LambdaCurve, LambdaPoint};

/// Width and height of a cell.
const CELL: (f64, f64) = (64.0, 34.0);
const LEFT: f64 = 60.0;
const BOTTOM: f64 = 40.0;

/// The lowest error of every λ, λ₁ across and λ₂ up, the chosen λ in a frame; then the choice in words.
pub(super) fn map(curve: &LambdaCurve) -> String {
    let axes = Axes::of(curve);
    let (width, height) = (LEFT + CELL.0 * axes.first.len() as f64 + 8.0, axes.height());
    let mut text = format!(
        "<svg class=\"lambda\" viewBox=\"0 0 {width} {total}\" width=\"{width}\" role=\"img\" aria-label=\"Error over λ\" font-size=\"11\">",
        total = height + BOTTOM
    );
    let errors: Vec<f64> = curve.points.iter().filter_map(lowest).collect();
    let low = errors.iter().copied().fold(f64::INFINITY, f64::min);
    let range = errors.iter().copied().fold(low, f64::max) - low;
    for point in &curve.points {
        let bad = lowest(point).map(|error| (error - low) / range.max(f64::MIN_POSITIVE));
        cell(
            &mut text,
            axes.place(point),
            point,
            bad,
            point.lambda == curve.chosen.lambda,
        );
    }
    axes.ticks(&mut text);
    text.push_str("</svg>\n");
    text.push_str(&words(curve));
    text
}

/// The error at the pruning level where it is lowest.
fn lowest(point: &LambdaPoint) -> Option<f64> {
    let means = point.levels.iter().map(|level| level.mean);
    means.reduce(f64::min)
}

/// The values of λ₁ and λ₂, ascending.
struct Axes {
    first: Vec<f64>,
    second: Vec<f64>,
}

impl Axes {
    fn of(curve: &LambdaCurve) -> Self {
        let values = |of: fn((f64, f64)) -> f64| {
            let mut values: Vec<f64> = curve.points.iter().map(|point| of(point.lambda)).collect();
            values.sort_by(f64::total_cmp);
            values.dedup();
            values
        };
        Self {
            first: values(|lambda| lambda.0),
            second: values(|lambda| lambda.1),
        }
    }

    fn height(&self) -> f64 {
        CELL.1 * self.second.len() as f64
    }

    /// Left upper corner of the cell of a point.
    fn place(&self, point: &LambdaPoint) -> (f64, f64) {
        let at = |values: &[f64], value: f64| values.partition_point(|other| *other < value) as f64;
        let x = LEFT + CELL.0 * at(&self.first, point.lambda.0);
        let y = self.height() - CELL.1 * (at(&self.second, point.lambda.1) + 1.0);
        (x, y)
    }

    fn ticks(&self, text: &mut String) {
        let height = self.height();
        let mut tick = |x: f64, y: f64, anchor: &str, content: &str| {
            let _ = write!(
                text,
                "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{content}</text>"
            );
        };
        for (position, value) in self.first.iter().enumerate() {
            let x = LEFT + CELL.0 * (position as f64 + 0.5);
            tick(x, height + 16.0, "middle", &value.to_string());
        }
        for (position, value) in self.second.iter().enumerate() {
            let y = height - CELL.1 * (position as f64 + 0.5) + 4.0;
            tick(LEFT - 6.0, y, "end", &value.to_string());
        }
        let middle = LEFT + CELL.0 * self.first.len() as f64 / 2.0;
        tick(middle, height + 34.0, "middle", "λ₁");
        tick(10.0, height / 2.0, "start", "λ₂");
    }
}

/// A cell with its error: `bad` is 0 for the lowest error and 1 for the highest.
fn cell(
    text: &mut String,
    (x, y): (f64, f64),
    point: &LambdaPoint,
    bad: Option<f64>,
    is_chosen: bool,
) {
    let fill = shade(bad.unwrap_or(1.0));
    let shown = lowest(point).map_or_else(|| "–".to_owned(), |e| format!("{:.2}", e * 1e4));
    let frame = if is_chosen {
        "stroke=\"#d55e00\" stroke-width=\"3\""
    } else {
        "stroke=\"#d4d4d4\" stroke-width=\"1\""
    };
    let _ = write!(
        text,
        "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{fill}\" {frame}/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{shown}</text>",
        x + 2.0,
        y + 2.0,
        CELL.0 - 4.0,
        CELL.1 - 4.0,
        x + CELL.0 / 2.0,
        y + CELL.1 / 2.0 + 4.0
    );
}

/// From green at 0 to white at 1.
fn shade(bad: f64) -> String {
    let mix = |full: f64| (full + (255.0 - full) * bad).round() as u8;
    format!("#{:02x}{:02x}{:02x}", mix(102.0), mix(194.0), mix(165.0))
}

fn words(curve: &LambdaCurve) -> String {
    let chosen = &curve.chosen;
    format!(
        "<p class=\"note\">Lowest mean error on held-out folds (×1e-4); the darker the better. In the frame the choice: λ = ({}, {}) after {} rounds of pruning, sparsity {:.3}, error {:.2} ± {:.2} (standard error).</p>\n",
        chosen.lambda.0,
        chosen.lambda.1,
        chosen.round,
        chosen.sparsity,
        chosen.mean * 1e4,
        chosen.standard_error * 1e4
    )
}
