//! Learning curves as small inline pictures, one per row.

use std::fmt::Write;

use crate::render::RenderedTable;
use crate::render::report::page::escape;
use crate::science::EpochRecord;
use crate::store::Record;

const WIDTH: f64 = 300.0;
const HEIGHT: f64 = 180.0;
const LEFT: f64 = 46.0;
const RIGHT: f64 = 8.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 26.0;

/// Validation loss (log scale) and sparsity over epochs, for every row that was trained.
pub(super) fn section(rendered: &RenderedTable) -> String {
    let trained: Vec<_> = rendered
        .table
        .rows
        .iter()
        .zip(&rendered.records)
        .filter(|(row, records)| row.trained && records.iter().any(|run| !run.history.is_empty()))
        .collect();
    let Some(frame) = Frame::around(trained.iter().flat_map(|(_, records)| records.iter())) else {
        return String::new();
    };
    let mut text = String::from(
        "<h3>Learning curves</h3>\n<p class=\"note\">Validation loss over epochs, a line per seed, all on one scale. Dashed: a pruning step of the first seed. Dotted grey: its sparsity, from 0 (bottom) to 1 (top).</p>\n<div class=\"curves\">\n",
    );
    for (row, records) in trained {
        let name = escape(&row.label);
        let _ = writeln!(
            text,
            "<figure><figcaption>{name}</figcaption>{}</figure>",
            frame.draw(&name, records)
        );
    }
    text.push_str("</div>\n");
    text
}

/// The ranges that all pictures of a table share.
struct Frame {
    epochs: f64,
    /// Decimal logarithms of the smallest and largest loss, rounded outwards.
    low: f64,
    high: f64,
}

impl Frame {
    fn around<'a>(records: impl Iterator<Item = &'a Record>) -> Option<Self> {
        let (mut epochs, mut low, mut high) = (1, f64::INFINITY, f64::NEG_INFINITY);
        for epoch in records.flat_map(|record| &record.history) {
            epochs = epochs.max(epoch.epoch);
            if let Some(loss) = logarithm(epoch) {
                low = low.min(loss.floor());
                high = high.max(loss.ceil());
            }
        }
        (low <= high).then(|| Self {
            epochs: epochs as f64,
            low,
            high: high.max(low + 1.0),
        })
    }

    fn x(&self, epoch: f64) -> f64 {
        LEFT + (WIDTH - LEFT - RIGHT) * epoch / self.epochs
    }

    /// Height of a fraction of the picture, 0 at the bottom.
    fn y(fraction: f64) -> f64 {
        HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * fraction
    }

    fn draw(&self, name: &str, records: &[Record]) -> String {
        let mut text = format!(
            "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"Learning curves of {name}\" font-size=\"10\" fill=\"#5a5a5a\">"
        );
        self.axes(&mut text);
        if let Some(first) = records.first() {
            for epoch in first.history.iter().filter(|epoch| epoch.pruned) {
                let x = self.x(epoch.epoch as f64);
                let (top, bottom) = (Self::y(1.0), Self::y(0.0));
                let _ = write!(
                    text,
                    "<line class=\"pruned\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{top:.1}\" y2=\"{bottom:.1}\" stroke=\"#d55e00\" stroke-width=\"0.8\" stroke-dasharray=\"3 2\"/>"
                );
            }
            let sparsity = self.points(first, |epoch| Some(epoch.sparsity));
            line(
                &mut text,
                &sparsity,
                "stroke=\"#888\" stroke-dasharray=\"1 2\"",
            );
        }
        for record in records {
            let loss = self.points(record, |epoch| {
                Some((logarithm(epoch)? - self.low) / (self.high - self.low))
            });
            line(&mut text, &loss, "stroke=\"#0072b2\"");
        }
        text.push_str("</svg>");
        text
    }

    fn axes(&self, text: &mut String) {
        let (left, right, bottom) = (LEFT, WIDTH - RIGHT, Self::y(0.0));
        let mut power = self.low;
        while power <= self.high {
            let y = Self::y((power - self.low) / (self.high - self.low));
            let _ = write!(
                text,
                "<line x1=\"{left}\" x2=\"{right}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"#e4e4e4\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">1e{power}</text>",
                left - 4.0,
                y + 3.5
            );
            power += 1.0;
        }
        let _ = write!(
            text,
            "<text x=\"{left}\" y=\"{y:.1}\">0</text><text x=\"{right}\" y=\"{y:.1}\" text-anchor=\"end\">epoch {}</text>",
            self.epochs,
            y = bottom + 14.0
        );
    }

    fn points(&self, record: &Record, height: impl Fn(&EpochRecord) -> Option<f64>) -> String {
        let mut points = String::new();
        for epoch in &record.history {
            if let Some(fraction) = height(epoch).filter(|fraction| fraction.is_finite()) {
                let _ = write!(
                    points,
                    "{:.1},{:.1} ",
                    self.x(epoch.epoch as f64),
                    Self::y(fraction)
                );
            }
        }
        points
    }
}

fn logarithm(epoch: &EpochRecord) -> Option<f64> {
    (epoch.validation > 0.0 && epoch.validation.is_finite()).then(|| epoch.validation.log10())
}

fn line(text: &mut String, points: &str, style: &str) {
    let points = points.trim_end();
    let _ = write!(
        text,
        "<polyline points=\"{points}\" fill=\"none\" stroke-width=\"1.2\" {style}/>"
    );
}
