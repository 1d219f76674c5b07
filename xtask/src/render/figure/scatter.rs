//! One metric over another: a point per row, a panel per data set.

use kuva::prelude::{
    LegendPosition, LinePlot, MarkerShape, Plot, ReferenceLine, ScatterPlot, TextAnnotation,
};
use kuva::render::figure::Figure as Panels;
use kuva::render::layout::Layout;
use kuva::render::render::{Scene, render_multiple};

use crate::render::columns;
use crate::render::labels::{Area, place};
use crate::render::table::{Row, Summary, Table};

/// Colours that people with any kind of colour vision tell apart (Okabe and Ito 2008), the yellow left out for its weak
/// contrast on white.
const COLOURS: [&str; 7] = [
    "#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00",
];

/// Colour of what is no trained model.
const UNTRAINED: &str = "#777777";

const MARKERS: [MarkerShape; 6] = [
    MarkerShape::Circle,
    MarkerShape::Square,
    MarkerShape::Triangle,
    MarkerShape::Diamond,
    MarkerShape::Cross,
    MarkerShape::Plus,
];

/// End of an axis of fractions, so that a marker at 1 is drawn whole.
const MARGIN_ABOVE_ONE: f64 = 1.04;

/// Balanced accuracy of a guess.
const CHANCE: f64 = 0.5;

/// Width of a marker.
const MARKER: f64 = 11.0;

/// Width and height of the panel, a little less than in the picture, for placing names.
const PANEL: (f64, f64) = (525.0, 420.0);

/// Draws one metric over another with a point and error bars (± one standard deviation) per row; `None` if no row has
/// both metrics. Several data sets stand side by side on the same axes.
///
/// # Errors
/// When a metric is not known.
pub(super) fn scene(title: &str, x: &str, y: &str, table: &Table) -> anyhow::Result<Option<Scene>> {
    let points = points(table, x, y);
    let (Some(across), Some(up)) = (
        Axis::around(PANEL.0, points.iter().map(|point| (point.x, point.x_error))),
        Axis::around(PANEL.1, points.iter().map(|point| (point.y, point.y_error))),
    ) else {
        return Ok(None);
    };
    let frame = Frame {
        across,
        up,
        x_label: columns::known(x)?.header,
        y_label: columns::known(y)?.header,
        has_chance: y.starts_with("balanced_accuracy"),
    };
    let mut datasets: Vec<&str> = points.iter().map(|point| point.dataset).collect();
    datasets.dedup();
    if datasets.len() < 2 {
        let (plots, layout) = frame.panel(&points, title);
        let layout = layout
            .with_width(760.0)
            .with_height(520.0)
            .with_legend_position(LegendPosition::OutsideRightTop);
        return Ok(Some(render_multiple(plots, layout)));
    }
    let (plots, layouts): (Vec<_>, Vec<_>) = datasets
        .iter()
        .map(|dataset| {
            let of = |point: &&Point<'_>| point.dataset == *dataset;
            let here: Vec<Point<'_>> = points.iter().filter(of).cloned().collect();
            frame.panel(&here, dataset)
        })
        .unzip();
    let panels = Panels::new(1, datasets.len())
        .with_title(title)
        .with_title_size(16)
        .with_cell_size(PANEL.0 + 80.0, PANEL.1 + 100.0)
        .with_plots(plots)
        .with_layouts(layouts)
        .with_shared_legend();
    Ok(Some(panels.render()))
}

/// The rows that have both metrics; a label looks the same in all panels.
fn points<'a>(table: &'a Table, x: &str, y: &str) -> Vec<Point<'a>> {
    let mut labels: Vec<&str> = Vec::new();
    let mut points = Vec::new();
    for row in &table.rows {
        let known = labels.iter().position(|label| *label == row.label);
        let position = known.unwrap_or_else(|| {
            labels.push(&row.label);
            labels.len() - 1
        });
        points.extend(Point::of(position, row, x, y));
    }
    points
}

/// What all panels of a figure share.
struct Frame {
    across: Axis,
    up: Axis,
    x_label: &'static str,
    y_label: &'static str,
    has_chance: bool,
}

impl Frame {
    fn panel(&self, points: &[Point<'_>], title: &str) -> (Vec<Plot>, Layout) {
        let (across, up) = (&self.across, &self.up);
        let chance = if self.has_chance {
            " (dashed: chance)"
        } else {
            ""
        };
        let (names, leaders) = names(points, across, up, self.has_chance);
        let plots: Vec<Plot> = leaders
            .into_iter()
            .chain(points.iter().map(Point::plot))
            .collect();
        let mut layout = Layout::auto_from_plots(&plots)
            .with_title(title)
            .with_x_label(self.x_label)
            .with_y_label(format!("{}{chance}", self.y_label))
            .with_x_axis_min(across.low)
            .with_x_axis_max(across.high)
            .with_y_axis_min(up.low)
            .with_y_axis_max(up.high);
        if let (Some(x_step), Some(y_step)) = (across.step, up.step) {
            layout = layout.with_x_tick_step(x_step).with_y_tick_step(y_step);
        }
        if self.has_chance {
            layout =
                layout.with_reference_line(ReferenceLine::horizontal(CHANCE).with_color("#777777"));
        }
        for name in names {
            layout = layout.with_annotation(name);
        }
        (plots, layout)
    }
}

/// A row in the figure.
#[derive(Clone)]
struct Point<'a> {
    label: &'a str,
    dataset: &'static str,
    trained: bool,
    x: f64,
    y: f64,
    x_error: f64,
    y_error: f64,
    position: usize,
}

impl<'a> Point<'a> {
    fn of(position: usize, row: &'a Row, x: &str, y: &str) -> Option<Self> {
        let (x, y) = (row.metrics.get(x)?, row.metrics.get(y)?);
        Some(Self {
            label: &row.label,
            dataset: row.dataset,
            trained: row.trained,
            x: x.mean,
            y: y.mean,
            x_error: visible(x),
            y_error: visible(y),
            position,
        })
    }

    fn plot(&self) -> Plot {
        let (colour, untrained) = if self.trained {
            (COLOURS[self.position % COLOURS.len()], "")
        } else {
            (UNTRAINED, " (untrained)")
        };
        let marker = MARKERS[self.position % MARKERS.len()];
        // Crosses are larger, to be seen where a solid marker lies over them.
        let is_cross = matches!(marker, MarkerShape::Cross | MarkerShape::Plus);
        let size = MARKER / 2.0 + if is_cross { 3.0 } else { 0.0 };
        let mut plot = ScatterPlot::new()
            .with_data([(self.x, self.y)])
            .with_color(colour)
            .with_marker(marker)
            .with_size(size)
            .with_legend(format!("{}{untrained}", self.label));
        if self.x_error > 0.0 {
            plot = plot.with_x_err([self.x_error]);
        }
        if self.y_error > 0.0 {
            plot = plot.with_y_err([self.y_error]);
        }
        plot.into()
    }

    /// The pixels that it covers.
    fn area(&self, across: &Axis, up: &Axis) -> Area {
        let size = |error: f64, axis: &Axis| MARKER + 2.0 * error * axis.pixels_per_unit();
        Area::around(
            across.pixel(self.x),
            -up.pixel(self.y),
            size(self.x_error, across),
            size(self.y_error, up),
        )
    }
}

/// The deviation, or 0 where the marker would hide its bar.
fn visible(summary: &Summary) -> f64 {
    let sd = summary.sd.unwrap_or(0.0);
    if sd > 0.005 * summary.mean.abs() {
        sd
    } else {
        0.0
    }
}

/// The range of an axis.
struct Axis {
    pixels: f64,
    low: f64,
    high: f64,
    /// Distance of ticks where the values are fractions.
    step: Option<f64>,
}

impl Axis {
    /// An axis that holds these values with their errors; `None` without values. Fractions get the whole range up to 1.
    fn around(pixels: f64, values: impl Iterator<Item = (f64, f64)>) -> Option<Self> {
        let (low, high) = values
            .map(|(value, error)| (value - error, value + error))
            .reduce(|(low, high), (from, to)| (low.min(from), high.max(to)))?;
        if low >= 0.0 && high <= MARGIN_ABOVE_ONE {
            return Some(Self {
                pixels,
                low: (low * 10.0 - 0.5).floor().max(0.0) / 10.0,
                high: MARGIN_ABOVE_ONE,
                step: Some(0.1),
            });
        }
        let margin = 0.05 * (high - low).max(f64::MIN_POSITIVE);
        Some(Self {
            pixels,
            low: low - margin,
            high: high + margin,
            step: None,
        })
    }

    fn pixels_per_unit(&self) -> f64 {
        self.pixels / (self.high - self.low)
    }

    fn pixel(&self, value: f64) -> f64 {
        (value - self.low) * self.pixels_per_unit()
    }

    fn value(&self, pixel: f64) -> f64 {
        pixel / self.pixels_per_unit() + self.low
    }
}

/// The names of the points, and the lines that lead from names to points.
fn names(
    points: &[Point<'_>],
    across: &Axis,
    up: &Axis,
    has_chance: bool,
) -> (Vec<TextAnnotation>, Vec<Plot>) {
    // From top to bottom, so that lines do not cross.
    let mut points: Vec<&Point<'_>> = points.iter().collect();
    points.sort_by(|a, b| b.y.total_cmp(&a.y));
    let covered: Vec<(Area, &str)> = points
        .iter()
        .map(|point| (point.area(across, up), point.label))
        .collect();
    let frame = Area {
        left: 0.0,
        right: PANEL.0,
        top: -PANEL.1,
        bottom: 0.0,
    };
    let chance = Area {
        top: -up.pixel(CHANCE) - 1.0,
        bottom: -up.pixel(CHANCE) + 1.0,
        ..frame
    };
    let kept_free = if has_chance { vec![chance] } else { Vec::new() };
    points
        .iter()
        .zip(place(&covered, &kept_free, &frame))
        .map(|(point, area)| {
            let middle = f64::midpoint(area.left, area.right);
            let height = -f64::midpoint(area.top, area.bottom);
            let is_left = middle < across.pixel(point.x);
            let edge = if is_left { area.right } else { area.left };
            let leader = LinePlot::new()
                .with_data([(across.value(edge), up.value(height)), (point.x, point.y)])
                .with_color("#999999")
                .with_stroke_width(0.8);
            // The library writes text above the place it is given.
            let name =
                TextAnnotation::new(point.label, across.value(middle), up.value(height - 10.0));
            (name, leader.into())
        })
        .unzip()
}
