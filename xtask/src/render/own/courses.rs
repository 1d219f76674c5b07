//! Expression over time, a panel a gene.

use dash_ode::{TimeSeries, Trajectory};
use kuva::render::color::Color;
use kuva::render::render::{Scene, TextAnchor};

use super::canvas::{BLACK, BLUE, Canvas, GREY, PALE, VERMILION, short};

/// Panels at most, and trajectories in each.
const PANELS: usize = 12;
const SHOWN: usize = 3;
const COLUMNS: usize = 3;
const PANEL: (f64, f64) = (300.0, 170.0);
const LEFT: f64 = 52.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 24.0;
/// Two lines of legend: series, trajectories.
const HEAD: f64 = 50.0;
const COLOURS: [Color; SHOWN] = [BLACK, VERMILION, BLUE];

/// One series in the picture.
pub(crate) struct Drawn<'a> {
    pub(crate) series: &'a TimeSeries,
    /// What the legend calls it.
    pub(crate) name: &'a str,
    /// A line, or points.
    pub(crate) is_line: bool,
    pub(crate) is_dashed: bool,
}

/// The genes that change most over time, the most first: sum of squared changes over the variance between points.
pub(crate) fn most_changing(series: &TimeSeries) -> Vec<usize> {
    let change = |gene: usize| {
        let spread = |t: &Trajectory| {
            let column = t.values.column(gene);
            let present = || column.iter().filter(|v| !v.is_nan());
            let mean = present().sum::<f64>() / present().count().max(1) as f64;
            present().map(|v| (v - mean).powi(2)).sum::<f64>()
        };
        series.trajectories().iter().map(spread).sum::<f64>()
    };
    let mut genes: Vec<(f64, usize)> = (0..series.genes().len()).map(|g| (change(g), g)).collect();
    genes.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    genes.truncate(PANELS);
    genes.into_iter().map(|(_, gene)| gene).collect()
}

/// The first trajectories of every series, in one panel for each of `genes`.
pub(super) fn scene(drawn: &[Drawn<'_>], genes: &[usize]) -> Scene {
    let genes = &genes[..genes.len().min(PANELS)];
    let rows = genes.len().div_ceil(COLUMNS);
    let mut canvas = Canvas::new(PANEL.0 * COLUMNS as f64, HEAD + PANEL.1 * rows as f64);
    legend(&mut canvas, drawn);
    let names = drawn
        .first()
        .map(|d| d.series.trajectories())
        .unwrap_or_default();
    for (at, (trajectory, colour)) in names.iter().zip(&COLOURS).enumerate() {
        let x = LEFT + 260.0 * at as f64;
        canvas.line((x, 36.0), (x + 22.0, 36.0), colour, 3.0, false);
        let name: String = trajectory.name.chars().take(28).collect();
        canvas.text((x + 28.0, 40.0), 12, &name, TextAnchor::Start);
    }
    for (at, &gene) in genes.iter().enumerate() {
        let corner = (
            PANEL.0 * (at % COLUMNS) as f64,
            HEAD + PANEL.1 * (at / COLUMNS) as f64,
        );
        panel(&mut canvas, corner, drawn, gene);
    }
    canvas.scene
}

/// What points, lines and dashes are.
fn legend(canvas: &mut Canvas, drawn: &[Drawn<'_>]) {
    for (at, series) in drawn.iter().enumerate() {
        let x = LEFT + 260.0 * at as f64;
        if series.is_line {
            canvas.line((x, 12.0), (x + 22.0, 12.0), &GREY, 1.5, series.is_dashed);
        } else {
            canvas.circle((x + 11.0, 12.0), 3.0, &GREY);
        }
        canvas.text((x + 28.0, 16.0), 12, series.name, TextAnchor::Start);
    }
}

fn panel(canvas: &mut Canvas, (left, top): (f64, f64), drawn: &[Drawn<'_>], gene: usize) {
    let shown = || {
        drawn
            .iter()
            .flat_map(|d| d.series.trajectories().iter().take(SHOWN))
    };
    let times = || shown().flat_map(|t| t.times.iter().copied());
    let values = || {
        shown()
            .flat_map(|t| t.values.column(gene).to_vec())
            .filter(|v| !v.is_nan())
    };
    let (t0, t1) = extent(times());
    let (low, high) = extent(values());
    let (x0, x1) = (left + LEFT, left + PANEL.0 - 8.0);
    let (y0, y1) = (top + PANEL.1 - BOTTOM, top + TOP);
    let place = |t: f64, v: f64| {
        (
            x0 + (t - t0) / (t1 - t0) * (x1 - x0),
            y0 + (v - low) / (high - low) * (y1 - y0),
        )
    };
    canvas.rectangle((x0, y1), (x1 - x0, y0 - y1), Color::None, Some(PALE));
    // A reference that panels of different genes share.
    if low < 0.0 && high > 0.0 {
        canvas.line(place(t0, 0.0), place(t1, 0.0), &PALE, 0.8, false);
    }
    if let Some(first) = drawn.first() {
        canvas.text(
            (x0, y1 - 6.0),
            12,
            &first.series.genes()[gene],
            TextAnchor::Start,
        );
    }
    for (value, y) in [(low, y0), (high, y1 + 8.0)] {
        canvas.text((x0 - 4.0, y), 10, &short(value), TextAnchor::End);
    }
    canvas.text((x0, y0 + 14.0), 10, &short(t0), TextAnchor::Start);
    canvas.text(
        (x1, y0 + 14.0),
        10,
        &format!("time {}", short(t1)),
        TextAnchor::End,
    );
    for series in drawn {
        for (trajectory, colour) in series.series.trajectories().iter().zip(&COLOURS) {
            let column = trajectory.values.column(gene);
            let points = trajectory
                .times
                .iter()
                .zip(&column)
                .filter(|(_, v)| !v.is_nan());
            let points: Vec<(f64, f64)> = points.map(|(t, v)| place(*t, *v)).collect();
            if series.is_line {
                canvas.polyline(points, colour, 1.5, series.is_dashed);
            } else {
                for point in points {
                    canvas.circle(point, 3.0, colour);
                }
            }
        }
    }
}

/// Smallest and largest, never the same.
fn extent(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| {
        (low.min(v), high.max(v))
    });
    if low < high {
        (low, high)
    } else if low.is_finite() {
        (low - 0.5, low + 0.5)
    } else {
        (0.0, 1.0)
    }
}
