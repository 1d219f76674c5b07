//! The test error beside that of predictions without a network.

use kuva::render::render::{Scene, TextAnchor};

use super::canvas::{BLUE, Canvas, GREY, PALE};
use crate::science::own::errors::TestError;

const LEFT: f64 = 130.0;
const WIDTH: f64 = 720.0;
const ROW: f64 = 40.0;
const TOP: f64 = 40.0;

/// Points with intervals, on a scale of powers of ten.
pub(super) fn scene(errors: &TestError) -> Scene {
    let rows = &errors.rows;
    let bottom = TOP + ROW * rows.len() as f64;
    let mut canvas = Canvas::new(WIDTH, bottom + 40.0);
    let title = "Mean squared error on held-out data, with its 95% interval (log scale); further left is better";
    canvas.text((LEFT, 22.0), 13, title, TextAnchor::Start);
    let positive = || {
        let values = rows.iter().flat_map(|row| [row.low, row.mse, row.high]);
        values.filter(|value| *value > 0.0).map(f64::log10)
    };
    let first = positive().fold(f64::INFINITY, f64::min).floor().max(-30.0);
    let last = positive()
        .fold(f64::NEG_INFINITY, f64::max)
        .ceil()
        .max(first + 1.0);
    let right = WIDTH - 40.0;
    let x = |value: f64| {
        let power = value.max(f64::MIN_POSITIVE).log10().clamp(first, last);
        LEFT + (power - first) / (last - first) * (right - LEFT)
    };
    let mut power = first;
    while power <= last {
        let at = x(10_f64.powf(power));
        canvas.line((at, TOP), (at, bottom), &PALE, 0.8, false);
        canvas.text(
            (at, bottom + 18.0),
            11,
            &format!("1e{power}"),
            TextAnchor::Middle,
        );
        power += 1.0;
    }
    for (at, row) in rows.iter().enumerate() {
        let y = TOP + ROW * (at as f64 + 0.5);
        let colour = if at == 0 { BLUE } else { GREY };
        canvas.text((LEFT - 8.0, y + 4.0), 13, &row.name, TextAnchor::End);
        canvas.line((x(row.low), y), (x(row.high), y), &colour, 3.0, false);
        for end in [row.low, row.high] {
            canvas.line((x(end), y - 6.0), (x(end), y + 6.0), &colour, 2.0, false);
        }
        canvas.circle((x(row.mse), y), 6.0, &colour);
        let mse = format!("{:.2e}", row.mse);
        canvas.text((x(row.mse), y - 10.0), 11, &mse, TextAnchor::Middle);
    }
    canvas.scene
}
