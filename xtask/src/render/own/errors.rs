//! The test error beside that of predictions without a network.

use kuva::render::render::{Scene, TextAnchor};

use super::canvas::{BLACK, BLUE, Canvas, GREY, PALE, short};
use crate::science::own::errors::TestError;

const LEFT: f64 = 130.0;
const WIDTH: f64 = 720.0;
const ROW: f64 = 46.0;
const TOP: f64 = 40.0;

pub(super) fn scene(errors: &TestError) -> Scene {
    let rows = &errors.rows;
    let bottom = TOP + ROW * rows.len() as f64;
    let mut canvas = Canvas::new(WIDTH, bottom + 40.0);
    canvas.text(
        (LEFT, 22.0),
        13,
        "Mean squared error on held-out data, with its 95% interval",
        TextAnchor::Start,
    );
    let high = rows
        .iter()
        .map(|row| row.high.max(row.mse))
        .fold(f64::MIN_POSITIVE, f64::max)
        * 1.15;
    let x = |value: f64| LEFT + value / high * (WIDTH - LEFT - 20.0);
    for tick in 0..=4 {
        let value = high * f64::from(tick) / 4.0;
        canvas.line((x(value), TOP), (x(value), bottom), &PALE, 0.8, false);
        canvas.text(
            (x(value), bottom + 18.0),
            11,
            &short(value),
            TextAnchor::Middle,
        );
    }
    for (at, row) in rows.iter().enumerate() {
        let y = TOP + ROW * (at as f64 + 0.5);
        let fill = if at == 0 { BLUE } else { GREY };
        canvas.text((LEFT - 8.0, y + 4.0), 13, &row.name, TextAnchor::End);
        canvas.rectangle((LEFT, y - 11.0), (x(row.mse) - LEFT, 22.0), fill, None);
        canvas.line((x(row.low), y), (x(row.high), y), &BLACK, 1.5, false);
        for end in [row.low, row.high] {
            canvas.line((x(end), y - 6.0), (x(end), y + 6.0), &BLACK, 1.5, false);
        }
    }
    canvas.scene
}
