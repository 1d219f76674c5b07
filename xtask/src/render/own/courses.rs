//! Expression over time, a panel a gene.

use std::ops::Range;

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
/// Of the points of each.
const PALER: [Color; SHOWN] = [
    Color::Rgb(150, 150, 150),
    Color::Rgb(240, 170, 110),
    Color::Rgb(120, 180, 220),
];
/// A trajectory that takes less than this share of the time of all gets an axis of its own.
const NARROW: f64 = 0.35;
/// Space between axes of one panel.
const BETWEEN: f64 = 10.0;

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

/// A stretch of a panel's width, the time it shows, and the trajectories whose time that is.
struct Axis {
    across: (f64, f64),
    times: (f64, f64),
    trajectories: Vec<usize>,
}

/// One axis for all trajectories, or one each where one of them would be squeezed.
fn axes(drawn: &[Drawn<'_>], (left, right): (f64, f64)) -> Vec<Axis> {
    let of = |drawn: &Drawn<'_>| drawn.series.trajectories().len();
    let shown = drawn.iter().map(of).max().unwrap_or(0).min(SHOWN);
    let times = |range: Range<usize>| {
        let trajectories = drawn.iter().flat_map(|d| {
            d.series
                .trajectories()
                .iter()
                .take(range.end)
                .skip(range.start)
        });
        extent(trajectories.flat_map(|t| t.times.iter().copied()))
    };
    let all = times(0..shown);
    let is_narrow = |at: usize| {
        let (first, last) = times(at..at + 1);
        last - first < NARROW * (all.1 - all.0)
    };
    if !(0..shown).any(is_narrow) {
        return vec![Axis {
            across: (left, right),
            times: all,
            trajectories: (0..shown).collect(),
        }];
    }
    let width = (right - left + BETWEEN) / shown as f64;
    let axis = |at: usize| {
        let start = left + width * at as f64;
        Axis {
            across: (start, start + width - BETWEEN),
            times: times(at..at + 1),
            trajectories: vec![at],
        }
    };
    (0..shown).map(axis).collect()
}

fn panel(canvas: &mut Canvas, (left, top): (f64, f64), drawn: &[Drawn<'_>], gene: usize) {
    let shown = drawn
        .iter()
        .flat_map(|d| d.series.trajectories().iter().take(SHOWN));
    let values = shown
        .flat_map(|t| t.values.column(gene).to_vec())
        .filter(|v| !v.is_nan());
    let values = extent(values);
    let across = (left + LEFT, left + PANEL.0 - 8.0);
    let down = (top + PANEL.1 - BOTTOM, top + TOP);
    if let Some(first) = drawn.first() {
        let name = &first.series.genes()[gene];
        canvas.text((across.0, down.1 - 6.0), 12, name, TextAnchor::Start);
    }
    for (value, y) in [(values.0, down.0), (values.1, down.1 + 8.0)] {
        canvas.text((across.0 - 4.0, y), 10, &short(value), TextAnchor::End);
    }
    let axes = axes(drawn, across);
    for axis in &axes {
        let frame = Frame { axis, down, values };
        frame.draw(canvas, axes.len() == 1);
        for series in drawn {
            frame.courses(canvas, series, gene);
        }
    }
}

/// Where times and values are in the picture.
struct Frame<'a> {
    axis: &'a Axis,
    /// Bottom and top.
    down: (f64, f64),
    values: (f64, f64),
}

impl Frame<'_> {
    fn place(&self, time: f64, value: f64) -> (f64, f64) {
        let share = |x: f64, (low, high): (f64, f64)| (x - low) / (high - low);
        let along = |(start, end): (f64, f64), share: f64| start + share * (end - start);
        (
            along(self.axis.across, share(time, self.axis.times)),
            along(self.down, share(value, self.values)),
        )
    }

    fn draw(&self, canvas: &mut Canvas, is_only: bool) {
        let ((x0, x1), (y0, y1)) = (self.axis.across, self.down);
        canvas.rectangle((x0, y1), (x1 - x0, y0 - y1), Color::None, Some(PALE));
        // A reference that panels of different genes share.
        if self.values.0 < 0.0 && self.values.1 > 0.0 {
            canvas.line(
                (x0, self.place(0.0, 0.0).1),
                (x1, self.place(0.0, 0.0).1),
                &PALE,
                0.8,
                false,
            );
        }
        let (first, last) = self.axis.times;
        let word = if is_only { "time " } else { "" };
        canvas.text((x0, y0 + 14.0), 10, &short(first), TextAnchor::Start);
        let last = format!("{word}{}", short(last));
        canvas.text((x1, y0 + 14.0), 10, &last, TextAnchor::End);
    }

    fn courses(&self, canvas: &mut Canvas, series: &Drawn<'_>, gene: usize) {
        for &at in &self.axis.trajectories {
            let Some(trajectory) = series.series.trajectories().get(at) else {
                continue;
            };
            let column = trajectory.values.column(gene);
            let points = trajectory.times.iter().zip(&column);
            let points: Vec<(f64, f64)> = points
                .filter(|(_, v)| !v.is_nan())
                .map(|(t, v)| self.place(*t, *v))
                .collect();
            if series.is_line {
                canvas.polyline(points, &COLOURS[at], 1.5, series.is_dashed);
            } else {
                for point in points {
                    canvas.circle(point, 2.4, &PALER[at]);
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
